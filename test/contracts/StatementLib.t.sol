// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {StatementLib} from "../../contracts/statement/StatementLib.sol";

contract StatementHarness {
    function evaluate(uint256 commitment, uint256[] memory v) external pure returns (uint256, uint256) {
        return StatementLib.evaluate(commitment, v);
    }

    /// @dev The vector between two other arrays, so that one which reached too far would show in them.
    function vector(uint256[4] memory head, uint256[] calldata tail)
        external
        pure
        returns (uint256[] memory before, uint256[] memory v, uint256[] memory behind)
    {
        before = tail;
        v = StatementLib.vector(head[0], head[1], head[2], head[3], tail);
        behind = tail;
    }

    function vectorOfTwo(uint256[2] memory head, uint256[] calldata first, uint256[] calldata second)
        external
        pure
        returns (uint256[] memory before, uint256[] memory v, uint256[] memory behind)
    {
        before = first;
        v = StatementLib.vector(head[0], head[1], first, second);
        behind = second;
    }

    /// @dev For the library's promise that the array is as it was.
    function evaluateTwice(uint256 commitment, uint256[] memory v)
        external
        pure
        returns (uint256 first, uint256 second, uint256[] memory after_)
    {
        (, first) = StatementLib.evaluate(commitment, v);
        (, second) = StatementLib.evaluate(commitment, v);
        after_ = v;
    }
}

contract StatementLibTest is Test {
    uint256 private constant P = StatementLib.P;
    StatementHarness private harness = new StatementHarness();

    /// @dev The definition, in plain Solidity.
    function _plain(uint256 commitment, uint256[] memory v) private pure returns (uint256 rho, uint256 s) {
        bytes memory packed = abi.encodePacked(commitment);
        for (uint256 k = 0; k < v.length; k++) {
            packed = abi.encodePacked(packed, v[k]);
        }
        rho = uint256(keccak256(packed)) % (1 << 248);
        uint256 power = 1;
        for (uint256 k = 0; k < v.length; k++) {
            power = mulmod(power, rho, P);
            s = addmod(s, mulmod(v[k], power, P), P);
        }
    }

    function test_AgreesWithTheSharedVectors() public view {
        string memory json = vm.readFile("test/vectors/statement.json");
        assertEq(vm.parseJsonUint(json, ".p"), P, "p");
        uint256 count;
        for (; vm.keyExistsJson(json, string.concat(".cases[", vm.toString(count), "]")); count++) {
            string memory path = string.concat(".cases[", vm.toString(count), "]");
            uint256[] memory v = vm.parseJsonUintArray(json, string.concat(path, ".vector"));
            (uint256 rho, uint256 s) = harness.evaluate(vm.parseJsonUint(json, string.concat(path, ".commitment")), v);
            assertEq(rho, vm.parseJsonUint(json, string.concat(path, ".challenge")), string.concat(path, " rho"));
            assertEq(s, vm.parseJsonUint(json, string.concat(path, ".evaluation")), string.concat(path, " s"));
        }
        assertGt(count, 0, "number of cases");
    }

    function testFuzz_AgreesWithThePlainVersion(uint256 commitment, uint256[] memory v) public view {
        commitment %= P;
        for (uint256 k = 0; k < v.length; k++) {
            v[k] %= P;
        }
        (uint256 rho, uint256 s) = harness.evaluate(commitment, v);
        (uint256 wantRho, uint256 wantS) = _plain(commitment, v);
        assertEq(rho, wantRho, "rho");
        assertEq(s, wantS, "s");
    }

    function test_TakesTheGreatestElements() public view {
        uint256[] memory v = new uint256[](14);
        for (uint256 k = 0; k < v.length; k++) {
            v[k] = P - 1;
        }
        (uint256 rho, uint256 s) = harness.evaluate(P - 1, v);
        (uint256 wantRho, uint256 wantS) = _plain(P - 1, v);
        assertEq(rho, wantRho, "rho");
        assertEq(s, wantS, "s");
    }

    function testFuzz_AVectorIsItsHeadAndItsTail(uint256[4] memory head, uint256[] memory tail) public view {
        (uint256[] memory before, uint256[] memory v, uint256[] memory behind) = harness.vector(head, tail);
        assertEq(before, tail, "the array before");
        assertEq(behind, tail, "the array behind");
        assertEq(v.length, 4 + tail.length, "length");
        for (uint256 k = 0; k < v.length; k++) {
            assertEq(v[k], k < 4 ? head[k] : tail[k - 4], "element");
        }
    }

    function testFuzz_AVectorIsItsHeadAndBothItsTails(
        uint256[2] memory head,
        uint256[] memory first,
        uint256[] memory second
    ) public view {
        (uint256[] memory before, uint256[] memory v, uint256[] memory behind) =
            harness.vectorOfTwo(head, first, second);
        assertEq(before, first, "the array before");
        assertEq(behind, second, "the array behind");
        assertEq(abi.encodePacked(v), abi.encodePacked(head, first, second), "elements");
        assertEq(v.length, 2 + first.length + second.length, "length");
    }

    function testFuzz_LeavesTheArrayAsItWas(uint256[] memory v) public view {
        for (uint256 k = 0; k < v.length; k++) {
            v[k] %= P;
        }
        (uint256 first, uint256 second, uint256[] memory left) = harness.evaluateTwice(7, v);
        assertEq(first, second, "evaluation");
        assertEq(left, v, "array");
    }

    function test_TellsATrailingZeroApart() public view {
        uint256[] memory short = new uint256[](1);
        short[0] = 9;
        uint256[] memory long = new uint256[](2);
        long[0] = 9;
        (uint256 shortRho,) = harness.evaluate(1, short);
        (uint256 longRho,) = harness.evaluate(1, long);
        assertNotEq(shortRho, longRho, "rho");
    }

    function testFuzz_RevertIf_CommitmentIsNotCanonical(uint256 commitment) public {
        commitment = bound(commitment, P, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(StatementLib.Statement_CommitmentNotCanonical.selector, commitment, P));
        harness.evaluate(commitment, new uint256[](3));
    }

    function testFuzz_RevertIf_ElementIsNotCanonical(uint256 element, uint256 index) public {
        element = bound(element, P, type(uint256).max);
        index = bound(index, 0, 13);
        uint256[] memory v = new uint256[](14);
        v[index] = element;
        vm.expectRevert(abi.encodeWithSelector(StatementLib.Statement_NotCanonical.selector, index, element, P));
        harness.evaluate(0, v);
    }
}
