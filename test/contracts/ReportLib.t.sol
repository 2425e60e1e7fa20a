// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {ReportLib} from "../../contracts/report/ReportLib.sol";

contract ReportLibTest is Test {
    function _pack(IFeedSet.Report memory r) private pure returns (uint256) {
        return
            r.answer + r.dispersion * 2 ** 80 + r.score * 2 ** 92 + r.inliers * 2 ** 106 + uint256(r.status) * 2 ** 122;
    }

    function _bounded(uint80 answer, uint16 dispersion, uint16 score, uint16 inliers, uint8 status)
        private
        pure
        returns (IFeedSet.Report memory)
    {
        return IFeedSet.Report(answer, dispersion % 2 ** 12, score % 2 ** 14, inliers, IFeedSet.Status(status % 4));
    }

    function _assertSame(IFeedSet.Report memory got, IFeedSet.Report memory want, string memory label) private pure {
        assertEq(got.answer, want.answer, string.concat(label, ": answer"));
        assertEq(got.dispersion, want.dispersion, string.concat(label, ": dispersion"));
        assertEq(got.score, want.score, string.concat(label, ": score"));
        assertEq(got.inliers, want.inliers, string.concat(label, ": inliers"));
        assertEq(uint8(got.status), uint8(want.status), string.concat(label, ": status"));
    }

    function testFuzz_UnpacksBothReportsOfAWord(
        uint80[2] memory answers,
        uint16[2] memory dispersions,
        uint16[2] memory scores,
        uint16[2] memory inliers,
        uint8[2] memory statuses,
        uint8 index
    ) public pure {
        IFeedSet.Report memory low = _bounded(answers[0], dispersions[0], scores[0], inliers[0], statuses[0]);
        IFeedSet.Report memory high = _bounded(answers[1], dispersions[1], scores[1], inliers[1], statuses[1]);
        uint256 word = _pack(low) + _pack(high) * 2 ** 124;
        assertLt(word, 2 ** 248, "word");

        uint256 feed = uint256(index) * 2;
        _assertSame(ReportLib.unpack(word, feed), low, "low");
        _assertSame(ReportLib.unpack(word, feed + 1), high, "high");
        assertEq(ReportLib.answer(word, feed), low.answer, "low answer");
        assertEq(ReportLib.answer(word, feed + 1), high.answer, "high answer");
        assertEq(uint8(ReportLib.status(word, feed)), uint8(low.status), "low status");
        assertEq(uint8(ReportLib.status(word, feed + 1)), uint8(high.status), "high status");

        uint256 notOk = (low.status == IFeedSet.Status.OK ? 0 : 1) + (high.status == IFeedSet.Status.OK ? 0 : 2);
        assertEq(ReportLib.notOk(word), notOk, "notOk");
    }

    function test_TellsEveryPairOfStatuses() public pure {
        for (uint256 low = 0; low < 4; low++) {
            for (uint256 high = 0; high < 4; high++) {
                // All other bits set, so that a neighbour's bit cannot stand in for a status.
                uint256 word = ((2 ** 248 - 1) ^ (3 << 122) ^ (3 << 246)) | (low << 122) | (high << 246);
                assertEq(ReportLib.notOk(word), (low == 0 ? 0 : 1) + (high == 0 ? 0 : 2), "notOk");
            }
        }
    }
}
