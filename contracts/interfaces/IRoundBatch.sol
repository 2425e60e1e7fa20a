// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "./IFeedSet.sol";

/// @title Rounds of several sets in one transaction
/// @notice Their proofs, all under one verifying key, are checked by one pairing product: each further proof costs one
/// pairing and two multiplications instead of four pairings and three multiplications.
interface IRoundBatch {
    /// @notice A round and the set that it is for. The set's verifier must be the contract that is called.
    struct SetRound {
        IFeedSet set;
        IFeedSet.Submission submission;
    }

    /// @notice The proofs do not all hold. Which of them does not is not known: submit them singly to learn it.
    error RoundBatch_ProofsRefused(uint256 count);

    /// @notice A round was left out because another one came first: the set's state is not the one it starts from.
    /// @param index Its place in the batch.
    event RoundSkipped(IFeedSet indexed set, uint256 index, uint256 prevState);

    /// @notice Every round is accepted, as by its set's `submit`, or skipped because its set's state has moved. Anything
    /// else that a set refuses, and a proof that does not hold, reverts all.
    /// @dev Anyone may call; who calls is nothing to the sets.
    /// @return accepted How many were.
    function submitAll(SetRound[] calldata rounds) external returns (uint256 accepted);
}
