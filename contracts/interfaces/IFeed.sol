// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorV2V3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV2V3Interface.sol";
import {ITypeAndVersion} from "@chainlink/contracts/src/v0.8/shared/interfaces/ITypeAndVersion.sol";
import {IAttestedFeed} from "./IAttestedFeed.sol";
import {IFeedSet} from "./IFeedSet.sol";

/// @title One feed at an address that never changes
/// @notice Chainlink's read interface in full. Round ids are `phase << 64 | round`, the round being the feed set's.
/// `answer` is scaled by `decimals()` and positive; `startedAt` and `updatedAt` are the Unix seconds at which the prices
/// were observed, never later than the block. Unknown rounds revert, and so does a feed that never had an answer.
/// @dev Warning: bound `updatedAt`. A round in which the feed was held, refused or without quorum carries the last
/// accepted answer with its old `updatedAt`, and `answeredInRound` is then smaller than `roundId`.
/// Warning: the interface's events AnswerUpdated and NewRound are never emitted, because no call passes through here
/// when a round is accepted. Watch the set's RoundAccepted.
/// Warning: the delays below give consumers time to look; they do not make a hostile owner harmless. Have a timelock own
/// the feed.
interface IFeed is AggregatorV2V3Interface, IAttestedFeed, ITypeAndVersion {
    /* ERRORS */

    error Feed_BadParameter(bytes32 what, uint256 got, uint256 bound);
    error Feed_UnknownFeed(uint256 got, uint256 feedCount);
    error Feed_UnknownPhase(uint256 got, uint256 latest);
    error Feed_UnknownRound(uint256 got);
    error Feed_DecimalsChanged(uint256 got, uint256 want);
    error Feed_NothingProposed();
    error Feed_ZeroAnswer();
    /// @notice The new phase's answer is further than `tolerancePpm` from the old one's.
    error Feed_AnswerTooFar(uint256 got, uint256 want, uint256 tolerancePpm);
    /// @notice The new phase's answer was observed before the old one's.
    error Feed_AnswerOlder(uint256 got, uint256 want);
    error Feed_TooEarly(uint256 got, uint256 want);
    /// @notice After a pull the answer is older than the caller takes, in seconds. `refusal` is what the set said to the
    /// round that was brought; empty if it was accepted.
    error Feed_TooOld(uint256 age, uint256 maxAge, bytes refusal);
    /// @notice The round that was pulled ran out of gas, or its proof is no proof at all: what is no point burns the gas.
    error Feed_OutOfGas(uint256 got, uint256 want);
    /// @notice Ownership passes in two steps; it is never given up.
    error Feed_RenounceRefused();

    /* EVENTS */

    event PhaseProposed(
        IFeedSet indexed oldSet,
        IFeedSet indexed newSet,
        uint256 oldFeed,
        uint256 newFeed,
        uint256 confirmAt,
        uint256 overrideAt
    );
    event ProposalCancelled(IFeedSet indexed set, uint256 feed);
    /// @param overridden Whether the comparison with the old answer was passed over after the longer delay.
    event PhaseChanged(
        uint256 indexed phaseId,
        IFeedSet indexed oldSet,
        IFeedSet indexed newSet,
        uint256 oldFeed,
        uint256 newFeed,
        bool overridden
    );

    /// @notice A round that was brought by a pull was not accepted, and the stored answer was fresh enough.
    /// @param selector Of the set's error, e.g. FeedSet_StaleState's when another round came first; zero without one.
    event PullFellBack(IFeedSet indexed set, bytes4 selector);

    /* PULL */

    /// @notice Brings a round and reads this feed in one call: like `latestRoundData` after `submit`.
    /// @dev Whatever becomes of the round (accepted, overtaken by another, held, outdated by a reset or a new phase), the
    /// call ends in the same check of the answer's age, so a round that comes first cannot make it fail while it is fresh.
    /// Nor can whoever chooses the gas have the round left out: a round that ran out of it reverts the call.
    /// Warning: `maxAge` is all that bounds the answer. While the stored answer is fresh enough, whoever brings the round
    /// can have it read, by bringing another. A set that offers pull has a `maxAge` of 1 epoch.
    /// @param submission A proven round of the present phase's set. Stored if it is accepted.
    /// @param maxAge Seconds that the answer may be old.
    function pull(IFeedSet.Submission calldata submission, uint256 maxAge)
        external
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    /* PHASES */

    /// @notice Names the feed set that is to be read next. Replaces an earlier proposal, and its clock starts again.
    function propose(IFeedSet set, uint256 feed) external;

    function cancel() external;

    /// @notice Takes the proposed set, `confirmDelay` seconds after the proposal, if its answer is not zero, not older than
    /// the present one and within `tolerancePpm` of it.
    function confirm() external;

    /// @notice Takes the proposed set without that comparison, `overrideDelay` seconds after the proposal: for an old
    /// feed that is stuck, wrong, or never had an answer. The new feed must have an answer all the same.
    function confirmOverride() external;

    /* VIEWS */

    function phaseId() external view returns (uint16);
    function phase(uint16 id) external view returns (IFeedSet set, uint256 feed);
    /// @notice Zero address if nothing is proposed.
    function proposal() external view returns (IFeedSet set, uint256 feed, uint256 confirmAt, uint256 overrideAt);
    /// @notice What `latestRoundData` would say if the proposal were confirmed now, as Chainlink's proxy has it.
    function proposedLatestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    function tolerancePpm() external view returns (uint256);
    /// @notice Seconds.
    function confirmDelay() external view returns (uint256);
    /// @notice Seconds; longer than `confirmDelay`.
    function overrideDelay() external view returns (uint256);
}
