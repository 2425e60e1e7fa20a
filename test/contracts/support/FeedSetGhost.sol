// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {FeedSet} from "../../../contracts/feed/FeedSet.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../../contracts/interfaces/IVerifier.sol";
import {StatementLib} from "../../../contracts/statement/StatementLib.sol";
import {SyntheticProver} from "./SyntheticProver.sol";

/// @dev A naive model beside several sets: every round remembered in full, rows as a list of what was written where,
/// denials by key. It says beforehand what a set will answer to a round, and afterwards what it must show.
abstract contract FeedSetGhost is Test {
    uint256 internal constant PERIOD = 60;
    uint256 internal constant MAX_AGE = 2;
    uint256 internal constant SLOTS = 5;
    uint256 internal constant WORDS = 2;
    uint256 internal constant SPELLS = 32;

    /// @param prevState What it was proven from; `nextState` what it was proven to lead to.
    /// @param denied The slots that were denied when it was accepted.
    /// @param answers What each feed answers in this round, carried or not.
    /// @param answeredIn The round that each of these is of; 0 while there is none.
    /// @param spells How often each feed had turned not OK.
    struct Round {
        uint256 epoch;
        uint256 signers;
        uint256 denied;
        uint256 prevState;
        uint256 nextState;
        uint256 notOk;
        uint256 resetBefore;
        uint256 resetAfter;
        uint256[] words;
        uint256[] answers;
        uint256[] answeredIn;
        uint256[] spells;
    }

    /// @param key Which secrets its verifier's key is made of.
    /// @param keys Of each slot, as a number in the pool of reporters' keys.
    /// @param rows What stands in each row of the ring, and `next` the row that is written next.
    struct Ghost {
        FeedSet set;
        uint256 feeds;
        IVerifier verifier;
        uint256 key;
        uint256 config;
        uint256 state;
        uint256 epoch;
        uint256 blockNumber;
        uint256 resetMask;
        uint256 resetEpoch;
        bool paused;
        uint256 reporters;
        uint256[SLOTS] keys;
        uint256 size;
        uint256 nextSize;
        uint256 next;
        uint256[] rows;
    }

    Ghost[] internal ghosts;
    mapping(uint256 index => Round[]) internal rounds;
    mapping(uint256 index => mapping(uint256 key => bool)) internal deniedKeys;
    /// @dev The statements that were proven, each with its proof and under which key.
    mapping(bytes32 => bool) internal proven;

    /* WHAT A SET WILL ANSWER */

    function _statement(uint256 index, IFeedSet.Submission memory made) internal view returns (bytes32) {
        Ghost storage ghost = ghosts[index];
        return keccak256(abi.encode(ghost.key, ghost.config, ghost.resetMask, made));
    }

    /// @dev The selector of the error that a round is refused with, zero if it is accepted; `holds` says whether the proof
    /// does. The checks in the order of IFeedSet.submit.
    function _refusal(uint256 index, IFeedSet.Submission memory made, bool holds) internal view returns (bytes4) {
        Ghost storage ghost = ghosts[index];
        if (made.prevState != ghost.state) return IFeedSet.FeedSet_StaleState.selector;
        if (ghost.paused) return IFeedSet.FeedSet_Paused.selector;
        bytes4 reason = _malformed(made);
        if (reason == 0) reason = _untimely(ghost, made.header % 2 ** 40);
        if (reason != 0) return reason;
        if ((made.header >> 40) & _deniedMask(index) != 0) return IFeedSet.FeedSet_DeniedSigner.selector;
        if (ghost.resetMask != 0 && made.header % 2 ** 40 <= ghost.resetEpoch) {
            return IFeedSet.FeedSet_EpochBeforeReset.selector;
        }
        return holds ? bytes4(0) : IFeedSet.FeedSet_ProofRefused.selector;
    }

    function _malformed(IFeedSet.Submission memory made) private pure returns (bytes4) {
        if (made.header >= 2 ** 56) return IFeedSet.FeedSet_HeaderTooLarge.selector;
        if (made.words.length != WORDS) return IFeedSet.FeedSet_WordCount.selector;
        for (uint256 i = 0; i < WORDS; i++) {
            if (made.words[i] >= 2 ** 248) return IFeedSet.FeedSet_WordTooLarge.selector;
        }
        if (made.commitment >= SyntheticProver.P) return StatementLib.Statement_CommitmentNotCanonical.selector;
        if (made.nextState >= SyntheticProver.P) return StatementLib.Statement_NotCanonical.selector;
        return 0;
    }

    function _untimely(Ghost storage ghost, uint256 epoch) private view returns (bytes4) {
        if (ghost.blockNumber == block.number) return IFeedSet.FeedSet_BlockHasRound.selector;
        if (epoch <= ghost.epoch) return IFeedSet.FeedSet_EpochNotNewer.selector;
        if (epoch * PERIOD > block.timestamp) return IFeedSet.FeedSet_EpochInFuture.selector;
        if ((epoch + MAX_AGE + 1) * PERIOD <= block.timestamp) return IFeedSet.FeedSet_EpochTooOld.selector;
        return 0;
    }

    function _deniedMask(uint256 index) internal view returns (uint256 mask) {
        Ghost storage ghost = ghosts[index];
        for (uint256 slot = 0; slot < ghost.reporters; slot++) {
            if (deniedKeys[index][ghost.keys[slot]]) mask |= 1 << slot;
        }
    }

    /* WHAT A ROUND CHANGES */

    function _genesis(Ghost memory ghost) internal {
        uint256 index = ghosts.length;
        ghosts.push(ghost);
        Round storage round = rounds[index].push();
        round.notOk = (1 << ghost.feeds) - 1;
        round.nextState = ghost.state;
        (round.answers, round.answeredIn) = (new uint256[](ghost.feeds), new uint256[](ghost.feeds));
        round.spells = new uint256[](ghost.feeds);
    }

    function _accept(uint256 index, IFeedSet.Submission memory made) internal {
        Ghost storage ghost = ghosts[index];
        uint256 id = rounds[index].length;
        Round storage round = rounds[index].push();
        round.epoch = made.header % 2 ** 40;
        round.signers = made.header >> 40;
        round.denied = _deniedMask(index);
        (round.prevState, round.nextState, round.words) = (made.prevState, made.nextState, made.words);
        for (uint256 feed = 0; feed < ghost.feeds; feed++) {
            _report(round, rounds[index][id - 1], feed, id, made.words[feed / 2] >> (124 * (feed % 2)));
        }
        round.resetBefore = ghost.resetMask;
        ghost.resetMask &= round.notOk;
        round.resetAfter = ghost.resetMask;
        (ghost.state, ghost.epoch, ghost.blockNumber) = (made.nextState, round.epoch, block.number);
        _write(ghost, id);
    }

    function _report(Round storage round, Round storage before, uint256 feed, uint256 id, uint256 bits) private {
        bool isOk = (bits >> 122) % 4 == 0;
        bool wasOk = (before.notOk >> feed) % 2 == 0;
        if (!isOk) round.notOk |= 1 << feed;
        round.answers.push(isOk ? bits % 2 ** 80 : before.answers[feed]);
        round.answeredIn.push(isOk ? id : before.answeredIn[feed]);
        round.spells.push(wasOk && !isOk ? before.spells[feed] + 1 : before.spells[feed]);
    }

    /// @dev Rows are written one after the other; at the last of them the ring grows or begins anew.
    function _write(Ghost storage ghost, uint256 id) private {
        if (ghost.next == ghost.rows.length) ghost.size = ghost.nextSize;
        if (ghost.next == ghost.size) ghost.next = 0;
        if (ghost.next == ghost.rows.length) ghost.rows.push(id);
        else ghost.rows[ghost.next] = id;
        ghost.next++;
    }

    /* WHAT IT MUST SHOW */

    function _latest(uint256 index) internal view returns (uint256) {
        return rounds[index].length - 1;
    }

    function _isKept(uint256 index, uint256 id) internal view returns (bool) {
        uint256[] storage rows = ghosts[index].rows;
        for (uint256 row = 0; row < rows.length; row++) {
            if (rows[row] == id) return true;
        }
        return false;
    }

    /// @dev The error that reading a feed in a round gives, or zero and what it answers.
    function _read(uint256 index, uint256 feed, uint256 id)
        internal
        view
        returns (bytes4 refusal, IFeedSet.Answer memory answer)
    {
        if (!_isKept(index, id)) return (IFeedSet.FeedSet_UnknownRound.selector, answer);
        Round storage round = rounds[index][id];
        uint256 spellsSince = rounds[index][_latest(index)].spells[feed] - round.spells[feed];
        if ((round.notOk >> feed) % 2 != 0 && spellsSince >= SPELLS) {
            return (IFeedSet.FeedSet_CarryOverwritten.selector, answer);
        }
        uint256 answeredIn = round.answeredIn[feed];
        if (answeredIn == 0) return (IFeedSet.FeedSet_NoAnswer.selector, answer);
        answer = IFeedSet.Answer({
            roundId: id,
            answer: round.answers[feed],
            updatedAt: rounds[index][answeredIn].epoch * PERIOD,
            answeredInRound: answeredIn
        });
    }

    /// @dev As `_read` of the newest round.
    function _readLatest(uint256 index, uint256 feed) internal view returns (bytes4, IFeedSet.Answer memory answer) {
        if (_latest(index) == 0) return (IFeedSet.FeedSet_NoAnswer.selector, answer);
        return _read(index, feed, _latest(index));
    }

    function _assertSame(IFeedSet.Answer memory got, IFeedSet.Answer memory want, string memory label) internal pure {
        // The labels below cost more than all the rest.
        if (keccak256(abi.encode(got)) == keccak256(abi.encode(want))) return;
        assertEq(got.roundId, want.roundId, string.concat(label, ": roundId"));
        assertEq(got.answer, want.answer, string.concat(label, ": answer"));
        assertEq(got.updatedAt, want.updatedAt, string.concat(label, ": updatedAt"));
        assertEq(got.answeredInRound, want.answeredInRound, string.concat(label, ": answeredInRound"));
    }
}
