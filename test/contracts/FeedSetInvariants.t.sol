// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {StatementLib} from "../../contracts/statement/StatementLib.sol";
import {FeedSetHandler} from "./support/FeedSetHandler.sol";

/// @dev Three sets and a feed under everything that anybody may do to them, with real pairings.
contract FeedSetInvariantsTest is Test {
    FeedSetHandler private handler;

    function setUp() public {
        handler = FeedSetHandler(deployCode("FeedSetHandler.sol:FeedSetHandler"));
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), _actions()));
    }

    function _actions() private view returns (bytes4[] memory actions) {
        // Some more often than others.
        bytes4[28] memory all = [
            handler.submitGood.selector,
            handler.submitGood.selector,
            handler.submitGood.selector,
            handler.submitReordered.selector,
            handler.submitReplayed.selector,
            handler.submitForged.selector,
            handler.submitForged.selector,
            handler.submitRerandomised.selector,
            handler.submitBatch.selector,
            handler.submitBatch.selector,
            handler.acceptDeferred.selector,
            handler.pull.selector,
            handler.setConfig.selector,
            handler.setVerifier.selector,
            handler.reset.selector,
            handler.deny.selector,
            handler.allow.selector,
            handler.pause.selector,
            handler.unpause.selector,
            handler.unpause.selector,
            handler.unpause.selector,
            handler.grow.selector,
            handler.changeGuardian.selector,
            handler.pass.selector,
            handler.propose.selector,
            handler.cancel.selector,
            handler.confirm.selector,
            handler.confirmOverride.selector
        ];
        actions = new bytes4[](all.length);
        for (uint256 i = 0; i < all.length; i++) {
            actions[i] = all[i];
        }
    }

    function afterInvariant() public view {
        assertGt(handler.counts("accepted"), 10, "rounds accepted in a run");
    }

    function invariant_TheSetsAreWhatTheModelSays() public view {
        handler.assertAnswers();
        handler.assertOrder();
        handler.assertState();
        handler.assertHistory();
        handler.assertPhases();
        handler.assertControls();
    }

    /// @dev What the campaign rests on: that its actions reach every outcome, each of them by chance.
    function test_EveryOutcomeHappens() public {
        bytes4[] memory actions = _actions();
        for (uint256 i = 0; i < 2500; i++) {
            uint256 seed = uint256(keccak256(abi.encode("every outcome", i)));
            (bool ok, bytes memory reason) =
                address(handler).call(abi.encodeWithSelector(actions[seed % actions.length], seed));
            assertTrue(ok, string(reason));
        }
        bytes4[14] memory refusals = [
            IFeedSet.FeedSet_StaleState.selector,
            IFeedSet.FeedSet_Paused.selector,
            IFeedSet.FeedSet_HeaderTooLarge.selector,
            IFeedSet.FeedSet_WordCount.selector,
            IFeedSet.FeedSet_WordTooLarge.selector,
            StatementLib.Statement_CommitmentNotCanonical.selector,
            StatementLib.Statement_NotCanonical.selector,
            IFeedSet.FeedSet_BlockHasRound.selector,
            IFeedSet.FeedSet_EpochNotNewer.selector,
            IFeedSet.FeedSet_EpochInFuture.selector,
            IFeedSet.FeedSet_EpochTooOld.selector,
            IFeedSet.FeedSet_DeniedSigner.selector,
            IFeedSet.FeedSet_EpochBeforeReset.selector,
            IFeedSet.FeedSet_ProofRefused.selector
        ];
        for (uint256 i = 0; i < refusals.length; i++) {
            _assertHappened(vm.toString(abi.encodePacked(refusals[i])));
        }
        string[11] memory both = [
            "good",
            "second",
            "re-randomised",
            "batch",
            "pull",
            "confirm",
            "override",
            "deny",
            "pause",
            "setConfig",
            "changeGuardian"
        ];
        for (uint256 i = 0; i < both.length; i++) {
            _assertHappened(string.concat(both[i], ": done"));
            _assertHappened(string.concat(both[i], ": refused"));
        }
        string[13] memory rest = [
            "replayed: refused",
            "reordered: refused",
            "second, in the same block: refused",
            "forged: refused",
            "deferred: refused",
            "pull: fell back",
            "batch: skipped",
            "setVerifier: done",
            "reset: done",
            "allow: done",
            "unpause: done",
            "grow: done",
            "cancel: done"
        ];
        for (uint256 i = 0; i < rest.length; i++) {
            _assertHappened(rest[i]);
        }
        string[4] memory never = ["replayed: done", "reordered: done", "forged: done", "deferred: done"];
        for (uint256 i = 0; i < never.length; i++) {
            assertEq(handler.counts(never[i]), 0, never[i]);
        }
    }

    function _assertHappened(string memory what) private {
        emit log_named_uint(what, handler.counts(what));
        assertGt(handler.counts(what), 0, what);
    }
}
