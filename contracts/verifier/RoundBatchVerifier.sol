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
        uint256[] memory entries = Groth16BatchLib.create(rounds.length);
        for (uint256 i = 0; i < rounds.length; ++i) {
            SetRound calldata round = rounds[i];
            IFeedSet set = round.set;
            IFeedSet.Submission calldata submission = round.submission;
            (bool taken, uint256 evaluation, uint256 challenge) = _acceptDeferred(set, submission);
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

    /// @dev set.acceptDeferred(submission), with the submission copied as a whole where the compiler would go member by
    /// member, at some 2,000 gas more a set. Mirrors IFeedSet.Submission: twelve words, then where the words begin.
    function _acceptDeferred(IFeedSet set, IFeedSet.Submission calldata submission)
        private
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
