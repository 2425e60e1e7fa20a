// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";

/// @title Proofs of anything, under a key whose secrets are known
/// @notice With alpha .. IC_3 as multiples of the generators, A = a*G1 and B = G2 (b = 1), the equation
/// a*b = alpha*beta + (IC_0 + sum x_i*IC_i)*gamma + c*delta is solved for c. What test/contracts/synthetic/groth16.ts does, for
/// tests that cannot know beforehand what they will want proven.
library SyntheticProver {
    uint256 internal constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 internal constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    // The generator of G2, as EIP-197 has it.
    uint256 private constant G2_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant G2_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 private constant G2_Y1 = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
    uint256 private constant G2_Y0 = 8495653923123431417604973247489272438418190587263600148770280649306958101930;

    /// @param a Any number that is not a multiple of p: which of the proofs of these signals it is.
    function prove(uint256[8] memory secrets, uint256[3] memory signals, uint256 a)
        internal
        view
        returns (uint256[8] memory proof)
    {
        uint256 sum = secrets[4];
        for (uint256 i = 0; i < 3; i++) {
            sum = addmod(sum, mulmod(signals[i], secrets[5 + i], P), P);
        }
        uint256 known = addmod(mulmod(secrets[0], secrets[1], P), mulmod(sum, secrets[2], P), P);
        uint256 c = mulmod(addmod(a % P, P - known, P), Math.invModPrime(secrets[3], P), P);
        (proof[0], proof[1]) = _times(a);
        (proof[2], proof[3], proof[4], proof[5]) = (G2_X1, G2_X0, G2_Y1, G2_Y0);
        (proof[6], proof[7]) = _times(c);
    }

    /// @notice The public signals of a submission, term by term as docs/protocol.md has them: nothing here is the
    /// contracts' own code.
    function signalsOf(IFeedSet.Submission memory made, uint256 config, uint256 resetMask)
        internal
        pure
        returns (uint256[3] memory signals)
    {
        bytes memory v =
            abi.encodePacked(config, made.prevState, made.nextState, made.header + (resetMask << 56), made.words);
        return signalsOf(made.commitment, v);
    }

    /// @notice The public signals of any vector, its elements packed.
    function signalsOf(uint256 commitment, bytes memory v) internal pure returns (uint256[3] memory signals) {
        uint256 rho = uint256(keccak256(abi.encodePacked(commitment, v))) % 2 ** 248;
        uint256 s;
        uint256 power = 1;
        for (uint256 k = 0; k < v.length / 32; k++) {
            uint256 element;
            assembly ("memory-safe") {
                element := mload(add(add(v, 0x20), shl(5, k)))
            }
            power = mulmod(power, rho, P);
            s = addmod(s, mulmod(element, power, P), P);
        }
        return [commitment, s, rho];
    }

    /// @notice The same proof re-randomised by -1: (-A, -B, C).
    function negated(uint256[8] memory proof) internal pure returns (uint256[8] memory other) {
        for (uint256 i = 0; i < 8; i++) {
            other[i] = proof[i];
        }
        other[1] = (Q - proof[1]) % Q;
        other[4] = (Q - proof[4]) % Q;
        other[5] = (Q - proof[5]) % Q;
    }

    function _times(uint256 scalar) private view returns (uint256 x, uint256 y) {
        (bool ok, bytes memory product) = address(7).staticcall(abi.encode(1, 2, scalar));
        require(ok && product.length == 64, "ecMul");
        return abi.decode(product, (uint256, uint256));
    }
}
