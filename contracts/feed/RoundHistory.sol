// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "../interfaces/IFeedSet.sol";
import {ReportLib} from "../report/ReportLib.sol";
import {Hot} from "./HotLib.sol";

/// @title RoundHistory
/// @notice What a FeedSet keeps of its rounds, and how it is read.
/// @dev History is a ring of rows, one for each kept round: its words as they came, then its meta. In a set of 1, 3, 5 or
/// 7 feeds the meta stands in the half of the last word that has no feed, which saves a slot a round. A feed
/// that turns not OK has its last OK answer put aside once (`_carried`); the row's meta says, for each feed, in which
/// spell of not being OK it was, so that any kept round is read in constant time.
abstract contract RoundHistory is IFeedSet {
    /* TYPES */

    /// @dev The last OK answer of a feed at the time it turned not OK; all zero if it had never been OK. `roundId` is
    /// the round it was OK in, so a later spell's entry is told by a `roundId` that is not before the round asked for.
    struct Carried {
        uint80 answer;
        uint40 epoch;
        uint40 roundId;
    }

    /* CONSTANTS */

    uint256 internal constant MAX_HISTORY = type(uint16).max;
    uint256 internal constant EPOCH_BITS = 40;
    uint256 internal constant HEADER_BITS = 56;

    // The meta, low bits first: epoch 40 | signers 16 | not OK mask 32 | spell of each feed, 5 bits each.
    uint256 private constant META_NOT_OK_AT = 56;
    uint256 private constant META_SPELLS_AT = 88;
    uint256 private constant SPELL_BITS = 5;
    uint256 private constant SPELL_MASK = 31;

    /* IMMUTABLES */

    /// @inheritdoc IFeedSet
    uint256 public immutable override feedCount;
    /// @inheritdoc IFeedSet
    uint256 public immutable override period;
    /// @dev Words that hold feeds. Words beyond the last feed are zero and are not stored.
    uint256 private immutable _storedWords;
    /// @dev Slots of a row: the stored words, and one for the meta if it has no place in the last of them.
    uint256 private immutable _rowSize;
    /// @dev Where the meta begins in the last slot of a row: 0, or 124 where it shares a word.
    uint256 private immutable _metaAt;

    /* STORAGE */

    Hot internal _hot;
    /// @dev Each feed's newest spell, modulo 32, 5 bits each. Spell 0 is the one before its first OK round.
    uint256 private _spells;
    /// @dev Wide enough for MAX_HISTORY rows of 17; only `_size * _rowSize` slots are ever used.
    uint256[1 << 21] private _ring;
    mapping(uint256 feed => mapping(uint256 spell => Carried)) private _carried;
    // Last, so that they share the verifier's slot, which is FeedSet's first and read in every round.
    /// @dev Round r stands in row (r - _origin) % _size.
    uint40 private _origin = 1;
    /// @dev Rows of the ring, and what it is to grow to.
    uint16 private _size;
    uint16 private _nextSize;

    /* CONSTRUCTOR */

    constructor(uint256 count, uint256 period_, uint256 history_) {
        // The two bounds that are this contract's to rely on; FeedSet checks the others.
        if (history_ < 2) revert FeedSet_BadParameter("history", history_, 2);
        if (history_ > MAX_HISTORY) revert FeedSet_BadParameter("history", history_, MAX_HISTORY);
        feedCount = count;
        period = period_;
        _size = uint16(history_);
        _nextSize = uint16(history_);
        // May overflow only with a count that FeedSet then refuses, by its name.
        unchecked {
            bool shared = count % 2 == 1 && META_SPELLS_AT + SPELL_BITS * count <= 256 - ReportLib.REPORT_BITS;
            _storedWords = (count + 1) / 2;
            _rowSize = (count + 1) / 2 + (shared ? 0 : 1);
            _metaAt = shared ? ReportLib.REPORT_BITS : 0;
        }
    }

    /* ROUNDS */

    /// @inheritdoc IFeedSet
    function latestAnswerOf(uint256 feed) external view override returns (Answer memory) {
        _requireFeed(feed);
        Hot hot = _hot;
        if (hot.roundId() == 0) revert FeedSet_NoAnswer(feed, 0);
        if ((hot.notOkMask() >> feed) & 1 != 0) return _carriedAnswer(feed, hot.roundId(), _spells);
        uint256 answer = ReportLib.answer(_ring[_row(hot.roundId()) + feed / 2], feed);
        return Answer({
            roundId: hot.roundId(), answer: answer, updatedAt: hot.epoch() * period, answeredInRound: hot.roundId()
        });
    }

    /// @inheritdoc IFeedSet
    function answerOf(uint256 feed, uint256 roundId) external view override returns (Answer memory) {
        _requireFeed(feed);
        uint256 row = _knownRow(roundId);
        uint256 meta = _meta(row);
        if ((meta >> (META_NOT_OK_AT + feed)) & 1 != 0) return _carriedAnswer(feed, roundId, meta >> META_SPELLS_AT);
        uint256 answer = ReportLib.answer(_ring[row + feed / 2], feed);
        return Answer({
            roundId: roundId, answer: answer, updatedAt: _low(meta, EPOCH_BITS) * period, answeredInRound: roundId
        });
    }

    /// @inheritdoc IFeedSet
    function latestReportOf(uint256 feed)
        external
        view
        override
        returns (uint256 roundId, uint256 observedAt, Report memory report)
    {
        roundId = _hot.roundId();
        (observedAt, report) = reportOf(feed, roundId);
    }

    /// @inheritdoc IFeedSet
    function reportOf(uint256 feed, uint256 roundId)
        public
        view
        override
        returns (uint256 observedAt, Report memory report)
    {
        _requireFeed(feed);
        uint256 row = _knownRow(roundId);
        return (_low(_meta(row), EPOCH_BITS) * period, ReportLib.unpack(_ring[row + feed / 2], feed));
    }

    /// @inheritdoc IFeedSet
    function roundOf(uint256 roundId)
        external
        view
        override
        returns (uint256 epoch, uint256 signers, uint256[] memory words)
    {
        uint256 row = _knownRow(roundId);
        uint256 meta = _meta(row);
        epoch = _low(meta, EPOCH_BITS);
        signers = _low(meta >> EPOCH_BITS, HEADER_BITS - EPOCH_BITS);
        words = new uint256[](_storedWords);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = _ring[row + i];
        }
        if (_metaAt != 0) words[words.length - 1] = _low(words[words.length - 1], _metaAt);
    }

    /// @inheritdoc IFeedSet
    function latestRound() external view override returns (uint256) {
        return _hot.roundId();
    }

    /// @inheritdoc IFeedSet
    function lastEpoch() external view override returns (uint256) {
        return _hot.epoch();
    }

    /// @inheritdoc IFeedSet
    function history() external view override returns (uint256) {
        return _size;
    }

    /// @inheritdoc IFeedSet
    function nextHistory() external view override returns (uint256) {
        return _nextSize;
    }

    /* INTERNAL */

    /// @dev The ring is wider from the next round on that begins it anew; then every kept row stands where it will.
    function _grow(uint256 newHistory) internal {
        uint256 oldHistory = _nextSize;
        if (newHistory <= oldHistory) revert FeedSet_BadParameter("history", newHistory, oldHistory + 1);
        if (newHistory > MAX_HISTORY) revert FeedSet_BadParameter("history", newHistory, MAX_HISTORY);
        _nextSize = uint16(newHistory);
        emit HistoryGrown(oldHistory, newHistory);
    }

    /// @dev Rows 0 to size - 1 hold the last `size` rounds in order whenever a round begins the ring anew, and the rounds
    /// from the origin on as long as it has not come round: with a larger ring, and the oldest of them as its origin, each
    /// stays in its row.
    function _widen(uint256 roundId, uint256 origin, uint256 size, uint256 nextSize)
        private
        returns (uint256 newOrigin, uint256 newSize)
    {
        uint256 elapsed = roundId - origin;
        if (elapsed > size && elapsed % size != 0) return (origin, size);
        newOrigin = elapsed > size ? roundId - size : origin;
        // Neither is cut: rounds do not reach 2^40, and growth is checked.
        (_origin, _size) = (uint40(newOrigin), uint16(nextSize));
        return (newOrigin, nextSize);
    }

    /// @dev Puts a round into its row; gives the bitmap of its feeds that are not OK. FeedSet.submit has checked the round.
    function _writeRow(Hot hot, uint256 roundId, uint256 provenHeader, uint256[] calldata words)
        internal
        returns (uint256 notOk)
    {
        (uint256 origin, uint256 size, uint256 nextSize) = (_origin, _size, _nextSize);
        if (nextSize != size) (origin, size) = _widen(roundId, origin, size, nextSize);
        uint256 last = _storedWords - 1;
        // Cannot overflow: rows end below 2^21, and a row has at most 17 slots.
        unchecked {
            // As _row has it.
            uint256 row = ((roundId - origin) % size) * _rowSize;
            for (uint256 i = 0; i < last; ++i) {
                uint256 word = words[i];
                notOk |= ReportLib.notOk(word) << (2 * i);
                _ring[row + i] = word;
            }
            uint256 lastWord = words[last];
            notOk |= ReportLib.notOk(lastWord) << (2 * last);
            uint256 spells = notOk == 0 ? 0 : _carry(hot, notOk & ~hot.notOkMask());
            uint256 meta = _low(provenHeader, HEADER_BITS) | (notOk << META_NOT_OK_AT) | (spells << META_SPELLS_AT);
            if (_metaAt == 0) {
                _ring[row + last] = lastWord;
                _ring[row + last + 1] = meta;
            } else {
                // The half that is overwritten is the zero report of a feed that is not there.
                _ring[row + last] = _low(lastWord, _metaAt) | (meta << _metaAt);
            }
        }
    }

    /// @dev Puts aside the answers of the feeds that were OK in the previous round and are not in this one, and begins a
    /// new spell for each. The previous round's row is still whole, because the ring has at least two.
    function _carry(Hot hot, uint256 turned) private returns (uint256 spells) {
        spells = _spells;
        if (turned == 0) return spells;
        uint256 row = _row(hot.roundId());
        for (uint256 feed = 0; feed < feedCount; feed++) {
            if ((turned >> feed) & 1 == 0) continue;
            uint256 offset = feed * SPELL_BITS;
            uint256 spell = (((spells >> offset) & SPELL_MASK) + 1) & SPELL_MASK;
            spells = (spells & ~(SPELL_MASK << offset)) | (spell << offset);
            uint256 answer = ReportLib.answer(_ring[row + feed / 2], feed);
            _carried[feed][spell] =
                Carried({answer: uint80(answer), epoch: uint40(hot.epoch()), roundId: uint40(hot.roundId())});
        }
        _spells = spells;
    }

    function _carriedAnswer(uint256 feed, uint256 roundId, uint256 spells) private view returns (Answer memory) {
        Carried memory carried = _carried[feed][(spells >> (feed * SPELL_BITS)) & SPELL_MASK];
        if (carried.roundId >= roundId) revert FeedSet_CarryOverwritten(feed, roundId);
        if (carried.roundId == 0) revert FeedSet_NoAnswer(feed, roundId);
        return Answer({
            roundId: roundId,
            answer: carried.answer,
            updatedAt: carried.epoch * period,
            answeredInRound: carried.roundId
        });
    }

    function _knownRow(uint256 roundId) private view returns (uint256) {
        uint256 latest = _hot.roundId();
        // After a growth the ring has room for rounds that were overwritten before it: none is before the origin.
        (uint256 oldest, uint256 size) = (_origin, _size);
        if (latest >= oldest + size) oldest = latest - size + 1;
        if (roundId < oldest || roundId > latest) revert FeedSet_UnknownRound(roundId, oldest, latest);
        return _row(roundId);
    }

    function _meta(uint256 row) private view returns (uint256) {
        return _ring[row + _rowSize - 1] >> _metaAt;
    }

    function _row(uint256 roundId) private view returns (uint256) {
        // No kept or new round is before the origin; 2^16 times 17 at most; the size is at least 2.
        unchecked {
            return ((roundId - _origin) % _size) * _rowSize;
        }
    }

    function _requireFeed(uint256 feed) internal view {
        if (feed >= feedCount) revert FeedSet_UnknownFeed(feed, feedCount);
    }

    function _low(uint256 value, uint256 bits) internal pure returns (uint256) {
        return value & ((1 << bits) - 1);
    }
}
