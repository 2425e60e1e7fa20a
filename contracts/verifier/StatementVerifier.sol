// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVerifier} from "../interfaces/IVerifier.sol";
import {Groth16Lib} from "./Groth16Lib.sol";

/// @title The one wrapper around every verifying key
/// @notice Names the public signals in the circuits' order: C, s (outputs), rho (public input). A generated contract
/// gives the key and nothing else, so what there is to review about verification is here and in Groth16Lib.
abstract contract StatementVerifier is IVerifier {
    /// @inheritdoc IVerifier
    bytes32 public immutable override keyHash;

    constructor() {
        uint256[22] memory key = _key();
        Groth16Lib.requireSound(key);
        keyHash = keccak256(abi.encode(key));
    }

    /// @inheritdoc IVerifier
    function verify(uint256[8] calldata proof, uint256 commitment, uint256 evaluation, uint256 challenge)
        external
        view
        override
        returns (bool)
    {
        return Groth16Lib.verify(_key(), proof, commitment, evaluation, challenge);
    }

    /// @inheritdoc IVerifier
    function selector() external view override returns (bytes4) {
        return bytes4(keyHash);
    }

    /// @dev alpha, beta, gamma, delta, IC_0 .. IC_3 as in Groth16Lib. Constants only.
    function _key() internal pure virtual returns (uint256[22] memory);
}
