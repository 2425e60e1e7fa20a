// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Many Groth16 proofs under one key, by one pairing product
/// @notice Proofs (A_i, B_i, C_i) for signals x_i all hold, but for an error of 1 / 2^128, if with random r_i of sum 1
/// prod e(-r_i*A_i, B_i) * e(alpha, beta) * e(sum r_i*IC(x_i), gamma) * e(sum r_i*C_i, delta) = 1,
/// where IC(x) = IC_0 + x_1*IC_1 + x_2*IC_2 + x_3*IC_3 (small exponents, Bellare, Garay and Rabin, Eurocrypt 1998).
/// @dev All r_i but the last are 128 bits of a hash of every proof and every signal; the last makes the sum 1, so that alpha
/// and IC_0 need no multiplication. Let E_i be the product of proof i alone, which is 1 if and only if it holds. The product
/// above is E_last * prod (E_i / E_last)^r_i. Where all E_i are the same, that is E_last, and all proofs hold or none does.
/// Where one differs from E_last, a single value of its r_i makes it 1, whatever the others are, because every E is of prime
/// order: the pairing precompile refuses points of G2 outside the subgroup, and G1 has no other points.
library Groth16BatchLib {
    uint256 private constant KEY_WORDS = 22;
    /// @dev A proof (8 words, as in IVerifier), then its signals C, s, rho.
    uint256 private constant ENTRY_WORDS = 11;
    uint256 private constant ENTRY_BYTES = 0x160;
    uint256 private constant PAIR_BYTES = 0xc0;
    /// @notice BN254's scalar field: public signals.
    uint256 private constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @notice BN254's base field: coordinates.
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /* ENTRIES */

    /// @notice Room for as many entries.
    function create(uint256 count) internal pure returns (uint256[] memory entries) {
        return new uint256[](ENTRY_WORDS * count);
    }

    /// @notice Writes the entry of an index that there is room for.
    function put(
        uint256[] memory entries,
        uint256 index,
        uint256[8] calldata proof,
        uint256 commitment,
        uint256 evaluation,
        uint256 challenge
    ) internal pure {
        assembly ("memory-safe") {
            let entry := add(add(entries, 0x20), mul(index, ENTRY_BYTES))
            calldatacopy(entry, proof, 0x100)
            mstore(add(entry, 0x100), commitment)
            mstore(add(entry, 0x120), evaluation)
            mstore(add(entry, 0x140), challenge)
        }
    }

    /// @notice Leaves the first `count` entries; no more than there is room for.
    function shorten(uint256[] memory entries, uint256 count) internal pure {
        assembly ("memory-safe") {
            mstore(entries, mul(count, ENTRY_WORDS))
        }
    }

    /// @notice True if every proof holds; false, but for the error above, if one does not. Signals of p or more and
    /// coordinates of q or more are refused: A.y is compared here because it is negated, the others by the precompiles.
    /// @dev A precompile that fails, or that a chain lacks and so returns nothing, is a refusal.
    /// @param key As in Groth16Lib.
    /// @param entries At least one.
    function verifyAll(uint256[KEY_WORDS] memory key, uint256[] memory entries) internal view returns (bool valid) {
        // RoundBatch.t.sol holds this against proofs that were verified one by one.
        assembly ("memory-safe") {
            // The pairing's input, 6 words each: alpha beta | signals gamma | C delta | -A B of each proof. The terms of a sum
            // stand behind it, in the place of what its pair is completed with later.
            let input := mload(0x40)
            let signals := add(input, 0xc0)
            let c := add(input, 0x180)
            let pair := add(input, 0x240)
            let entry := add(entries, 0x20)
            let size := shl(5, mload(entries))
            let last := sub(add(entry, size), ENTRY_BYTES)

            // r_i = high 128 bits of keccak256(keccak256(entries), its distance from the last).
            mstore(0x00, keccak256(entry, size))
            let rest := 1
            // sum r_i*x_i1, sum r_i*x_i2 and sum r_i*x_i3, in the place of alpha.
            calldatacopy(input, calldatasize(), 0x60)
            mcopy(c, add(last, 0xc0), 0x40)
            valid := 1
            for {} and(valid, iszero(gt(entry, last))) {} {
                let r := rest
                if lt(entry, last) {
                    mstore(0x20, sub(last, entry))
                    r := shr(128, keccak256(0x00, 0x40))
                    rest := addmod(rest, sub(P, r), P)

                    // sum r_i*C_i = C_last + sum r_i*(C_i - C_last), as the r_i sum to 1: a multiplication less. Where
                    // C_last's y is not below q, what is subtracted is another point, but what it is added to is refused.
                    mcopy(add(c, 0x40), add(entry, 0xc0), 0x40)
                    mstore(add(c, 0x80), mload(add(last, 0xc0)))
                    mstore(add(c, 0xa0), mod(sub(Q, mod(mload(add(last, 0xe0)), Q)), Q))
                    valid := staticcall(gas(), 6, add(c, 0x40), 0x80, add(c, 0x40), 0x40)
                    valid := and(valid, eq(returndatasize(), 0x40))
                    mstore(add(c, 0x80), r)
                    if valid {
                        valid := staticcall(gas(), 7, add(c, 0x40), 0x60, add(c, 0x40), 0x40)
                        valid := and(valid, eq(returndatasize(), 0x40))
                    }
                    if valid {
                        valid := staticcall(gas(), 6, c, 0x80, c, 0x40)
                        valid := and(valid, eq(returndatasize(), 0x40))
                    }
                }
                for { let k := 0 } lt(k, 0x60) { k := add(k, 0x20) } {
                    let x := mload(add(add(entry, 0x100), k))
                    valid := and(valid, lt(x, P))
                    mstore(add(input, k), addmod(mload(add(input, k)), mulmod(r, x, P), P))
                }
                let y := mload(add(entry, 0x20))
                valid := and(valid, lt(y, Q))
                mstore(pair, mload(entry))
                mstore(add(pair, 0x20), mod(sub(Q, y), Q))
                // It is 1 in a batch of one.
                if and(valid, iszero(eq(r, 1))) {
                    mstore(add(pair, 0x40), r)
                    valid := staticcall(gas(), 7, pair, 0x60, pair, 0x40)
                    valid := and(valid, eq(returndatasize(), 0x40))
                }
                mcopy(add(pair, 0x40), add(entry, 0x40), 0x80)
                pair := add(pair, PAIR_BYTES)
                entry := add(entry, ENTRY_BYTES)
            }

            mcopy(signals, add(key, 0x1c0), 0x40)
            for { let k := 0 } and(valid, lt(k, 0x60)) { k := add(k, 0x20) } {
                mcopy(add(signals, 0x40), add(add(key, 0x200), shl(1, k)), 0x40)
                mstore(add(signals, 0x80), mload(add(input, k)))
                valid := staticcall(gas(), 7, add(signals, 0x40), 0x60, add(signals, 0x40), 0x40)
                valid := and(valid, eq(returndatasize(), 0x40))
                if valid {
                    valid := staticcall(gas(), 6, signals, 0x80, signals, 0x40)
                    valid := and(valid, eq(returndatasize(), 0x40))
                }
            }

            if valid {
                mcopy(input, key, PAIR_BYTES)
                mcopy(add(signals, 0x40), add(key, 0xc0), 0x80)
                mcopy(add(c, 0x40), add(key, 0x140), 0x80)
                valid := staticcall(gas(), 8, input, sub(pair, input), 0x00, 0x20)
                valid := and(valid, and(eq(returndatasize(), 0x20), eq(mload(0x00), 1)))
            }
        }
    }
}
