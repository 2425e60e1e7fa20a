// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFeedSet} from "../interfaces/IFeedSet.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {ReportLib} from "../report/ReportLib.sol";
import {StatementLib} from "../statement/StatementLib.sol";
import {Hot, HotLib} from "./HotLib.sol";
import {RoundHistory} from "./RoundHistory.sol";

/// @title FeedSet
/// @dev Which rounds are accepted, and under whose rules; what is kept of them is RoundHistory's.
contract FeedSet is Ownable2Step, RoundHistory {
    /* CONSTANTS */

    uint256 private constant MAX_FEEDS = 32;
    uint256 private constant MAX_REPORTERS = 16;
    uint256 private constant MAX_AGE = 4;

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
    uint256 public override config;
    /// @inheritdoc IFeedSet
    uint256 public override state;
    /// @inheritdoc IFeedSet
    IVerifier public override verifier;
    /// @inheritdoc IFeedSet
    address public override guardian;
    /// @inheritdoc IFeedSet
    uint256 public override reporterCount;
    /// @dev Of each reporter's key up to its sign, by slot.
    bytes32[] private _keyHashes;
    mapping(bytes32 keyHash => bool) private _deniedKeys;
    FeedInfo[] private _feeds;

    /* CONSTRUCTOR */

    constructor(Params memory params)
        Ownable(params.owner)
        RoundHistory(params.preimage.feedCount, params.period, params.history)
    {
        uint256 count = params.preimage.feedCount;
        _requireWithin("capacity", params.capacity, 1, MAX_FEEDS);
        _requireWithin("feedCount", count, 1, params.capacity);
        _requireWithin("feeds", params.feeds.length, count, count);
        _requireWithin("period", params.period, 1, type(uint32).max);
        _requireWithin("maxAge", params.maxAge, 1, MAX_AGE);
        _requireWithin("history", params.history, 2, MAX_HISTORY);
        _requireWithin("genesisState", params.genesisState, 0, StatementLib.P - 1);

        feedSetId = params.preimage.feedSetId;
        wordCount = (params.capacity + 1) / 2;
        maxAge = params.maxAge;
        _feedMask = (1 << count) - 1;

        state = params.genesisState;
        // Before its first OK round a feed is not OK, with nothing to carry.
        _hot = HotLib.genesis((1 << count) - 1);
        for (uint256 i = 0; i < count; i++) {
            _feeds.push(params.feeds[i]);
        }
        _setConfig(params.config, params.preimage);
        _setVerifier(params.verifier);
        _setGuardian(params.guardian);
    }

    /* ROUNDS */

    /// @inheritdoc IFeedSet
    function submit(
        uint256[8] calldata proof,
        uint256 commitment,
        uint256 prevState,
        uint256 nextState,
        uint256 header,
        uint256[] calldata words
    ) external override {
        uint256 current = state;
        if (prevState != current) revert FeedSet_StaleState(prevState, current);

        Hot hot = _hot;
        if (header >> HEADER_BITS != 0) revert FeedSet_HeaderTooLarge(header, 1 << HEADER_BITS);
        uint256 provenHeader = header | (hot.resetMask() << HEADER_BITS);
        (uint256 challenge, uint256 evaluation) = _statement(commitment, prevState, nextState, provenHeader, words);

        _requireTimely(hot, header);

        // A static call to a contract that governance chose: it cannot re-enter.
        if (!verifier.verify(proof, commitment, evaluation, challenge)) {
            revert FeedSet_ProofRefused(commitment, evaluation, challenge);
        }
        // Left out, because the circuit enforces them: at least minSigners signers, no signer beyond reporterCount, zero
        // reports beyond feedCount, positive answers in OK, and nextState being the state that follows.

        state = nextState;
        _accept(hot, provenHeader, nextState, words);
    }

    /* GOVERNANCE */

    /// @inheritdoc IFeedSet
    function setConfig(uint256 newConfig, ConfigPreimage calldata preimage) external override onlyOwner {
        _setConfig(newConfig, preimage);
    }

    /// @inheritdoc IFeedSet
    function setVerifier(IVerifier newVerifier) external override onlyOwner {
        _setVerifier(newVerifier);
    }

    /// @inheritdoc IFeedSet
    function reset(uint256 feeds) external override onlyOwner {
        if (feeds == 0 || feeds & ~_feedMask != 0) revert FeedSet_NotOneOfTheFeeds(feeds, _feedMask);
        Hot hot = _hot;
        uint256 oldMask = hot.resetMask();
        // Epochs have 40 bits here as in the circuit.
        _hot = hot.withReset(oldMask | feeds, block.timestamp / period);
        emit ResetMaskChanged(oldMask, oldMask | feeds);
    }

    /// @inheritdoc IFeedSet
    function deny(uint256 expectedConfig, uint256 reporters) external override {
        if (msg.sender != guardian && msg.sender != owner()) revert FeedSet_NotGuardian(msg.sender, guardian);
        _setDenied(expectedConfig, reporters, true);
    }

    /// @inheritdoc IFeedSet
    function allow(uint256 expectedConfig, uint256 reporters) external override onlyOwner {
        _setDenied(expectedConfig, reporters, false);
    }

    /// @inheritdoc IFeedSet
    function setGuardian(address newGuardian) external override onlyOwner {
        _setGuardian(newGuardian);
    }

    /// @dev Without an owner a set could be neither mended nor handed on.
    function renounceOwnership() public pure override {
        revert FeedSet_RenounceRefused();
    }

    /* VIEWS */

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

    /// @dev The vector [config, state, nextState, header with reset mask, words], and its public signals. That the
    /// commitment, the config and both states are below p is StatementLib's check.
    function _statement(
        uint256 commitment,
        uint256 prevState,
        uint256 nextState,
        uint256 provenHeader,
        uint256[] calldata words
    ) private view returns (uint256 challenge, uint256 evaluation) {
        if (words.length != wordCount) revert FeedSet_WordCount(words.length, wordCount);
        for (uint256 i = 0; i < words.length; ++i) {
            if (words[i] >> ReportLib.WORD_BITS != 0) {
                revert FeedSet_WordTooLarge(i, words[i], 1 << ReportLib.WORD_BITS);
            }
        }
        uint256[] memory v = StatementLib.vector(4, words);
        v[0] = config;
        v[1] = prevState;
        v[2] = nextState;
        v[3] = provenHeader;
        return StatementLib.evaluate(commitment, v);
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

    /// @dev Everything that a proven round changes, except the state digest.
    function _accept(Hot hot, uint256 provenHeader, uint256 nextState, uint256[] calldata words) private {
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
    /// that keys are on the curve and in the subgroup, and the model parameters' bounds.
    function _setConfig(uint256 newConfig, ConfigPreimage memory preimage) private {
        if (newConfig >= StatementLib.P) revert FeedSet_ConfigNotCanonical(newConfig, StatementLib.P);
        if (preimage.feedSetId != feedSetId) revert FeedSet_FeedSetIdChanged(preimage.feedSetId, feedSetId);
        if (preimage.feedCount != feedCount) revert FeedSet_FeedCountChanged(preimage.feedCount, feedCount);
        uint256 slots = preimage.keys.length;
        uint256 count = preimage.reporterCount;
        if (slots > MAX_REPORTERS) revert FeedSet_BadReporterCount(slots, MAX_REPORTERS);
        if (count == 0 || count > slots) revert FeedSet_BadReporterCount(count, slots);
        if (preimage.quorum == 0 || preimage.quorum > preimage.minSigners || preimage.minSigners > count) {
            revert FeedSet_BadQuorum(preimage.minSigners, preimage.quorum, count);
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
        emit ConfigChanged(oldConfig, newConfig, preimage);
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

    function _setGuardian(address newGuardian) private {
        emit GuardianChanged(guardian, newGuardian);
        guardian = newGuardian;
    }

    function _requireWithin(bytes32 what, uint256 got, uint256 least, uint256 greatest) private pure {
        if (got < least) revert FeedSet_BadParameter(what, got, least);
        if (got > greatest) revert FeedSet_BadParameter(what, got, greatest);
    }
}
