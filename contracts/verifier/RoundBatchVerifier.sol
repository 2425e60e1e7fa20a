// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "../interfaces/IFeedSet.sol";
import {IRoundBatch} from "../interfaces/IRoundBatch.sol";
import {Groth16BatchLib} from "./Groth16BatchLib.sol";
import {StatementVerifier} from "./StatementVerifier.sol";

/// @title The verifier of a price round circuit: of one proof for a set, or of many for several sets
/// @dev Sets take its word on proofs, and so they let it check them after they have accepted the rounds. Nothing can be
/// gained in between, from a hostile contract in a set's place or through it: all of it happens inside this call, which
/// reverts as a whole unless every proof holds.
abstract contract RoundBatchVerifier is StatementVerifier, IRoundBatch {
    /// @inheritdoc IRoundBatch
    function submitAll(SetRound[] calldata rounds) external override returns (uint256 accepted) {
        uint256[8][] memory proofs = new uint256[8][](rounds.length);
        uint256[3][] memory signals = new uint256[3][](rounds.length);
        for (uint256 i = 0; i < rounds.length; ++i) {
            IFeedSet.Submission calldata submission = rounds[i].submission;
            (bool taken, uint256 evaluation, uint256 challenge) = rounds[i].set.acceptDeferred(submission);
            if (!taken) {
                emit RoundSkipped(rounds[i].set, i, submission.prevState);
                continue;
            }
            proofs[accepted] = submission.proof;
            signals[accepted] = [submission.commitment, evaluation, challenge];
            ++accepted;
        }
        // Shortened to what was taken: both were made longer above.
        assembly ("memory-safe") {
            mstore(proofs, accepted)
            mstore(signals, accepted)
        }
        if (accepted != 0 && !Groth16BatchLib.verifyAll(_key(), proofs, signals)) {
            revert RoundBatch_ProofsRefused(accepted);
        }
    }
}
