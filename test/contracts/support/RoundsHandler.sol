// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeedSet} from "../../../contracts/feed/FeedSet.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {IRoundBatch} from "../../../contracts/interfaces/IRoundBatch.sol";
import {IVerifier} from "../../../contracts/interfaces/IVerifier.sol";
import {OtherSyntheticVerifier} from "../generated/OtherSyntheticVerifier.sol";
import {SyntheticSecrets} from "../generated/SyntheticSecrets.sol";
import {SyntheticVerifier} from "../generated/SyntheticVerifier.sol";
import {FeedSetGhost} from "./FeedSetGhost.sol";
import {SyntheticProver} from "./SyntheticProver.sol";

/// @dev Three sets of 3, 4 and 1 feeds, which have the three layouts of a row, the time that passes for them, and rounds to
/// bring them: proven, or forged in one of many ways.
abstract contract RoundsHandler is FeedSetGhost {
    uint256 internal constant SETS = 3;
    uint256 internal constant POOL = 8;
    // A failed precompile burns 63 of 64 parts of it, and what is left must still suffice to say so: with a batch, for
    // the pairing of all the others.
    uint256 private constant GAS_LIMIT = 4_000_000;
    uint256 private constant BATCH_GAS_LIMIT = 30_000_000;
    uint256 private constant FORGERIES = 12;

    /// @dev The owner first, then who may become a guardian.
    address[] internal people = [makeAddr("owner"), makeAddr("first"), makeAddr("second"), makeAddr("third")];
    mapping(uint256 index => mapping(address => bool)) internal guards;
    /// @dev The third has the first one's key.
    IVerifier[] internal verifiers =
        [IVerifier(new SyntheticVerifier()), new OtherSyntheticVerifier(), new SyntheticVerifier()];
    mapping(uint256 index => IFeedSet.Submission[]) internal accepted;
    /// @dev How often each thing happened.
    mapping(string what => uint256) public counts;

    uint256 private _time = 29_000_000 * PERIOD;
    uint256 private _height = 1000;

    /// @dev Time is the handler's own, whatever the runner makes of warp and roll between calls.
    modifier inTime() {
        _pass(0, 0);
        _;
    }

    constructor() {
        _pass(0, 0);
        uint256[SETS] memory feeds = [uint256(3), 4, 1];
        for (uint256 index = 0; index < SETS; index++) {
            Ghost memory ghost;
            (ghost.feeds, ghost.reporters, ghost.verifier) = (feeds[index], 4, verifiers[0]);
            ghost.keys = [uint256(0), 1, 2, 3, 4];
            (ghost.config, ghost.state) = (_element(index, "config"), _element(index, "state"));
            (ghost.size, ghost.nextSize) = (2 + index, 2 + index);
            guards[index][people[1]] = true;
            ghost.set = FeedSet(deployCode("FeedSet.sol:FeedSet", abi.encode(_params(index, ghost))));
            _genesis(ghost);
        }
    }

    function _params(uint256 index, Ghost memory ghost) private view returns (IFeedSet.Params memory params) {
        params.identity = IFeedSet.Identity("test", "handled", bytes32(index));
        params.config = ghost.config;
        params.feeds = new IFeedSet.FeedInfo[](ghost.feeds);
        for (uint256 feed = 0; feed < ghost.feeds; feed++) {
            params.feeds[feed] = IFeedSet.FeedInfo("A / B", 8);
        }
        params.preimage = _preimageOf(_feedSetId(index, params.feeds), ghost.feeds, 4, ghost.keys, index);
        params.genesisState = ghost.state;
        params.capacity = 2 * WORDS;
        params.period = PERIOD;
        params.maxAge = MAX_AGE;
        params.history = ghost.size;
        params.verifier = ghost.verifier;
        params.admin = people[0];
        params.guardian = people[1];
    }

    function _feedSetId(uint256 index, IFeedSet.FeedInfo[] memory feeds) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("test", "handled", feeds, uint64(PERIOD), bytes32(index)))) % 2 ** 248;
    }

    function _preimage(uint256 index, uint256 count, uint256[SLOTS] memory keys, uint256 seed)
        internal
        view
        returns (IFeedSet.ConfigPreimage memory)
    {
        return _preimageOf(ghosts[index].set.feedSetId(), ghosts[index].feeds, count, keys, seed);
    }

    /// @dev Of the pool's keys, each in either of its two signs.
    function _preimageOf(uint256 id, uint256 feeds, uint256 count, uint256[SLOTS] memory keys, uint256 seed)
        private
        pure
        returns (IFeedSet.ConfigPreimage memory preimage)
    {
        preimage.feedSetId = id;
        preimage.reporterCount = count;
        preimage.feedCount = feeds;
        (preimage.minSigners, preimage.quorum) = (3, 2);
        preimage.keys = new uint256[2][](SLOTS);
        for (uint256 slot = 0; slot < count; slot++) {
            uint256 x = 100 + keys[slot];
            preimage.keys[slot] = [(seed >> slot) % 2 == 0 ? x : SyntheticProver.P - x, 200 + keys[slot]];
        }
        preimage.possessions = new uint256[3][](count);
    }

    /* CHANCE AND TIME */

    function _hash(uint256 seed, string memory what) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what)));
    }

    function _pick(uint256 seed, string memory what, uint256 below) internal pure returns (uint256) {
        return _hash(seed, what) % below;
    }

    function _element(uint256 seed, string memory what) internal pure returns (uint256) {
        return _hash(seed, what) % SyntheticProver.P;
    }

    function _someone(uint256 seed) internal view returns (address) {
        return people[_pick(seed, "someone", people.length)];
    }

    function _pass(uint256 time, uint256 blocks) internal {
        (_time, _height) = (_time + time, _height + blocks);
        vm.warp(_time);
        vm.roll(_height);
    }

    /// @dev Seven times in eight: a new block, and an epoch that a round may be of.
    function _makeReady(uint256 index, uint256 seed) internal {
        if (_pick(seed, "ready", 8) == 0) return;
        Ghost storage ghost = ghosts[index];
        bool waits = ghost.resetMask != 0 && ghost.resetEpoch > ghost.epoch && _pick(seed, "wait", 4) != 0;
        uint256 busy = waits ? ghost.resetEpoch : ghost.epoch;
        uint256 free = (busy + 1) * PERIOD;
        _pass(free > _time ? free - _time + _pick(seed, "late", PERIOD) : 0, ghost.blockNumber == _height ? 1 : 0);
    }

    /* ROUNDS */

    /// @dev Mostly such that it is accepted: of the present epoch, signed by all that are not denied.
    function _made(uint256 index, uint256 seed) internal view returns (IFeedSet.Submission memory made) {
        Ghost storage ghost = ghosts[index];
        uint256 epoch = _time / PERIOD;
        if (_pick(seed, "epoch", 8) == 0) epoch = epoch + 1 - _pick(seed, "old", 5);
        uint256 signers = (1 << ghost.reporters) - 1;
        signers = _pick(seed, "signers", 8) == 0 ? _pick(seed, "bitmap", 2 ** 16) : signers & ~_deniedMask(index);
        made.header = epoch | (signers << 40);
        made.prevState = ghost.state;
        made.nextState = _element(seed, "nextState");
        made.commitment = _element(seed, "commitment");
        made.words = new uint256[](WORDS);
        for (uint256 feed = 0; feed < ghost.feeds; feed++) {
            made.words[feed / 2] |= _report(_hash(seed ^ feed, "report")) << (124 * (feed % 2));
        }
    }

    /// @dev 50 to 150, or anything; two in three OK.
    function _report(uint256 seed) private pure returns (uint256) {
        uint256 status = _pick(seed, "ok", 3) == 0 ? 1 + _pick(seed, "status", 3) : 0;
        uint256 answer = 50e8 + _pick(seed, "answer", 100e8);
        if (_pick(seed, "any", 16) == 0) answer = 1 + _pick(seed, "answer", 2 ** 80 - 1);
        if (status == 3) answer = 0;
        return answer | (_pick(seed, "rest", 2 ** 42) << 80) | (status << 122);
    }

    function _secrets(uint256 key) internal pure returns (uint256[8] memory) {
        return key == 0 ? SyntheticSecrets.synthetic() : SyntheticSecrets.other();
    }

    function _prove(uint256 index, IFeedSet.Submission memory made, uint256 seed) internal {
        Ghost storage ghost = ghosts[index];
        uint256[3] memory signals = SyntheticProver.signalsOf(made, ghost.config, ghost.resetMask);
        made.proof = SyntheticProver.prove(_secrets(ghost.key), signals, seed | 1);
        proven[_statement(index, made)] = true;
    }

    function _proven(uint256 index, uint256 seed) internal returns (IFeedSet.Submission memory made) {
        made = _made(index, seed);
        _prove(index, made, seed);
    }

    function _holds(uint256 index, IFeedSet.Submission memory made) internal view returns (bool) {
        return proven[_statement(index, made)];
    }

    /// @dev A round that would be accepted but for one thing about its proof or its shape.
    function _forged(uint256 index, uint256 seed) internal returns (IFeedSet.Submission memory made) {
        Ghost storage ghost = ghosts[index];
        made = _proven(index, seed);
        uint256 how = _pick(seed, "forgery", FORGERIES);
        bool isHigh = _pick(seed, "high", 2) == 0;
        uint256 bit = 1 << (isHigh ? 255 - _pick(seed, "bit", 3) : _pick(seed, "bit", 256));
        if (how < 3) made.proof[_pick(seed, "part", 8)] ^= bit;
        if (how == 3) made.commitment ^= bit;
        if (how == 4) made.nextState ^= bit;
        if (how == 5) made.header ^= isHigh ? bit : 1 << _pick(seed, "bit", 56);
        if (how == 6) made.words[_pick(seed, "word", WORDS)] ^= bit;
        if (how == 7) made.words = new uint256[](WORDS - 1 + 2 * _pick(seed, "more", 2));
        if (how == 8) delete made.proof;
        if (how < 9) return made;
        // Proofs that hold, of something else: another config, another reset mask, under another key.
        uint256[3] memory signals = how == 9
            ? SyntheticProver.signalsOf(made, ghost.config ^ 1, ghost.resetMask)
            : SyntheticProver.signalsOf(made, ghost.config, ghost.resetMask ^ (how == 10 ? 1 : 0));
        made.proof = SyntheticProver.prove(_secrets(how == 11 ? 1 - ghost.key : ghost.key), signals, seed | 1);
    }

    /* CALLS */

    /// @dev A call whose outcome is foretold: an error's selector, or zero.
    function _call(address by, address to, bytes memory data, bytes4 refusal, string memory what)
        internal
        returns (bytes memory result)
    {
        bool ok;
        vm.prank(by);
        bool isBatch = bytes4(data) == IRoundBatch.submitAll.selector;
        (ok, result) = to.call{gas: isBatch ? BATCH_GAS_LIMIT : GAS_LIMIT}(data);
        assertEq(ok ? bytes4(0) : bytes4(result), refusal, what);
        assertEq(ok, refusal == 0, what);
        counts[string.concat(what, ok ? ": done" : ": refused")]++;
    }

    function _submit(uint256 index, IFeedSet.Submission memory made, string memory what) internal {
        bytes4 refusal = _refusal(index, made, _holds(index, made));
        bytes memory call = abi.encodeCall(IFeedSet.submit, (made));
        _call(msg.sender, address(ghosts[index].set), call, refusal, what);
        _countRefusal(refusal);
        if (refusal == 0) _accepted(index, made);
    }

    function _accepted(uint256 index, IFeedSet.Submission memory made) internal {
        _accept(index, made);
        accepted[index].push(made);
    }

    function _countRefusal(bytes4 refusal) internal {
        counts[refusal == 0 ? "accepted" : vm.toString(abi.encodePacked(refusal))]++;
    }
}
