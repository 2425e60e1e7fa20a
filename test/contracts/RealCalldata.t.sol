// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Feed} from "../../contracts/feed/Feed.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeed} from "../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IRoundBatch} from "../../contracts/interfaces/IRoundBatch.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {Round4x4Verifier} from "./generated/Round4x4Verifier.sol";
import {SyntheticVerifier} from "./generated/SyntheticVerifier.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";
import {TwistLib} from "./support/TwistLib.sol";

/// @dev The key of a verifier can be read.
interface IKeyed {
    function key() external pure returns (uint256[22] memory);
}

contract KeyedRound4x4Verifier is IKeyed, Round4x4Verifier {
    function key() external pure override returns (uint256[22] memory) {
        return _key();
    }
}

contract KeyedSyntheticVerifier is IKeyed, SyntheticVerifier {
    function key() external pure override returns (uint256[22] memory) {
        return _key();
    }
}

/// @dev A recorded round through each of the three ways into a set, with real pairings: whatever is done to the bytes of the
/// call, either it is refused or exactly the recorded round is stored. The ABI has more than one encoding of a call (bytes
/// behind it, arrays elsewhere than is usual); that is harmless, because nothing is told apart by its bytes, and so it is
/// shown and not refused.
abstract contract RecordedCalldataSuite is RoundsFixture {
    uint256 private constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 private constant CALL_GAS = 3_000_000;

    uint256 private constant WAYS = 3;
    uint256 private constant SUBMIT = 0;
    uint256 private constant SUBMIT_ALL = 1;
    uint256 private constant PULL = 2;

    IKeyed private keyed;
    FeedSet private neighbour;
    Feed private feed;
    Recorded private opening;
    Recorded private following;

    function _start(string memory path, IKeyed made) internal {
        keyed = made;
        _load(path, IVerifier(address(made)), 8);
        neighbour = set;
        _load(path, IVerifier(address(made)), 8);
        feed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        opening = _recorded(0);
        following = _recorded(1);
        _begin(opening);
    }

    /* WAYS */

    /// @dev In a batch it comes second, after the same round of a set of the same history.
    function _callOf(uint256 way, IFeedSet.Submission memory made) private view returns (bytes memory) {
        if (way == SUBMIT) return abi.encodeCall(IFeedSet.submit, (made));
        if (way == PULL) return abi.encodeCall(IFeed.pull, (made, type(uint256).max));
        IRoundBatch.SetRound[] memory batch = new IRoundBatch.SetRound[](2);
        batch[0] = IRoundBatch.SetRound(neighbour, opening.submission);
        batch[1] = IRoundBatch.SetRound(set, made);
        return abi.encodeCall(IRoundBatch.submitAll, (batch));
    }

    function _send(uint256 way, bytes memory data) private returns (bool ok, bytes memory result) {
        address[WAYS] memory to = [address(set), address(verifier), address(feed)];
        return to[way].call{gas: CALL_GAS}(data);
    }

    /// @dev By a batch what has a state that is not the set's is skipped.
    function _expectRefused(uint256 way, bytes memory data, string memory label) private {
        uint256 snapshot = vm.snapshotState();
        (bool ok,) = _send(way, data);
        assertTrue(!ok || way == SUBMIT_ALL, label);
        assertEq(set.latestRound(), 0, label);
        _assertNeighbour(label);
        vm.revertToState(snapshot);
    }

    function _expectRefused(IFeedSet.Submission memory made, string memory label) private {
        for (uint256 way = 0; way < WAYS; way++) {
            _expectRefused(way, _callOf(way, made), label);
        }
    }

    function _assertNeighbour(string memory label) private view {
        if (neighbour.latestRound() == 0) return;
        assertEq(neighbour.state(), opening.submission.nextState, label);
    }

    /// @dev Accepted, and stored as it was recorded; then undone.
    function _expectRecorded(uint256 way, bytes memory data, string memory label) private {
        uint256 snapshot = vm.snapshotState();
        (bool ok,) = _send(way, data);
        assertTrue(ok, label);
        _assertRecorded(label);
        vm.revertToState(snapshot);
    }

    function _assertRecorded(string memory label) private view {
        assertEq(set.latestRound(), 1, label);
        assertEq(set.state(), opening.submission.nextState, label);
        (uint256 epoch, uint256 signers, uint256[] memory words) = set.roundOf(1);
        assertEq(epoch | (signers << 40), opening.submission.header, label);
        assertEq(words, opening.submission.words, label);
    }

    function _put(bytes memory data, uint256 place, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(add(add(data, 0x24), place), value)
        }
    }

    function _word(bytes memory data, uint256 place) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(data, 0x24), place))
        }
    }

    /* BYTES */

    function _flip(uint256 way, uint256 index, uint256 bit) private {
        bytes memory data = _callOf(way, opening.submission);
        _put(data, 32 * index, _word(data, 32 * index) ^ (1 << bit));
        uint256 snapshot = vm.snapshotState();
        (bool ok,) = _send(way, data);
        string memory label =
            string.concat("way ", vm.toString(way), ", word ", vm.toString(index), ", bit ", vm.toString(bit));
        // Of a pull the age may change; of a batch what is said of the other set, or how many there are.
        bool isAge = way == PULL && index == 1;
        assertTrue(ok == isAge || (ok && way == SUBMIT_ALL), label);
        if (set.latestRound() != 0) _assertRecorded(label);
        _assertNeighbour(label);
        vm.revertToState(snapshot);
    }

    function test_RevertIf_AnyWordOfTheCallHasABitFlipped() public {
        uint8[4] memory bits = [0, 5, 64, 255];
        for (uint256 way = 0; way < WAYS; way++) {
            uint256 count = _callOf(way, opening.submission).length / 32;
            for (uint256 index = 0; index < count; index++) {
                for (uint256 i = 0; i < bits.length; i++) {
                    _flip(way, index, bits[i]);
                }
            }
        }
    }

    function testFuzz_RevertIf_AnyBitOfTheCallIsFlipped(uint256 way, uint256 index, uint8 bit) public {
        way = bound(way, 0, WAYS - 1);
        _flip(way, bound(index, 0, _callOf(way, opening.submission).length / 32 - 1), bit);
    }

    /// @dev What lies behind the call is read by nobody.
    function test_BytesBehindTheCallChangeNothing() public {
        uint16[5] memory sizes = [1, 31, 32, 64, 1000];
        for (uint256 way = 0; way < WAYS; way++) {
            bytes memory data = _callOf(way, opening.submission);
            for (uint256 i = 0; i < sizes.length; i++) {
                bytes memory tail = new bytes(sizes[i]);
                tail[sizes[i] - 1] = 0xff;
                _expectRecorded(way, bytes.concat(data, tail), "bytes behind");
            }
        }
    }

    function test_RevertIf_BytesAreMissing() public {
        for (uint256 way = 0; way < WAYS; way++) {
            bytes memory data = _callOf(way, opening.submission);
            for (uint256 cut = 1; cut < data.length; cut += cut < 70 ? 1 : 32) {
                bytes memory shorter = new bytes(data.length - cut);
                for (uint256 i = 0; i < shorter.length; i++) {
                    shorter[i] = data[i];
                }
                _expectRefused(way, shorter, string.concat("shorter by ", vm.toString(cut)));
            }
        }
    }

    /// @dev The words of the round behind a gap, and the round itself behind a gap: another encoding, the same meaning.
    function test_ArraysElsewhereMeanTheSame() public {
        for (uint256 way = 0; way < WAYS; way++) {
            bytes memory data = _callOf(way, opening.submission);
            // In each way the round's words end the call, and their offset, from the round on, is its 13th word.
            uint256 length = opening.submission.words.length;
            uint256 wordsAt = data.length - 4 - 32 * (length + 1);
            uint256 offsetAt = wordsAt - 32;
            uint256 roundAt = offsetAt - 32 * 12;
            assertEq(_word(data, offsetAt), wordsAt - roundAt, "the offset of the words");
            bytes memory moved = bytes.concat(data, new bytes(32 * (length + 4)));
            uint256 newAt = data.length - 4 + 96;
            for (uint256 i = 0; i <= length; i++) {
                _put(moved, newAt + 32 * i, _word(data, wordsAt + 32 * i));
                // What stood there before stands there no more.
                _put(moved, wordsAt + 32 * i, type(uint256).max);
            }
            _put(moved, offsetAt, newAt - roundAt);
            _expectRecorded(way, moved, "the words elsewhere");
        }
    }

    /// @dev Offsets that make the words overlap other fields, point outside the call or wrap around.
    function testFuzz_RevertIf_TheWordsOverlapOrLieOutside(uint256 way, uint256 offset) public {
        way = bound(way, 0, WAYS - 1);
        bytes memory data = _callOf(way, opening.submission);
        uint256 offsetAt = data.length - 4 - 32 * (opening.submission.words.length + 2);
        uint256 right = _word(data, offsetAt);
        offset = offset % 4 == 0 ? offset : bound(offset, 0, 2 * data.length);
        vm.assume(offset != right);
        _put(data, offsetAt, offset);
        _expectRefused(way, data, "the words elsewhere");
    }

    function test_RevertIf_TheWordsOverlapAnotherField() public {
        for (uint256 way = 0; way < WAYS; way++) {
            bytes memory data = _callOf(way, opening.submission);
            uint256 offsetAt = data.length - 4 - 32 * (opening.submission.words.length + 2);
            uint256 right = _word(data, offsetAt);
            for (uint256 offset = 0; offset < right + 96; offset++) {
                if (offset == right || (offset > 64 && offset % 32 != 0)) continue;
                _put(data, offsetAt, offset);
                _expectRefused(way, data, string.concat("offset ", vm.toString(offset)));
            }
        }
    }

    /* ELEMENTS */

    function _with(uint256 field, uint256 value) private view returns (IFeedSet.Submission memory made) {
        made = opening.submission;
        if (field < 8) made.proof[field] = value;
        else if (field == 8) made.commitment = value;
        else if (field == 9) made.prevState = value;
        else if (field == 10) made.nextState = value;
        else if (field == 11) made.header = value;
        else made.words[field - 12] = value;
    }

    function test_RevertIf_AnyFieldIsAtItsBoundOrBeyond() public {
        uint256[7] memory values = [P - 1, P, P + 1, Q - 1, Q, Q + 1, type(uint256).max];
        uint256 fields = 12 + opening.submission.words.length;
        for (uint256 field = 0; field < fields; field++) {
            for (uint256 i = 0; i < values.length; i++) {
                _expectRefused(_with(field, values[i]), string.concat("field ", vm.toString(field)));
            }
        }
    }

    /// @dev The right element, spelled a second time: plus the modulus it is taken by.
    function test_RevertIf_AnElementIsSpelledASecondTime() public {
        IFeedSet.Submission memory made = opening.submission;
        for (uint256 i = 0; i < 8; i++) {
            _expectRefused(_with(i, made.proof[i] + Q), "a coordinate plus q");
        }
        _expectRefused(_with(8, made.commitment + P), "the commitment plus p");
        _expectRefused(_with(9, made.prevState + P), "the previous state plus p");
        _expectRefused(_with(10, made.nextState + P), "the next state plus p");
        _expectRefused(_with(11, made.header + P), "the header plus p");
        for (uint256 i = 0; i < made.words.length; i++) {
            _expectRefused(_with(12 + i, made.words[i] + P), "a word plus p");
        }
    }

    /* POINTS */

    /// @dev Coordinates from `first` on, of A (0), B (2) or C (6).
    function _withPoint(uint256 first, uint256[4] memory point) private view returns (IFeedSet.Submission memory made) {
        made = opening.submission;
        for (uint256 i = 0; i < (first == 2 ? 4 : 2); i++) {
            made.proof[first + i] = point[i];
        }
    }

    function test_RevertIf_APointIsInfinityOrOffItsCurve() public {
        uint8[3] memory points = [0, 2, 6];
        for (uint256 i = 0; i < points.length; i++) {
            _expectRefused(_withPoint(points[i], [uint256(0), 0, 0, 0]), "infinity");
            _expectRefused(_withPoint(points[i], [Q, Q, Q, Q]), "infinity, spelled a second time");
            _expectRefused(_withPoint(points[i], [uint256(1), 1, 1, 1]), "off the curve");
            _expectRefused(_withPoint(points[i], [uint256(0), 1, 0, 0]), "off the curve, at its edge");
        }
        IFeedSet.Submission memory none = opening.submission;
        delete none.proof;
        _expectRefused(none, "all infinity");
        // The generator: on its curve, and not what was proven.
        _expectRefused(_withPoint(0, [uint256(1), 2, 0, 0]), "another A");
        _expectRefused(_withPoint(6, [uint256(1), 2, 0, 0]), "another C");
    }

    function _b() private view returns (uint256[4] memory) {
        uint256[8] memory proof = opening.submission.proof;
        return [proof[2], proof[3], proof[4], proof[5]];
    }

    function _pairs(uint256[4] memory point) private view returns (bool ok) {
        bytes memory pair = abi.encode(uint256(1), uint256(2), point[0], point[1], point[2], point[3]);
        (ok,) = address(8).staticcall{gas: 200_000}(pair);
    }

    /// @dev The first point was found by trying x = c0 + c1*u for c0 and c1 from 0 on until x^3 + 3/(9 + u) was a square.
    /// The second is the first times r*h/10069, with h = 2q - r the cofactor, whose smallest factor is 10069: a point of
    /// that order, which a pairing that did not look would let vanish, so that B has 10069 spellings.
    function test_RevertIf_BIsOnTheTwistAndOutsideTheSubgroup() public {
        uint256[4] memory outside = [
            uint256(1),
            0,
            3499505209057624827709920819629410982529044040404494099368353913743455207650,
            5857410223677516958241855868975604786906559121396168184066542210254491971240
        ];
        uint256[4] memory small = [
            6102698928352281478830620114933288271145235725933561098868784146582937146495,
            13166037766376168314336537062090005903316931692757604860025243440397330564074,
            11169713577090708631759688821208724071538697496733274202834054025092949957019,
            12727123248195810574442310570585772993533358222793829730110654617787401586636
        ];
        uint256[4] memory moved = TwistLib.add(_b(), small);
        uint256[4][3] memory points = [outside, small, moved];
        assertTrue(TwistLib.isInfinity(TwistLib.times(small, 10_069)), "its order");
        assertTrue(TwistLib.isInfinity(TwistLib.times(_b(), P)), "B's is p");
        assertTrue(_pairs(_b()), "B has pairings");
        for (uint256 i = 0; i < points.length; i++) {
            assertTrue(TwistLib.isOnTwist(points[i]), "on the twist");
            assertFalse(TwistLib.isInfinity(TwistLib.times(points[i], P)), "outside the subgroup");
            assertFalse(_pairs(points[i]), "it has no pairings");
            _expectRefused(_withPoint(2, points[i]), "B outside the subgroup");
        }
    }

    /* RE-RANDOMISED PROOFS */

    function _times(uint256 x, uint256 y, uint256 scalar) private view returns (uint256, uint256) {
        (bool ok, bytes memory product) = address(7).staticcall(abi.encode(x, y, scalar));
        assertTrue(ok, "product");
        return abi.decode(product, (uint256, uint256));
    }

    /// @dev (A/r, r*B, C).
    function _scaled(uint256[8] memory proof, uint256 r) private view returns (uint256[8] memory other) {
        (other[0], other[1]) = _times(proof[0], proof[1], Math.invModPrime(r, P));
        uint256[4] memory b = TwistLib.times([proof[2], proof[3], proof[4], proof[5]], r);
        (other[2], other[3], other[4], other[5]) = (b[0], b[1], b[2], b[3]);
        (other[6], other[7]) = (proof[6], proof[7]);
    }

    /// @dev (A, B + k*delta, C + k*A).
    function _shifted(uint256[8] memory proof, uint256 k) private view returns (uint256[8] memory other) {
        uint256[22] memory key = keyed.key();
        uint256[4] memory delta = [key[10], key[11], key[12], key[13]];
        uint256[4] memory b = TwistLib.add([proof[2], proof[3], proof[4], proof[5]], TwistLib.times(delta, k));
        (uint256 x, uint256 y) = _times(proof[0], proof[1], k);
        (bool ok, bytes memory sum) = address(6).staticcall(abi.encode(proof[6], proof[7], x, y));
        assertTrue(ok, "sum");
        (other[0], other[1]) = (proof[0], proof[1]);
        (other[2], other[3], other[4], other[5]) = (b[0], b[1], b[2], b[3]);
        (other[6], other[7]) = abi.decode(sum, (uint256, uint256));
    }

    /// @dev Anyone can do it to a proof that is seen under way, and it does for everyone what the first would have done. What
    /// happens once is the round: neither proof counts again.
    function test_AReRandomisedProofIsAcceptedAndNeitherCountsTwice() public {
        IFeedSet.Submission memory original = opening.submission;
        uint256 r = uint256(keccak256("any number")) % P;
        uint256[8][3] memory proofs =
            [_scaled(original.proof, P - 1), _scaled(original.proof, r), _shifted(original.proof, r)];
        for (uint256 i = 0; i < proofs.length; i++) {
            IFeedSet.Submission memory made = opening.submission;
            made.proof = proofs[i];
            assertNotEq(keccak256(abi.encode(made)), keccak256(abi.encode(original)), "another proof");
            for (uint256 way = 0; way < WAYS; way++) {
                uint256 snapshot = vm.snapshotState();
                (bool ok,) = _send(way, _callOf(way, made));
                assertTrue(ok, "re-randomised");
                _assertRecorded("re-randomised");
                _begin(following);
                _assertSpent(original);
                _assertSpent(made);
                vm.revertToState(snapshot);
            }
        }
    }

    /// @dev By each way: refused, skipped, fallen back.
    function _assertSpent(IFeedSet.Submission memory made) private {
        (bool ok, bytes memory result) = _send(SUBMIT, _callOf(SUBMIT, made));
        assertFalse(ok, "submitted again");
        assertEq(bytes4(result), IFeedSet.FeedSet_StaleState.selector, "why");
        IRoundBatch.SetRound[] memory batch = new IRoundBatch.SetRound[](1);
        batch[0] = IRoundBatch.SetRound(set, made);
        assertEq(IRoundBatch(address(verifier)).submitAll(batch), 0, "in a batch again");
        (ok,) = _send(PULL, _callOf(PULL, made));
        assertTrue(ok, "pulled again");
        _assertRecorded("and nothing has changed");
    }
}

/// @dev The real circuit round-4x4.
contract Round4x4CalldataTest is RecordedCalldataSuite {
    function setUp() public {
        _start("test/fixtures/round-4x4.json", new KeyedRound4x4Verifier());
    }
}

/// @dev The same suite under a key whose secrets are known: real pairings, no circuit.
contract SyntheticCalldataTest is RecordedCalldataSuite {
    function setUp() public {
        _start("test/contracts/generated/synthetic-4x4.json", new KeyedSyntheticVerifier());
    }
}
