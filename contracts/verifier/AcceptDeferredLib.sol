// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "../interfaces/IFeedSet.sol";

/// @title The call of IFeedSet.acceptDeferred, with the submission copied as a whole
/// @dev The compiler would copy it member by member, at some 2,000 gas more a set.
library AcceptDeferredLib {
    /// @notice set.acceptDeferred(submission); reverts with what it reverts with.
    /// @dev Mirrors IFeedSet.Submission: twelve words, then where the words begin, their number and they themselves.
    function call(IFeedSet set, IFeedSet.Submission calldata submission)
        internal
        returns (bool taken, uint256 evaluation, uint256 challenge)
    {
        bytes4 selector = IFeedSet.acceptDeferred.selector;
        uint256[] calldata words = submission.words;
        assembly ("memory-safe") {
            let data := mload(0x40)
            let size := shl(5, words.length)
            mstore(data, selector)
            mstore(add(data, 0x04), 0x20)
            calldatacopy(add(data, 0x24), submission, 0x180)
            mstore(add(data, 0x1a4), 0x1a0)
            mstore(add(data, 0x1c4), words.length)
            calldatacopy(add(data, 0x1e4), words.offset, size)
            if iszero(call(gas(), set, 0, data, add(0x1e4, size), data, 0x60)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
            // As the compiler would: an address without code gives no data.
            if or(lt(returndatasize(), 0x60), gt(mload(data), 1)) { revert(0, 0) }
            taken := mload(data)
            evaluation := mload(add(data, 0x20))
            challenge := mload(add(data, 0x40))
        }
    }
}
