// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITypeAndVersion} from "@chainlink/contracts/src/v0.8/shared/interfaces/ITypeAndVersion.sol";
import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFeedSet} from "../interfaces/IFeedSet.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {ReportLib} from "../report/ReportLib.sol";
import {StatementLib} from "../statement/StatementLib.sol";
import {Hot, HotLib} from "./HotLib.sol";
import {RoundHistory} from "./RoundHistory.sol";

/// @title FeedSet
/// @dev Which rounds are accepted, and under whose rules; what is kept of them is RoundHistory's.
contract FeedSet is ITypeAndVersion, AccessControlDefaultAdminRules, RoundHistory {
    /* CONSTANTS */

    /// @notice May pause acceptance and deny reporters at once. Granted and revoked by the admin.
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");
    /// @inheritdoc ITypeAndVersion
    string public constant override typeAndVersion = "AssayFeedSet 1.0.0";

    uint256 private constant MAX_FEEDS = 32;
    uint256 private constant MAX_REPORTERS = 16;
    uint256 private constant MAX_AGE = 4;
    uint256 private constant MAX_ADMIN_DELAY = 30 days;

    /* IMMUTABLES */

    /// @inheritdoc IFeedSet
    uint256 public immutable override feedSetId;
    /// @inheritdoc IFeedSet
    uint256 public immutable override wordCount;
    /// @inheritdoc IFeedSet
    uint256 public immutable override maxAge;
    /// @dev Bitmap of the feeds below `feedCount`.
    uint256 private immutable _feedMask;

    /* STORAGE */

    /// @inheritdoc IFeedSet
    IVerifier public override verifier;
    /// @inheritdoc IFeedSet
    uint256 public override config;
    /// @inheritdoc IFeedSet
    uint256 public override state;
    /// @inheritdoc IFeedSet
    uint256 public override reporterCount;
    /// @dev Of each reporter's key up to its sign, by slot.
    bytes32[] private _keyHashes;
    mapping(bytes32 keyHash => bool) private _deniedKeys;
    FeedInfo[] private _feeds;

    /* CONSTRUCTOR */

    constructor(Params memory params)
        AccessControlDefaultAdminRules(params.adminDelay, params.admin)
        RoundHistory(params.preimage.feedCount, params.period, params.history)
    {
        uint256 count = params.preimage.feedCount;
        _requireWithin("capacity", params.capacity, 1, MAX_FEEDS);
        _requireWithin("feedCount", count, 1, params.capacity);
        _requireWithin("feeds", params.feeds.length, count, count);
        _requireWithin("period", params.period, 1, type(uint32).max);
        _requireWithin("maxAge", params.maxAge, 1, MAX_AGE);
        _requireWithin("adminDelay", params.adminDelay, 0, MAX_ADMIN_DELAY);
        _requireWithin("genesisState", params.genesisState, 0, StatementLib.P - 1);

        feedSetId = _feedSetId(params.identity, params.feeds, params.period);
        wordCount = (params.capacity + 1) / 2;
        maxAge = params.maxAge;
        _feedMask = (1 << count) - 1;

        state = params.genesisState;
        // Before its first OK round a feed is not OK, with nothing to carry.
        _hot = HotLib.genesis((1 << count) - 1);
        for (uint256 i = 0; i < count; i++) {
            _feeds.push(params.feeds[i]);
        }
        emit FeedSetCreated(
            feedSetId,
            params.identity.environment,
            params.identity.name,
            params.feeds,
            uint64(params.period),
            params.identity.salt
        );
        _setConfig(params.config, params.preimage);
        _setVerifier(params.verifier);
        if (params.guardian != address(0)) _grantRole(GUARDIAN_ROLE, params.guardian);
    }

    /* ROUNDS */

    /// @inheritdoc IFeedSet
    function submit(Submission calldata submission) external override {
        uint256 current = state;
        if (submission.prevState != current) revert FeedSet_StaleState(submission.prevState, current);
        (Hot hot, uint256 provenHeader, uint256 challenge, uint256 evaluation) = _check(submission);
        // A static call to a contract that governance chose: it cannot re-enter.
        if (!verifier.verify(submission.proof, submission.commitment, evaluation, challenge)) {
            revert FeedSet_ProofRefused(submission.commitment, evaluation, challenge);
        }
        _accept(hot, provenHeader, submission.nextState, submission.words);
    }

    /// @inheritdoc IFeedSet
    function acceptDeferred(Submission calldata submission)
        external
        override
        returns (bool accepted, uint256 evaluation, uint256 challenge)
    {
        if (msg.sender != address(verifier)) revert FeedSet_NotTheVerifier(msg.sender, address(verifier));
        if (submission.prevState != state) return (false, 0, 0);
        Hot hot;
        uint256 provenHeader;
        (hot, provenHeader, challenge, evaluation) = _check(submission);
        _accept(hot, provenHeader, submission.nextState, submission.words);
        return (true, evaluation, challenge);
    }

    /* GOVERNANCE */

    /// @inheritdoc IFeedSet
    function setConfig(uint256 newConfig, ConfigPreimage calldata preimage)
        external
        override
        onlyRole(DEFAULT_ADMIN_ROLE)
    {
        _setConfig(newConfig, preimage);
    }

    /// @inheritdoc IFeedSet
    function setVerifier(IVerifier newVerifier) external override onlyRole(DEFAULT_ADMIN_ROLE) {
        _setVerifier(newVerifier);
    }

    /// @inheritdoc IFeedSet
    function reset(uint256 feeds) external override onlyRole(DEFAULT_ADMIN_ROLE) {
        if (feeds == 0 || feeds & ~_feedMask != 0) revert FeedSet_NotOneOfTheFeeds(feeds, _feedMask);
        Hot hot = _hot;
        uint256 oldMask = hot.resetMask();
        // Epochs have 40 bits here as in the circuit.
        _hot = hot.withReset(oldMask | feeds, block.timestamp / period);
        emit ResetMaskChanged(oldMask, oldMask | feeds);
    }

    /// @inheritdoc IFeedSet
    function deny(uint256 expectedConfig, uint256 reporters) external override {
        _requireGuardian();
        _setDenied(expectedConfig, reporters, true);
    }

    /// @inheritdoc IFeedSet
    function allow(uint256 expectedConfig, uint256 reporters) external override onlyRole(DEFAULT_ADMIN_ROLE) {
        _setDenied(expectedConfig, reporters, false);
    }

    /// @inheritdoc IFeedSet
    function pause() external override {
        _requireGuardian();
        if (_hot.paused()) revert FeedSet_Paused();
        _hot = _hot.withPaused(true);
        emit Paused(msg.sender);
    }

    /// @inheritdoc IFeedSet
    function unpause() external override onlyRole(DEFAULT_ADMIN_ROLE) {
        if (!_hot.paused()) revert FeedSet_NotPaused();
        _hot = _hot.withPaused(false);
        emit Unpaused(msg.sender);
    }

    /// @inheritdoc IFeedSet
    function grow(uint256 newHistory) external override onlyRole(DEFAULT_ADMIN_ROLE) {
        _grow(newHistory);
    }

    /* VIEWS */

    /// @inheritdoc IFeedSet
    function paused() external view override returns (bool) {
        return _hot.paused();
    }

    /// @inheritdoc IFeedSet
    function resetMask() external view override returns (uint256) {
        return _hot.resetMask();
    }

    /// @inheritdoc IFeedSet
    function resetEpoch() external view override returns (uint256) {
        return _hot.resetEpoch();
    }

    /// @inheritdoc IFeedSet
    function deniedMask() external view override returns (uint256) {
        return _hot.deniedMask();
    }

    /// @inheritdoc IFeedSet
    function description(uint256 feed) external view override returns (string memory) {
        _requireFeed(feed);
        return _feeds[feed].description;
    }

    /// @inheritdoc IFeedSet
    function decimals(uint256 feed) external view override returns (uint8) {
        _requireFeed(feed);
        return _feeds[feed].decimals;
    }

    /* INTERNAL: ROUNDS */

    /// @dev Everything that is asked of a round but its previous state and its proof. Left out, because the circuit enforces
    /// them: at least minSigners signers, no signer beyond reporterCount, zero reports beyond feedCount, positive answers
    /// in OK, and nextState being the state that follows.
    function _check(Submission calldata submission)
        private
        view
        returns (Hot hot, uint256 provenHeader, uint256 challenge, uint256 evaluation)
    {
        hot = _hot;
        if (hot.paused()) revert FeedSet_Paused();
        uint256 header = submission.header;
        if (header >> HEADER_BITS != 0) revert FeedSet_HeaderTooLarge(header, 1 << HEADER_BITS);
        provenHeader = header | (hot.resetMask() << HEADER_BITS);
        (challenge, evaluation) = _statement(submission, provenHeader);
        _requireTimely(hot, header);
    }

    /// @dev The vector [config, state, nextState, header with reset mask, words], and its public signals. That the
    /// commitment, the config and both states are below p is StatementLib's check.
    function _statement(Submission calldata submission, uint256 provenHeader)
        private
        view
        returns (uint256 challenge, uint256 evaluation)
    {
        uint256[] calldata words = submission.words;
        if (words.length != wordCount) revert FeedSet_WordCount(words.length, wordCount);
        for (uint256 i = 0; i < words.length; ++i) {
            if (words[i] >> ReportLib.WORD_BITS != 0) {
                revert FeedSet_WordTooLarge(i, words[i], 1 << ReportLib.WORD_BITS);
            }
        }
        uint256[] memory v =
            StatementLib.vector(config, submission.prevState, submission.nextState, provenHeader, words);
        return StatementLib.evaluate(submission.commitment, v);
    }

    function _requireTimely(Hot hot, uint256 header) private view {
        if (hot.blockNumber() == block.number) revert FeedSet_BlockHasRound(block.number);
        uint256 epoch = _low(header, EPOCH_BITS);
        if (epoch <= hot.epoch()) revert FeedSet_EpochNotNewer(epoch, hot.epoch() + 1);
        // epoch * period <= block.timestamp if and only if epoch <= floor(block.timestamp / period).
        uint256 present = block.timestamp / period;
        if (epoch > present) revert FeedSet_EpochInFuture(epoch, present);
        if (present - epoch > maxAge) revert FeedSet_EpochTooOld(epoch, present - maxAge);
        uint256 signers = header >> EPOCH_BITS;
        if (signers & hot.deniedMask() != 0) revert FeedSet_DeniedSigner(signers, hot.deniedMask());
        if (hot.resetMask() != 0 && epoch <= hot.resetEpoch()) {
            revert FeedSet_EpochBeforeReset(epoch, hot.resetEpoch() + 1);
        }
    }

    /// @dev Everything that a round changes.
    function _accept(Hot hot, uint256 provenHeader, uint256 nextState, uint256[] calldata words) private {
        state = nextState;
        uint256 roundId = hot.roundId() + 1;
        uint256 notOk = _writeRow(hot, roundId, provenHeader, words);
        uint256 oldResetMask = hot.resetMask();
        uint256 newResetMask = oldResetMask & notOk;
        _hot = hot.withRound(_low(provenHeader, EPOCH_BITS), roundId, newResetMask, notOk);

        emit RoundAccepted(roundId, provenHeader, nextState, words);
        if (notOk != 0) _emitNotOk(roundId, notOk, words);
        if (newResetMask != oldResetMask) emit ResetMaskChanged(oldResetMask, newResetMask);
    }

    function _emitNotOk(uint256 roundId, uint256 notOk, uint256[] calldata words) private {
        for (uint256 feed = 0; feed < feedCount; feed++) {
            if ((notOk >> feed) & 1 == 0) continue;
            uint256 word = words[feed / 2];
            emit ReportNotOk(roundId, feed, ReportLib.status(word, feed), ReportLib.answer(word, feed));
        }
    }

    /* INTERNAL: GOVERNANCE */

    /// @dev Left out, because only someone who recomputes the digest can check them: that the digest is of this preimage,
    /// that keys are on the curve, in the subgroup and held by who registers them, and the model parameters' bounds.
    function _setConfig(uint256 newConfig, ConfigPreimage memory preimage) private {
        if (newConfig >= StatementLib.P) revert FeedSet_ConfigNotCanonical(newConfig, StatementLib.P);
        if (preimage.feedSetId != feedSetId) revert FeedSet_WrongFeedSetId(preimage.feedSetId, feedSetId);
        if (preimage.feedCount != feedCount) revert FeedSet_FeedCountChanged(preimage.feedCount, feedCount);
        uint256 slots = preimage.keys.length;
        uint256 count = preimage.reporterCount;
        if (slots > MAX_REPORTERS) revert FeedSet_BadReporterCount(slots, MAX_REPORTERS);
        if (count == 0 || count > slots) revert FeedSet_BadReporterCount(count, slots);
        if (preimage.quorum == 0 || preimage.quorum > preimage.minSigners || preimage.minSigners > count) {
            revert FeedSet_BadQuorum(preimage.minSigners, preimage.quorum, count);
        }
        if (preimage.possessions.length != count) {
            revert FeedSet_PossessionCount(preimage.possessions.length, count);
        }

        delete _keyHashes;
        for (uint256 slot = 0; slot < slots; slot++) {
            (uint256 x, uint256 y) = (preimage.keys[slot][0], preimage.keys[slot][1]);
            if ((slot < count) == (x == 0 && y == 0) || x >= StatementLib.P || y >= StatementLib.P) {
                revert FeedSet_BadKey(slot, x, y);
            }
            if (slot < count) _pushKey(slot, x, y);
        }
        reporterCount = count;
        uint256 oldConfig = config;
        config = newConfig;
        emit ConfigChanged(oldConfig, newConfig, preimage, period);
        _refreshDeniedMask();
    }

    /// @dev A key (x, y) and its negative (p - x, y) have one secret up to sign, so they count as one key.
    function _pushKey(uint256 slot, uint256 x, uint256 y) private {
        bytes32 keyHash = keccak256(abi.encode(Math.min(x, StatementLib.P - x), y));
        for (uint256 earlier = 0; earlier < slot; earlier++) {
            if (_keyHashes[earlier] == keyHash) revert FeedSet_DuplicateKey(slot, earlier);
        }
        _keyHashes.push(keyHash);
    }

    function _setDenied(uint256 expectedConfig, uint256 reporters, bool denied) private {
        if (expectedConfig != config) revert FeedSet_StaleConfig(expectedConfig, config);
        uint256 allowed = (1 << reporterCount) - 1;
        if (reporters == 0 || reporters & ~allowed != 0) revert FeedSet_NotOneOfTheReporters(reporters, allowed);
        for (uint256 slot = 0; slot < reporterCount; slot++) {
            if ((reporters >> slot) & 1 != 0) _deniedKeys[_keyHashes[slot]] = denied;
        }
        _refreshDeniedMask();
    }

    /// @dev A key is denied, wherever it stands: the mask is that fact for the present slots.
    function _refreshDeniedMask() private {
        Hot hot = _hot;
        uint256 oldMask = hot.deniedMask();
        uint256 newMask;
        for (uint256 slot = 0; slot < reporterCount; slot++) {
            if (_deniedKeys[_keyHashes[slot]]) newMask |= 1 << slot;
        }
        if (newMask == oldMask) return;
        _hot = hot.withDenied(newMask);
        emit DeniedMaskChanged(oldMask, newMask);
    }

    function _setVerifier(IVerifier newVerifier) private {
        if (address(newVerifier).code.length == 0) revert FeedSet_NotAVerifier(address(newVerifier));
        IVerifier oldVerifier = verifier;
        verifier = newVerifier;
        emit VerifierChanged(oldVerifier, newVerifier, newVerifier.selector());
    }

    /// @dev Mirrors src/round/configuration.ts; pinned by test/vectors/configuration.json.
    function _feedSetId(Identity memory identity, FeedInfo[] memory feeds, uint256 period_)
        private
        pure
        returns (uint256)
    {
        bytes memory encoded = abi.encode(identity.environment, identity.name, feeds, uint64(period_), identity.salt);
        return _low(uint256(keccak256(encoded)), 248);
    }

    /// @dev With a delay for ever the role could not be passed on.
    function _changeDefaultAdminDelay(uint48 newDelay) internal override {
        _requireWithin("adminDelay", newDelay, 0, MAX_ADMIN_DELAY);
        super._changeDefaultAdminDelay(newDelay);
    }

    /// @dev Without an admin a set could be neither mended nor handed on.
    function _beginDefaultAdminTransfer(address newAdmin) internal override {
        if (newAdmin == address(0)) revert FeedSet_AdminNeeded();
        super._beginDefaultAdminTransfer(newAdmin);
    }

    function _requireGuardian() private view {
        if (!hasRole(GUARDIAN_ROLE, msg.sender) && !hasRole(DEFAULT_ADMIN_ROLE, msg.sender)) {
            revert FeedSet_NotGuardian(msg.sender);
        }
    }

    function _requireWithin(bytes32 what, uint256 got, uint256 least, uint256 greatest) private pure {
        if (got < least) revert FeedSet_BadParameter(what, got, least);
        if (got > greatest) revert FeedSet_BadParameter(what, got, greatest);
    }
}
