// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Feed} from "../../contracts/feed/Feed.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IRoundBatch} from "../../contracts/interfaces/IRoundBatch.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {GasSnapshot} from "./support/GasSnapshot.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";

/// @dev What things cost, with real pairings, in the steady state: a ring that has come round, so that its slots are
/// reused. Each call here is a transaction of its own: calls that write are measured whole, with 21,000 and calldata;
/// reads are measured by what they execute, every account and slot but the callee's account being cold. Each figure must be
/// what snapshots/gas.json says, which `npm run gas-snapshot` writes, and within its budget.
/// forge-config: default.isolate = true
contract GasTest is GasSnapshot, RoundsFixture {
    uint256 private constant RING = 2;
    uint256 private constant STEADY = 3;

    // Of synthetic-4x4-full.
    uint256 private constant ONE_HELD = 5;
    uint256 private constant NONE_OK = 7;

    FeedSet[] private sets;

    function _loadSets(string memory name, uint256 count) private {
        IVerifier made = IVerifier(deployCode("SyntheticVerifier.sol:SyntheticVerifier"));
        for (uint256 i = 0; i < count; i++) {
            _load(string.concat("test/contracts/generated/", name, ".json"), made, RING);
            sets.push(set);
        }
    }

    /// @dev Rounds before this one are in every set, and its epoch has begun.
    function _beginRound(uint256 index) private returns (Recorded memory round) {
        for (uint256 earlier = 0; earlier < index; earlier++) {
            round = _recorded(earlier);
            _begin(round);
            for (uint256 i = 0; i < sets.length; i++) {
                sets[i].submit(round.submission);
            }
        }
        round = _recorded(index);
        _begin(round);
    }

    function _submit(string memory fixture, uint256 index, string memory what, uint256 budget)
        private
        returns (uint256)
    {
        _loadSets(fixture, 1);
        Recorded memory round = _beginRound(index);
        set.submit(round.submission);
        _requireGas(what, budget);
    }

    function _submitAll(uint256 count, string memory what, uint256 budget) private {
        _loadSets("synthetic-4x4-full", count);
        Recorded memory round = _beginRound(STEADY);
        IRoundBatch.SetRound[] memory batch = new IRoundBatch.SetRound[](count);
        for (uint256 i = 0; i < count; i++) {
            batch[i] = IRoundBatch.SetRound(sets[i], round.submission);
        }
        uint256 accepted = IRoundBatch(address(verifier)).submitAll(batch);
        _requireGas(what, budget);
        assertEq(accepted, count, "accepted");
    }

    /// @dev Feed 1, read when its latest round is `index`.
    function _feedAt(uint256 index) private returns (Feed) {
        _loadSets("synthetic-4x4-full", 1);
        Recorded memory round = _beginRound(index);
        set.submit(round.submission);
        return new Feed(set, 1, 10_000, 1, 2, owner);
    }

    /* ROUNDS */

    function test_ARoundOfOneFeed() public {
        _submit("synthetic-4x1", STEADY, "submit, 1 feed", 262_000);
    }

    function test_ARoundOfFourFeeds() public {
        _submit("synthetic-4x4-full", STEADY, "submit, 4 feeds", 272_000);
    }

    function test_ARoundOfTwentyFeeds() public {
        _submit("synthetic-8x20", STEADY, "submit, 20 feeds", 330_000);
    }

    function test_ARoundOfThirtyTwoFeeds() public {
        _submit("synthetic-4x32", STEADY, "submit, 32 feeds", 375_000);
    }

    function test_ARoundInWhichAFeedTurnsHeld() public {
        _submit("synthetic-4x4-full", ONE_HELD, "submit, 4 feeds of which one turns HELD", 325_000);
    }

    function test_ARoundInWhichNoFeedIsOkAnyMore() public {
        _submit("synthetic-4x4-full", NONE_OK, "submit, 4 feeds of which none is OK any more", 390_000);
    }

    /* SEVERAL SETS */

    function test_ABatchOfOneSet() public {
        _submitAll(1, "submitAll, 1 set of 4 feeds", 275_000);
    }

    function test_ABatchOfTwoSets() public {
        _submitAll(2, "submitAll, 2 sets of 4 feeds", 378_000);
    }

    function test_ABatchOfThreeSets() public {
        _submitAll(3, "submitAll, 3 sets of 4 feeds", 475_000);
    }

    /* READS */

    function test_LatestRoundData() public {
        Feed feed = _feedAt(STEADY);
        feed.latestRoundData();
        _requireGas("latestRoundData, cold", 15_000);
    }

    function test_LatestRoundDataOfAFeedThatIsNotOk() public {
        Feed feed = _feedAt(NONE_OK);
        feed.latestRoundData();
        _requireGas("latestRoundData of a feed that is not OK, cold", 18_000);
    }

    function test_GetRoundData() public {
        Feed feed = _feedAt(STEADY);
        uint80 id = uint80(feed.latestRound()) - 1;
        feed.getRoundData(id);
        _requireGas("getRoundData, cold", 20_000);
    }

    function test_LatestReport() public {
        Feed feed = _feedAt(STEADY);
        feed.latestReport();
        _requireGas("latestReport, cold", 20_000);
    }

    function test_Pull() public {
        Feed feed = _feedAt(STEADY - 1);
        Recorded memory round = _recorded(STEADY);
        _begin(round);
        feed.pull(round.submission, period);
        _requireGas("pull, 4 feeds", 282_000);
    }
}
