// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a statement's Groth16 verifier answers
/// @notice One verifying key, three public signals, whatever the statement is about.
interface IVerifier {
    /// @notice The key would accept forged proofs: two of beta, gamma and delta are the same point or its negative.
    error Verifier_ForgeableKey();
    /// @notice Point `index` of the key (alpha, beta, gamma, delta, IC_0 .. IC_3) is infinity or not on its curve.
    error Verifier_BadPoint(uint256 index);

    /// @notice Whether the proof holds for these public signals. Never reverts on a bad proof: it returns false.
    /// @dev Warning: Groth16 proofs can be re-randomised, so a proof is no identifier. What must happen once is made
    /// to happen once by the statement (epoch, previous state), never by remembering proofs.
    /// @param proof A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y, each below BN254's base field modulus.
    /// @param commitment `C`: the circuit's Poseidon digest of the statement vector. Below p.
    /// @param evaluation `s`: the statement vector evaluated at the challenge. Below p.
    /// @param challenge `rho`: the caller's hash of `C` and the vector, 248 bits.
    function verify(uint256[8] calldata proof, uint256 commitment, uint256 evaluation, uint256 challenge)
        external
        view
        returns (bool);

    /// @notice keccak256 of the key's 22 words in the precompiles' order: alpha, beta, gamma, delta, IC_0 .. IC_3.
    function keyHash() external view returns (bytes32);

    /// @notice The first four bytes of `keyHash`: a short name for the key in events and logs.
    function selector() external view returns (bytes4);
}
