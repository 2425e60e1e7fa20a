// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Feed} from "../../contracts/feed/Feed.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeed} from "../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {Round4x4Verifier} from "./generated/Round4x4Verifier.sol";
import {SyntheticSecrets} from "./generated/SyntheticSecrets.sol";
import {SyntheticVerifier} from "./generated/SyntheticVerifier.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";
import {SetFixture} from "./support/SetFixture.sol";
import {SyntheticProver} from "./support/SyntheticProver.sol";

/// @dev Gives a pull as much gas as it is told, and may read the feed before, which makes warm what is read after it; an
/// access list would do the same.
contract GasChooser {
    function pull(Feed feed, IFeedSet.Submission calldata made, uint256 maxAge, bool readFirst, uint256 gasOfPull)
        external
        returns (bool ok)
    {
        if (readFirst) feed.latestRoundData();
        (ok,) = address(feed).call{gas: gasOfPull}(abi.encodeCall(Feed.pull, (made, maxAge)));
    }
}

/// @dev What whoever chooses the gas of a pull can do with it, with real pairings. Each call is a transaction of its own, so
/// that nothing is warm by chance.
/// forge-config: default.isolate = true
contract PullGasTest is RoundsFixture {
    Feed private feed;
    GasChooser private chooser;
    Recorded private round;

    /// @dev A stored answer that is one epoch old, and a round that would be accepted.
    function setUp() public {
        _load("test/fixtures/round-4x4.json", new Round4x4Verifier(), 2);
        Recorded memory first = _recorded(0);
        _begin(first);
        set.submit(first.submission);
        round = _recorded(1);
        _begin(round);
        feed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        chooser = new GasChooser();
    }

    /// @return fellBack With how many amounts of gas the answer was read and the round left out.
    /// @return accepted With how many it was accepted.
    function _sweep(uint256 maxAge, bool readFirst) private returns (uint256 fellBack, uint256 accepted) {
        for (uint256 amount = 50_000; amount <= 1_200_000; amount += amount < 400_000 ? 2_500 : 50_000) {
            uint256 snapshot = vm.snapshotState();
            bool ok = chooser.pull{gas: 3_000_000}(feed, round.submission, maxAge, readFirst, amount);
            bool stored = set.latestRound() == 2;
            assertTrue(ok || !stored, "a pull that fails stores nothing");
            if (stored) accepted++;
            else if (ok) fellBack++;
            vm.revertToState(snapshot);
        }
    }

    /// @dev With any amount of gas, and whatever is warm, it either reverts or takes the round.
    function test_WithNoAmountOfGasIsARoundLeftOut() public {
        for (uint256 i = 0; i < 4; i++) {
            (uint256 fellBack, uint256 accepted) = _sweep(i < 2 ? period - 1 : 10 * period, i % 2 == 1);
            assertEq(fellBack, 0, "left out, and the answer read");
            assertGt(accepted, 0, "with enough gas the round is accepted");
        }
    }

    function test_RevertIf_ThePulledRoundRunsOutOfGas() public {
        vm.expectPartialRevert(IFeed.Feed_OutOfGas.selector);
        feed.pull{gas: 300_000}(round.submission, 10 * period);
    }

    /// @dev A round that is refused for what it is falls back with the gas that it would have been accepted with.
    function test_ARefusedRoundFallsBackWithTheGasOfAnAcceptedOne() public {
        uint256 snapshot = vm.snapshotState();
        feed.pull(round.submission, 10 * period);
        uint256 enough = vm.lastCallGas().gasTotalUsed;
        vm.revertToState(snapshot);
        round.submission.nextState ^= 1;
        chooser.pull(feed, round.submission, 10 * period, false, enough);
        assertEq(set.latestRound(), 1, "the stored answer was read");
        (bool ok,) = address(feed).call{gas: enough}(abi.encodeCall(Feed.pull, (round.submission, 10 * period)));
        assertTrue(ok, "and the call went through");
    }
}

/// @dev In a large set a round costs so much that the 64th part that is kept back would suffice for a read.
/// forge-config: default.isolate = true
contract LargePullGasTest is SetFixture {
    uint256 private constant FEEDS = 32;

    function setUp() public override {
        super.setUp();
        IFeedSet.Params memory params = _params();
        params.verifier = new SyntheticVerifier();
        (params.capacity, params.preimage.feedCount) = (FEEDS, FEEDS);
        params.feeds = new IFeedSet.FeedInfo[](FEEDS);
        params.preimage.feedSetId = _feedSetId(params.feeds);
        set = new FeedSet(params);
    }

    /// @dev Feed 0 is OK; the others have this status, which costs a slot each when they turn not OK.
    function _proven(uint256 status) private view returns (IFeedSet.Submission memory made) {
        made = _submission([uint256(0), 0, 0], [OK, OK, OK]);
        made.words = new uint256[](FEEDS / 2);
        for (uint256 each = 0; each < FEEDS; each++) {
            made.words[each / 2] |= _report(1000 + each, each == 0 ? OK : status) << (124 * (each % 2));
        }
        uint256[3] memory signals = SyntheticProver.signalsOf(made, set.config(), 0);
        made.proof = SyntheticProver.prove(SyntheticSecrets.synthetic(), signals, 7);
    }

    function test_WithNoAmountOfGasIsARoundOfALargeSetLeftOut() public {
        _send(_proven(OK));
        _begin(epoch + 1);
        IFeedSet.Submission memory made = _proven(HELD);
        Feed feed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        GasChooser chooser = new GasChooser();
        uint256 accepted;
        for (uint256 amount = 100_000; amount <= 2_500_000; amount += 50_000) {
            uint256 snapshot = vm.snapshotState();
            bool ok = chooser.pull{gas: 5_000_000}(feed, made, 10 * PERIOD, true, amount);
            bool stored = set.latestRound() == 2;
            assertEq(ok, stored, "it reverts or takes the round");
            if (stored) accepted++;
            vm.revertToState(snapshot);
        }
        assertGt(accepted, 0, "with enough gas it is accepted");
    }
}
