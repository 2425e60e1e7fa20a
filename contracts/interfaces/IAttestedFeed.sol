// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "./IFeedSet.sol";

/// @title What a feed says beyond its answer
/// @notice Chainlink's interface has the last accepted answer. This one has the newest report, accepted or not: how far
/// the prices lay apart, how unusual the step was, whose prices counted, and why an answer is old.
interface IAttestedFeed {
    /// @notice The newest report, whatever its status. Reverts before the first round.
    /// @dev Warning: `report.answer` is the accepted answer only if `report.status` is OK; otherwise it is what was NOT
    /// accepted, and zero without quorum.
    /// @return roundId As this feed counts: `phase << 64 | round`.
    /// @return observedAt Unix seconds at which its prices were observed, never later than the block.
    /// @return report The report.
    function latestReport() external view returns (uint80 roundId, uint256 observedAt, IFeedSet.Report memory report);

    /// @notice The report of a round that is still kept, whatever its status. Unknown rounds revert.
    function getReport(uint80 roundId) external view returns (uint256 observedAt, IFeedSet.Report memory report);
}
