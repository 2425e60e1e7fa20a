// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The twist that G2 is a subgroup of: y^2 = x^3 + 3/(9 + u) over Fp2, u^2 = -1
/// @notice There is no precompile for it, and so re-randomised proofs and points outside the subgroup are made here. A point
/// is x.c1, x.c0, y.c1, y.c0, as EIP-197 has it; infinity is zeros. For tests: nothing here is fast.
library TwistLib {
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @dev c0 + c1*u.
    struct Fp2 {
        uint256 c0;
        uint256 c1;
    }

    function isOnTwist(uint256[4] memory point) internal view returns (bool) {
        (Fp2 memory x, Fp2 memory y) = _of(point);
        Fp2 memory right = _add(_mul(x, _mul(x, x)), _mul(Fp2(3, 0), _inverse(Fp2(9, 1))));
        Fp2 memory left = _mul(y, y);
        return left.c0 == right.c0 && left.c1 == right.c1;
    }

    function isInfinity(uint256[4] memory point) internal pure returns (bool) {
        return point[0] | point[1] | point[2] | point[3] == 0;
    }

    function add(uint256[4] memory a, uint256[4] memory b) internal view returns (uint256[4] memory) {
        if (isInfinity(a)) return b;
        if (isInfinity(b)) return a;
        (Fp2 memory ax, Fp2 memory ay) = _of(a);
        (Fp2 memory bx, Fp2 memory by) = _of(b);
        Fp2 memory slope;
        if (a[0] == b[0] && a[1] == b[1]) {
            Fp2 memory sum = _add(ay, by);
            if (sum.c0 | sum.c1 == 0) return [uint256(0), 0, 0, 0];
            slope = _mul(_mul(Fp2(3, 0), _mul(ax, ax)), _inverse(_mul(Fp2(2, 0), ay)));
        } else {
            slope = _mul(_sub(by, ay), _inverse(_sub(bx, ax)));
        }
        Fp2 memory x = _sub(_sub(_mul(slope, slope), ax), bx);
        Fp2 memory y = _sub(_mul(slope, _sub(ax, x)), ay);
        return [x.c1, x.c0, y.c1, y.c0];
    }

    function times(uint256[4] memory point, uint256 scalar) internal view returns (uint256[4] memory product) {
        for (; scalar != 0; scalar >>= 1) {
            if (scalar % 2 != 0) product = add(product, point);
            point = add(point, point);
        }
    }

    function _of(uint256[4] memory point) private pure returns (Fp2 memory x, Fp2 memory y) {
        return (Fp2(point[1], point[0]), Fp2(point[3], point[2]));
    }

    function _add(Fp2 memory a, Fp2 memory b) private pure returns (Fp2 memory) {
        return Fp2(addmod(a.c0, b.c0, Q), addmod(a.c1, b.c1, Q));
    }

    function _sub(Fp2 memory a, Fp2 memory b) private pure returns (Fp2 memory) {
        return Fp2(addmod(a.c0, Q - b.c0, Q), addmod(a.c1, Q - b.c1, Q));
    }

    function _mul(Fp2 memory a, Fp2 memory b) private pure returns (Fp2 memory) {
        return Fp2(
            addmod(mulmod(a.c0, b.c0, Q), Q - mulmod(a.c1, b.c1, Q), Q),
            addmod(mulmod(a.c0, b.c1, Q), mulmod(a.c1, b.c0, Q), Q)
        );
    }

    function _inverse(Fp2 memory a) private view returns (Fp2 memory) {
        uint256 norm = addmod(mulmod(a.c0, a.c0, Q), mulmod(a.c1, a.c1, Q), Q);
        uint256 inverse = Math.invModPrime(norm, Q);
        return Fp2(mulmod(a.c0, inverse, Q), mulmod(Q - a.c1, inverse, Q));
    }
}
