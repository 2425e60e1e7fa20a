// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IRoundBatch} from "../../contracts/interfaces/IRoundBatch.sol";
import {StatementLib} from "../../contracts/statement/StatementLib.sol";
import {RoundBatchVerifier} from "../../contracts/verifier/RoundBatchVerifier.sol";
import {ClaimingSet} from "./support/ClaimingSet.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";

/// @dev In a set's place: takes any round, and looks at another set's answer before any proof has been checked.
contract HostileSet {
    IFeedSet private immutable _victim;
    uint256 public seen;

    constructor(IFeedSet victim) {
        _victim = victim;
    }

    function acceptDeferred(IFeedSet.Submission calldata) external returns (bool, uint256, uint256) {
        seen = _victim.latestAnswerOf(0).answer;
        return (true, 1, 2);
    }
}

/// @dev Recorded rounds of three sets of one config and one history, which accept the same proofs, in one transaction
/// with real pairings.
abstract contract RoundBatchSuite is RoundsFixture {
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 private constant SETS = 3;

    FeedSet[] internal sets;

    function _loadSets(string memory path, string memory contractName) internal {
        for (uint256 i = 0; i < SETS; i++) {
            _load(
                path, i == 0 ? RoundBatchVerifier(deployCode(contractName)) : RoundBatchVerifier(address(verifier)), 8
            );
            sets.push(set);
        }
    }

    function _batch(uint256 index) private view returns (IRoundBatch.SetRound[] memory batch) {
        batch = new IRoundBatch.SetRound[](SETS);
        for (uint256 i = 0; i < SETS; i++) {
            batch[i] = IRoundBatch.SetRound(sets[i], _recorded(index).submission);
        }
    }

    function _submitAll(IRoundBatch.SetRound[] memory batch) private returns (uint256) {
        return IRoundBatch(address(verifier)).submitAll{gas: 10_000_000}(batch);
    }

    function test_RoundsOfSeveralSetsAreAcceptedTogether() public {
        for (uint256 index = 0; index < 2; index++) {
            Recorded memory round = _recorded(index);
            _begin(round);
            assertEq(_submitAll(_batch(index)), SETS, "accepted");
            for (uint256 i = 0; i < SETS; i++) {
                assertEq(sets[i].latestRound(), index + 1, "round");
                assertEq(sets[i].state(), round.submission.nextState, "state");
                assertEq(sets[i].latestAnswerOf(0).answer, round.answers[0], "answer");
            }
        }
    }

    /// @dev AcceptDeferredLib against the compiler's own encoding.
    function test_ASetIsCalledAsTheCompilerWouldCallIt() public {
        _begin(_recorded(0));
        IRoundBatch.SetRound[] memory batch = _batch(0);
        for (uint256 i = 0; i < SETS; i++) {
            bytes memory call = abi.encodeCall(IFeedSet.acceptDeferred, (batch[i].submission));
            vm.expectCall(address(sets[i]), 0, call, 1);
        }
        _submitAll(batch);
    }

    function test_ASetWhoseStateHasMovedIsSkipped() public {
        _begin(_recorded(0));
        IRoundBatch.SetRound[] memory batch = _batch(0);
        sets[1].submit(batch[1].submission);
        vm.expectEmit(address(verifier));
        emit IRoundBatch.RoundSkipped(sets[1], 1, batch[1].submission.prevState);
        assertEq(_submitAll(batch), SETS - 1, "accepted");
        for (uint256 i = 0; i < SETS; i++) {
            assertEq(sets[i].latestRound(), 1, "round");
        }
        // All of them have moved now.
        assertEq(_submitAll(batch), 0, "none is left");
    }

    function test_ASkippedRoundsProofIsNotLookedAt() public {
        _begin(_recorded(0));
        IRoundBatch.SetRound[] memory batch = _batch(0);
        sets[0].submit(batch[0].submission);
        batch[0].submission.proof[0] ^= 1;
        assertEq(_submitAll(batch), SETS - 1, "accepted");
    }

    function test_RevertIf_OneOfTheProofsDoesNotHold() public {
        Recorded memory other = _recorded(1);
        _begin(_recorded(0));
        for (uint256 i = 0; i < SETS; i++) {
            IRoundBatch.SetRound[] memory batch = _batch(0);
            batch[i].submission.proof = other.submission.proof;
            vm.expectRevert(abi.encodeWithSelector(IRoundBatch.RoundBatch_ProofsRefused.selector, SETS));
            _submitAll(batch);
            assertEq(sets[(i + 1) % SETS].latestRound(), 0, "and none is accepted");
        }
    }

    /// @dev Errors that cancel out in an unweighted product: C moved up in one proof and down in another.
    function test_RevertIf_TwoWrongProofsCancelOut() public {
        _begin(_recorded(0));
        IRoundBatch.SetRound[] memory batch = _batch(0);
        (batch[0].submission.proof[6], batch[0].submission.proof[7]) =
            _sum(batch[0].submission.proof[6], batch[0].submission.proof[7], 1, 2);
        for (uint256 i = 1; i < SETS; i++) {
            IRoundBatch.SetRound[] memory moved = _batch(0);
            moved[0] = batch[0];
            (moved[i].submission.proof[6], moved[i].submission.proof[7]) =
                _sum(moved[i].submission.proof[6], moved[i].submission.proof[7], 1, Q - 2);
            vm.expectPartialRevert(IRoundBatch.RoundBatch_ProofsRefused.selector);
            _submitAll(moved);
        }
    }

    /// @dev Errors that are the same in every proof, which random coefficients of sum zero would not see.
    function test_RevertIf_AllProofsAreWrongInTheSameWay() public {
        _begin(_recorded(0));
        IRoundBatch.SetRound[] memory batch = _batch(0);
        for (uint256 i = 0; i < SETS; i++) {
            (batch[i].submission.proof[6], batch[i].submission.proof[7]) =
                _sum(batch[i].submission.proof[6], batch[i].submission.proof[7], 1, 2);
        }
        vm.expectRevert(abi.encodeWithSelector(IRoundBatch.RoundBatch_ProofsRefused.selector, SETS));
        _submitAll(batch);
    }

    function test_RevertIf_TheOnlyProofOfABatchDoesNotHold() public {
        _begin(_recorded(0));
        IRoundBatch.SetRound[] memory batch = new IRoundBatch.SetRound[](1);
        batch[0] = _batch(0)[0];
        batch[0].submission.proof = _recorded(1).submission.proof;
        vm.expectRevert(abi.encodeWithSelector(IRoundBatch.RoundBatch_ProofsRefused.selector, 1));
        _submitAll(batch);
        assertEq(_submitAll(_batch(0)), SETS, "and those that hold are accepted");
    }

    function _sum(uint256 ax, uint256 ay, uint256 bx, uint256 by) private view returns (uint256 x, uint256 y) {
        (bool ok, bytes memory result) = address(6).staticcall(abi.encode(ax, ay, bx, by));
        assertTrue(ok, "both are points");
        (x, y) = abi.decode(result, (uint256, uint256));
    }

    function _flip(uint256 place, uint256 field, uint256 bit) private {
        IRoundBatch.SetRound[] memory batch = _batch(0);
        IFeedSet.Submission memory made = batch[place].submission;
        if (field < 8) made.proof[field] ^= 1 << bit;
        else if (field == 8) made.commitment ^= 1 << bit;
        else if (field == 9) made.nextState ^= 1 << bit;
        else if (field == 10) made.header ^= 1 << bit;
        else made.words[field - 11] ^= 1 << bit;
        (bool accepted,) = address(verifier).call{gas: 10_000_000}(abi.encodeCall(IRoundBatch.submitAll, (batch)));
        assertFalse(accepted, "a flipped bit is refused");
    }

    function testFuzz_RevertIf_ABitIsFlipped(uint256 place, uint256 field, uint8 bit) public {
        Recorded memory round = _recorded(0);
        _begin(round);
        _flip(bound(place, 0, SETS - 1), bound(field, 0, 10 + round.submission.words.length), bit);
    }

    function test_RevertIf_AnyFieldOfAnyRoundHasItsLowestBitFlipped() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        for (uint256 place = 0; place < SETS; place++) {
            for (uint256 field = 0; field < 11 + round.submission.words.length; field++) {
                _flip(place, field, 0);
            }
        }
        assertEq(_submitAll(_batch(0)), SETS, "and as they were recorded they are accepted");
    }

    function test_RevertIf_AProofWordIsNotCanonical() public {
        _begin(_recorded(0));
        for (uint256 place = 0; place < SETS; place++) {
            for (uint256 i = 0; i < 8; i++) {
                IRoundBatch.SetRound[] memory batch = _batch(0);
                batch[place].submission.proof[i] += Q;
                vm.expectPartialRevert(IRoundBatch.RoundBatch_ProofsRefused.selector);
                _submitAll(batch);
            }
        }
    }

    function test_RevertIf_AnythingButTheStateIsWrong() public {
        _begin(_recorded(0));
        vm.prank(owner);
        sets[2].pause();
        IRoundBatch.SetRound[] memory batch = _batch(0);
        vm.expectRevert(IFeedSet.FeedSet_Paused.selector);
        _submitAll(batch);
        assertEq(sets[0].latestRound(), 0, "none is accepted");
    }

    function test_RevertIf_ASetIsNamedTwice() public {
        Recorded memory second = _recorded(1);
        _begin(second);
        IRoundBatch.SetRound[] memory batch = _batch(0);
        batch[0].submission.header = second.submission.header - 1;
        batch[1] = IRoundBatch.SetRound(sets[0], second.submission);
        vm.expectPartialRevert(IFeedSet.FeedSet_BlockHasRound.selector);
        _submitAll(batch);
    }

    function testFuzz_RevertIf_AnyoneButTheVerifierDefersTheProof(address caller) public {
        vm.assume(caller != address(verifier));
        _begin(_recorded(0));
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotTheVerifier.selector, caller, address(verifier)));
        sets[0].acceptDeferred(_recorded(0).submission);
    }

    function test_RevertIf_TheSetsVerifierIsAnother() public {
        _begin(_recorded(0));
        RoundBatchVerifier other = RoundBatchVerifier(deployCode("SyntheticVerifier.sol:SyntheticVerifier"));
        vm.prank(owner);
        sets[1].setVerifier(other);
        vm.expectRevert(
            abi.encodeWithSelector(IFeedSet.FeedSet_NotTheVerifier.selector, address(verifier), address(other))
        );
        _submitAll(_batch(0));
    }

    /// @dev What a hostile contract in a set's place sees of a round that is not proven is undone with it.
    function test_RevertIf_AHostileSetIsAmongThem() public {
        _begin(_recorded(0));
        IRoundBatch.SetRound[] memory batch = _batch(0);
        batch[0].submission.proof = _recorded(1).submission.proof;
        HostileSet hostile = new HostileSet(sets[0]);
        batch[1] = IRoundBatch.SetRound(IFeedSet(address(hostile)), batch[1].submission);
        vm.expectPartialRevert(IRoundBatch.RoundBatch_ProofsRefused.selector);
        _submitAll(batch);
        assertEq(hostile.seen(), 0, "nothing was seen");
        assertEq(sets[0].latestRound(), 0, "nothing was accepted");
    }

    /// @dev A set's own signals are canonical; another contract's may be the right ones, spelled a second time.
    function test_RevertIf_AClaimedSignalIsNotCanonical() public {
        Recorded memory round = _recorded(0);
        ClaimingSet claiming = new ClaimingSet();
        IRoundBatch.SetRound[] memory batch = new IRoundBatch.SetRound[](1);
        for (uint256 signal = 0; signal < 3; signal++) {
            batch[0] = IRoundBatch.SetRound(IFeedSet(address(claiming)), _recorded(0).submission);
            if (signal == 0) batch[0].submission.commitment += StatementLib.P;
            claiming.claim(
                round.evaluation + (signal == 1 ? StatementLib.P : 0),
                round.challenge + (signal == 2 ? StatementLib.P : 0)
            );
            vm.expectRevert(abi.encodeWithSelector(IRoundBatch.RoundBatch_ProofsRefused.selector, 1));
            _submitAll(batch);
        }
        batch[0].submission = round.submission;
        claiming.claim(round.evaluation, round.challenge);
        assertEq(_submitAll(batch), 1, "as they were recorded they hold");
    }

    function test_AnEmptyBatchDoesNothing() public {
        assertEq(_submitAll(new IRoundBatch.SetRound[](0)), 0, "accepted");
    }
}

/// @dev The real circuit round-4x4.
contract Round4x4BatchTest is RoundBatchSuite {
    function setUp() public {
        _loadSets("test/fixtures/round-4x4.json", "Round4x4Verifier.sol:Round4x4Verifier");
    }
}

/// @dev The same suite under a key whose secrets are known: real pairings, no circuit.
contract SyntheticBatchTest is RoundBatchSuite {
    function setUp() public {
        _loadSets("test/contracts/generated/synthetic-4x4.json", "SyntheticVerifier.sol:SyntheticVerifier");
    }
}
