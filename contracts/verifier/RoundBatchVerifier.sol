// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "../interfaces/IFeedSet.sol";
import {IRoundBatch} from "../interfaces/IRoundBatch.sol";
import {AcceptDeferredLib} from "./AcceptDeferredLib.sol";
import {Groth16BatchLib} from "./Groth16BatchLib.sol";
import {StatementVerifier} from "./StatementVerifier.sol";

/// @title The verifier of a price round circuit: of one proof for a set, or of many for several sets
/// @dev Sets take its word on proofs, and so they let it check them after they have accepted the rounds. Nothing can be
/// gained in between, from a hostile contract in a set's place or through it: all of it happens inside this call, which
/// reverts as a whole unless every proof holds.
abstract contract RoundBatchVerifier is StatementVerifier, IRoundBatch {
    /// @inheritdoc IRoundBatch
    function submitAll(SetRound[] calldata rounds) external override returns (uint256 accepted) {
        uint256[] memory entries = Groth16BatchLib.create(rounds.length);
        for (uint256 i = 0; i < rounds.length; ++i) {
            SetRound calldata round = rounds[i];
            IFeedSet set = round.set;
            IFeedSet.Submission calldata submission = round.submission;
            (bool taken, uint256 evaluation, uint256 challenge) = AcceptDeferredLib.call(set, submission);
            if (!taken) {
                emit RoundSkipped(set, i, submission.prevState);
                continue;
            }
            Groth16BatchLib.put(entries, accepted, submission.proof, submission.commitment, evaluation, challenge);
            ++accepted;
        }
        Groth16BatchLib.shorten(entries, accepted);
        if (accepted != 0 && !Groth16BatchLib.verifyAll(_key(), entries)) revert RoundBatch_ProofsRefused(accepted);
    }
}
