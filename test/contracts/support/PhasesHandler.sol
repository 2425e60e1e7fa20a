// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {Feed} from "../../../contracts/feed/Feed.sol";
import {IFeed} from "../../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {RoundsHandler} from "./RoundsHandler.sol";
import {SyntheticProver} from "./SyntheticProver.sol";

/// @dev A feed that follows one set after another, and rounds that are brought through it.
abstract contract PhasesHandler is RoundsHandler {
    uint256 private constant TOLERANCE_PPM = 500_000;
    uint256 private constant CONFIRM_DELAY = 2 * PERIOD;
    uint256 private constant OVERRIDE_DELAY = 5 * PERIOD;

    struct Phase {
        uint256 index;
        uint256 feed;
    }

    Feed public facade;
    /// @dev From 1 on.
    Phase[] internal phases;
    Phase private _proposal;
    uint256 private _proposedAt;

    constructor() {
        bytes memory args = abi.encode(ghosts[0].set, 0, TOLERANCE_PPM, CONFIRM_DELAY, OVERRIDE_DELAY, people[0]);
        facade = Feed(deployCode("Feed.sol:Feed", args));
        phases.push();
        phases.push(Phase(0, 0));
    }

    function _phase() internal view returns (Phase memory) {
        return phases[phases.length - 1];
    }

    /* PULL */

    function pull(uint256 seed) external inTime {
        Phase memory phase = _phase();
        _makeReady(phase.index, seed);
        uint256 what = _pick(seed, "what", 8);
        IFeedSet.Submission memory made = what == 0 ? _forged(phase.index, seed) : _proven(phase.index, seed);
        if (what == 1) made.prevState ^= 1;
        uint256[4] memory ages = [uint256(0), PERIOD, 5 * PERIOD, type(uint256).max];
        _pull(phase, made, ages[_pick(seed, "age", 4)]);
    }

    function _pull(Phase memory phase, IFeedSet.Submission memory made, uint256 maxAge) private {
        bytes4 refusal = _refusal(phase.index, made, _holds(phase.index, made));
        (bytes4 outcome, IFeedSet.Answer memory want) = _readLatest(phase.index, phase.feed);
        if (refusal == 0) {
            want.roundId = _latest(phase.index) + 1;
            uint256 bits = made.words[phase.feed / 2] >> (124 * (phase.feed % 2));
            if ((bits >> 122) % 4 == 0) {
                outcome = 0;
                (want.answer, want.answeredInRound) = (bits % 2 ** 80, want.roundId);
                want.updatedAt = made.header % 2 ** 40 * PERIOD;
            }
        }
        if (refusal == IFeedSet.FeedSet_ProofRefused.selector && _burnsGas(made.proof)) {
            outcome = IFeed.Feed_OutOfGas.selector;
        }
        // A pull that ends in an error has not stored its round either.
        if (outcome == 0 && block.timestamp - want.updatedAt > maxAge) outcome = IFeed.Feed_TooOld.selector;

        vm.recordLogs();
        bytes memory result =
            _call(msg.sender, address(facade), abi.encodeCall(IFeed.pull, (made, maxAge)), outcome, "pull");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (outcome != 0) return;
        _countRefusal(refusal);
        _assertRoundData(result, phases.length - 1, want);
        if (refusal == 0) return _accepted(phase.index, made);
        counts["pull: fell back"]++;
        assertEq(logs.length, 1, "logs of a pull that fell back");
        assertEq(logs[0].topics[0], IFeed.PullFellBack.selector, "its event");
        assertEq(bytes4(abi.decode(logs[0].data, (bytes4))), refusal, "its selector");
    }

    /// @dev What is no point makes a precompile fail, and that takes all the gas that it was given. Of A.y alone the
    /// verifier sees it first.
    function _burnsGas(uint256[8] memory proof) private view returns (bool) {
        if (proof[1] >= SyntheticProver.Q) return false;
        (bool isA,) = address(6).staticcall{gas: 1_000}(abi.encode(proof[0], proof[1], 0, 0));
        (bool isC,) = address(6).staticcall{gas: 1_000}(abi.encode(proof[6], proof[7], 0, 0));
        (bool isB,) = address(8).staticcall{gas: 100_000}(abi.encode(1, 2, proof[2], proof[3], proof[4], proof[5]));
        return !(isA && isB && isC);
    }

    function _assertRoundData(bytes memory result, uint256 phase, IFeedSet.Answer memory want) internal pure {
        (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) =
            abi.decode(result, (uint80, int256, uint256, uint256, uint80));
        assertEq(roundId, (phase << 64) | want.roundId, "phased roundId");
        assertEq(answer, int256(want.answer), "phased answer");
        assertEq(startedAt, want.updatedAt, "phased startedAt");
        assertEq(updatedAt, want.updatedAt, "phased updatedAt");
        assertEq(answeredInRound, (phase << 64) | want.answeredInRound, "phased answeredInRound");
    }

    /* PHASES */

    function propose(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        Phase memory next = Phase(index, _pick(seed, "feed", ghosts[index].feeds));
        bytes memory call = abi.encodeCall(IFeed.propose, (ghosts[index].set, next.feed));
        _call(people[0], address(facade), call, 0, "propose");
        (_proposal, _proposedAt) = (next, block.timestamp);
    }

    function confirm(uint256 seed) external inTime {
        if (_pick(seed, "wait", 4) != 0) _pass(CONFIRM_DELAY, 1);
        bytes4 refusal = _confirmRefusal();
        _call(people[0], address(facade), abi.encodeCall(IFeed.confirm, ()), refusal, "confirm");
        if (refusal == 0) _advance();
    }

    function confirmOverride(uint256 seed) external inTime {
        if (_pick(seed, "wait", 4) != 0) _pass(OVERRIDE_DELAY, 1);
        bytes4 refusal = _tooEarly(OVERRIDE_DELAY);
        if (refusal == 0) (refusal,) = _readLatest(_proposal.index, _proposal.feed);
        _call(people[0], address(facade), abi.encodeCall(IFeed.confirmOverride, ()), refusal, "override");
        if (refusal == 0) _advance();
    }

    function cancel(uint256 seed) external inTime {
        if (_pick(seed, "rarely", 4) != 0) return;
        bytes4 refusal = _proposedAt == 0 ? IFeed.Feed_NothingProposed.selector : bytes4(0);
        _call(people[0], address(facade), abi.encodeCall(IFeed.cancel, ()), refusal, "cancel");
        _proposedAt = 0;
    }

    function _advance() private {
        phases.push(_proposal);
        _proposedAt = 0;
    }

    function _tooEarly(uint256 delay) private view returns (bytes4) {
        if (_proposedAt == 0) return IFeed.Feed_NothingProposed.selector;
        return block.timestamp < _proposedAt + delay ? IFeed.Feed_TooEarly.selector : bytes4(0);
    }

    function _confirmRefusal() private view returns (bytes4 refusal) {
        refusal = _tooEarly(CONFIRM_DELAY);
        if (refusal != 0) return refusal;
        IFeedSet.Answer memory old;
        IFeedSet.Answer memory new_;
        (refusal, old) = _readLatest(_phase().index, _phase().feed);
        if (refusal != 0) return refusal;
        (refusal, new_) = _readLatest(_proposal.index, _proposal.feed);
        if (refusal != 0) return refusal;
        uint256 distance = old.answer > new_.answer ? old.answer - new_.answer : new_.answer - old.answer;
        if (distance * 1e6 > old.answer * TOLERANCE_PPM) return IFeed.Feed_AnswerTooFar.selector;
        return new_.updatedAt < old.updatedAt ? IFeed.Feed_AnswerOlder.selector : bytes4(0);
    }
}
