// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {StatementLib} from "../../contracts/statement/StatementLib.sol";
import {SetFixture} from "./support/SetFixture.sol";

/// @dev Submits two rounds in one call, to have two prices in one block.
contract HostileCaller {
    function submitTwo(IFeedSet set, bytes calldata first, bytes calldata second) external {
        (bool ok, bytes memory result) = address(set).call(first);
        require(ok, "the first");
        (ok, result) = address(set).call(second);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(result, 0x20), mload(result))
        }
    }
}

/// @dev What submit refuses, and what an accepted round changes.
contract FeedSetSubmitTest is SetFixture {
    uint256[3] private prices = [uint256(100), 200, 300];
    uint256[3] private allOk = [OK, OK, OK];

    function _expect(bytes memory reason, IFeedSet.Submission memory made) private {
        vm.expectRevert(reason);
        _send(made);
    }

    /* REFUSALS */

    function testFuzz_RevertIf_StateIsStale(uint256 prevState) public {
        vm.assume(prevState != 2000);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.prevState = prevState;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_StaleState.selector, prevState, 2000), made);
    }

    function testFuzz_RevertIf_HeaderIsTooLarge(uint256 header) public {
        header = bound(header, 1 << 56, type(uint256).max);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.header = header;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_HeaderTooLarge.selector, header, 1 << 56), made);
    }

    function testFuzz_RevertIf_WordIsTooLarge(uint256 word, uint256 index) public {
        word = bound(word, 1 << 248, type(uint256).max);
        index = bound(index, 0, 1);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.words[index] = word;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_WordTooLarge.selector, index, word, 1 << 248), made);
    }

    function test_RevertIf_WordsAreMissingOrMore() public {
        for (uint256 count = 0; count < 5; count++) {
            if (count == 2) continue;
            IFeedSet.Submission memory made = _submission(prices, allOk);
            made.words = new uint256[](count);
            _expect(abi.encodeWithSelector(IFeedSet.FeedSet_WordCount.selector, count, 2), made);
        }
    }

    function testFuzz_RevertIf_CommitmentIsNotCanonical(uint256 commitment) public {
        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.commitment = bound(commitment, P, type(uint256).max);
        _expect(
            abi.encodeWithSelector(StatementLib.Statement_CommitmentNotCanonical.selector, made.commitment, P), made
        );
    }

    function testFuzz_RevertIf_NextStateIsNotCanonical(uint256 nextState) public {
        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.nextState = bound(nextState, P, type(uint256).max);
        _expect(abi.encodeWithSelector(StatementLib.Statement_NotCanonical.selector, 2, made.nextState, P), made);
    }

    function test_RevertIf_BlockHasARoundAlready() public {
        _send(_submission(prices, allOk));
        vm.warp((epoch + 1) * PERIOD);
        epoch += 1;
        _expect(
            abi.encodeWithSelector(IFeedSet.FeedSet_BlockHasRound.selector, block.number), _submission(prices, allOk)
        );
    }

    function test_RevertIf_EpochIsTheLastOrBefore() public {
        _send(_submission(prices, allOk));
        vm.roll(block.number + 1);
        for (uint256 back = 0; back < 3; back++) {
            IFeedSet.Submission memory made = _submission(prices, allOk);
            made.header -= back;
            _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochNotNewer.selector, epoch - back, epoch + 1), made);
        }
    }

    function test_RevertIf_EpochIsZero() public {
        vm.warp(PERIOD - 1);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.header = ALL_SIGNERS << 40;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochNotNewer.selector, 0, 1), made);
    }

    function test_RevertIf_EpochHasNotBegun() public {
        vm.warp(epoch * PERIOD - 1);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochInFuture.selector, epoch, epoch - 1), made);
        made.header = (1 << 40) - 1;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochInFuture.selector, (1 << 40) - 1, epoch - 1), made);
    }

    function test_RevertIf_EpochIsTooOld() public {
        vm.warp((epoch + 3) * PERIOD);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochTooOld.selector, epoch, epoch + 1), made);
        // One second earlier it is maxAge epochs old, which is allowed.
        vm.warp((epoch + 3) * PERIOD - 1);
        _send(made);
        assertEq(set.lastEpoch(), epoch, "last epoch");
    }

    function test_RevertIf_ADeniedReporterSigned() public {
        vm.prank(guardian);
        set.deny(1001, 2);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_DeniedSigner.selector, ALL_SIGNERS, 2), made);
        made.header = epoch | ((ALL_SIGNERS ^ 2) << 40);
        _send(made);
        assertEq(set.latestRound(), 1, "a round without the denied reporter is accepted");
    }

    function test_RevertIf_EpochIsNotAfterTheReset() public {
        vm.prank(owner);
        set.reset(1);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochBeforeReset.selector, epoch, epoch + 1), made);
        _begin(epoch + 1);
        _send(_submission(prices, allOk));
    }

    function test_RevertIf_ProofIsRefused() public {
        fake.setAccepts(false);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        (uint256 rho, uint256 s) = _signals(made, 0);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_ProofRefused.selector, made.commitment, s, rho), made);
    }

    /// @dev Everything is wrong at first; what is refused is mended, one after the other.
    function test_ChecksRunInTheStatedOrder() public {
        _okRound(50);
        vm.prank(guardian);
        set.deny(1001, 1);
        vm.prank(owner);
        set.reset(7);
        fake.setAccepts(false);
        uint256 denied = 1;

        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.prevState += 9;
        made.header |= 1 << 56;
        made.words = new uint256[](3);
        made.words[0] = 1 << 250;
        made.commitment = P;
        made.nextState = P;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_StaleState.selector, made.prevState, set.state()), made);
        made.prevState = set.state();
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_HeaderTooLarge.selector, made.header, 1 << 56), made);
        made.header ^= 1 << 56;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_WordCount.selector, 3, 2), made);
        made.words = _submission(prices, allOk).words;
        made.words[1] |= 1 << 255;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_WordTooLarge.selector, 1, made.words[1], 1 << 248), made);
        made.words[1] ^= 1 << 255;
        _expect(abi.encodeWithSelector(StatementLib.Statement_CommitmentNotCanonical.selector, P, P), made);
        made.commitment = P - 1;
        _expect(abi.encodeWithSelector(StatementLib.Statement_NotCanonical.selector, 2, P, P), made);
        made.nextState = P - 1;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_BlockHasRound.selector, block.number), made);
        vm.roll(block.number + 1);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochNotNewer.selector, epoch, epoch + 1), made);
        made.header += 1;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochInFuture.selector, epoch + 1, epoch), made);
        vm.warp((epoch + 4) * PERIOD);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochTooOld.selector, epoch + 1, epoch + 2), made);
        vm.warp((epoch + 1) * PERIOD);
        vm.prank(owner);
        set.reset(7);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_DeniedSigner.selector, ALL_SIGNERS, denied), made);
        made.header ^= 1 << 40;
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochBeforeReset.selector, epoch + 1, epoch + 2), made);
        made.header += 1;
        vm.warp((epoch + 2) * PERIOD);
        (uint256 rho, uint256 s) = _signals(made, 7);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_ProofRefused.selector, made.commitment, s, rho), made);
        fake.setAccepts(true);
        _send(made);
        assertEq(set.latestRound(), 2, "then it is accepted");
    }

    /* WHAT IS PROVEN */

    function _signals(IFeedSet.Submission memory made, uint256 resetMask)
        private
        view
        returns (uint256 rho, uint256 s)
    {
        uint256[] memory v = new uint256[](6);
        (v[0], v[1], v[2]) = (set.config(), made.prevState, made.nextState);
        v[3] = made.header + resetMask * 2 ** 56;
        (v[4], v[5]) = (made.words[0], made.words[1]);
        return StatementLib.evaluate(made.commitment, v);
    }

    function test_AsksTheVerifierAboutConfigStatesHeaderResetMaskAndWords() public {
        vm.prank(owner);
        set.reset(5);
        _begin(epoch + 1);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        for (uint256 i = 0; i < 8; i++) {
            made.proof[i] = 1000 + i;
        }
        (uint256 rho, uint256 s) = _signals(made, 5);
        vm.expectCall(address(fake), abi.encodeCall(IVerifier.verify, (made.proof, made.commitment, s, rho)));
        _send(made);
    }

    /* EFFECTS */

    function test_AnAcceptedRoundIsKeptAsItCame() public {
        IFeedSet.Submission memory made = _submission(prices, [OK, HELD, NO_QUORUM]);
        vm.expectEmit(address(set));
        emit IFeedSet.RoundAccepted(1, made.header, made.nextState, made.words);
        vm.expectEmit(address(set));
        emit IFeedSet.ReportNotOk(1, 1, IFeedSet.Status.HELD, 200);
        vm.expectEmit(address(set));
        emit IFeedSet.ReportNotOk(1, 2, IFeedSet.Status.NO_QUORUM, 0);
        _send(made);

        assertEq(set.state(), made.nextState, "state");
        assertEq(set.lastEpoch(), epoch, "epoch");
        assertEq(set.latestRound(), 1, "round");
        (uint256 gotEpoch, uint256 signers, uint256[] memory words) = set.roundOf(1);
        assertEq(gotEpoch, epoch, "kept epoch");
        assertEq(signers, ALL_SIGNERS, "kept signers");
        assertEq(words, made.words, "kept words");
    }

    function test_AnOkRoundEmitsOneEvent() public {
        vm.recordLogs();
        _send(_submission(prices, allOk));
        assertEq(vm.getRecordedLogs().length, 1, "logs");
    }

    function test_AnyAccountMaySubmit() public {
        vm.prank(stranger);
        _send(_submission(prices, allOk));
        assertEq(set.latestRound(), 1, "round");
    }

    function _call(IFeedSet.Submission memory made) private view returns (bytes memory) {
        return abi.encodeCall(set.submit, (made));
    }

    function test_RevertIf_ACallerSubmitsTwoRoundsInOneCall() public {
        HostileCaller hostile = new HostileCaller();
        IFeedSet.Submission memory first = _submission(prices, allOk);
        IFeedSet.Submission memory second = _submission([uint256(7), 8, 9], allOk);
        first.header -= 1;
        second.prevState = first.nextState;
        second.nextState = second.prevState + 1;
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_BlockHasRound.selector, block.number));
        hostile.submitTwo(set, _call(first), _call(second));
    }

    function test_RevertIf_SubmittedTwice() public {
        IFeedSet.Submission memory made = _submission(prices, allOk);
        _send(made);
        _begin(epoch + 1);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_StaleState.selector, 2000, 2001), made);
    }

    /// @dev Even one whose state digest came back to the same value: the epoch is spent.
    function test_RevertIf_SubmittedTwiceAndTheStateIsTheSame() public {
        IFeedSet.Submission memory made = _submission(prices, allOk);
        made.nextState = made.prevState;
        _send(made);
        _begin(epoch + 1);
        _expect(abi.encodeWithSelector(IFeedSet.FeedSet_EpochNotNewer.selector, epoch - 1, epoch), made);
    }

    /// @dev A refused submission leaves nothing behind.
    function testFuzz_ARefusedRoundChangesNothing(uint256 header, uint256 word, uint256 nextState) public {
        _okRound(70);
        fake.setAccepts(false);
        _begin(epoch + 1);
        IFeedSet.Submission memory made = _submission(prices, allOk);
        (made.header, made.words[0], made.nextState) = (header, word, nextState);
        vm.expectRevert();
        _send(made);
        assertEq(set.state(), 2001, "state");
        assertEq(set.latestRound(), 1, "round");
        _assertAnswer(set.latestAnswerOf(0), 1, 70, epoch - 1, 1, "answer");
    }
}
