// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Feed} from "../../contracts/feed/Feed.sol";
import {IFeed} from "../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {StatementLib} from "../../contracts/statement/StatementLib.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";

/// @dev Recorded rounds through the whole contract with real pairings: accepted as they are, refused with any bit changed.
abstract contract RecordedRoundsSuite is RoundsFixture {
    uint256 private constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    function test_TheRecordedRoundsAreAccepted() public {
        uint256 count = _roundCount();
        assertGe(count, 2, "rounds in the fixture");
        for (uint256 index = 0; index < count; index++) {
            Recorded memory round = _recorded(index);
            _begin(round);
            vm.expectCall(
                address(verifier),
                abi.encodeCall(
                    IVerifier.verify,
                    (round.submission.proof, round.submission.commitment, round.evaluation, round.challenge)
                )
            );
            _send(round);
            assertEq(set.latestRound(), index + 1, "round");
            assertEq(set.state(), round.submission.nextState, "state");
            for (uint256 feed = 0; feed < round.answers.length; feed++) {
                if (round.answers[feed] == 0) continue;
                assertEq(set.latestAnswerOf(feed).answer, round.answers[feed], "answer");
            }
        }
    }

    function _expectRefusal(Recorded memory round, string memory label) private {
        bytes memory call = abi.encodeCall(set.submit, (round.submission));
        (bool accepted,) = address(set).call{gas: GAS_LIMIT}(call);
        assertFalse(accepted, label);
    }

    function _flip(uint256 field, uint256 bit) private {
        Recorded memory round = _recorded(0);
        string memory label =
            string.concat("field ", vm.toString(field), " with bit ", vm.toString(bit), " flipped is refused");
        if (field < 8) round.submission.proof[field] ^= 1 << bit;
        else if (field == 8) round.submission.commitment ^= 1 << bit;
        else if (field == 9) round.submission.prevState ^= 1 << bit;
        else if (field == 10) round.submission.nextState ^= 1 << bit;
        else if (field == 11) round.submission.header ^= 1 << bit;
        else round.submission.words[field - 12] ^= 1 << bit;
        _expectRefusal(round, label);
    }

    function test_RevertIf_AnyFieldHasABitFlipped() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        // The header's bits are the epoch (0, 39), signers (40, 55) and what is too large (56).
        uint8[8] memory bits = [0, 39, 40, 55, 56, 123, 247, 255];
        for (uint256 field = 0; field < 12 + round.submission.words.length; field++) {
            for (uint256 i = 0; i < bits.length; i++) {
                _flip(field, bits[i]);
            }
        }
        _send(round);
        assertEq(set.latestRound(), 1, "and as it was recorded it is accepted");
    }

    function testFuzz_RevertIf_ABitIsFlipped(uint256 field, uint8 bit) public {
        Recorded memory round = _recorded(0);
        _begin(round);
        _flip(bound(field, 0, 11 + round.submission.words.length), bit);
    }

    function test_RevertIf_AProofIsSubmittedTwice() public {
        Recorded memory first = _recorded(0);
        Recorded memory second = _recorded(1);
        _begin(first);
        _send(first);
        _begin(second);
        vm.expectRevert(
            abi.encodeWithSelector(
                IFeedSet.FeedSet_StaleState.selector, first.submission.prevState, first.submission.nextState
            )
        );
        _send(first);
        second.submission.proof = first.submission.proof;
        vm.expectPartialRevert(IFeedSet.FeedSet_ProofRefused.selector);
        _send(second);
    }

    function test_RevertIf_ARoundIsSubmittedBeforeTheOneItFollows() public {
        Recorded memory second = _recorded(1);
        _begin(second);
        vm.expectRevert(
            abi.encodeWithSelector(IFeedSet.FeedSet_StaleState.selector, second.submission.prevState, set.state())
        );
        _send(second);
    }

    function test_RevertIf_AProofWordIsNotCanonical() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        for (uint256 i = 0; i < 8; i++) {
            uint256 canonical = round.submission.proof[i];
            round.submission.proof[i] = canonical + Q;
            assertFalse(
                verifier.verify{gas: GAS_LIMIT}(
                    round.submission.proof, round.submission.commitment, round.evaluation, round.challenge
                ),
                "verify"
            );
            vm.expectPartialRevert(IFeedSet.FeedSet_ProofRefused.selector);
            _send(round);
            round.submission.proof[i] = canonical;
        }
        assertTrue(
            verifier.verify(round.submission.proof, round.submission.commitment, round.evaluation, round.challenge),
            "the canonical proof"
        );
    }

    function test_RevertIf_AFieldElementIsNotCanonical() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        round.submission.commitment += P;
        vm.expectRevert(
            abi.encodeWithSelector(
                StatementLib.Statement_CommitmentNotCanonical.selector, round.submission.commitment, P
            )
        );
        _send(round);
        round.submission.commitment -= P;
        round.submission.nextState += P;
        vm.expectRevert(
            abi.encodeWithSelector(StatementLib.Statement_NotCanonical.selector, 2, round.submission.nextState, P)
        );
        _send(round);
    }

    function test_AVerifierRefusesSignalsThatAreNotCanonical() public view {
        Recorded memory round = _recorded(0);
        (uint256 c, uint256 s, uint256 rho) = (round.submission.commitment, round.evaluation, round.challenge);
        assertTrue(verifier.verify(round.submission.proof, c, s, rho), "as recorded");
        assertFalse(verifier.verify{gas: GAS_LIMIT}(round.submission.proof, c + P, s, rho), "commitment");
        assertFalse(verifier.verify{gas: GAS_LIMIT}(round.submission.proof, c, s + P, rho), "evaluation");
        assertFalse(verifier.verify{gas: GAS_LIMIT}(round.submission.proof, c, s, rho + P), "challenge");
    }

    function test_RevertIf_AWordIsAddedOrLeftOut() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        uint256[] memory words = round.submission.words;
        round.submission.words = new uint256[](words.length + 1);
        for (uint256 i = 0; i < words.length; i++) {
            round.submission.words[i] = words[i];
        }
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_WordCount.selector, words.length + 1, words.length));
        _send(round);
        round.submission.words = new uint256[](words.length - 1);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_WordCount.selector, words.length - 1, words.length));
        _send(round);
    }

    function test_RevertIf_TheConfigIsAnother() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        vm.store(address(set), _slotOfConfig(), bytes32(_number(".set.config") ^ 1));
        vm.expectPartialRevert(IFeedSet.FeedSet_ProofRefused.selector);
        _send(round);
    }

    function test_RevertIf_AResetWaitsThatWasNotProven() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        vm.warp(block.timestamp - period);
        vm.prank(owner);
        set.reset(1);
        vm.warp(block.timestamp + period);
        vm.expectPartialRevert(IFeedSet.FeedSet_ProofRefused.selector);
        _send(round);
    }

    function test_AFacadeReadsAProvenRound() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        _send(round);
        Feed feed = new Feed(set, 0, 10_000, 1 hours, 1 days, owner);
        if (round.answers[0] == 0) return;
        (uint80 roundId, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
        assertEq(roundId, (1 << 64) | 1, "roundId");
        assertEq(answer, int256(round.answers[0]), "answer");
        assertEq(updatedAt, block.timestamp, "updatedAt");
    }

    /* PULL */

    function _pull(Feed feed, Recorded memory round, uint256 maxAge) private returns (uint80 roundId, int256 answer) {
        (roundId, answer,,,) = feed.pull{gas: GAS_LIMIT}(round.submission, maxAge);
    }

    function test_APulledRoundIsProvenStoredAndRead() public {
        Feed feed = new Feed(set, 0, 10_000, 1 hours, 1 days, owner);
        for (uint256 index = 0; index < 2; index++) {
            Recorded memory round = _recorded(index);
            _begin(round);
            (uint80 roundId, int256 answer) = _pull(feed, round, 0);
            assertEq(roundId, (1 << 64) | (index + 1), "roundId");
            assertEq(answer, int256(round.answers[0]), "answer");
            assertEq(set.state(), round.submission.nextState, "state");
        }
    }

    /// @dev The first round is stored, the second is not what the set would take any more: it says so as to anyone.
    function _assertFallsBack(bytes4 selector) private {
        Recorded memory first = _recorded(0);
        Recorded memory second = _recorded(1);
        Feed feed = new Feed(set, 0, 10_000, 1 hours, 1 days, owner);
        (bool ok, bytes memory refusal) =
            address(set).call{gas: GAS_LIMIT}(abi.encodeCall(IFeedSet.submit, (second.submission)));
        assertFalse(ok, "the set refuses it");
        assertEq(bytes4(refusal), selector, "why");
        uint256 age = block.timestamp - (first.submission.header & (2 ** 40 - 1)) * period;
        vm.expectRevert(abi.encodeWithSelector(IFeed.Feed_TooOld.selector, age, age - 1, refusal));
        _pull(feed, second, age - 1);
        vm.expectEmit(address(feed));
        emit IFeed.PullFellBack(set, selector);
        (uint80 roundId, int256 answer) = _pull(feed, second, age);
        assertEq(roundId, (1 << 64) | 1, "roundId");
        assertEq(answer, int256(first.answers[0]), "answer");
        assertEq(set.state(), first.submission.nextState, "state");
    }

    function _beginSecond() private {
        Recorded memory first = _recorded(0);
        _begin(first);
        _send(first);
        _begin(_recorded(1));
    }

    function test_APullAfterTheConfigHasChangedReadsWhatIsStored() public {
        _beginSecond();
        vm.store(address(set), _slotOfConfig(), bytes32(_number(".set.config") ^ 1));
        _assertFallsBack(IFeedSet.FeedSet_ProofRefused.selector);
    }

    function test_APullAfterAResetReadsWhatIsStored() public {
        _beginSecond();
        vm.warp(block.timestamp - period);
        vm.prank(owner);
        set.reset(1);
        vm.warp(block.timestamp + period);
        _assertFallsBack(IFeedSet.FeedSet_ProofRefused.selector);
    }

    function test_APullOfASpentRoundReadsWhatIsStored() public {
        _beginSecond();
        _send(_recorded(1));
        Feed feed = new Feed(set, 0, 10_000, 1 hours, 1 days, owner);
        vm.expectEmit(address(feed));
        emit IFeed.PullFellBack(set, IFeedSet.FeedSet_StaleState.selector);
        (uint80 roundId, int256 answer) = _pull(feed, _recorded(1), 0);
        assertEq(roundId, (1 << 64) | 2, "roundId");
        assertEq(answer, int256(_recorded(1).answers[0]), "answer");
    }

    /// @dev The slot that holds the recorded config, found rather than written down.
    function _slotOfConfig() private view returns (bytes32) {
        uint256 config = _number(".set.config");
        for (uint256 slot = 1 << 21; slot < (1 << 21) + 16; slot++) {
            if (uint256(vm.load(address(set), bytes32(slot))) == config) return bytes32(slot);
        }
        revert("the config is in none of the first slots after the ring");
    }
}

/// @dev The real circuit round-4x4. Its files are made by `npm run generate`; without them this fails.
contract Round4x4Test is RecordedRoundsSuite {
    function setUp() public {
        IVerifier made = IVerifier(deployCode("Round4x4Verifier.sol:Round4x4Verifier"));
        _load("test/fixtures/round-4x4.json", made, 8);
    }
}

/// @dev The same suite under a key whose secrets are known (synthetic/groth16.ts): real pairings, no circuit.
contract SyntheticTest is RecordedRoundsSuite {
    function setUp() public {
        IVerifier made = IVerifier(deployCode("SyntheticVerifier.sol:SyntheticVerifier"));
        _load("test/contracts/generated/synthetic-4x4.json", made, 8);
    }
}
