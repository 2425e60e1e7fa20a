// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {FeedSet} from "../../../contracts/feed/FeedSet.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {FakeVerifier} from "./FakeVerifier.sol";

/// @dev A set of three feeds in a circuit of four, four reporters, one epoch a minute, at most two epochs old, four
/// rounds kept; and the means to submit any round to it.
abstract contract SetFixture is Test {
    uint256 internal constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 internal constant PERIOD = 60;
    uint256 internal constant FIRST_EPOCH = 29_000_000;
    uint256 internal constant HISTORY = 4;
    uint256 internal constant ALL_SIGNERS = 15;
    uint48 internal constant ADMIN_DELAY = 1 days;

    uint256 internal constant OK = 0;
    uint256 internal constant HELD = 1;
    uint256 internal constant REFUSED = 2;
    uint256 internal constant NO_QUORUM = 3;

    address internal owner = makeAddr("owner");
    address internal guardian = makeAddr("guardian");
    address internal stranger = makeAddr("stranger");

    FakeVerifier internal fake;
    FeedSet internal set;
    uint256 internal epoch;

    function setUp() public virtual {
        fake = new FakeVerifier(keccak256("fake"));
        set = new FeedSet(_params());
        _begin(FIRST_EPOCH);
    }

    function _params() internal view returns (IFeedSet.Params memory params) {
        params.identity = IFeedSet.Identity("test", "fake", bytes32(uint256(1)));
        params.config = 1001;
        params.feeds = _feedInfos();
        params.preimage = _preimage();
        params.genesisState = 2000;
        params.capacity = 4;
        params.period = PERIOD;
        params.maxAge = 2;
        params.history = HISTORY;
        params.verifier = fake;
        params.admin = owner;
        params.adminDelay = ADMIN_DELAY;
        params.guardian = guardian;
    }

    function _feedInfos() internal pure returns (IFeedSet.FeedInfo[] memory feeds) {
        feeds = new IFeedSet.FeedInfo[](3);
        feeds[0] = IFeedSet.FeedInfo("BTC / USD", 8);
        feeds[1] = IFeedSet.FeedInfo("ETH / USD", 8);
        feeds[2] = IFeedSet.FeedInfo("EUR / USD", 6);
    }

    function _feedSetId(IFeedSet.FeedInfo[] memory feeds) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("test", "fake", feeds, uint64(PERIOD), bytes32(uint256(1))))) % 2 ** 248;
    }

    function _preimage() internal pure returns (IFeedSet.ConfigPreimage memory preimage) {
        preimage.feedSetId = _feedSetId(_feedInfos());
        preimage.reporterCount = 4;
        preimage.feedCount = 3;
        preimage.minSigners = 3;
        preimage.quorum = 3;
        preimage.keys = new uint256[2][](5);
        for (uint256 slot = 0; slot < 4; slot++) {
            preimage.keys[slot] = [100 + slot, 200 + slot];
        }
        preimage.possessions = new uint256[3][](4);
        preimage.model = new uint256[](6);
    }

    /// @dev The first second of an epoch, in a new block.
    function _begin(uint256 newEpoch) internal {
        epoch = newEpoch;
        vm.warp(newEpoch * PERIOD);
        vm.roll(block.number + 1);
    }

    function _submission(uint256[3] memory answers, uint256[3] memory statuses)
        internal
        view
        returns (IFeedSet.Submission memory made)
    {
        made.commitment = 5;
        made.prevState = set.state();
        made.nextState = made.prevState + 1;
        made.header = epoch | (ALL_SIGNERS << 40);
        made.words = new uint256[](2);
        made.words[0] = _report(answers[0], statuses[0]) | (_report(answers[1], statuses[1]) << 124);
        made.words[1] = _report(answers[2], statuses[2]);
    }

    function _report(uint256 answer, uint256 status) internal pure returns (uint256) {
        if (status == NO_QUORUM) return NO_QUORUM << 122;
        return answer | (25 << 80) | (300 << 92) | (ALL_SIGNERS << 106) | (status << 122);
    }

    function _send(IFeedSet.Submission memory made) internal {
        set.submit(made);
    }

    /// @dev A round of the next epoch.
    function _round(uint256[3] memory answers, uint256[3] memory statuses) internal {
        _begin(epoch + 1);
        _send(_submission(answers, statuses));
    }

    function _okRound(uint256 answer) internal {
        _round([answer, answer + 1, answer + 2], [OK, OK, OK]);
    }

    function _assertAnswer(
        IFeedSet.Answer memory got,
        uint256 roundId,
        uint256 answer,
        uint256 answerEpoch,
        uint256 answeredInRound,
        string memory label
    ) internal pure {
        assertEq(got.roundId, roundId, string.concat(label, ": roundId"));
        assertEq(got.answer, answer, string.concat(label, ": answer"));
        assertEq(got.updatedAt, answerEpoch * PERIOD, string.concat(label, ": updatedAt"));
        assertEq(got.answeredInRound, answeredInRound, string.concat(label, ": answeredInRound"));
    }
}
