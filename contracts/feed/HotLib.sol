// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What every round of a FeedSet reads and writes, in one word: 241 bits used, low bits first
/// epoch 40 | roundId 40 | blockNumber 40 | resetEpoch 40 | resetMask 32 | notOkMask 32 | deniedMask 16 | paused 1.
/// @dev A struct would be loaded and stored field by field, at some 2,000 gas more a round.
type Hot is uint256;

using HotLib for Hot global;

/// @title HotLib
library HotLib {
    uint256 private constant BITS_16 = type(uint16).max;
    uint256 private constant BITS_32 = type(uint32).max;
    uint256 private constant BITS_40 = type(uint40).max;

    function epoch(Hot hot) internal pure returns (uint256) {
        return Hot.unwrap(hot) & BITS_40;
    }

    function roundId(Hot hot) internal pure returns (uint256) {
        return (Hot.unwrap(hot) >> 40) & BITS_40;
    }

    function blockNumber(Hot hot) internal pure returns (uint256) {
        return (Hot.unwrap(hot) >> 80) & BITS_40;
    }

    function resetEpoch(Hot hot) internal pure returns (uint256) {
        return (Hot.unwrap(hot) >> 120) & BITS_40;
    }

    function resetMask(Hot hot) internal pure returns (uint256) {
        return (Hot.unwrap(hot) >> 160) & BITS_32;
    }

    function notOkMask(Hot hot) internal pure returns (uint256) {
        return (Hot.unwrap(hot) >> 192) & BITS_32;
    }

    function deniedMask(Hot hot) internal pure returns (uint256) {
        return (Hot.unwrap(hot) >> 224) & BITS_16;
    }

    function paused(Hot hot) internal pure returns (bool) {
        return Hot.unwrap(hot) >> 240 != 0;
    }

    /// @dev After a round. Nothing is cut: an epoch has 40 bits by its header, masks 32 by the number of feeds, and block
    /// and round numbers do not reach 2^40.
    function withRound(Hot hot, uint256 epoch_, uint256 roundId_, uint256 resetMask_, uint256 notOkMask_)
        internal
        view
        returns (Hot)
    {
        uint256 kept = Hot.unwrap(hot) & ((BITS_40 << 120) | (BITS_16 << 224) | (1 << 240));
        return
            Hot.wrap(
                kept | epoch_ | (roundId_ << 40) | (block.number << 80) | (resetMask_ << 160) | (notOkMask_ << 192)
            );
    }

    /// @dev After a reset, in the epoch of this block.
    function withReset(Hot hot, uint256 resetMask_, uint256 resetEpoch_) internal pure returns (Hot) {
        uint256 kept = Hot.unwrap(hot) & ~((BITS_40 << 120) | (BITS_32 << 160));
        return Hot.wrap(kept | ((resetEpoch_ & BITS_40) << 120) | (resetMask_ << 160));
    }

    function withDenied(Hot hot, uint256 deniedMask_) internal pure returns (Hot) {
        return Hot.wrap((Hot.unwrap(hot) & ~(BITS_16 << 224)) | (deniedMask_ << 224));
    }

    function withPaused(Hot hot, bool paused_) internal pure returns (Hot) {
        return Hot.wrap((Hot.unwrap(hot) & ~uint256(1 << 240)) | (paused_ ? 1 << 240 : 0));
    }

    /// @dev Before the first round: no feed is OK.
    function genesis(uint256 notOkMask_) internal pure returns (Hot) {
        return Hot.wrap(notOkMask_ << 192);
    }
}
