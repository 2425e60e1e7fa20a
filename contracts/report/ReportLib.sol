// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "../interfaces/IFeedSet.sol";

/// @title Reports in their words
/// @notice A report is 124 bits, low bits first: answer 80, dispersion 12, score 14, inliers 16, status 2. Two to a
/// word; feed 2i is the low one of word i.
library ReportLib {
    uint256 internal constant REPORT_BITS = 124;
    uint256 internal constant WORD_BITS = 248;
    uint256 private constant STATUS_AT = 122;

    /// @notice The report of a feed, out of the word it stands in (word `feed / 2`).
    function unpack(uint256 word, uint256 feed) internal pure returns (IFeedSet.Report memory report) {
        uint256 bits = _shifted(word, feed);
        report.answer = bits & 0xffffffffffffffffffff;
        report.dispersion = (bits >> 80) & 0xfff;
        report.score = (bits >> 92) & 0x3fff;
        report.inliers = (bits >> 106) & 0xffff;
        report.status = IFeedSet.Status((bits >> STATUS_AT) & 3);
    }

    function answer(uint256 word, uint256 feed) internal pure returns (uint256) {
        return _shifted(word, feed) & 0xffffffffffffffffffff;
    }

    function status(uint256 word, uint256 feed) internal pure returns (IFeedSet.Status) {
        return IFeedSet.Status((_shifted(word, feed) >> STATUS_AT) & 3);
    }

    /// @notice Which of a word's two reports are not OK: bit 0 the low one, bit 1 the high one.
    function notOk(uint256 word) internal pure returns (uint256) {
        // Or-ing the two status bits of each report into one, at 122 and 246.
        uint256 either = word | (word >> 1);
        return ((either >> STATUS_AT) & 1) | ((either >> (STATUS_AT + REPORT_BITS - 1)) & 2);
    }

    function _shifted(uint256 word, uint256 feed) private pure returns (uint256) {
        return word >> ((feed & 1) * REPORT_BITS);
    }
}
