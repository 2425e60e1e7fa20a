// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorInterface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorInterface.sol";
import {AggregatorV3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import {ITypeAndVersion} from "@chainlink/contracts/src/v0.8/shared/interfaces/ITypeAndVersion.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAttestedFeed} from "../interfaces/IAttestedFeed.sol";
import {IFeed} from "../interfaces/IFeed.sol";
import {IFeedSet} from "../interfaces/IFeedSet.sol";

/// @title Feed
contract Feed is IFeed, Ownable2Step {
    /* TYPES */

    struct Phase {
        IFeedSet set;
        uint16 feed;
    }

    struct Current {
        IFeedSet set;
        uint16 feed;
        uint16 phaseId;
    }

    struct Proposal {
        IFeedSet set;
        uint16 feed;
        uint40 confirmAt;
        uint40 overrideAt;
    }

    /* CONSTANTS */

    uint256 private constant PPM = 1_000_000;
    uint256 private constant PHASE_AT = 64;
    uint256 private constant MAX_OVERRIDE_DELAY = 365 days;
    /// @dev A round that is refused leaves more of the gas than this part, one that ran out of it less: at most 3 / 64.
    uint256 private constant GAS_LEFT_PART = 16;

    /// @inheritdoc AggregatorV3Interface
    uint256 public constant override version = 1;
    /// @inheritdoc ITypeAndVersion
    string public constant override typeAndVersion = "AssayFeed 1.0.0";

    /* IMMUTABLES */

    /// @inheritdoc AggregatorV3Interface
    uint8 public immutable override decimals;
    /// @inheritdoc IFeed
    uint256 public immutable override tolerancePpm;
    /// @inheritdoc IFeed
    uint256 public immutable override confirmDelay;
    /// @inheritdoc IFeed
    uint256 public immutable override overrideDelay;

    /* STORAGE */

    Current private _current;
    Proposal private _proposal;
    mapping(uint256 phaseId => Phase) private _phases;

    /* CONSTRUCTOR */

    /// @param set The first phase's feed set.
    /// @param feed This feed's index in it.
    /// @param tolerancePpm_ How far a new phase's answer may be from the old one's, in ppm of the old one's.
    /// @param confirmDelay_ Seconds from a proposal until it may be confirmed.
    /// @param overrideDelay_ Seconds from a proposal until the comparison may be passed over; more than `confirmDelay_`.
    constructor(
        IFeedSet set,
        uint256 feed,
        uint256 tolerancePpm_,
        uint256 confirmDelay_,
        uint256 overrideDelay_,
        address owner_
    ) Ownable(owner_) {
        if (tolerancePpm_ > PPM) revert Feed_BadParameter("tolerancePpm", tolerancePpm_, PPM);
        if (overrideDelay_ > MAX_OVERRIDE_DELAY) {
            revert Feed_BadParameter("overrideDelay", overrideDelay_, MAX_OVERRIDE_DELAY);
        }
        if (overrideDelay_ <= confirmDelay_) {
            revert Feed_BadParameter("overrideDelay", overrideDelay_, confirmDelay_ + 1);
        }
        _requireFeed(set, feed);
        decimals = set.decimals(feed);
        tolerancePpm = tolerancePpm_;
        confirmDelay = confirmDelay_;
        overrideDelay = overrideDelay_;
        _setPhase(set, SafeCast.toUint16(feed), false);
    }

    /* CHAINLINK, V3 */

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData()
        external
        view
        override
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        Current memory current = _current;
        return _roundData(current.phaseId, current.set.latestAnswerOf(current.feed));
    }

    /// @inheritdoc AggregatorV3Interface
    function getRoundData(uint80 id)
        external
        view
        override
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        return _roundData(uint16(id >> PHASE_AT), _answerOf(id));
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external view override returns (string memory) {
        return _current.set.description(_current.feed);
    }

    /* CHAINLINK, V2 */

    /// @inheritdoc AggregatorInterface
    function latestAnswer() external view override returns (int256) {
        return int256(_latest().answer);
    }

    /// @inheritdoc AggregatorInterface
    function latestTimestamp() external view override returns (uint256) {
        return _latest().updatedAt;
    }

    /// @inheritdoc AggregatorInterface
    function latestRound() external view override returns (uint256) {
        return (uint256(_current.phaseId) << PHASE_AT) | _latest().roundId;
    }

    /// @inheritdoc AggregatorInterface
    function getAnswer(uint256 roundId) external view override returns (int256) {
        return int256(_answerOf(roundId).answer);
    }

    /// @inheritdoc AggregatorInterface
    function getTimestamp(uint256 roundId) external view override returns (uint256) {
        return _answerOf(roundId).updatedAt;
    }

    /* REPORTS */

    /// @inheritdoc IAttestedFeed
    function latestReport()
        external
        view
        override
        returns (uint80 roundId, uint256 observedAt, IFeedSet.Report memory report)
    {
        Current memory current = _current;
        uint256 round;
        (round, observedAt, report) = current.set.latestReportOf(current.feed);
        roundId = _id(current.phaseId, round);
    }

    /// @inheritdoc IAttestedFeed
    function getReport(uint80 roundId)
        external
        view
        override
        returns (uint256 observedAt, IFeedSet.Report memory report)
    {
        Phase memory found = _phase(roundId >> PHASE_AT);
        return found.set.reportOf(found.feed, uint64(roundId));
    }

    /* PULL */

    /// @inheritdoc IFeed
    function pull(IFeedSet.Submission calldata submission, uint256 maxAge)
        external
        override
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        Current memory current = _current;
        bytes memory refusal;
        uint256 given = gasleft();
        try current.set.submit(submission) {}
        catch (bytes memory reason) {
            // A call that runs out of gas leaves a 64th at each level: here, in the set and in its verifier (EIP-150).
            if (gasleft() < given / GAS_LEFT_PART) revert Feed_OutOfGas(gasleft(), given / GAS_LEFT_PART);
            refusal = reason;
            emit PullFellBack(current.set, bytes4(reason));
        }
        (roundId, answer, startedAt, updatedAt, answeredInRound) =
            _roundData(current.phaseId, current.set.latestAnswerOf(current.feed));
        // Cannot underflow: no answer was observed later than its block.
        uint256 age = block.timestamp - updatedAt;
        if (age > maxAge) revert Feed_TooOld(age, maxAge, refusal);
    }

    /* PHASES */

    /// @inheritdoc IFeed
    function propose(IFeedSet set, uint256 feed) external override onlyOwner {
        _requireFeed(set, feed);
        // Consumers keep the decimals, so they cannot change below them.
        if (set.decimals(feed) != decimals) revert Feed_DecimalsChanged(set.decimals(feed), decimals);
        uint256 confirmAt = block.timestamp + confirmDelay;
        uint256 overrideAt = block.timestamp + overrideDelay;
        _proposal = Proposal({
            set: set,
            feed: SafeCast.toUint16(feed),
            confirmAt: SafeCast.toUint40(confirmAt),
            overrideAt: SafeCast.toUint40(overrideAt)
        });
        emit PhaseProposed(_current.set, set, _current.feed, feed, confirmAt, overrideAt);
    }

    /// @inheritdoc IFeed
    function cancel() external override onlyOwner {
        Proposal memory proposed = _proposed();
        delete _proposal;
        emit ProposalCancelled(proposed.set, proposed.feed);
    }

    /// @inheritdoc IFeed
    function confirm() external override onlyOwner {
        Proposal memory proposed = _proposed();
        if (block.timestamp < proposed.confirmAt) revert Feed_TooEarly(block.timestamp, proposed.confirmAt);
        IFeedSet.Answer memory oldAnswer = _latest();
        IFeedSet.Answer memory newAnswer = proposed.set.latestAnswerOf(proposed.feed);
        // A tolerance of 10^6 ppm would let it pass.
        if (newAnswer.answer == 0) revert Feed_ZeroAnswer();
        uint256 distance = newAnswer.answer > oldAnswer.answer
            ? newAnswer.answer - oldAnswer.answer
            : oldAnswer.answer - newAnswer.answer;
        // Answers are below 2^80, so neither product overflows.
        if (distance * PPM > oldAnswer.answer * tolerancePpm) {
            revert Feed_AnswerTooFar(newAnswer.answer, oldAnswer.answer, tolerancePpm);
        }
        if (newAnswer.updatedAt < oldAnswer.updatedAt) {
            revert Feed_AnswerOlder(newAnswer.updatedAt, oldAnswer.updatedAt);
        }
        _setPhase(proposed.set, proposed.feed, false);
    }

    /// @inheritdoc IFeed
    function confirmOverride() external override onlyOwner {
        Proposal memory proposed = _proposed();
        if (block.timestamp < proposed.overrideAt) revert Feed_TooEarly(block.timestamp, proposed.overrideAt);
        // Reverts unless the new feed has an answer.
        proposed.set.latestAnswerOf(proposed.feed);
        _setPhase(proposed.set, proposed.feed, true);
    }

    /// @dev Without an owner a feed could follow no further set.
    function renounceOwnership() public pure override {
        revert Feed_RenounceRefused();
    }

    /* VIEWS */

    /// @inheritdoc IFeed
    function phaseId() external view override returns (uint16) {
        return _current.phaseId;
    }

    /// @inheritdoc IFeed
    function phase(uint16 id) external view override returns (IFeedSet set, uint256 feed) {
        Phase memory found = _phase(id);
        return (found.set, found.feed);
    }

    /// @inheritdoc IFeed
    function proposal()
        external
        view
        override
        returns (IFeedSet set, uint256 feed, uint256 confirmAt, uint256 overrideAt)
    {
        return (_proposal.set, _proposal.feed, _proposal.confirmAt, _proposal.overrideAt);
    }

    /// @inheritdoc IFeed
    function proposedLatestRoundData()
        external
        view
        override
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        Proposal memory proposed = _proposed();
        return _roundData(uint256(_current.phaseId) + 1, proposed.set.latestAnswerOf(proposed.feed));
    }

    /* INTERNAL */

    function _latest() private view returns (IFeedSet.Answer memory) {
        Current memory current = _current;
        return current.set.latestAnswerOf(current.feed);
    }

    /// @dev V2's round ids are uint256: what does not fit `phase << 64 | round` is unknown, not cut.
    function _answerOf(uint256 roundId) private view returns (IFeedSet.Answer memory) {
        if (roundId > type(uint80).max) revert Feed_UnknownRound(roundId);
        Phase memory found = _phase(roundId >> PHASE_AT);
        return found.set.answerOf(found.feed, uint64(roundId));
    }

    function _roundData(uint256 phaseOf, IFeedSet.Answer memory read)
        private
        pure
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        return (
            _id(phaseOf, read.roundId),
            // Cannot overflow: answers are below 2^80.
            int256(read.answer),
            read.updatedAt,
            read.updatedAt,
            _id(phaseOf, read.answeredInRound)
        );
    }

    /// @dev Cannot truncate: phases have 16 bits, a set's rounds 40.
    function _id(uint256 phaseOf, uint256 round) private pure returns (uint80) {
        return uint80((phaseOf << PHASE_AT) | round);
    }

    function _phase(uint256 id) private view returns (Phase memory) {
        if (id == 0 || id > _current.phaseId) revert Feed_UnknownPhase(id, _current.phaseId);
        return _phases[id];
    }

    function _proposed() private view returns (Proposal memory proposed) {
        proposed = _proposal;
        if (address(proposed.set) == address(0)) revert Feed_NothingProposed();
    }

    function _setPhase(IFeedSet set, uint16 feed, bool overridden) private {
        Current memory old = _current;
        uint16 id = old.phaseId + 1;
        _current = Current({set: set, feed: feed, phaseId: id});
        _phases[id] = Phase({set: set, feed: feed});
        delete _proposal;
        emit PhaseChanged(id, old.set, set, old.feed, feed, overridden);
    }

    function _requireFeed(IFeedSet set, uint256 feed) private view {
        uint256 count = set.feedCount();
        if (feed >= count) revert Feed_UnknownFeed(feed, count);
    }
}
