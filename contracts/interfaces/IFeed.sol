// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorV2V3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV2V3Interface.sol";
import {IFeedSet} from "./IFeedSet.sol";

/// @title One feed at an address that never changes
/// @notice Chainlink's read interface in full. Round ids are `phase << 64 | round`, the round being the feed set's.
/// `answer` is scaled by `decimals()` and positive; `startedAt` and `updatedAt` are the Unix seconds at which the prices
/// were observed, never later than the block. Unknown rounds revert, and so does a feed that never had an answer.
/// @dev Warning: bound `updatedAt`. A round in which the feed was held, refused or without quorum carries the last
/// accepted answer with its old `updatedAt`, and `answeredInRound` is then smaller than `roundId`.
/// Warning: the interface's events AnswerUpdated and NewRound are never emitted, because no call passes through here
/// when a round is accepted. Watch the set's RoundAccepted.
/// Warning: `propose` and `confirm` guard against mistakes, not a hostile owner. A timelock as owner brings the delay.
interface IFeed is AggregatorV2V3Interface {
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
    /// @notice Ownership passes in two steps; it is never given up.
    error Feed_RenounceRefused();

    /* EVENTS */

    event PhaseProposed(
        IFeedSet indexed oldSet, IFeedSet indexed newSet, uint256 oldFeed, uint256 newFeed, uint256 overrideAt
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

    /* REPORTS */

    /// @notice The newest report whatever its status, with the round id as this interface counts.
    /// @dev Warning: `report.answer` is the accepted answer only if `report.status` is OK.
    function latestReport() external view returns (uint80 roundId, IFeedSet.Report memory report);

    /* PHASES */

    /// @notice Names the feed set that is to be read next. Replaces an earlier proposal, and its clock starts again.
    function propose(IFeedSet set, uint256 feed) external;

    function cancel() external;

    /// @notice Takes the proposed set, if its answer is not zero, not older than the present one and within `tolerancePpm`
    /// of it.
    function confirm() external;

    /// @notice Takes the proposed set without that comparison, `overrideDelay` seconds after the proposal: for an old
    /// feed that is stuck, wrong, or never had an answer. The new feed must have an answer all the same.
    function confirmOverride() external;

    /* VIEWS */

    function phaseId() external view returns (uint16);
    function phase(uint16 id) external view returns (IFeedSet set, uint256 feed);
    /// @notice Zero address if nothing is proposed.
    function proposal() external view returns (IFeedSet set, uint256 feed, uint256 overrideAt);
    function tolerancePpm() external view returns (uint256);
    /// @notice Seconds.
    function overrideDelay() external view returns (uint256);
}
