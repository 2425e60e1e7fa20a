// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {FeedSet} from "../../../contracts/feed/FeedSet.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../../contracts/interfaces/IVerifier.sol";

/// @dev Reads recorded rounds and builds the set that they are for. The shape is written in main.ts beside the
/// synthetic ones; numbers are decimal or 0x strings.
abstract contract RoundsFixture is Test {
    struct Recorded {
        IFeedSet.Submission submission;
        uint256 evaluation;
        uint256 challenge;
        uint256 resetMask;
        uint256[] answers;
    }

    // A failed precompile burns all the gas it is given: with a limit, a test survives many of them.
    uint256 internal constant GAS_LIMIT = 3_000_000;

    address internal owner = makeAddr("owner");
    string internal json;
    IVerifier internal verifier;
    FeedSet internal set;
    uint256 internal period;

    function _load(string memory path, IVerifier verifier_, uint256 history) internal {
        json = vm.readFile(path);
        verifier = verifier_;
        period = _number(".set.period");
        IFeedSet.Params memory params;
        params.config = _number(".set.config");
        params.identity.environment = vm.parseJsonString(json, ".set.environment");
        params.identity.name = vm.parseJsonString(json, ".set.name");
        params.identity.salt = bytes32(_number(".set.salt"));
        params.preimage.feedSetId = _number(".set.feedSetId");
        params.preimage.reporterCount = _number(".set.reporterCount");
        params.preimage.feedCount = _number(".set.feedCount");
        params.preimage.minSigners = _number(".set.minSigners");
        params.preimage.quorum = _number(".set.quorum");
        uint256[] memory keys = vm.parseJsonUintArray(json, ".set.keys");
        params.preimage.keys = new uint256[2][](keys.length / 2);
        for (uint256 slot = 0; slot < keys.length / 2; slot++) {
            params.preimage.keys[slot] = [keys[2 * slot], keys[2 * slot + 1]];
        }
        uint256[] memory possessions = vm.parseJsonUintArray(json, ".set.possessions");
        params.preimage.possessions = new uint256[3][](possessions.length / 3);
        for (uint256 slot = 0; slot < possessions.length / 3; slot++) {
            params.preimage.possessions[slot] =
                [possessions[3 * slot], possessions[3 * slot + 1], possessions[3 * slot + 2]];
        }
        params.preimage.model = vm.parseJsonUintArray(json, ".set.model");
        params.genesisState = _number(".set.genesisState");
        params.capacity = _number(".set.capacity");
        params.period = period;
        params.maxAge = 1;
        params.history = history;
        params.feeds = new IFeedSet.FeedInfo[](params.preimage.feedCount);
        string[] memory pairs = vm.parseJsonStringArray(json, ".set.pairs");
        for (uint256 feed = 0; feed < params.feeds.length; feed++) {
            params.feeds[feed] = IFeedSet.FeedInfo(pairs[feed], 8);
        }
        params.verifier = verifier;
        params.admin = owner;
        set = new FeedSet(params);
    }

    function _number(string memory path) internal view returns (uint256) {
        return vm.parseJsonUint(json, path);
    }

    function _roundCount() internal view returns (uint256 count) {
        while (vm.keyExistsJson(json, string.concat(".rounds[", vm.toString(count), "]"))) count++;
    }

    function _recorded(uint256 index) internal view returns (Recorded memory round) {
        string memory path = string.concat(".rounds[", vm.toString(index), "]");
        uint256[] memory proof = vm.parseJsonUintArray(json, string.concat(path, ".proof"));
        assertEq(proof.length, 8, "proof words");
        for (uint256 i = 0; i < 8; i++) {
            round.submission.proof[i] = proof[i];
        }
        round.submission.commitment = _number(string.concat(path, ".C"));
        round.evaluation = _number(string.concat(path, ".s"));
        round.challenge = _number(string.concat(path, ".rho"));
        round.submission.prevState = _number(string.concat(path, ".prevState"));
        round.submission.nextState = _number(string.concat(path, ".nextState"));
        round.submission.header = _number(string.concat(path, ".header"));
        round.resetMask = _number(string.concat(path, ".resetMask"));
        round.submission.words = vm.parseJsonUintArray(json, string.concat(path, ".words"));
        round.answers = vm.parseJsonUintArray(json, string.concat(path, ".answers"));
    }

    /// @dev The first second of the round's epoch in a new block, with the resets that it was proven with.
    function _begin(Recorded memory round) internal {
        uint256 epoch = round.submission.header & (2 ** 40 - 1);
        uint256 waiting = set.resetMask();
        if (round.resetMask & ~waiting != 0) {
            vm.warp((epoch - 1) * period);
            vm.prank(owner);
            set.reset(round.resetMask & ~waiting);
        }
        assertEq(set.resetMask(), round.resetMask, "reset mask");
        vm.warp(epoch * period);
        vm.roll(block.number + 1);
    }

    function _send(Recorded memory round) internal {
        set.submit{gas: GAS_LIMIT}(round.submission);
    }
}
