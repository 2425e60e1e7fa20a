// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {SetFixture} from "./support/SetFixture.sol";

/// @dev What is read of a round: the ring, and answers carried through rounds in which a feed was not OK.
contract FeedSetHistoryTest is SetFixture {
    /* BEFORE THERE IS ANYTHING */

    function test_RevertIf_ThereIsNoRound() public {
        assertEq(set.latestRound(), 0, "latest");
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, 1, 0));
        set.latestAnswerOf(1);
        for (uint256 roundId = 0; roundId < 2; roundId++) {
            bytes memory unknown = abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, roundId, 1, 0);
            vm.expectRevert(unknown);
            set.answerOf(1, roundId);
            vm.expectRevert(unknown);
            set.roundOf(roundId);
        }
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, 0, 1, 0));
        set.latestReportOf(0);
    }

    function test_RevertIf_TheFeedWasNeverOk() public {
        _round([uint256(1), 2, 3], [OK, HELD, NO_QUORUM]);
        _round([uint256(1), 2, 3], [OK, REFUSED, NO_QUORUM]);
        for (uint256 feed = 1; feed < 3; feed++) {
            vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, feed, 2));
            set.latestAnswerOf(feed);
            vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, feed, 1));
            set.answerOf(feed, 1);
        }
        _assertAnswer(set.latestAnswerOf(0), 2, 1, epoch, 2, "the feed that was");
        _round([uint256(4), 5, 6], [OK, OK, OK]);
        _assertAnswer(set.latestAnswerOf(2), 3, 6, epoch, 3, "its first answer");
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, 2, 2));
        set.answerOf(2, 2);
    }

    function test_RevertIf_TheFeedIsUnknown() public {
        _okRound(10);
        // Feed 3 exists in the circuit, which takes four, but not in this set of three.
        for (uint256 feed = 3; feed < 6; feed++) {
            bytes memory unknown = abi.encodeWithSelector(IFeedSet.FeedSet_UnknownFeed.selector, feed, 3);
            vm.expectRevert(unknown);
            set.latestAnswerOf(feed);
            vm.expectRevert(unknown);
            set.answerOf(feed, 1);
            vm.expectRevert(unknown);
            set.latestReportOf(feed);
            vm.expectRevert(unknown);
            set.description(feed);
            vm.expectRevert(unknown);
            set.decimals(feed);
        }
    }

    /* THE RING */

    function test_KeepsTheStatedNumberOfRounds() public {
        for (uint256 made = 1; made <= 11; made++) {
            _okRound(100 * made);
            uint256 oldest = made > HISTORY ? made - HISTORY + 1 : 1;
            for (uint256 roundId = 0; roundId <= made + 1; roundId++) {
                if (roundId >= oldest && roundId <= made) {
                    uint256 answerEpoch = epoch - (made - roundId);
                    _assertAnswer(set.answerOf(2, roundId), roundId, 100 * roundId + 2, answerEpoch, roundId, "kept");
                } else {
                    vm.expectRevert(
                        abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, roundId, oldest, made)
                    );
                    set.answerOf(2, roundId);
                }
            }
        }
    }

    function testFuzz_RevertIf_TheRoundIsUnknown(uint256 roundId) public {
        for (uint256 i = 1; i < 7; i++) {
            _okRound(i);
        }
        vm.assume(roundId < 3 || roundId > 6);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, roundId, 3, 6));
        set.answerOf(0, roundId);
    }

    /* CARRIED ANSWERS */

    function test_CarriesTheLastOkAnswerWhileAFeedIsNotOk() public {
        _okRound(100);
        uint256 okEpoch = epoch;
        uint256[3] memory statuses = [HELD, REFUSED, NO_QUORUM];
        for (uint256 round = 2; round <= 4; round++) {
            _round([uint256(900), 900, 900], statuses);
            for (uint256 feed = 0; feed < 3; feed++) {
                _assertAnswer(set.latestAnswerOf(feed), round, 100 + feed, okEpoch, 1, "latest");
            }
        }
        for (uint256 round = 1; round <= 4; round++) {
            _assertAnswer(set.answerOf(1, round), round, 101, okEpoch, 1, "history");
        }
    }

    function test_CarriesAnAnswerWhoseRoundIsNoLongerKept() public {
        _okRound(100);
        uint256 okEpoch = epoch;
        for (uint256 i = 0; i < 3 * HISTORY; i++) {
            _round([uint256(200), 900, 202], [OK, HELD, OK]);
        }
        _assertAnswer(set.latestAnswerOf(1), 13, 101, okEpoch, 1, "latest");
        _assertAnswer(set.answerOf(1, 10), 10, 101, okEpoch, 1, "oldest kept");
        _assertAnswer(set.latestAnswerOf(0), 13, 200, epoch, 13, "its neighbour");
    }

    function test_EachSpellCarriesItsOwnAnswer() public {
        _okRound(100);
        uint256 first = epoch;
        _round([uint256(1), 900, 1], [OK, HELD, OK]);
        _okRound(200);
        _round([uint256(1), 900, 1], [OK, REFUSED, OK]);
        _assertAnswer(set.answerOf(1, 2), 2, 101, first, 1, "first spell");
        _assertAnswer(set.answerOf(1, 3), 3, 201, first + 2, 3, "between");
        _assertAnswer(set.answerOf(1, 4), 4, 201, first + 2, 3, "second spell");
        _assertAnswer(set.latestAnswerOf(1), 4, 201, first + 2, 3, "latest");
    }

    function test_ComesBackWithTheNextOkRound() public {
        _okRound(100);
        _round([uint256(900), 900, 900], [HELD, HELD, HELD]);
        _okRound(300);
        _assertAnswer(set.latestAnswerOf(0), 3, 300, epoch, 3, "latest");
    }

    /// @dev A naive model beside the contract: what each feed had at each round, remembered in full. Sets of every row
    /// layout: the meta in the last word's free half (1 to 7, odd), or in a slot of its own.
    function testFuzz_HistoryIsWhatHappened(uint256 seed, uint256 feeds) public {
        uint256 rounds = 12;
        feeds = bound(feeds, 1, 10);
        _setOf(feeds);
        uint256[][] memory answers = new uint256[][](rounds + 1);
        uint256[][] memory answeredIn = new uint256[][](rounds + 1);
        uint256[][] memory words = new uint256[][](rounds + 1);
        (answers[0], answeredIn[0]) = (new uint256[](feeds), new uint256[](feeds));
        for (uint256 round = 1; round <= rounds; round++) {
            (answers[round], answeredIn[round]) = (new uint256[](feeds), new uint256[](feeds));
            _begin(epoch + 1);
            IFeedSet.Submission memory made = _submission([uint256(0), 0, 0], [OK, OK, OK]);
            made.words = new uint256[]((feeds + 1) / 2);
            for (uint256 feed = 0; feed < feeds; feed++) {
                uint256 roll = uint256(keccak256(abi.encode(seed, round, feed)));
                uint256 status = roll % 3 == 0 ? 1 + (roll >> 8) % 3 : OK;
                uint256 price = 1 + (roll >> 16) % (2 ** 80 - 1);
                made.words[feed / 2] |= _report(price, status) << (124 * (feed % 2));
                answers[round][feed] = status == OK ? price : answers[round - 1][feed];
                answeredIn[round][feed] = status == OK ? round : answeredIn[round - 1][feed];
            }
            words[round] = made.words;
            _send(made);
        }
        for (uint256 round = rounds - HISTORY + 1; round <= rounds; round++) {
            (uint256 roundEpoch, uint256 signers, uint256[] memory kept) = set.roundOf(round);
            assertEq(roundEpoch, FIRST_EPOCH + round, "epoch");
            assertEq(signers, ALL_SIGNERS, "signers");
            assertEq(kept, words[round], "words");
            for (uint256 feed = 0; feed < feeds; feed++) {
                _assertFeed(feed, round, answers[round][feed], answeredIn[round][feed], round == rounds);
            }
        }
    }

    function _assertFeed(uint256 feed, uint256 round, uint256 answer, uint256 answered, bool latest) private {
        if (answered == 0) {
            vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, feed, round));
            set.answerOf(feed, round);
            return;
        }
        _assertAnswer(set.answerOf(feed, round), round, answer, FIRST_EPOCH + answered, answered, "kept");
        if (latest) _assertAnswer(set.latestAnswerOf(feed), round, answer, FIRST_EPOCH + answered, answered, "latest");
    }

    function _setOf(uint256 feeds) private {
        IFeedSet.Params memory params = _params();
        params.capacity = feeds;
        params.preimage.feedCount = feeds;
        params.feeds = new IFeedSet.FeedInfo[](feeds);
        params.preimage.feedSetId = _feedSetId(params.feeds);
        set = new FeedSet(params);
    }

    /// @dev All 32 feeds, all turning in one round: every bit of mask and spells.
    function test_TheLargestSetCarriesEveryFeed() public {
        _setOf(32);
        for (uint256 round = 1; round <= 2; round++) {
            _begin(epoch + 1);
            IFeedSet.Submission memory made = _submission([uint256(0), 0, 0], [OK, OK, OK]);
            made.words = new uint256[](16);
            for (uint256 feed = 0; feed < 32; feed++) {
                made.words[feed / 2] |= _report(2 ** 80 - 1 - feed, round == 1 ? OK : HELD) << (124 * (feed % 2));
            }
            _send(made);
        }
        for (uint256 feed = 0; feed < 32; feed++) {
            _assertAnswer(set.answerOf(feed, 2), 2, 2 ** 80 - 1 - feed, epoch - 1, 1, "carried");
            _assertAnswer(set.latestAnswerOf(feed), 2, 2 ** 80 - 1 - feed, epoch - 1, 1, "latest");
            _assertAnswer(set.answerOf(feed, 1), 1, 2 ** 80 - 1 - feed, epoch - 1, 1, "the OK round");
        }
    }

    /// @dev With a ring of more than 64 rounds, 32 later spells can reuse a place. Then the read reverts; it is never wrong.
    function test_RevertIf_WhatARoundCarriedIsOverwritten() public {
        IFeedSet.Params memory params = _params();
        params.history = 100;
        set = new FeedSet(params);
        _okRound(100);
        _round([uint256(900), 900, 900], [HELD, OK, OK]);
        for (uint256 spell = 1; spell < 32; spell++) {
            _okRound(100 + spell);
            _round([uint256(900), 900, 900], [HELD, OK, OK]);
        }
        _assertAnswer(set.answerOf(0, 2), 2, 100, FIRST_EPOCH + 1, 1, "after 31 more spells");
        _okRound(500);
        _round([uint256(900), 900, 900], [HELD, OK, OK]);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_CarryOverwritten.selector, 0, 2));
        set.answerOf(0, 2);
        _assertAnswer(set.answerOf(0, 4), 4, 101, FIRST_EPOCH + 3, 3, "the next spell is whole");
        _assertAnswer(set.latestAnswerOf(0), 66, 500, FIRST_EPOCH + 65, 65, "the newest too");
    }

    /// @dev With 64 rounds or fewer it cannot happen, at the fastest possible flapping.
    function test_SixtyFourRoundsNeverLoseWhatTheyCarry() public {
        IFeedSet.Params memory params = _params();
        params.history = 64;
        set = new FeedSet(params);
        for (uint256 spell = 0; spell < 70; spell++) {
            _okRound(100 + spell);
            _round([uint256(900), 900, 900], [HELD, OK, OK]);
        }
        for (uint256 round = 140 - 63; round <= 140; round++) {
            uint256 answered = round - (round + 1) % 2;
            uint256 answer = 100 + (answered - 1) / 2;
            _assertAnswer(set.answerOf(0, round), round, answer, FIRST_EPOCH + answered, answered, "kept");
        }
    }

    /* GROWTH */

    function _grow(uint256 size) private {
        vm.prank(owner);
        set.grow(size);
    }

    /// @dev Exactly the rounds from `oldest` on can be read, each as it was: feed 2 answered 100 times its number and 2.
    function _assertKept(uint256 oldest, uint256 size, uint256 nextSize) private {
        assertEq(set.history(), size, "history");
        assertEq(set.nextHistory(), nextSize, "next history");
        uint256 latest = set.latestRound();
        for (uint256 id = 0; id <= latest + 2; id++) {
            if (id < oldest || id > latest) {
                vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, id, oldest, latest));
                set.answerOf(2, id);
                continue;
            }
            _assertAnswer(set.answerOf(2, id), id, 100 * id + 2, epoch - (latest - id), id, "kept");
            (uint256 roundEpoch,, uint256[] memory words) = set.roundOf(id);
            assertEq(roundEpoch, epoch - (latest - id), "kept epoch");
            assertEq(uint80(words[0]), 100 * id, "kept word");
        }
    }

    function _rounds(uint256 count) private {
        for (uint256 i = 0; i < count; i++) {
            _okRound(100 * (set.latestRound() + 1));
        }
    }

    function test_GrowsBeforeTheFirstRound() public {
        vm.expectEmit(address(set));
        emit IFeedSet.HistoryGrown(4, 6);
        _grow(6);
        _assertKept(1, 4, 6);
        for (uint256 latest = 1; latest <= 20; latest++) {
            _rounds(1);
            _assertKept(latest > 6 ? latest - 5 : 1, 6, 6);
        }
    }

    /// @dev Until the ring has come round nothing stands in the way: the next round has the room.
    function test_GrowsAtOnceBeforeTheRingHasComeRound() public {
        for (uint256 before = 1; before <= HISTORY; before++) {
            super.setUp();
            _rounds(before);
            _grow(7);
            _assertKept(1, 4, 7);
            for (uint256 latest = before + 1; latest <= 18; latest++) {
                _rounds(1);
                _assertKept(latest > 7 ? latest - 6 : 1, 7, 7);
            }
        }
    }

    /// @dev Once it has, the growth waits for the round that would begin it anew, and no kept round is lost or moved.
    function test_GrowsWhereTheRingBeginsAnewOnceItHasComeRound() public {
        for (uint256 before = HISTORY + 1; before <= 2 * HISTORY; before++) {
            super.setUp();
            _rounds(before);
            _grow(7);
            _assertKept(before - 3, 4, 7);
            for (uint256 latest = before + 1; latest <= 24; latest++) {
                _rounds(1);
                if (latest <= 2 * HISTORY) _assertKept(latest - 3, 4, 7);
                else _assertKept(latest > 11 ? latest - 6 : 5, 7, 7);
            }
        }
    }

    function test_SeveralGrowthsMayWaitAndTheLastCounts() public {
        _rounds(6);
        _grow(5);
        _grow(6);
        vm.expectEmit(address(set));
        emit IFeedSet.HistoryGrown(6, 9);
        _grow(9);
        _assertKept(3, 4, 9);
        _rounds(2);
        _assertKept(5, 4, 9);
        for (uint256 latest = 9; latest <= 30; latest++) {
            _rounds(1);
            _assertKept(latest > 13 ? latest - 8 : 5, 9, 9);
        }
    }

    /// @dev The second growth comes before the first one's new rows have been used up, the third after the ring has come round
    /// in them.
    function test_GrowsAgainAndAgain() public {
        _rounds(9);
        _grow(6);
        _rounds(4);
        _assertKept(9, 6, 6);
        _rounds(1);
        _grow(8);
        _assertKept(9, 6, 8);
        _rounds(1);
        _assertKept(9, 8, 8);
        _rounds(2);
        _assertKept(10, 8, 8);
        _grow(9);
        for (uint256 latest = 18; latest <= 24; latest++) {
            _rounds(1);
            _assertKept(latest - 7, 8, 9);
        }
        for (uint256 latest = 25; latest <= 40; latest++) {
            _rounds(1);
            _assertKept(latest - 8, 9, 9);
        }
    }

    function test_CarriesAnswersAcrossAGrowth() public {
        _rounds(6);
        uint256 okEpoch = epoch;
        _round([uint256(7), 900, 9], [OK, HELD, REFUSED]);
        _grow(9);
        _round([uint256(8), 900, 9], [OK, OK, HELD]);
        // Round 9 begins the ring anew and is the first in the wider one; feed 1 turns not OK right there.
        _round([uint256(9), 950, 9], [OK, HELD, HELD]);
        assertEq(set.history(), 9, "history");
        _assertAnswer(set.answerOf(1, 7), 7, 601, okEpoch, 6, "held before the growth");
        _assertAnswer(set.answerOf(1, 9), 9, 900, okEpoch + 2, 8, "held in the first round after it");
        _assertAnswer(set.latestAnswerOf(1), 9, 900, okEpoch + 2, 8, "latest");
        for (uint256 i = 10; i < 30; i++) {
            _round([i, 900, 9], [OK, NO_QUORUM, HELD]);
            uint256 oldest = i > 13 ? i - 8 : 5;
            for (uint256 id = oldest > 7 ? oldest : 7; id <= i; id++) {
                _assertAnswer(set.answerOf(2, id), id, 602, okEpoch, 6, "held for long");
                if (id > 8) _assertAnswer(set.answerOf(1, id), id, 900, okEpoch + 2, 8, "held since");
            }
        }
    }

    /// @dev Rows of every layout, growths at random times, a list of what was written where beside them.
    function testFuzz_AGrowingRingKeepsWhatItHasRoomFor(uint256 seed, uint256 feeds) public {
        feeds = bound(feeds, 1, 10);
        _setOf(feeds);
        uint256[] memory rows = new uint256[](40);
        (uint256 size, uint256 nextSize, uint256 written, uint256 next) = (HISTORY, HISTORY, 0, 0);
        for (uint256 id = 1; id <= 40; id++) {
            uint256 chance = uint256(keccak256(abi.encode(seed, id)));
            if (chance % 5 == 0 && nextSize < 12) {
                nextSize += 1 + (chance >> 8) % 4;
                _grow(nextSize);
            }
            _begin(epoch + 1);
            IFeedSet.Submission memory made = _submission([uint256(0), 0, 0], [OK, OK, OK]);
            made.words = new uint256[]((feeds + 1) / 2);
            made.words[0] = _report(id, OK);
            _send(made);
            if (next == written) size = nextSize;
            if (next == size) next = 0;
            rows[next++] = id;
            if (next > written) written = next;
            uint256 readable;
            for (uint256 round = 1; round <= id; round++) {
                (bool ok, bytes memory answer) = address(set).staticcall(abi.encodeCall(set.answerOf, (0, round)));
                if (ok) readable++;
                if (ok) assertEq(abi.decode(answer, (IFeedSet.Answer)).answer, round, "a kept round's answer");
            }
            assertEq(readable, written, "as many as there are rows");
            for (uint256 row = 0; row < written; row++) {
                assertEq(set.answerOf(0, rows[row]).answer, rows[row], "a row's answer");
            }
            assertEq(set.history(), size, "history");
        }
    }

    function test_RevertIf_AGrowthIsNone() public {
        vm.startPrank(owner);
        for (uint256 size = 0; size <= HISTORY; size++) {
            vm.expectRevert(
                abi.encodeWithSelector(IFeedSet.FeedSet_BadParameter.selector, bytes32("history"), size, HISTORY + 1)
            );
            set.grow(size);
        }
        set.grow(9);
        // More than it has now, but not more than was asked for.
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_BadParameter.selector, bytes32("history"), 9, 10));
        set.grow(9);
    }

    function test_RevertIf_AGrowthIsTooLarge() public {
        uint256[3] memory sizes = [uint256(65_536), 65_536 + HISTORY + 1, type(uint256).max];
        vm.startPrank(owner);
        for (uint256 i = 0; i < sizes.length; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(IFeedSet.FeedSet_BadParameter.selector, bytes32("history"), sizes[i], 65_535)
            );
            set.grow(sizes[i]);
        }
        set.grow(65_535);
        assertEq(set.nextHistory(), 65_535, "the largest");
    }

    /* REPORTS */

    function test_ShowsTheNewestReportWhateverItsStatus() public {
        _round([uint256(100), 200, 300], [OK, HELD, NO_QUORUM]);
        uint256[3] memory answers = [uint256(100), 200, 0];
        for (uint256 feed = 0; feed < 3; feed++) {
            (uint256 roundId,, IFeedSet.Report memory report) = set.latestReportOf(feed);
            bool empty = feed == 2;
            assertEq(roundId, 1, "round");
            assertEq(report.answer, answers[feed], "answer");
            assertEq(report.dispersion, empty ? 0 : 25, "dispersion");
            assertEq(report.score, empty ? 0 : 300, "score");
            assertEq(report.inliers, empty ? 0 : ALL_SIGNERS, "inliers");
        }
        (,, IFeedSet.Report memory held) = set.latestReportOf(1);
        assertEq(uint8(held.status), uint8(IFeedSet.Status.HELD), "status");
    }
}
