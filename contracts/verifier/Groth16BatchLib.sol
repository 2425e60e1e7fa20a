// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Many Groth16 proofs under one key, by one pairing product
/// @notice Proofs (A_i, B_i, C_i) for signals x_i all hold, but for an error of at most n / 2^128, if with random r_i
/// prod e(-r_i*A_i, B_i) * e((sum r_i)*alpha, beta) * e(sum r_i*IC(x_i), gamma) * e(sum r_i*C_i, delta) = 1,
/// where IC(x) = IC_0 + x_1*IC_1 + x_2*IC_2 + x_3*IC_3 (small exponents, Bellare, Garay and Rabin, Eurocrypt 1998).
/// @dev r_0 is 1 and the others are 128 bits of a hash of every proof and every signal. That one of them is fixed costs
/// nothing: the product being 1 with some factor not 1 takes an r_i that is determined by the others; if the only such
/// factor is the 0th, it stands alone. Every e is of prime order, because the pairing precompile refuses points of G2
/// outside the subgroup and G1 has no other points.
library Groth16BatchLib {
    uint256 private constant KEY_WORDS = 22;
    uint256 private constant COEFFICIENT_BITS = 128;
    /// @notice BN254's scalar field: public signals.
    uint256 private constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @notice BN254's base field: coordinates.
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    struct G1 {
        uint256 x;
        uint256 y;
    }

    /// @param refused Whether anything so far is not canonical, not on the curve, or was not computed.
    /// @param weights Of IC_0 .. IC_3: sum r_i, sum r_i * x_i1 and so on.
    /// @param c sum r_i*C_i.
    struct Sums {
        bool refused;
        uint256[4] weights;
        G1 c;
    }

    /// @notice True if every proof holds; false, but for the error above, if one does not. Signals of p or more and
    /// coordinates of q or more are refused. As many signals as proofs, at least one.
    /// @param key As in Groth16Lib.
    /// @param proofs As in IVerifier.
    /// @param signals C, s, rho of each.
    function verifyAll(uint256[KEY_WORDS] memory key, uint256[8][] memory proofs, uint256[3][] memory signals)
        internal
        view
        returns (bool)
    {
        uint256 count = proofs.length;
        bytes32 seed = keccak256(abi.encode(proofs, signals));
        // The pairing's input: a pair of 6 words for each proof, then those of beta, gamma and delta.
        uint256[] memory input = new uint256[](6 * (count + 3));
        Sums memory sums;
        for (uint256 i = 0; i < count; ++i) {
            uint256 r = i == 0 ? 1 : uint256(keccak256(abi.encode(seed, i))) >> (256 - COEFFICIENT_BITS);
            _addSignals(sums, signals[i], r);
            _put(input, i, _addProof(sums, proofs[i], r), _at(proofs[i], 2));
        }
        _put(input, count, _mul(sums, G1(key[0], key[1]), sums.weights[0]), _at(key, 2));
        _put(input, count + 1, _weighted(sums, key), _at(key, 6));
        _put(input, count + 2, sums.c, _at(key, 10));
        return !sums.refused && _pairingIsOne(input);
    }

    /* INTERNAL */

    function _addSignals(Sums memory sums, uint256[3] memory signals, uint256 r) private pure {
        sums.weights[0] = addmod(sums.weights[0], r, P);
        for (uint256 k = 0; k < 3; ++k) {
            if (signals[k] >= P) sums.refused = true;
            sums.weights[k + 1] = addmod(sums.weights[k + 1], mulmod(r, signals[k], P), P);
        }
    }

    /// @dev Adds r*C; gives -r*A.
    function _addProof(Sums memory sums, uint256[8] memory proof, uint256 r) private view returns (G1 memory a) {
        // Compared here because it is negated; the other coordinates are by the precompiles.
        if (proof[1] >= Q) {
            sums.refused = true;
            return a;
        }
        a = G1(proof[0], (Q - proof[1]) % Q);
        G1 memory c = G1(proof[6], proof[7]);
        if (r != 1) {
            a = _mul(sums, a, r);
            c = _mul(sums, c, r);
        }
        sums.c = _add(sums, sums.c, c);
    }

    /// @dev IC_0 .. IC_3 by their weights.
    function _weighted(Sums memory sums, uint256[KEY_WORDS] memory key) private view returns (G1 memory sum) {
        for (uint256 k = 0; k < 4; ++k) {
            sum = _add(sums, sum, _mul(sums, G1(key[14 + 2 * k], key[15 + 2 * k]), sums.weights[k]));
        }
    }

    /// @dev One pair of the pairing's input. `g2` is the memory address of the four words of its second point.
    function _put(uint256[] memory input, uint256 pair, G1 memory point, uint256 g2) private pure {
        assembly ("memory-safe") {
            let place := add(add(input, 0x20), mul(pair, 0xc0))
            mcopy(place, point, 0x40)
            mcopy(add(place, 0x40), g2, 0x80)
        }
    }

    /// @dev The memory address of a word of the proof.
    function _at(uint256[8] memory proof, uint256 word) private pure returns (uint256 location) {
        assembly ("memory-safe") {
            location := add(proof, shl(5, word))
        }
    }

    /// @dev The memory address of a word of the key.
    function _at(uint256[KEY_WORDS] memory key, uint256 word) private pure returns (uint256 location) {
        assembly ("memory-safe") {
            location := add(key, shl(5, word))
        }
    }

    /// @dev A precompile that fails, or that a chain lacks and so returns nothing, is a refusal.
    function _mul(Sums memory sums, G1 memory point, uint256 scalar) private view returns (G1 memory product) {
        uint256[3] memory args = [point.x, point.y, scalar];
        bool ok;
        assembly ("memory-safe") {
            ok := staticcall(gas(), 7, args, 0x60, product, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
        }
        if (!ok) sums.refused = true;
    }

    function _add(Sums memory sums, G1 memory a, G1 memory b) private view returns (G1 memory sum) {
        uint256[4] memory args = [a.x, a.y, b.x, b.y];
        bool ok;
        assembly ("memory-safe") {
            ok := staticcall(gas(), 6, args, 0x80, sum, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
        }
        if (!ok) sums.refused = true;
    }

    function _pairingIsOne(uint256[] memory input) private view returns (bool ok) {
        assembly ("memory-safe") {
            ok := staticcall(gas(), 8, add(input, 0x20), shl(5, mload(input)), 0x00, 0x20)
            ok := and(ok, and(eq(returndatasize(), 0x20), eq(mload(0x00), 1)))
        }
    }
}
