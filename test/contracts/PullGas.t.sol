// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Feed} from "../../contracts/feed/Feed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {Round4x4Verifier} from "./generated/Round4x4Verifier.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";

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
            assertEq(stored, ok && stored, "a pull that fails stores nothing");
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
