// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {OutputLib} from "../../contracts/inference/OutputLib.sol";

contract OutputHarness {
    function read(uint256[] calldata words, uint256 stride, uint256 index) external pure returns (int256) {
        return OutputLib.read(words, stride, index);
    }
}

contract OutputLibTest is Test {
    OutputHarness private harness = new OutputHarness();

    /// @dev The definition, output by output.
    function _pack(int256[] memory outputs, uint256 stride) private pure returns (uint256[] memory words) {
        uint256 perWord = 248 / stride;
        words = new uint256[]((outputs.length + perWord - 1) / perWord);
        for (uint256 i = 0; i < outputs.length; i++) {
            uint256 raw = uint256(outputs[i] + int256(2 ** (stride - 1)));
            words[i / perWord] += raw * 2 ** (stride * (i % perWord));
        }
    }

    function testFuzz_ReadsEveryOutput(uint256 stride, uint256 count, uint256 seed) public view {
        stride = bound(stride, 1, 248);
        count = bound(count, 1, 40);
        int256 half = int256(2 ** (stride - 1));
        int256[] memory outputs = new int256[](count);
        for (uint256 i = 0; i < count; i++) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            // The bounds often, and anything between.
            if (random % 4 == 0) outputs[i] = -half;
            else if (random % 4 == 1) outputs[i] = half - 1;
            else outputs[i] = bound(int256(random), -half, half - 1);
        }
        uint256[] memory words = _pack(outputs, stride);
        for (uint256 i = 0; i < count; i++) {
            assertEq(harness.read(words, stride, i), outputs[i], "output");
        }
    }

    function test_ReadsTheStatedLayout() public view {
        uint256[] memory words = new uint256[](2);
        // Seven outputs of 32 bits to a word, low bits first, in offset binary; 24 bits are unused.
        words[0] = 0xffffff_ffffffff_00000000_80000001_80000000_7fffffff_80000005_00000007;
        words[1] = 0x80000002;
        int256[8] memory want = [-2 ** 31 + 7, int256(5), -1, 0, 1, -2 ** 31, 2 ** 31 - 1, 2];
        for (uint256 i = 0; i < 8; i++) {
            assertEq(harness.read(words, 32, i), want[i], "output");
        }
    }

    function test_ReadsTheGreatestAndTheLeastStride() public view {
        uint256[] memory words = new uint256[](2);
        words[0] = 2 ** 247 + 9;
        words[1] = 2 ** 248 - 1;
        assertEq(harness.read(words, 248, 0), 9, "248 bits");
        assertEq(harness.read(words, 248, 1), int256(2 ** 247 - 1), "248 bits, the greatest");
        words[0] = 2 ** 247;
        assertEq(harness.read(words, 1, 246), -1, "bit 246");
        assertEq(harness.read(words, 1, 247), 0, "bit 247");
        assertEq(harness.read(words, 1, 248), 0, "the next word's first");
        assertEq(harness.read(words, 125, 1), int256(2 ** 124 - 1), "two of 125 bits do not fit");
    }

    function test_ReadsLeastWhereNoOutputStands() public view {
        assertEq(harness.read(new uint256[](1), 32, 6), -2 ** 31, "padding");
    }

    function testFuzz_BitsAboveTheWordAreNotRead(uint256 word, uint256 stride, uint256 index) public view {
        stride = bound(stride, 1, 248);
        index = bound(index, 0, 248 / stride - 1);
        uint256[] memory words = new uint256[](1);
        words[0] = word;
        int256 first = harness.read(words, stride, index);
        words[0] = word ^ (uint256(0xff) << 248);
        assertEq(harness.read(words, stride, index), first, "output");
    }

    function testFuzz_RevertIf_TheIndexIsTooLarge(uint256 stride, uint256 count, uint256 index) public {
        stride = bound(stride, 1, 248);
        count = bound(count, 0, 5);
        uint256 limit = count * (248 / stride);
        index = bound(index, limit, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(OutputLib.Output_IndexTooLarge.selector, index, limit));
        harness.read(new uint256[](count), stride, index);
        vm.expectRevert(abi.encodeWithSelector(OutputLib.Output_IndexTooLarge.selector, limit, limit));
        harness.read(new uint256[](count), stride, limit);
    }

    function testFuzz_RevertIf_TheStrideIsOutOfBounds(uint256 stride) public {
        stride = bound(stride, 249, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(OutputLib.Output_BadStride.selector, stride, 248));
        harness.read(new uint256[](1), stride, 0);
        vm.expectRevert(abi.encodeWithSelector(OutputLib.Output_BadStride.selector, 0, 248));
        harness.read(new uint256[](1), 0, 0);
    }
}
