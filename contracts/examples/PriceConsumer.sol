// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorV3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";

/// @title The least that a consumer should do: one read, one staleness bound
contract PriceConsumer {
    /// @notice Seconds since the prices were observed.
    error PriceConsumer_Stale(uint256 age, uint256 maxAge);
    error PriceConsumer_NotPositive(int256 answer);

    AggregatorV3Interface public immutable feed;
    /// @notice Seconds. A little more than the feed's heartbeat.
    uint256 public immutable maxAge;

    constructor(AggregatorV3Interface feed_, uint256 maxAge_) {
        feed = feed_;
        maxAge = maxAge_;
    }

    /// @notice The price, scaled by the feed's decimals, and when it was observed. Reverts rather than return an old one.
    /// @dev The bound is on `updatedAt` alone: a round in which the feed was held carries its old `updatedAt`, so
    /// comparing `answeredInRound` with `roundId` would only refuse fresh enough prices earlier.
    function price() external view returns (uint256 answer, uint256 updatedAt) {
        int256 signed;
        (, signed,, updatedAt,) = feed.latestRoundData();
        // Underflow cannot be provoked by a feed of this project (`updatedAt` is never later than the block); with
        // another that is, the checked subtraction reverts.
        uint256 age = block.timestamp - updatedAt;
        if (age > maxAge) revert PriceConsumer_Stale(age, maxAge);
        if (signed <= 0) revert PriceConsumer_NotPositive(signed);
        answer = uint256(signed);
    }
}
