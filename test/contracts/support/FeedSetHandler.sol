// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {IRoundBatch} from "../../../contracts/interfaces/IRoundBatch.sol";
import {ClaimingSet} from "./ClaimingSet.sol";
import {FeedSetChecks} from "./FeedSetChecks.sol";
import {SyntheticProver} from "./SyntheticProver.sol";

/// @dev Everything that anybody may do to three sets and a feed, at random, with real proofs. The outcome of each call is
/// foretold by the model and compared; then the model is changed as the contracts should have been.
contract FeedSetHandler is FeedSetChecks {
    /// @param sets Of each round, and `takes` whether it will be taken.
    /// @param refusal What the whole will be refused with, zero if it will not.
    /// @param forged Whether a proof that is taken does not hold.
    struct Batch {
        IRoundBatch.SetRound[] rounds;
        uint256[] sets;
        bool[] takes;
        bytes4 refusal;
        uint256 taken;
        bool forged;
    }

    ClaimingSet private _claiming = new ClaimingSet();

    /* ROUNDS, ONE BY ONE */

    function submitGood(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        _makeReady(index, seed);
        _submit(index, _proven(index, seed), "good");
    }

    /// @dev An accepted round again: as it was, with its proof re-randomised, or put upon the present state and epoch.
    function submitReplayed(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        if (accepted[index].length == 0) return;
        _makeReady(index, seed);
        IFeedSet.Submission memory made = accepted[index][_pick(seed, "round", accepted[index].length)];
        uint256 how = _pick(seed, "how", 4);
        if (how == 1) made.proof = SyntheticProver.negated(made.proof);
        if (how >= 2) made.prevState = ghosts[index].state;
        if (how == 3) made.header = (made.header >> 40 << 40) | (block.timestamp / PERIOD);
        _submit(index, made, "replayed");
    }

    /// @dev Two rounds, the second of which follows the first: sent the wrong way round, then the right way.
    function submitReordered(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        _makeReady(index, seed);
        IFeedSet.Submission memory first = _proven(index, seed);
        IFeedSet.Submission memory second = _made(index, _hash(seed, "second"));
        second.prevState = first.nextState;
        second.header = (second.header >> 40 << 40) | (first.header % 2 ** 40 + 1);
        _prove(index, second, seed);
        _submit(index, second, "reordered");
        _submit(index, first, "first");
        _submit(index, second, "second, in the same block");
        _pass(PERIOD, 1);
        _submit(index, second, "second");
    }

    function submitForged(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        _makeReady(index, seed);
        _submit(index, _forged(index, seed), "forged");
    }

    /// @dev A good round in a proof of another spelling: (-A, -B, C) proves what (A, B, C) does.
    function submitRerandomised(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        _makeReady(index, seed);
        IFeedSet.Submission memory made = _proven(index, seed);
        made.proof = SyntheticProver.negated(made.proof);
        proven[_statement(index, made)] = true;
        _submit(index, made, "re-randomised");
    }

    /// @dev The verifier's own way into a set, by anyone else.
    function acceptDeferred(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        _makeReady(index, seed);
        IFeedSet.Submission memory made = _proven(index, seed);
        bytes memory call = abi.encodeCall(IFeedSet.acceptDeferred, (made));
        _call(_someone(seed), address(ghosts[index].set), call, IFeedSet.FeedSet_NotTheVerifier.selector, "deferred");
    }

    /* ROUNDS, TOGETHER */

    /// @dev One to five: rounds of the three sets in any order, then perhaps one of them again, and perhaps a contract in a
    /// set's place.
    function submitBatch(uint256 seed) external inTime {
        // Mostly the verifier of the first of them.
        bool isAny = _pick(seed, "verifier", 4) == 0;
        address to = address(isAny ? verifiers[_pick(seed, "any", 3)] : ghosts[_pick(seed, "set", SETS)].verifier);
        uint256 count = 1 + _pick(seed, "count", SETS);
        bool again = _pick(seed, "again", 8) == 0;
        bool claims = _pick(seed, "claims", 6) == 0;
        Batch memory batch;
        batch.rounds = new IRoundBatch.SetRound[](count + (again ? 1 : 0) + (claims ? 1 : 0));
        batch.sets = new uint256[](batch.rounds.length);
        batch.takes = new bool[](batch.rounds.length);
        for (uint256 i = 0; i < count; i++) {
            batch.sets[i] = (_pick(seed, "set", SETS) + i) % SETS;
            _makeReady(batch.sets[i], _hash(seed, "ready"));
        }
        for (uint256 i = 0; i < count; i++) {
            _enter(batch, i, to, _hash(seed ^ i, "round"));
        }
        if (count > 1 && _pick(seed, "cancel", 4) == 0) _cancel(batch);
        // One that was taken has moved its set's state; one that was stale still is.
        if (again) batch.rounds[count] = batch.rounds[0];
        if (claims) _enterClaim(batch, to, seed);
        if (batch.refusal == 0 && batch.forged) batch.refusal = IRoundBatch.RoundBatch_ProofsRefused.selector;
        bytes memory result =
            _call(_someone(seed), to, abi.encodeCall(IRoundBatch.submitAll, (batch.rounds)), batch.refusal, "batch");
        if (batch.refusal != 0) return;
        assertEq(abi.decode(result, (uint256)), batch.taken, "how many were accepted");
        for (uint256 i = 0; i < count; i++) {
            if (batch.takes[i]) _accepted(batch.sets[i], batch.rounds[i].submission);
            else counts["batch: skipped"]++;
        }
    }

    /// @dev One round into the batch, good, stale or forged, and what it means for the whole.
    function _enter(Batch memory batch, uint256 place, address to, uint256 seed) private {
        uint256 index = batch.sets[place];
        uint256 what = _pick(seed, "what", 16);
        IFeedSet.Submission memory made = what == 0 ? _forged(index, seed) : _proven(index, seed);
        if (what == 1) made.prevState ^= 1;
        batch.rounds[place] = IRoundBatch.SetRound(ghosts[index].set, made);
        if (batch.refusal != 0) return;
        if (to != address(ghosts[index].verifier)) {
            batch.refusal = IFeedSet.FeedSet_NotTheVerifier.selector;
        } else if (made.prevState == ghosts[index].state) {
            batch.refusal = _refusal(index, made, true);
            batch.takes[place] = batch.refusal == 0;
            batch.taken++;
            if (!_holds(index, made)) batch.forged = true;
        }
    }

    /// @dev Errors that cancel out in an unweighted product: C moved up in one proof, and down in another.
    function _cancel(Batch memory batch) private view {
        for (uint256 i = 0; i < 2; i++) {
            uint256[8] memory proof = batch.rounds[i].submission.proof;
            (bool ok, bytes memory sum) = address(6).staticcall{gas: 1000}(
                abi.encode(proof[6], proof[7], uint256(1), i == 0 ? 2 : SyntheticProver.Q - 2)
            );
            // One that was forged already may be no point.
            if (ok) (proof[6], proof[7]) = abi.decode(sum, (uint256, uint256));
            if (ok && batch.takes[i]) batch.forged = true;
        }
    }

    /// @dev It may claim what is proven under the verifier's key; what is not refuses all.
    function _enterClaim(Batch memory batch, address to, uint256 seed) private {
        uint256[3] memory signals = [_element(seed, "C"), _element(seed, "s"), _element(seed, "rho")];
        // Three ways: what is proven, something else, and what is proven in another spelling.
        uint256 how = _pick(seed, "how", 3);
        IFeedSet.Submission memory made;
        made.words = new uint256[](_pick(seed, "words", 3));
        made.proof = SyntheticProver.prove(_secrets(to == address(verifiers[1]) ? 1 : 0), signals, seed | 1);
        if (how == 1) signals[_pick(seed, "which", 3)] ^= 1;
        if (how == 2) signals[_pick(seed, "which", 3)] += SyntheticProver.P;
        made.commitment = signals[0];
        _claiming.claim(signals[1], signals[2]);
        batch.rounds[batch.rounds.length - 1] = IRoundBatch.SetRound(IFeedSet(address(_claiming)), made);
        batch.taken++;
        if (how != 0) batch.forged = true;
    }

    /* GOVERNANCE */

    function setConfig(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        uint256[SLOTS] memory keys;
        uint256 stride = 1 + 2 * _pick(seed, "stride", 4);
        for (uint256 slot = 0; slot < SLOTS; slot++) {
            keys[slot] = (_pick(seed, "first", POOL) + stride * slot) % POOL;
        }
        uint256 config = _element(seed, "config");
        IFeedSet.ConfigPreimage memory preimage = _preimage(index, 3 + _pick(seed, "count", 3), keys, seed);
        bytes memory call = abi.encodeCall(IFeedSet.setConfig, (config, preimage));
        if (!_byOwner(index, seed, call, "setConfig")) return;
        ghosts[index].config = config;
        ghosts[index].reporters = preimage.reporterCount;
        ghosts[index].keys = keys;
    }

    function setVerifier(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        // Mostly back to the first, so that batches stay possible.
        uint256 which = _pick(seed, "which", 3) * (_pick(seed, "change", 3) / 2);
        if (!_byOwner(index, seed, abi.encodeCall(IFeedSet.setVerifier, (verifiers[which])), "setVerifier")) return;
        ghosts[index].verifier = verifiers[which];
        ghosts[index].key = which == 1 ? 1 : 0;
    }

    function reset(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        uint256 feeds = 1 + _pick(seed, "feeds", (1 << ghosts[index].feeds) - 1);
        if (!_byOwner(index, seed, abi.encodeCall(IFeedSet.reset, (feeds)), "reset")) return;
        ghosts[index].resetMask |= feeds;
        ghosts[index].resetEpoch = block.timestamp / PERIOD;
    }

    /// @dev One or two reporters, by anyone who may, and by some who may not.
    function deny(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        uint256 reporters = _someReporters(index, seed);
        address by = _someone(seed);
        bytes4 refusal = _mayGuard(index, by) ? bytes4(0) : IFeedSet.FeedSet_NotGuardian.selector;
        bytes memory call = abi.encodeCall(IFeedSet.deny, (ghosts[index].config, reporters));
        _call(by, address(ghosts[index].set), call, refusal, "deny");
        if (refusal == 0) _setDenied(index, reporters, true);
    }

    function allow(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        uint256 reporters = _deniedMask(index);
        if (reporters == 0) reporters = _someReporters(index, seed);
        if (!_byOwner(index, seed, abi.encodeCall(IFeedSet.allow, (ghosts[index].config, reporters)), "allow")) return;
        _setDenied(index, reporters, false);
    }

    function pause(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        address by = _someone(seed);
        bytes4 refusal = _mayGuard(index, by) ? bytes4(0) : IFeedSet.FeedSet_NotGuardian.selector;
        if (refusal == 0 && ghosts[index].paused) refusal = IFeedSet.FeedSet_Paused.selector;
        _call(by, address(ghosts[index].set), abi.encodeCall(IFeedSet.pause, ()), refusal, "pause");
        if (refusal == 0) ghosts[index].paused = true;
    }

    function unpause(uint256 seed) external inTime {
        for (uint256 index = 0; index < SETS; index++) {
            if (!ghosts[index].paused) continue;
            if (_byOwner(index, seed, abi.encodeCall(IFeedSet.unpause, ()), "unpause")) ghosts[index].paused = false;
        }
    }

    function grow(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        if (ghosts[index].nextSize > 9) return;
        uint256 size = ghosts[index].nextSize + 1 + _pick(seed, "by", 3);
        if (_byOwner(index, seed, abi.encodeCall(IFeedSet.grow, (size)), "grow")) ghosts[index].nextSize = size;
    }

    function changeGuardian(uint256 seed) external inTime {
        uint256 index = _pick(seed, "set", SETS);
        address who = people[1 + _pick(seed, "who", people.length - 1)];
        bool grant = !guards[index][who];
        bytes32 role = ghosts[index].set.GUARDIAN_ROLE();
        bytes memory call = grant
            ? abi.encodeCall(IAccessControl.grantRole, (role, who))
            : abi.encodeCall(IAccessControl.revokeRole, (role, who));
        if (_byOwner(index, seed, call, "changeGuardian")) guards[index][who] = grant;
    }

    function pass(uint256 seed) external inTime {
        _pass(_pick(seed, "seconds", 4 * PERIOD), _pick(seed, "blocks", 3));
    }

    function _setDenied(uint256 index, uint256 reporters, bool denied) private {
        for (uint256 slot = 0; slot < ghosts[index].reporters; slot++) {
            if ((reporters >> slot) % 2 != 0) deniedKeys[index][ghosts[index].keys[slot]] = denied;
        }
    }

    function _someReporters(uint256 index, uint256 seed) private view returns (uint256) {
        uint256 count = ghosts[index].reporters;
        return (1 << _pick(seed, "one", count)) | (_pick(seed, "two", 2) << _pick(seed, "another", count));
    }

    /// @dev Four times in five by the owner, else by someone else, who is refused.
    function _byOwner(uint256 index, uint256 seed, bytes memory call, string memory what) private returns (bool) {
        bool isOwner = _pick(seed, "owner", 5) != 0;
        address by = isOwner ? people[0] : people[1 + _pick(seed, "by", people.length - 1)];
        bytes4 refusal = isOwner ? bytes4(0) : IAccessControl.AccessControlUnauthorizedAccount.selector;
        _call(by, address(ghosts[index].set), call, refusal, what);
        return isOwner;
    }

    function _mayGuard(uint256 index, address who) private view returns (bool) {
        return who == people[0] || guards[index][who];
    }
}
