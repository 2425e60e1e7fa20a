// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {OtherSyntheticVerifier} from "./generated/OtherSyntheticVerifier.sol";
import {SyntheticSecrets} from "./generated/SyntheticSecrets.sol";
import {SyntheticVerifier} from "./generated/SyntheticVerifier.sol";
import {SyntheticProver} from "./support/SyntheticProver.sol";

/// @dev What the invariants rest on: that proofs made in Solidity are real ones.
contract SyntheticProverTest is Test {
    uint256 private constant GAS_LIMIT = 3_000_000;

    IVerifier private first = new SyntheticVerifier();
    IVerifier private second = new OtherSyntheticVerifier();

    function testFuzz_ProvesAnythingUnderItsKey(uint256[3] memory signals, uint256 a, uint256 which) public view {
        for (uint256 i = 0; i < 3; i++) {
            signals[i] %= SyntheticProver.P;
        }
        a = bound(a, 1, SyntheticProver.P - 1);
        uint256[8] memory proof = SyntheticProver.prove(SyntheticSecrets.synthetic(), signals, a);
        assertTrue(_holds(first, proof, signals), "under its key");
        assertTrue(_holds(first, SyntheticProver.negated(proof), signals), "re-randomised");
        assertFalse(_holds(second, proof, signals), "under another key");
        proof = SyntheticProver.prove(SyntheticSecrets.other(), signals, a);
        assertTrue(_holds(second, proof, signals), "the other's under its own");
        signals[which % 3] = addmod(signals[which % 3], 1, SyntheticProver.P);
        assertFalse(_holds(second, proof, signals), "for another signal");
    }

    function _holds(IVerifier verifier, uint256[8] memory proof, uint256[3] memory signals)
        private
        view
        returns (bool)
    {
        return verifier.verify{gas: GAS_LIMIT}(proof, signals[0], signals[1], signals[2]);
    }
}
