// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Feed} from "../../contracts/feed/Feed.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
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

    /// @dev The guarantee: with any amount of gas it either reverts or answers with what is fresh.
    function test_WithNoAmountOfGasIsAnAnswerReadThatIsTooOld() public {
        for (uint256 i = 0; i < 2; i++) {
            (uint256 fellBack, uint256 accepted) = _sweep(period - 1, i == 1);
            assertEq(fellBack, 0, "the stored answer was too old");
            assertGt(accepted, 0, "the round's was not");
        }
    }

    /// @dev What is no guarantee: of two answers that are fresh enough, whoever chooses the gas chooses.
    function test_WhoeverChoosesTheGasCanHaveTheRoundLeftOut() public {
        (uint256 fellBack, uint256 accepted) = _sweep(10 * period, true);
        assertGt(fellBack, 0, "what is read is warm: the 64th part that is left suffices for the read");
        assertGt(accepted, 0, "with enough gas the round is accepted");
        (fellBack,) = _sweep(10 * period, false);
        assertEq(fellBack, 0, "cold, in a set of this size, it does not");
    }
}

/// @dev In a large set a round costs so much that the 64th part suffices for a cold read too.
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

    function test_WhoeverChoosesTheGasCanHaveARoundOfALargeSetLeftOut() public {
        _send(_proven(OK));
        _begin(epoch + 1);
        IFeedSet.Submission memory made = _proven(HELD);
        Feed feed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        GasChooser chooser = new GasChooser();
        assertTrue(chooser.pull{gas: 5_000_000}(feed, made, 10 * PERIOD, false, 1_000_000), "read");
        assertEq(set.latestRound(), 1, "and left out");
        assertFalse(chooser.pull{gas: 5_000_000}(feed, made, PERIOD - 1, false, 1_000_000), "not if it is too old");
        assertTrue(chooser.pull{gas: 5_000_000}(feed, made, PERIOD - 1, false, 2_000_000), "with enough gas");
        assertEq(set.latestRound(), 2, "it is accepted");
    }
}
