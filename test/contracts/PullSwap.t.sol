// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {PullSwap} from "../../contracts/examples/PullSwap.sol";
import {Feed} from "../../contracts/feed/Feed.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeed} from "../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";
import {SetFixture} from "./support/SetFixture.sol";
import {FeeToken, HookToken, TestToken} from "./support/Tokens.sol";

/// @dev Whether a round is accepted is what matters here, not why: rounds are at will, by a fake verifier.
/// PullSwapRealProofsTest has real ones.
contract PullSwapTest is SetFixture {
    uint256 private constant BTC = 1e18;
    uint256 private constant USD = 1e6;
    uint256 private constant PRICE = 20_000e8;
    uint256 private constant MAX_AGE = 2 * PERIOD;
    uint256 private constant SPREAD_PPM = 1_000;
    uint256 private constant ONE = 1_000_000;

    address private maker = makeAddr("maker");
    address private trader = makeAddr("trader");
    Feed private feed;
    TestToken private btc;
    TestToken private usd;
    PullSwap private swapper;

    function setUp() public override {
        super.setUp();
        feed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        _open(new TestToken(18), new TestToken(6));
    }

    function _open(TestToken base, TestToken quote) private {
        (btc, usd) = (base, quote);
        swapper = new PullSwap(btc, usd, feed, MAX_AGE, SPREAD_PPM, maker);
        btc.mint(address(swapper), 100 * BTC);
        usd.mint(address(swapper), 1_000_000 * USD);
        btc.mint(trader, 100 * BTC);
        usd.mint(trader, 1_000_000 * USD);
        vm.startPrank(trader);
        btc.approve(address(swapper), type(uint256).max);
        usd.approve(address(swapper), type(uint256).max);
        vm.stopPrank();
    }

    function _made(uint256 price, uint256 status) private view returns (IFeedSet.Submission memory) {
        return _submission([price, 1, 1], [status, OK, OK]);
    }

    function _sell(IFeedSet.Submission memory submission, uint256 amount, uint256 minOut) private returns (uint256) {
        vm.prank(trader);
        return swapper.swap(submission, btc, amount, minOut, block.timestamp);
    }

    function _less(uint256 amount) private pure returns (uint256) {
        return amount * (ONE - SPREAD_PPM) / ONE;
    }

    /* WHAT IT DOES */

    function test_SellsAndBuysAtThePriceOfTheRoundThatIsBrought() public {
        vm.expectEmit(address(swapper));
        emit PullSwap.Swapped(trader, btc, BTC, 19_980 * USD, (1 << 64) | 1);
        assertEq(_sell(_made(PRICE, OK), BTC, 19_980 * USD), 19_980 * USD, "sold at 20,000 less 1,000 ppm");
        assertEq(usd.balanceOf(trader), 1_019_980 * USD, "paid");
        assertEq(set.latestRound(), 1, "the round is stored");

        _begin(epoch + 1);
        IFeedSet.Submission memory next = _made(PRICE / 2, OK);
        vm.prank(trader);
        uint256 bought = swapper.swap(next, usd, 10_000 * USD, 0, block.timestamp);
        assertEq(bought, BTC * 999 / 1000, "bought at 10,000 less 1,000 ppm");
        assertEq(btc.balanceOf(trader), 99 * BTC + bought, "paid out");
    }

    function test_AmountsAreRoundedDown() public {
        // Worth 999.5 units: 999, and less the spread 998.
        assertEq(_sell(_made(PRICE, OK), 49_975_000_000, 0), 998, "sold");
        _begin(epoch + 1);
        IFeedSet.Submission memory next = _made(PRICE + 1, OK);
        vm.prank(trader);
        uint256 bought = swapper.swap(next, usd, 1, 0, block.timestamp);
        assertEq(bought, _less(BTC * 1e8 / (PRICE + 1) / USD), "bought");
    }

    function test_AnyDecimalsGiveTheSamePrice() public {
        uint8[3] memory decimals = [0, 2, 24];
        for (uint256 i = 0; i < 9; i++) {
            (uint8 base, uint8 quote) = (decimals[i % 3], decimals[i / 3]);
            _open(new TestToken(base), new TestToken(quote));
            btc.mint(trader, 1000 * 10 ** base);
            usd.mint(address(swapper), 20_000_000 * 10 ** quote);
            _begin(epoch + 1);
            assertEq(_sell(_made(PRICE, OK), 1000 * 10 ** base, 0), 19_980_000 * 10 ** uint256(quote), "sold");
        }
    }

    /* WHO COMES FIRST */

    function test_TheSameRoundSubmittedFirstStopsNothing() public {
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        vm.prank(stranger);
        set.submit(mine);
        vm.expectEmit(address(feed));
        emit IFeed.PullFellBack(set, IFeedSet.FeedSet_StaleState.selector);
        assertEq(_sell(mine, BTC, 19_980 * USD), 19_980 * USD, "at the same price");
    }

    function test_AnotherRoundSubmittedFirstStopsNothing() public {
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        IFeedSet.Submission memory theirs = _made(PRICE + PRICE / 100, OK);
        vm.prank(stranger);
        set.submit(theirs);
        assertEq(_sell(mine, BTC, 19_980 * USD), _less(20_200 * USD), "at the price that is stored");
    }

    function test_RevertIf_AnotherRoundIsWorseThanTheTraderTakes() public {
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        IFeedSet.Submission memory theirs = _made(PRICE - PRICE / 100, OK);
        vm.prank(stranger);
        set.submit(theirs);
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(PullSwap.PullSwap_TooLittle.selector, _less(19_800 * USD), 19_980 * USD));
        swapper.swap(mine, btc, BTC, 19_980 * USD, block.timestamp);
    }

    function test_AFreshAnswerDoesWithoutARound() public {
        _okRound(PRICE);
        vm.prank(guardian);
        set.pause();
        skip(MAX_AGE);
        IFeedSet.Submission memory none;
        assertEq(_sell(none, BTC, 0), 19_980 * USD, "at the stored answer");
        skip(1);
        vm.prank(trader);
        vm.expectPartialRevert(IFeed.Feed_TooOld.selector);
        swapper.swap(none, btc, BTC, 0, block.timestamp);
    }

    function test_RevertIf_NothingFreshIsBrought() public {
        _okRound(PRICE);
        fake.setAccepts(false);
        _begin(epoch + 3);
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        vm.prank(trader);
        vm.expectPartialRevert(IFeed.Feed_TooOld.selector);
        swapper.swap(mine, btc, BTC, 0, block.timestamp);
    }

    /* WHAT PROTECTS THE MAKER */

    function test_RevertIf_TheAnswerIsCarried() public {
        _okRound(PRICE);
        for (uint256 status = HELD; status <= NO_QUORUM; status++) {
            _begin(epoch + 1);
            IFeedSet.Submission memory mine = _made(PRICE / 2, status);
            uint256 snapshot = vm.snapshotState();
            vm.prank(trader);
            vm.expectRevert(abi.encodeWithSelector(PullSwap.PullSwap_Carried.selector, (1 << 64) | 1, (1 << 64) | 2));
            swapper.swap(mine, btc, BTC, 0, block.timestamp);
            // Nor if somebody else brought it.
            set.submit(mine);
            vm.prank(trader);
            vm.expectPartialRevert(PullSwap.PullSwap_Carried.selector);
            swapper.swap(mine, btc, BTC, 0, block.timestamp);
            vm.revertToState(snapshot);
            _begin(epoch - 1);
        }
    }

    /// @dev None of this project's feeds says such things.
    function test_RevertIf_AFeedAnswersNonsense() public {
        IFeedSet.Submission memory none;
        int256[2] memory answers = [int256(0), -5];
        for (uint256 i = 0; i < answers.length; i++) {
            vm.mockCall(
                address(feed),
                abi.encodeWithSelector(IFeed.pull.selector),
                abi.encode(uint80(1), answers[i], block.timestamp, block.timestamp, uint80(1))
            );
            vm.prank(trader);
            vm.expectRevert(abi.encodeWithSelector(PullSwap.PullSwap_NotPositive.selector, answers[i]));
            swapper.swap(none, btc, BTC, 0, block.timestamp);
        }
    }

    function test_OnlyTheMakerTakesOut() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(PullSwap.PullSwap_NotTheMaker.selector, stranger, maker));
        swapper.withdraw(btc, 1);
        vm.prank(maker);
        swapper.withdraw(btc, 100 * BTC);
        assertEq(btc.balanceOf(maker), 100 * BTC, "all of it");
    }

    function test_RevertIf_TheSpreadIsTooLarge() public {
        vm.expectRevert(abi.encodeWithSelector(PullSwap.PullSwap_SpreadTooLarge.selector, 100_001, 100_000));
        new PullSwap(btc, usd, feed, MAX_AGE, 100_001, maker);
    }

    /// @dev There and back, at any price, gains nothing.
    function testFuzz_NobodyGainsByGoingThereAndBack(uint256 price, uint256 amount) public {
        _begin(epoch + 1);
        set.submit(_made(bound(price, 1, 1e15), OK));
        IFeedSet.Submission memory none;
        amount = bound(amount, 0, BTC);
        usd.mint(address(swapper), 1e30);
        uint256 got = _sell(none, amount, 0);
        vm.prank(trader);
        uint256 back = swapper.swap(none, usd, got, 0, block.timestamp);
        assertLe(back, amount, "no gain");
    }

    /* HOSTILE */

    function test_RevertIf_TheDeadlineHasPassed() public {
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        vm.prank(trader);
        vm.expectRevert(
            abi.encodeWithSelector(PullSwap.PullSwap_TooLate.selector, block.timestamp, block.timestamp - 1)
        );
        swapper.swap(mine, btc, BTC, 0, block.timestamp - 1);
    }

    function test_RevertIf_TheTokenIsNotOneOfThePair() public {
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        TestToken worthless = new TestToken(18);
        worthless.mint(trader, BTC);
        vm.startPrank(trader);
        worthless.approve(address(swapper), BTC);
        vm.expectRevert(abi.encodeWithSelector(PullSwap.PullSwap_NotOneOfThePair.selector, worthless));
        swapper.swap(mine, worthless, BTC, 0, block.timestamp);
    }

    function test_OfATokenThatTakesAFeeWhatArrivesIsSold() public {
        FeeToken token = new FeeToken(18);
        _open(token, new TestToken(6));
        token.setFee(1);
        assertEq(_sell(_made(PRICE, OK), BTC, 0), _less(19_800 * USD), "99 %");
    }

    function test_RevertIf_ATokenReenters() public {
        HookToken token = new HookToken(18);
        _open(token, new TestToken(6));
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        token.hook(address(swapper), abi.encodeCall(swapper.swap, (mine, usd, 1, 0, block.timestamp)));
        assertEq(_sell(mine, BTC, 0), 19_980 * USD, "sold once");
        assertFalse(token.succeeded(), "and not let in");
        assertEq(
            token.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "refused"
        );
    }

    /* PHASES */

    function test_ARoundOfThePhaseBeforeStopsNothing() public {
        _okRound(PRICE);
        IFeedSet.Submission memory mine = _made(PRICE, OK);
        FeedSet next = new FeedSet(_params());
        vm.prank(owner);
        feed.propose(next, 0);
        set = next;
        _okRound(PRICE + PRICE / 100);
        vm.prank(owner);
        feed.confirm();
        assertEq(_sell(mine, BTC, 0), _less(20_200 * USD), "at the new phase's answer");
    }
}

/// @dev Proven rounds of the real circuit, brought by the trader. The third one holds feed 1.
contract PullSwapRealProofsTest is RoundsFixture {
    address private trader = makeAddr("trader");
    TestToken private base;
    PullSwap private swapper;

    function setUp() public {
        _load("test/fixtures/round-4x4.json", IVerifier(deployCode("Round4x4Verifier.sol:Round4x4Verifier")), 8);
        base = new TestToken(18);
        TestToken quote = new TestToken(6);
        Feed feed = new Feed(set, 1, 10_000, 0, 1 days, owner);
        swapper = new PullSwap(base, quote, feed, 2 * period, 1_000, owner);
        quote.mint(address(swapper), 1_000_000e6);
        base.mint(trader, 100e18);
        vm.prank(trader);
        base.approve(address(swapper), type(uint256).max);
    }

    function _swap(Recorded memory round) private returns (uint256) {
        vm.prank(trader);
        return swapper.swap{gas: GAS_LIMIT}(round.submission, base, 1e18, 0, block.timestamp);
    }

    function test_ItWorksOnProvenRounds() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        assertEq(_swap(round), 99_900_000, "100 less the spread");
        assertEq(set.latestRound(), 1, "the trader's round is stored");

        round = _recorded(1);
        _begin(round);
        _send(round);
        assertEq(_swap(round), 99_900_014, "100.000015 less the spread, though it had been submitted");

        round = _recorded(2);
        _begin(round);
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(PullSwap.PullSwap_Carried.selector, (1 << 64) | 2, (1 << 64) | 3));
        swapper.swap(round.submission, base, 1e18, 0, block.timestamp);
    }

    /// @dev A proof that does not hold is no round; while the stored answer is fresh, it stops nothing either.
    function test_AProofThatDoesNotHoldFallsBackOnTheStoredAnswer() public {
        Recorded memory round = _recorded(0);
        _begin(round);
        _send(round);
        Recorded memory forged = _recorded(1);
        _begin(forged);
        forged.submission.words[0] += 1 << 124;
        assertEq(_swap(forged), 99_900_000, "at the first round's price");
        assertEq(set.latestRound(), 1, "and no round is stored");
    }
}
