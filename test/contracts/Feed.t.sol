// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {AggregatorV2V3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV2V3Interface.sol";
import {Feed} from "../../contracts/feed/Feed.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeed} from "../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {SetFixture} from "./support/SetFixture.sol";

/// @dev The facade over feed 1 of a set, and over a second set that takes its place.
contract FeedTest is SetFixture {
    uint256 private constant PHASE_1 = 1 << 64;
    uint256 private constant PHASE_2 = 2 << 64;
    uint256 private constant TOLERANCE_PPM = 10_000;
    uint256 private constant DELAY = 2 days;

    Feed private feed;
    FeedSet private oldSet;
    FeedSet private newSet;

    function setUp() public override {
        super.setUp();
        oldSet = set;
        newSet = new FeedSet(_params());
        feed = new Feed(set, 1, TOLERANCE_PPM, 0, DELAY, owner);
    }

    function _assertRound(
        function() external view returns (uint80, int256, uint256, uint256, uint80) read,
        uint256 id,
        uint256 answer,
        uint256 answerEpoch,
        uint256 answeredIn
    ) private view {
        (uint80 roundId, int256 got, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) = read();
        assertEq(roundId, id, "roundId");
        assertEq(got, int256(answer), "answer");
        assertEq(startedAt, answerEpoch * PERIOD, "startedAt");
        assertEq(updatedAt, answerEpoch * PERIOD, "updatedAt");
        assertEq(answeredInRound, answeredIn, "answeredInRound");
    }

    function _assertKept(uint256 id, uint256 answer, uint256 answerEpoch, uint256 answeredIn) private view {
        (uint80 roundId, int256 got, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) =
            feed.getRoundData(uint80(id));
        assertEq(roundId, id, "kept roundId");
        assertEq(got, int256(answer), "kept answer");
        assertEq(startedAt, answerEpoch * PERIOD, "kept startedAt");
        assertEq(updatedAt, answerEpoch * PERIOD, "kept updatedAt");
        assertEq(answeredInRound, answeredIn, "kept answeredInRound");
        assertEq(feed.getAnswer(id), int256(answer), "getAnswer");
        assertEq(feed.getTimestamp(id), answerEpoch * PERIOD, "getTimestamp");
    }

    function _assertLatest(uint256 id, uint256 answer, uint256 answerEpoch, uint256 answeredIn) private view {
        _assertRound(feed.latestRoundData, id, answer, answerEpoch, answeredIn);
        assertEq(feed.latestAnswer(), int256(answer), "latestAnswer");
        assertEq(feed.latestTimestamp(), answerEpoch * PERIOD, "latestTimestamp");
        assertEq(feed.latestRound(), id, "latestRound");
        _assertKept(id, answer, answerEpoch, answeredIn);
    }

    /* CHAINLINK'S INTERFACE */

    function test_DescribesTheFeed() public view {
        AggregatorV2V3Interface plain = feed;
        assertEq(plain.decimals(), 8, "decimals");
        assertEq(plain.description(), "ETH / USD", "description");
        assertEq(plain.version(), 1, "version");
        assertEq(feed.phaseId(), 1, "phase");
        assertEq(feed.tolerancePpm(), TOLERANCE_PPM, "tolerance");
        assertEq(feed.confirmDelay(), 0, "delay before a confirmation");
        assertEq(feed.overrideDelay(), DELAY, "delay before an override");
        assertEq(feed.typeAndVersion(), "AssayFeed 1.0.0", "type and version");
    }

    function test_ReadsAnOkRound() public {
        _okRound(100);
        _assertLatest(PHASE_1 | 1, 101, epoch, PHASE_1 | 1);
    }

    function test_ReadsTheGreatestAnswer() public {
        _round([uint256(0), 2 ** 80 - 1, 0], [NO_QUORUM, OK, NO_QUORUM]);
        _assertLatest(PHASE_1 | 1, 2 ** 80 - 1, epoch, PHASE_1 | 1);
    }

    function test_CarriesTheAnswerAndSaysSo() public {
        _okRound(100);
        uint256 okEpoch = epoch;
        for (uint256 status = HELD; status <= NO_QUORUM; status++) {
            _round([uint256(900), 900, 900], [OK, status, OK]);
            _assertLatest(PHASE_1 | (1 + status), 101, okEpoch, PHASE_1 | 1);
        }
        _okRound(200);
        _assertLatest(PHASE_1 | 5, 201, epoch, PHASE_1 | 5);
        _assertKept(PHASE_1 | 4, 101, okEpoch, PHASE_1 | 1);
    }

    function test_UpdatedAtIsNeverAfterTheBlock() public {
        vm.warp((epoch + 3) * PERIOD - 1);
        _send(_submission([uint256(100), 101, 102], [OK, OK, OK]));
        (,,, uint256 updatedAt,) = feed.latestRoundData();
        assertEq(updatedAt, epoch * PERIOD, "the time of observation, not of submission");
        assertLe(updatedAt, block.timestamp, "updatedAt");
    }

    function test_ShowsTheNewestReport() public {
        _okRound(100);
        _round([uint256(900), 901, 900], [OK, HELD, OK]);
        (uint80 roundId, uint256 observedAt, IFeedSet.Report memory report) = feed.latestReport();
        assertEq(roundId, PHASE_1 | 2, "round");
        assertEq(observedAt, epoch * PERIOD, "observedAt");
        assertEq(report.answer, 901, "what was not accepted");
        assertEq(report.dispersion, 25, "dispersion");
        assertEq(report.score, 300, "score");
        assertEq(report.inliers, ALL_SIGNERS, "inliers");
        assertEq(uint8(report.status), uint8(IFeedSet.Status.HELD), "status");
    }

    function test_ShowsAnyKeptReport() public {
        _okRound(100);
        _round([uint256(900), 0, 900], [OK, NO_QUORUM, OK]);
        _okRound(300);
        (uint256 observedAt, IFeedSet.Report memory report) = feed.getReport(uint80(PHASE_1 | 2));
        assertEq(observedAt, (epoch - 1) * PERIOD, "observedAt");
        assertEq(uint8(report.status), uint8(IFeedSet.Status.NO_QUORUM), "status");
        (, report) = feed.getReport(uint80(PHASE_1 | 3));
        assertEq(report.answer, 301, "answer");
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, 4, 1, 3));
        feed.getReport(uint80(PHASE_1 | 4));
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_UnknownPhase.selector, 2, 1));
        feed.getReport(uint80(PHASE_2 | 1));
    }

    function test_RevertIf_ThereIsNoAnswerYet() public {
        bytes memory reason = abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, 1, 0);
        vm.expectRevert(reason);
        feed.latestRoundData();
        vm.expectRevert(reason);
        feed.latestAnswer();
        vm.expectRevert(reason);
        feed.latestTimestamp();
        vm.expectRevert(reason);
        feed.latestRound();
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, 0, 1, 0));
        feed.latestReport();
    }

    function _expectUnknown(uint256 id, bytes memory reason) private {
        vm.expectRevert(reason);
        feed.getAnswer(id);
        vm.expectRevert(reason);
        feed.getTimestamp(id);
        if (id > type(uint80).max) return;
        vm.expectRevert(reason);
        feed.getRoundData(uint80(id));
    }

    function test_RevertIf_TheRoundIsUnknown() public {
        for (uint256 i = 0; i < 6; i++) {
            _okRound(100);
        }
        uint64[4] memory rounds = [0, 2, 7, type(uint64).max];
        for (uint256 i = 0; i < rounds.length; i++) {
            _expectUnknown(
                PHASE_1 | rounds[i],
                abi.encodeWithSelector(IFeedSet.FeedSet_UnknownRound.selector, uint256(rounds[i]), 3, 6)
            );
        }
        _expectUnknown(6, abi.encodeWithSelector(IFeed.Feed_UnknownPhase.selector, 0, 1));
        _expectUnknown(PHASE_2 | 6, abi.encodeWithSelector(IFeed.Feed_UnknownPhase.selector, 2, 1));
        _expectUnknown(type(uint80).max, abi.encodeWithSelector(IFeed.Feed_UnknownPhase.selector, 65535, 1));
        // A known round with a bit beyond uint80 is another round, not the same one.
        uint256 beyond = (1 << 80) | PHASE_1 | 6;
        _expectUnknown(beyond, abi.encodeWithSelector(IFeed.Feed_UnknownRound.selector, beyond));
        _expectUnknown(type(uint256).max, abi.encodeWithSelector(IFeed.Feed_UnknownRound.selector, type(uint256).max));
    }

    /* CONSTRUCTOR */

    function test_RevertIf_TheFeedIsUnknown() public {
        for (uint256 index = 3; index < 5; index++) {
            vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_UnknownFeed.selector, index, 3));
            new Feed(set, index, TOLERANCE_PPM, 0, DELAY, owner);
        }
        // Its low 16 bits are a feed's.
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_UnknownFeed.selector, 65537, 3));
        new Feed(set, 65537, TOLERANCE_PPM, 0, DELAY, owner);
    }

    function test_RevertIf_AParameterIsOutOfBounds() public {
        vm.expectRevert(
            abi.encodeWithSelector(IFeed.Feed_BadParameter.selector, bytes32("tolerancePpm"), 1_000_001, 1_000_000)
        );
        new Feed(set, 1, 1_000_001, 0, DELAY, owner);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_BadParameter.selector, bytes32("overrideDelay"), 0, 1));
        new Feed(set, 1, TOLERANCE_PPM, 0, 0, owner);
        vm.expectRevert(
            abi.encodeWithSelector(IFeed.Feed_BadParameter.selector, bytes32("overrideDelay"), 366 days, 365 days)
        );
        new Feed(set, 1, TOLERANCE_PPM, 0, 366 days, owner);
    }

    /* PHASES */

    /// @dev A round in each set: the old one first, then the new one in the next epoch.
    function _bothAnswer(uint256 oldAnswer, uint256 newAnswer) private {
        set = oldSet;
        _round([uint256(1), oldAnswer, 1], [OK, OK, OK]);
        set = newSet;
        _round([uint256(1), newAnswer, 1], [OK, OK, OK]);
    }

    function _propose() private {
        vm.prank(owner);
        feed.propose(newSet, 1);
    }

    function _confirm() private {
        vm.prank(owner);
        feed.confirm();
    }

    function test_ANewPhaseIsProposedAndConfirmed() public {
        _bothAnswer(10_000, 10_100);
        vm.expectEmit(address(feed));
        emit IFeed.PhaseProposed(oldSet, newSet, 1, 1, block.timestamp, block.timestamp + DELAY);
        _propose();
        _assertLatest(PHASE_1 | 1, 10_000, epoch - 1, PHASE_1 | 1);
        (IFeedSet proposed, uint256 index, uint256 confirmAt, uint256 overrideAt) = feed.proposal();
        assertEq(address(proposed), address(newSet), "proposed set");
        assertEq(index, 1, "proposed feed");
        assertEq(confirmAt, block.timestamp, "confirm");
        assertEq(overrideAt, block.timestamp + DELAY, "override");
        _assertRound(feed.proposedLatestRoundData, PHASE_2 | 1, 10_100, epoch, PHASE_2 | 1);

        vm.expectEmit(address(feed));
        emit IFeed.PhaseChanged(2, oldSet, newSet, 1, 1, false);
        _confirm();
        _assertLatest(PHASE_2 | 1, 10_100, epoch, PHASE_2 | 1);
        // The first phase is still read under its own ids.
        _assertKept(PHASE_1 | 1, 10_000, epoch - 1, PHASE_1 | 1);
        (proposed,,,) = feed.proposal();
        assertEq(address(proposed), address(0), "nothing is proposed any more");
        (IFeedSet first,) = feed.phase(1);
        assertEq(address(first), address(oldSet), "phase 1");
        (IFeedSet second,) = feed.phase(2);
        assertEq(address(second), address(newSet), "phase 2");
    }

    function test_RevertIf_ConfirmedBeforeItsDelay() public {
        feed = new Feed(oldSet, 1, TOLERANCE_PPM, 1 days, DELAY, owner);
        _bothAnswer(10_000, 10_100);
        _propose();
        uint256 confirmAt = block.timestamp + 1 days;
        vm.warp(confirmAt - 1);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_TooEarly.selector, confirmAt - 1, confirmAt));
        feed.confirm();
        vm.warp(confirmAt);
        _confirm();
        assertEq(feed.phaseId(), 2, "phase");
    }

    function test_RevertIf_TheOverrideIsNotLaterThanTheConfirmation() public {
        vm.expectRevert(
            abi.encodeWithSelector(IFeed.Feed_BadParameter.selector, bytes32("overrideDelay"), 1 days, 1 days + 1)
        );
        new Feed(set, 1, TOLERANCE_PPM, 1 days, 1 days, owner);
    }

    function test_RevertIf_APhaseIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_UnknownPhase.selector, 0, 1));
        feed.phase(0);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_UnknownPhase.selector, 2, 1));
        feed.phase(2);
    }

    function test_RevertIf_TheNewAnswerIsTooFar() public {
        // 10,000 ppm of 10,000 is 100: 9,900 to 10,100 may pass.
        _bothAnswer(10_000, 10_101);
        _propose();
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_AnswerTooFar.selector, 10_101, 10_000, TOLERANCE_PPM));
        feed.confirm();
        _round([uint256(1), 9_899, 1], [OK, OK, OK]);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_AnswerTooFar.selector, 9_899, 10_000, TOLERANCE_PPM));
        feed.confirm();
        _round([uint256(1), 9_900, 1], [OK, OK, OK]);
        _confirm();
        assertEq(feed.phaseId(), 2, "phase");
    }

    /// @dev The widest tolerance that a feed can have is as far as zero.
    function test_RevertIf_TheNewAnswerIsZero() public {
        feed = new Feed(oldSet, 1, 1_000_000, 0, DELAY, owner);
        _bothAnswer(10_000, 0);
        _propose();
        vm.prank(owner);
        vm.expectRevert(IFeed.Feed_ZeroAnswer.selector);
        feed.confirm();
        _round([uint256(1), 1, 1], [OK, OK, OK]);
        _confirm();
        assertEq(feed.phaseId(), 2, "phase");
    }

    function test_RevertIf_TheNewAnswerIsOlder() public {
        set = newSet;
        _okRound(100);
        set = oldSet;
        _okRound(100);
        _propose();
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_AnswerOlder.selector, (epoch - 1) * PERIOD, epoch * PERIOD));
        feed.confirm();
        // A newer round of the new set does not help while the feed is held in it.
        set = newSet;
        _round([uint256(100), 101, 102], [OK, HELD, OK]);
        vm.prank(owner);
        vm.expectPartialRevert(IFeed.Feed_AnswerOlder.selector);
        feed.confirm();
        _okRound(100);
        _confirm();
        assertEq(feed.phaseId(), 2, "phase");
    }

    function test_ANewAnswerOfTheSameEpochWillDo() public {
        _begin(epoch + 1);
        set = oldSet;
        _send(_submission([uint256(1), 100, 1], [OK, OK, OK]));
        set = newSet;
        _send(_submission([uint256(1), 100, 1], [OK, OK, OK]));
        _propose();
        _confirm();
        assertEq(feed.phaseId(), 2, "phase");
    }

    function test_RevertIf_TheNewFeedHasNoAnswer() public {
        _okRound(100);
        _propose();
        bytes memory reason = abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, 1, 0);
        vm.prank(owner);
        vm.expectRevert(reason);
        feed.confirm();
        vm.warp(block.timestamp + DELAY);
        vm.prank(owner);
        vm.expectRevert(reason);
        feed.confirmOverride();
    }

    /// @dev Nothing to compare with: only the longer delay leads on.
    function test_RevertIf_TheOldFeedHasNoAnswer() public {
        set = newSet;
        _okRound(100);
        _propose();
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, 1, 0));
        feed.confirm();
        vm.warp(block.timestamp + DELAY);
        vm.prank(owner);
        feed.confirmOverride();
        assertEq(feed.phaseId(), 2, "phase");
    }

    function test_TheLongerDelayOverridesTheComparison() public {
        _bothAnswer(10_000, 50_000);
        _propose();
        uint256 overrideAt = block.timestamp + DELAY;
        vm.warp(overrideAt - 1);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_TooEarly.selector, overrideAt - 1, overrideAt));
        feed.confirmOverride();
        vm.warp(overrideAt);
        vm.expectEmit(address(feed));
        emit IFeed.PhaseChanged(2, oldSet, newSet, 1, 1, true);
        vm.prank(owner);
        feed.confirmOverride();
        _assertLatest(PHASE_2 | 1, 50_000, epoch, PHASE_2 | 1);
    }

    function test_AnotherProposalStartsTheClockAgain() public {
        _bothAnswer(10_000, 50_000);
        _propose();
        vm.warp(block.timestamp + DELAY - 1);
        vm.prank(owner);
        feed.propose(newSet, 0);
        vm.warp(block.timestamp + DELAY - 1);
        vm.prank(owner);
        vm.expectPartialRevert(IFeed.Feed_TooEarly.selector);
        feed.confirmOverride();
    }

    function test_AProposalCanBeCancelled() public {
        _bothAnswer(10_000, 10_000);
        _propose();
        vm.expectEmit(address(feed));
        emit IFeed.ProposalCancelled(newSet, 1);
        vm.prank(owner);
        feed.cancel();
        vm.prank(owner);
        vm.expectRevert(IFeed.Feed_NothingProposed.selector);
        feed.confirm();
    }

    function test_RevertIf_NothingIsProposed() public {
        vm.startPrank(owner);
        vm.expectRevert(IFeed.Feed_NothingProposed.selector);
        feed.confirm();
        vm.expectRevert(IFeed.Feed_NothingProposed.selector);
        feed.confirmOverride();
        vm.expectRevert(IFeed.Feed_NothingProposed.selector);
        feed.cancel();
        vm.expectRevert(IFeed.Feed_NothingProposed.selector);
        feed.proposedLatestRoundData();
    }

    function test_RevertIf_TheProposedFeedIsUnknownOrHasOtherDecimals() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_UnknownFeed.selector, 3, 3));
        feed.propose(newSet, 3);
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_DecimalsChanged.selector, 6, 8));
        feed.propose(newSet, 2);
    }

    function test_RevertIf_OwnershipIsRenounced() public {
        address[2] memory callers = [owner, stranger];
        for (uint256 i = 0; i < callers.length; i++) {
            vm.prank(callers[i]);
            vm.expectRevert(IFeed.Feed_RenounceRefused.selector);
            feed.renounceOwnership();
        }
        assertEq(feed.owner(), owner, "owner");
    }

    function testFuzz_RevertIf_ACallerIsNotTheOwner(address caller) public {
        vm.assume(caller != owner);
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
        _bothAnswer(10_000, 10_000);
        _propose();
        vm.warp(block.timestamp + DELAY);
        vm.startPrank(caller);
        vm.expectRevert(refused);
        feed.propose(newSet, 1);
        vm.expectRevert(refused);
        feed.confirm();
        vm.expectRevert(refused);
        feed.confirmOverride();
        vm.expectRevert(refused);
        feed.cancel();
    }

    /* PULL */

    /// @dev A round of the next epoch for feed 1, not yet brought.
    function _nextRound(uint256 answer, uint256 status) private returns (IFeedSet.Submission memory) {
        _begin(epoch + 1);
        return _submission([uint256(1), answer, 1], [OK, status, OK]);
    }

    function _assertPulled(
        IFeedSet.Submission memory made,
        uint256 maxAge,
        uint256 id,
        uint256 answer,
        uint256 answerEpoch,
        uint256 answeredIn
    ) private {
        vm.prank(stranger);
        (uint80 roundId, int256 got, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) =
            feed.pull(made, maxAge);
        assertEq(roundId, id, "pulled roundId");
        assertEq(got, int256(answer), "pulled answer");
        assertEq(startedAt, answerEpoch * PERIOD, "pulled startedAt");
        assertEq(updatedAt, answerEpoch * PERIOD, "pulled updatedAt");
        assertEq(answeredInRound, answeredIn, "pulled answeredInRound");
        _assertLatest(id, answer, answerEpoch, answeredIn);
    }

    function _expectFallBack(bytes4 selector) private {
        vm.expectEmit(address(feed));
        emit IFeed.PullFellBack(set, selector);
    }

    function _expectTooOld(uint256 age, uint256 maxAge, bytes memory refusal) private {
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_TooOld.selector, age, maxAge, refusal));
    }

    function test_APullStoresItsRoundAndReadsIt() public {
        IFeedSet.Submission memory made = _nextRound(500, OK);
        vm.recordLogs();
        _assertPulled(made, 0, PHASE_1 | 1, 500, epoch, PHASE_1 | 1);
        assertEq(vm.getRecordedLogs().length, 1, "the set's event and no other");
        assertEq(set.state(), made.nextState, "state");
    }

    function test_APullThatIsOvertakenReadsWhatCameFirst() public {
        IFeedSet.Submission memory mine = _nextRound(500, OK);
        IFeedSet.Submission memory other = _submission([uint256(1), 600, 1], [OK, OK, OK]);
        other.nextState += 7;
        _send(other);
        _expectFallBack(IFeedSet.FeedSet_StaleState.selector);
        _assertPulled(mine, 0, PHASE_1 | 1, 600, epoch, PHASE_1 | 1);
    }

    function test_APullOfAHeldRoundReadsTheCarriedAnswer() public {
        _okRound(100);
        IFeedSet.Submission memory held = _nextRound(900, HELD);
        _assertPulled(held, PERIOD, PHASE_1 | 2, 101, epoch - 1, PHASE_1 | 1);
    }

    /// @dev The round is undone with the call: who brought it did not get what it was brought for.
    function test_RevertIf_TheCarriedAnswerOfAPulledRoundIsTooOld() public {
        _okRound(100);
        IFeedSet.Submission memory held = _nextRound(900, HELD);
        _expectTooOld(PERIOD, PERIOD - 1, "");
        feed.pull(held, PERIOD - 1);
        assertEq(set.latestRound(), 1, "rounds");
    }

    function test_RevertIf_APullIsRefusedAndTheStoredAnswerIsTooOld() public {
        _okRound(100);
        IFeedSet.Submission memory made = _nextRound(500, OK);
        made.prevState += 1;
        bytes memory refusal =
            abi.encodeWithSelector(IFeedSet.FeedSet_StaleState.selector, made.prevState, made.prevState - 1);
        vm.warp(epoch * PERIOD + 7);
        _expectTooOld(PERIOD + 7, PERIOD + 6, refusal);
        feed.pull(made, PERIOD + 6);
        _expectFallBack(IFeedSet.FeedSet_StaleState.selector);
        _assertPulled(made, PERIOD + 7, PHASE_1 | 1, 101, epoch - 1, PHASE_1 | 1);
    }

    function test_RevertIf_APullFindsNoAnswer() public {
        IFeedSet.Submission memory made = _nextRound(900, HELD);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, 1, 1));
        feed.pull(made, type(uint256).max);
        made.prevState += 1;
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NoAnswer.selector, 1, 0));
        feed.pull(made, type(uint256).max);
    }

    function test_APullWhileThereIsAPauseReadsWhatIsStored() public {
        _okRound(100);
        IFeedSet.Submission memory made = _nextRound(500, OK);
        vm.prank(guardian);
        set.pause();
        _expectTooOld(PERIOD, PERIOD - 1, abi.encodeWithSelector(IFeedSet.FeedSet_Paused.selector));
        feed.pull(made, PERIOD - 1);
        _expectFallBack(IFeedSet.FeedSet_Paused.selector);
        _assertPulled(made, PERIOD, PHASE_1 | 1, 101, epoch - 1, PHASE_1 | 1);
    }

    function test_APullAfterAResetReadsWhatIsStored() public {
        _okRound(100);
        IFeedSet.Submission memory made = _nextRound(500, OK);
        vm.prank(owner);
        set.reset(2);
        _expectFallBack(IFeedSet.FeedSet_EpochBeforeReset.selector);
        _assertPulled(made, PERIOD, PHASE_1 | 1, 101, epoch - 1, PHASE_1 | 1);
    }

    /// @dev A round of the set that was followed until now is none of the one that is followed now, whose state is another.
    function test_APullAfterAPhaseHasChangedReadsTheNewPhase() public {
        set = oldSet;
        _round([uint256(1), 10_000, 1], [OK, OK, OK]);
        set = newSet;
        _round([uint256(1), 10_050, 1], [OK, OK, OK]);
        _round([uint256(1), 10_100, 1], [OK, OK, OK]);
        set = oldSet;
        IFeedSet.Submission memory made = _nextRound(10_000, OK);
        _propose();
        _confirm();
        set = newSet;
        _expectFallBack(IFeedSet.FeedSet_StaleState.selector);
        _assertPulled(made, PERIOD, PHASE_2 | 2, 10_100, epoch - 1, PHASE_2 | 2);
        assertEq(oldSet.latestRound(), 1, "the set of the old phase");
    }

    function test_TwoPullsInOneBlockReadOneAnswer() public {
        IFeedSet.Submission memory first = _nextRound(500, OK);
        feed.pull(first, 0);
        IFeedSet.Submission memory second = _submission([uint256(1), 600, 1], [OK, OK, OK]);
        second.header += 1;
        _expectFallBack(IFeedSet.FeedSet_BlockHasRound.selector);
        _assertPulled(second, 0, PHASE_1 | 1, 500, epoch, PHASE_1 | 1);
    }

    /// @dev A set that fails without saying why, as it does when it runs out of gas.
    function test_APullThatIsRefusedWithoutAReasonSaysSo() public {
        _okRound(100);
        IFeedSet.Submission memory made = _nextRound(500, OK);
        vm.mockCallRevert(address(set), abi.encodeCall(IFeedSet.submit, (made)), "");
        _expectFallBack(0);
        _assertPulled(made, PERIOD, PHASE_1 | 1, 101, epoch - 1, PHASE_1 | 1);
        _expectTooOld(PERIOD, 0, "");
        feed.pull(made, 0);
    }
}
