// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeedSet} from "../../../contracts/feed/FeedSet.sol";
import {IFeed} from "../../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {PhasesHandler} from "./PhasesHandler.sol";

/// @dev What must hold of the sets and the feed whatever happened, by the model. One function an invariant.
abstract contract FeedSetChecks is PhasesHandler {
    /// @dev The model's answers change in its own `_accept` only, which follows only a round that was really proven.
    function assertAnswers() external view {
        for (uint256 index = 0; index < SETS; index++) {
            FeedSet set = ghosts[index].set;
            for (uint256 feed = 0; feed < ghosts[index].feeds; feed++) {
                (bytes4 refusal, IFeedSet.Answer memory want) = _readLatest(index, feed);
                try set.latestAnswerOf(feed) returns (IFeedSet.Answer memory got) {
                    assertEq(refusal, bytes4(0), "there is no answer");
                    _assertSame(got, want, "latest");
                    assertLe(got.updatedAt, block.timestamp, "updatedAt and the block");
                } catch (bytes memory reason) {
                    assertEq(bytes4(reason), refusal, "latest refused");
                }
            }
        }
    }

    function assertOrder() external view {
        for (uint256 index = 0; index < SETS; index++) {
            Round[] storage log = rounds[index];
            assertEq(ghosts[index].set.latestRound(), log.length - 1, "one round id more with each round");
            assertEq(ghosts[index].set.lastEpoch(), log[log.length - 1].epoch, "last epoch");
            for (uint256 id = log.length - 1; id > 0 && id + 3 > log.length; id--) {
                assertGt(log[id].epoch, log[id - 1].epoch, "epochs increase");
                assertEq(log[id].prevState, log[id - 1].nextState, "each round is on the state of the one before");
            }
        }
    }

    function assertState() external view {
        for (uint256 index = 0; index < SETS; index++) {
            assertEq(ghosts[index].set.state(), rounds[index][_latest(index)].nextState, "state");
        }
    }

    function assertHistory() external view {
        for (uint256 index = 0; index < SETS; index++) {
            Ghost storage ghost = ghosts[index];
            assertEq(ghost.set.history(), ghost.size, "history");
            assertEq(ghost.set.nextHistory(), ghost.nextSize, "next history");
            _assertRound(index, 0);
            uint256 latest = _latest(index);
            for (uint256 id = latest > ghost.nextSize ? latest - ghost.nextSize : 1; id <= latest + 2; id++) {
                _assertRound(index, id);
            }
        }
    }

    function _assertRound(uint256 index, uint256 id) private view {
        FeedSet set = ghosts[index].set;
        bool kept = _isKept(index, id);
        try set.roundOf(id) returns (uint256 epoch, uint256 signers, uint256[] memory words) {
            assertTrue(kept, "a round that is not kept");
            assertEq(epoch, rounds[index][id].epoch, "epoch");
            assertEq(signers, rounds[index][id].signers, "signers");
            assertEq(words.length, (ghosts[index].feeds + 1) / 2, "number of words");
            for (uint256 i = 0; i < words.length; i++) {
                assertEq(words[i], rounds[index][id].words[i], "word");
            }
        } catch (bytes memory reason) {
            assertFalse(kept, "a kept round");
            assertEq(bytes4(reason), IFeedSet.FeedSet_UnknownRound.selector, "why not");
        }
        for (uint256 feed = 0; feed < ghosts[index].feeds; feed++) {
            (bytes4 refusal, IFeedSet.Answer memory want) = _read(index, feed, id);
            try set.answerOf(feed, id) returns (IFeedSet.Answer memory got) {
                assertEq(refusal, bytes4(0), "what cannot be read");
                _assertSame(got, want, "kept");
                _assertWasOk(index, feed, got);
            } catch (bytes memory reason) {
                assertEq(bytes4(reason), refusal, "kept refused");
            }
        }
    }

    /// @dev By the words that were submitted in the round that an answer is said to be of.
    function _assertWasOk(uint256 index, uint256 feed, IFeedSet.Answer memory got) private view {
        Round storage round = rounds[index][got.answeredInRound];
        uint256 bits = round.words[feed / 2] >> (124 * (feed % 2));
        assertEq((bits >> 122) % 4, 0, "answered in a round in which the feed was OK");
        assertEq(bits % 2 ** 80, got.answer, "with that round's price");
        assertEq(round.epoch * PERIOD, got.updatedAt, "and its time");
    }

    function assertPhases() external view {
        uint256 last = phases.length - 1;
        assertEq(facade.phaseId(), last, "phase");
        for (uint256 id = 1; id <= last; id++) {
            (IFeedSet set, uint256 feed) = facade.phase(uint16(id));
            assertEq(address(set), address(ghosts[phases[id].index].set), "set of a phase");
            assertEq(feed, phases[id].feed, "feed of a phase");
            // The newest phases, and the first: all would be many reads after each call.
            if (id > 1 && id + 3 < last) continue;
            uint256 latest = _latest(phases[id].index);
            for (uint256 round = latest > 2 ? latest - 3 : 0; round < latest + 2; round++) {
                _assertPhasedRound(id, round);
            }
        }
        _assertLatestPhase(last);
        (bool ok, bytes memory reason) =
            address(facade).staticcall(abi.encodeCall(facade.getRoundData, (uint80(((last + 1) << 64) | 1))));
        assertFalse(ok, "a phase that is not there");
        assertEq(bytes4(reason), IFeed.Feed_UnknownPhase.selector, "a phase to come");
    }

    function _assertPhasedRound(uint256 id, uint256 round) private view {
        (bytes4 refusal, IFeedSet.Answer memory want) = _read(phases[id].index, phases[id].feed, round);
        (bool ok, bytes memory result) =
            address(facade).staticcall(abi.encodeCall(facade.getRoundData, (uint80((id << 64) | round))));
        assertEq(ok ? bytes4(0) : bytes4(result), refusal, "a round of a phase");
        if (ok) _assertRoundData(result, id, want);
    }

    function _assertLatestPhase(uint256 last) private view {
        (bytes4 refusal, IFeedSet.Answer memory want) = _readLatest(phases[last].index, phases[last].feed);
        (bool ok, bytes memory result) = address(facade).staticcall(abi.encodeCall(facade.latestRoundData, ()));
        assertEq(ok ? bytes4(0) : bytes4(result), refusal, "the newest round of the feed");
        if (ok) _assertRoundData(result, last, want);
    }

    function assertControls() external view {
        for (uint256 index = 0; index < SETS; index++) {
            Ghost storage ghost = ghosts[index];
            assertEq(ghost.set.paused(), ghost.paused, "paused");
            assertEq(ghost.set.resetMask(), ghost.resetMask, "reset mask");
            assertEq(ghost.set.resetEpoch(), ghost.resetEpoch, "reset epoch");
            assertEq(ghost.set.deniedMask(), _deniedMask(index), "denied mask");
            assertEq(ghost.set.config(), ghost.config, "config");
            assertEq(address(ghost.set.verifier()), address(ghost.verifier), "verifier");
            Round storage round = rounds[index][_latest(index)];
            assertEq(round.signers & round.denied, 0, "no denied signer counted");
            assertEq(
                round.resetAfter, round.resetBefore & round.notOk, "a reset bit cleared where its feed was OK only"
            );
        }
    }
}
