// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVerifier} from "../interfaces/IVerifier.sol";

/// @title Groth16 over BN254 for three public signals, from the equation and the precompiles of EIP-196 and EIP-197
/// @notice A proof (A, B, C) holds for signals x_1 .. x_3 if
/// e(-A, B) * e(alpha, beta) * e(IC_0 + x_1*IC_1 + x_2*IC_2 + x_3*IC_3, gamma) * e(C, delta) = 1.
/// @dev A key is 22 words: alpha (2), beta (4), gamma (4), delta (4), IC_0 .. IC_3 (2 each). A point of G2 is
/// x.c1, x.c0, y.c1, y.c0, as EIP-197 has it. The key is constant code, never calldata.
library Groth16Lib {
    uint256 internal constant KEY_WORDS = 22;

    /// @notice BN254's scalar field: public signals.
    uint256 private constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @notice BN254's base field: coordinates.
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @notice True if and only if the proof holds. Signals of p or more and coordinates of q or more are refused, so
    /// neither has a second spelling; A.y is compared here because it is negated, the others by the precompile.
    /// @dev A precompile that fails, or that a chain lacks and so returns nothing, is a refusal.
    function verify(uint256[KEY_WORDS] memory key, uint256[8] calldata proof, uint256 x1, uint256 x2, uint256 x3)
        internal
        view
        returns (bool valid)
    {
        // Mirrors test/contracts/Groth16Lib.t.sol's plain version.
        assembly ("memory-safe") {
            // The pairing's input, 24 words at `input`: A B | alpha beta | signals gamma | C delta.
            let input := mload(0x40)
            let sum := add(input, 0x180)
            let term := add(sum, 0x40)

            let ay := calldataload(add(proof, 0x20))
            valid := lt(ay, Q)

            // sum = IC_0 + x_1*IC_1 + x_2*IC_2 + x_3*IC_3, in the place where the pairing wants it. The terms stand
            // where gamma will.
            mcopy(sum, add(key, 0x1c0), 0x40)
            function addTerm(sofar, total, scratch, point, signal) -> ok {
                ok := and(sofar, lt(signal, P))
                if ok {
                    mcopy(scratch, point, 0x40)
                    mstore(add(scratch, 0x40), signal)
                    ok := staticcall(gas(), 7, scratch, 0x60, scratch, 0x40)
                    ok := and(ok, eq(returndatasize(), 0x40))
                }
                if ok {
                    ok := staticcall(gas(), 6, total, 0x80, total, 0x40)
                    ok := and(ok, eq(returndatasize(), 0x40))
                }
            }
            valid := addTerm(valid, sum, term, add(key, 0x200), x1)
            valid := addTerm(valid, sum, term, add(key, 0x240), x2)
            valid := addTerm(valid, sum, term, add(key, 0x280), x3)

            if valid {
                calldatacopy(input, proof, 0xc0)
                mstore(add(input, 0x20), mod(sub(Q, ay), Q))
                mcopy(add(input, 0xc0), key, 0xc0)
                mcopy(add(input, 0x1c0), add(key, 0xc0), 0x80)
                calldatacopy(add(input, 0x240), add(proof, 0xc0), 0x40)
                mcopy(add(input, 0x280), add(key, 0x140), 0x80)
                let called := staticcall(gas(), 8, input, 0x300, 0x00, 0x20)
                valid := and(called, and(eq(returndatasize(), 0x20), eq(mload(0x00), 1)))
            }
        }
    }

    /// @notice Reverts on a key that cannot be sound or cannot work: gamma = ±delta (then C absorbs any public signal),
    /// beta = ±gamma (A = the signals' sum ± alpha, B = gamma and C = 0 hold), beta = ±delta (A = that sum, B = gamma
    /// and C = ∓alpha hold), a point at infinity, or a point that the precompiles refuse.
    /// @dev That the key belongs to the circuit and came from an honest ceremony cannot be seen here.
    function requireSound(uint256[KEY_WORDS] memory key) internal view {
        if (_sameX(key, 6, 10) || _sameX(key, 2, 6) || _sameX(key, 2, 10)) revert IVerifier.Verifier_ForgeableKey();
        _requireG1(key, 0, 0);
        for (uint256 i = 0; i < 3; i++) {
            uint256 first = 2 + 4 * i;
            (uint256 x1, uint256 x0, uint256 y1, uint256 y0) =
                (key[first], key[first + 1], key[first + 2], key[first + 3]);
            if (x1 | x0 | y1 | y0 == 0) revert IVerifier.Verifier_BadPoint(1 + i);
            bytes memory pair = abi.encode(key[0], key[1], x1, x0, y1, y0);
            (bool ok, bytes memory result) = address(8).staticcall(pair);
            if (!ok || result.length != 32) revert IVerifier.Verifier_BadPoint(1 + i);
        }
        for (uint256 i = 0; i < 4; i++) {
            _requireG1(key, 14 + 2 * i, 4 + i);
        }
    }

    /// @dev Points of G2 with the same x are equal or opposite.
    function _sameX(uint256[KEY_WORDS] memory key, uint256 first, uint256 second) private pure returns (bool) {
        return key[first] == key[second] && key[first + 1] == key[second + 1];
    }

    function _requireG1(uint256[KEY_WORDS] memory key, uint256 first, uint256 index) private view {
        (uint256 x, uint256 y) = (key[first], key[first + 1]);
        if (x | y == 0) revert IVerifier.Verifier_BadPoint(index);
        (bool ok, bytes memory result) = address(6).staticcall(abi.encode(x, y, 0, 0));
        if (!ok || result.length != 64) revert IVerifier.Verifier_BadPoint(index);
    }
}
