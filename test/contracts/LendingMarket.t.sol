// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {stdError} from "forge-std/StdError.sol";
import {LendingMarket} from "../../contracts/examples/LendingMarket.sol";
import {Feed} from "../../contracts/feed/Feed.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeed} from "../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {MarketFixture} from "./support/MarketFixture.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";
import {FeeToken, HookToken, TestToken} from "./support/Tokens.sol";

contract LendingMarketTest is MarketFixture {
    /* WHAT IT DOES */

    function test_LendsAgainstCollateral() public {
        vm.expectEmit(address(market));
        emit LendingMarket.CollateralChanged(alice, 0, BTC);
        _deposit(alice, BTC);
        (uint256 borrowLimit, uint256 liquidationLimit) = market.limitsOf(alice);
        assertEq(borrowLimit, 15_000 * EUR, "borrow limit");
        assertEq(liquidationLimit, 16_000 * EUR, "liquidation limit");

        vm.expectEmit(address(market));
        emit LendingMarket.LiquidityChanged(SUPPLIED, SUPPLIED - 9_000 * EUR);
        vm.expectEmit(address(market));
        emit LendingMarket.DebtChanged(alice, 0, 9_000 * EUR);
        _borrow(alice, 9_000 * EUR);
        assertEq(eur.balanceOf(alice), SUPPLIED + 9_000 * EUR, "borrowed");
        assertEq(market.totalDebt(), 9_000 * EUR, "total debt");

        _withdraw(alice, BTC / 4);
        assertEq(_repay(alice, 4_000 * EUR), 4_000 * EUR, "repaid");
        assertEq(_repay(alice, type(uint256).max), 5_000 * EUR, "and no more than the debt");
        _withdraw(alice, 3 * BTC / 4);
        assertEq(btc.balanceOf(alice), 1000 * BTC, "all collateral is back");
        assertEq(market.liquidity(), SUPPLIED, "liquidity");
        assertEq(market.totalDebt(), 0, "no debt");
    }

    function test_AnyoneMayRepayForAnother() public {
        _aliceBorrowsAll();
        vm.prank(bob);
        market.repay(alice, 15_000 * EUR);
        assertEq(_debtOf(alice), 0, "debt");
        assertEq(_debtOf(bob), 0, "whoever pays owes nothing");
    }

    function test_TheLenderTakesOutWhatIsNotLent() public {
        _aliceBorrowsAll();
        vm.startPrank(lender);
        vm.expectRevert(
            abi.encodeWithSelector(
                LendingMarket.LendingMarket_TooLittleLiquidity.selector, SUPPLIED - 15_000 * EUR, SUPPLIED
            )
        );
        market.withdraw(SUPPLIED);
        market.withdraw(SUPPLIED - 15_000 * EUR);
        vm.stopPrank();
        assertEq(eur.balanceOf(address(market)), 0, "nothing is left");
        // And repayments still come in, and can be taken out.
        _repay(alice, 15_000 * EUR);
        vm.prank(lender);
        market.withdraw(15_000 * EUR);
        assertEq(eur.balanceOf(lender), SUPPLIED, "the lender has it all");
    }

    function test_RevertIf_SomeoneElseActsAsTheLender() public {
        bytes memory refused =
            abi.encodeWithSelector(LendingMarket.LendingMarket_NotTheLender.selector, stranger, lender);
        vm.startPrank(stranger);
        vm.expectRevert(refused);
        market.supply(1);
        vm.expectRevert(refused);
        market.withdraw(1);
    }

    function test_AGiftChangesNothing() public {
        _deposit(alice, BTC);
        eur.mint(address(market), 5 * EUR);
        btc.mint(address(market), 5 * BTC);
        (uint256 borrowLimit,) = market.limitsOf(alice);
        assertEq(borrowLimit, 15_000 * EUR, "limit");
        assertEq(market.liquidity(), SUPPLIED, "liquidity");
        vm.prank(lender);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_TooLittleLiquidity.selector, SUPPLIED, SUPPLIED + 1)
        );
        market.withdraw(SUPPLIED + 1);
    }

    /* AGE */

    /// @dev Feed 0 stays OK and feed 2 does not, or the other way round; the last round is OK for both again only where
    /// an action asks for it.
    function _ageFeed(uint256 collateralStatus, uint256 debtStatus, uint256 rounds) private {
        for (uint256 i = 0; i < rounds; i++) {
            _round([PRICE, 1, DEBT_PRICE], [collateralStatus, OK, debtStatus]);
        }
    }

    function _expectRefusedWhatNeedsAPrice(address borrower, bytes memory reason) private {
        vm.prank(borrower);
        vm.expectRevert(reason);
        market.borrow(1);
        vm.prank(borrower);
        vm.expectRevert(reason);
        market.withdrawCollateral(1);
        vm.prank(liquidator);
        vm.expectRevert(reason);
        market.liquidate(borrower, type(uint256).max, 0);
        vm.expectRevert(reason);
        market.limitsOf(borrower);
    }

    function _assertWhatNeedsNoPriceWorks(address borrower) private {
        uint256 collateral = _collateralOf(borrower);
        uint256 debt = _debtOf(borrower);
        _deposit(borrower, BTC);
        _repay(borrower, debt / 2);
        assertEq(_debtOf(borrower), debt - debt / 2, "a part is repaid");
        _repay(borrower, debt);
        _withdraw(borrower, collateral + BTC);
        assertEq(_debtOf(borrower), 0, "debt");
        assertEq(_collateralOf(borrower), 0, "collateral");
    }

    function test_RevertIf_TheCollateralsPriceIsStale() public {
        _aliceBorrowsAll();
        uint256 answered = block.timestamp;
        _ageFeed(NO_QUORUM, OK, 5);
        // At its bound it is fresh: what refuses is the status, and a liquidation looks at the price.
        vm.warp(answered + COLLATERAL_MAX_AGE);
        vm.prank(alice);
        vm.expectRevert(_notOk(collateralFeed, NO_QUORUM));
        market.borrow(1);
        vm.prank(liquidator);
        vm.expectPartialRevert(LendingMarket.LendingMarket_NotLiquidatable.selector);
        market.liquidate(alice, 1, 0);

        vm.warp(answered + COLLATERAL_MAX_AGE + 1);
        _expectRefusedWhatNeedsAPrice(alice, _stale(collateralFeed, COLLATERAL_MAX_AGE + 1, COLLATERAL_MAX_AGE));
        _assertWhatNeedsNoPriceWorks(alice);
    }

    /// @dev Both assets rise by half and the position is as sound as before; the collateral's rise is held.
    function test_RevertIf_ADebtWouldBeForgivenWhileTheCollateralsRiseIsHeld() public {
        _aliceBorrowsAll();
        _round([PRICE * 3 / 2, 1, DEBT_PRICE * 3 / 2], [HELD, OK, OK]);
        vm.prank(alice);
        vm.expectRevert(_notOk(collateralFeed, HELD));
        market.liquidate(alice, type(uint256).max, 0);
        assertEq(market.badDebt(), 0, "the lender lost nothing");
    }

    /// @dev Both fall by three tenths; the debt's feed has no quorum.
    function test_RevertIf_ADebtWouldBeForgivenWhileItsFeedHasNoQuorum() public {
        _aliceBorrowsAll();
        _round([PRICE * 7 / 10, 1, 0], [OK, OK, NO_QUORUM]);
        vm.prank(liquidator);
        vm.expectRevert(_notOk(debtFeed, NO_QUORUM));
        market.liquidate(alice, type(uint256).max, 0);
    }

    /// @dev Repaying is free, and leaves no dust of collateral behind a dust of debt.
    function test_RevertIf_CollateralIsWithdrawnFromADebtThatIsTooSmall() public {
        _deposit(alice, BTC);
        _borrow(alice, MIN_DEBT);
        _repay(alice, MIN_DEBT - 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(LendingMarket.LendingMarket_DebtTooSmall.selector, 1, MIN_DEBT));
        market.withdrawCollateral(1);
        _repay(alice, 1);
        _withdraw(alice, BTC);
        assertEq(_collateralOf(alice), 0, "collateral");
    }

    function test_RevertIf_TheDebtsPriceIsStale() public {
        _aliceBorrowsAll();
        uint256 answered = block.timestamp;
        // The other feed's bound is shorter: this one has its own.
        _ageFeed(OK, REFUSED, 10);
        vm.prank(liquidator);
        vm.expectPartialRevert(LendingMarket.LendingMarket_NotLiquidatable.selector);
        market.liquidate(alice, 1, 0);

        vm.warp(answered + DEBT_MAX_AGE + 1);
        _expectRefusedWhatNeedsAPrice(alice, _stale(debtFeed, DEBT_MAX_AGE + 1, DEBT_MAX_AGE));
        _assertWhatNeedsNoPriceWorks(alice);
    }

    function test_WhileTheSetIsPausedPricesGrowStale() public {
        _aliceBorrowsAll();
        _deposit(bob, BTC);
        uint256 answered = block.timestamp;
        vm.prank(guardian);
        set.pause();
        vm.warp(answered + COLLATERAL_MAX_AGE);
        _borrow(bob, MIN_DEBT);
        vm.warp(answered + COLLATERAL_MAX_AGE + 1);
        _expectRefusedWhatNeedsAPrice(bob, _stale(collateralFeed, COLLATERAL_MAX_AGE + 1, COLLATERAL_MAX_AGE));
        _assertWhatNeedsNoPriceWorks(bob);

        // And after the pause it goes on.
        vm.prank(owner);
        set.unpause();
        _begin(epoch + 10);
        _prices(PRICE / 2, DEBT_PRICE);
        _liquidate(alice, type(uint256).max);
        assertEq(_debtOf(alice), 0, "liquidated");
    }

    function _answerWith(Feed feed, int256 answer, uint256 updatedAt) private {
        vm.mockCall(
            address(feed),
            abi.encodeCall(feed.latestRoundData, ()),
            abi.encode(uint80(1), answer, updatedAt, updatedAt, uint80(1))
        );
    }

    /// @dev None of this project's feeds says such things.
    function test_RevertIf_AFeedAnswersNonsense() public {
        _aliceBorrowsAll();
        Feed[2] memory feeds = [collateralFeed, debtFeed];
        int256[2] memory answers = [int256(0), -5];
        for (uint256 i = 0; i < feeds.length; i++) {
            for (uint256 j = 0; j < answers.length; j++) {
                _answerWith(feeds[i], answers[j], block.timestamp);
                _expectRefusedWhatNeedsAPrice(
                    alice,
                    abi.encodeWithSelector(LendingMarket.LendingMarket_NotPositive.selector, feeds[i], answers[j])
                );
            }
            _answerWith(feeds[i], 5, block.timestamp + 1);
            _expectRefusedWhatNeedsAPrice(alice, stdError.arithmeticError);
            vm.clearMockedCalls();
        }
        _borrow(alice, 0);
    }

    /* STATUS */

    function test_RevertIf_RiskIsAddedWhileAReportIsNotOk() public {
        _deposit(alice, BTC);
        _borrow(alice, 1_000 * EUR);
        for (uint256 status = HELD; status <= NO_QUORUM; status++) {
            for (uint256 i = 0; i < 2; i++) {
                i == 0 ? _statuses(status, OK) : _statuses(OK, status);
                bytes memory reason = _notOk(i == 0 ? IFeed(collateralFeed) : debtFeed, status);
                vm.prank(alice);
                vm.expectRevert(reason);
                market.borrow(1);
                vm.prank(alice);
                vm.expectRevert(reason);
                market.withdrawCollateral(1);
                // Both again, so that the next status is of a fresh answer.
                _prices(PRICE, DEBT_PRICE);
            }
        }
        _borrow(alice, 1);
        _withdraw(alice, 1);
    }

    function test_WhatRemovesRiskNeedsNoStatus() public {
        _aliceBorrowsAll();
        _statuses(HELD, NO_QUORUM);
        _assertWhatNeedsNoPriceWorks(alice);
    }

    function test_ALiquidationWorksOnTheCarriedAnswer() public {
        _aliceBorrowsAll();
        _prices(18_000e8, DEBT_PRICE);
        for (uint256 status = HELD; status <= NO_QUORUM; status++) {
            // What was not accepted would save her.
            _statuses(status, OK);
            (uint256 repaid, uint256 seized) = _liquidate(alice, 1_000 * EUR);
            assertEq(repaid, 1_000 * EUR, "repaid");
            // 1,050 EUR at 18,000.
            assertEq(seized, uint256(1_050 * BTC) / 18_000, "at the carried price");
        }
    }

    function test_RevertIf_AHeldFallWouldLiquidate() public {
        _aliceBorrowsAll();
        _round([PRICE / 10, 1, DEBT_PRICE * 10], [HELD, OK, HELD]);
        vm.prank(liquidator);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_NotLiquidatable.selector, 15_000 * EUR, 16_000 * EUR)
        );
        market.liquidate(alice, type(uint256).max, 0);
    }

    /* PHASES */

    function _nextPhase(uint256 collateralPrice, uint256 debtPrice, bool overridden) private {
        FeedSet next = new FeedSet(_params());
        Feed[2] memory feeds = [collateralFeed, debtFeed];
        for (uint256 i = 0; i < feeds.length; i++) {
            vm.prank(owner);
            feeds[i].propose(next, 2 * i);
        }
        if (overridden) _begin(epoch + 1 days / PERIOD);
        set = next;
        _prices(collateralPrice, debtPrice);
        for (uint256 i = 0; i < feeds.length; i++) {
            vm.prank(owner);
            overridden ? feeds[i].confirmOverride() : feeds[i].confirm();
            assertEq(feeds[i].phaseId(), 2, "phase");
        }
    }

    function test_APhaseChangeBetweenTwoCallsChangesNothingButThePrice() public {
        _deposit(alice, BTC);
        _nextPhase(PRICE + PRICE / 100, DEBT_PRICE, false);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_DebtTooLarge.selector, 15_151 * EUR, 15_150 * EUR)
        );
        market.borrow(15_151 * EUR);
        _borrow(alice, 15_150 * EUR);
        // Statuses are the new set's as well.
        _statuses(HELD, OK);
        vm.prank(alice);
        vm.expectRevert(_notOk(collateralFeed, HELD));
        market.withdrawCollateral(1);
        _assertWhatNeedsNoPriceWorks(alice);
    }

    function test_AnOverrideToAFarAnswerLeavesNoPositionStuck() public {
        _aliceBorrowsAll();
        _nextPhase(PRICE / 10, DEBT_PRICE, true);
        (uint256 repaid, uint256 seized) = _liquidate(alice, type(uint256).max);
        assertEq(repaid, 1_904_761_905, "2,000 EUR less the bonus, rounded up");
        assertEq(seized, BTC, "all of it");
        assertEq(market.badDebt(), 15_000 * EUR - repaid, "the rest is the lender's loss");
    }

    function test_AnOverrideToAFarAnswerAboveLetsMoreBeBorrowed() public {
        _aliceBorrowsAll();
        _nextPhase(10 * PRICE, DEBT_PRICE, true);
        _borrow(alice, 135_000 * EUR);
        vm.prank(alice);
        vm.expectPartialRevert(LendingMarket.LendingMarket_DebtTooLarge.selector);
        market.borrow(1);
    }

    /* EDGES */

    function test_ZeroAmountsChangeNothing() public {
        _aliceBorrowsAll();
        _deposit(alice, 0);
        _borrow(alice, 0);
        _withdraw(alice, 0);
        _repay(alice, 0);
        vm.startPrank(lender);
        market.supply(0);
        market.withdraw(0);
        vm.stopPrank();
        assertEq(_repay(bob, 5), 0, "nothing is taken from who owes nothing");
        _prices(18_000e8, DEBT_PRICE);
        _liquidate(alice, 0);
        assertEq(_collateralOf(alice), BTC, "collateral");
        assertEq(_debtOf(alice), 15_000 * EUR, "debt");
        assertEq(market.liquidity(), SUPPLIED - 15_000 * EUR, "liquidity");
    }

    function test_RevertIf_OneUnitMoreIsBorrowedThanTheLimit() public {
        _deposit(alice, BTC);
        _borrow(alice, 15_000 * EUR - 1);
        _borrow(alice, 1);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_DebtTooLarge.selector, 15_000 * EUR + 1, 15_000 * EUR)
        );
        market.borrow(1);
    }

    /// @dev One unit of the price less, and the limit's fraction is lost to the borrower.
    function test_LimitsAreRoundedDown() public {
        _deposit(alice, BTC);
        _prices(PRICE - 1, DEBT_PRICE);
        (uint256 borrowLimit, uint256 liquidationLimit) = market.limitsOf(alice);
        // The value is 19,999.99999999 EUR and counts as 19,999.999999.
        assertEq(borrowLimit, 14_999_999_999, "3/4 of 19,999.999999, rounded down");
        assertEq(liquidationLimit, 15_999_999_999, "4/5 of it, rounded down");
    }

    function test_RevertIf_CollateralIsWithdrawnBeyondTheLimit() public {
        _deposit(alice, BTC);
        _borrow(alice, 7_500 * EUR);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_DebtTooLarge.selector, 7_500 * EUR, 7_500 * EUR - 1)
        );
        market.withdrawCollateral(BTC / 2 + 1);
        _withdraw(alice, BTC / 2);
    }

    function test_RevertIf_MoreIsWithdrawnThanDeposited() public {
        _deposit(alice, BTC);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(LendingMarket.LendingMarket_TooLittleCollateral.selector, BTC, BTC + 1));
        market.withdrawCollateral(BTC + 1);
    }

    function test_RevertIf_ADebtWouldBeDust() public {
        _deposit(alice, BTC);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_DebtTooSmall.selector, MIN_DEBT - 1, MIN_DEBT)
        );
        market.borrow(MIN_DEBT - 1);
        _borrow(alice, MIN_DEBT);
        // One unit more of a debt that is large enough is no dust.
        _borrow(alice, 1);
    }

    function test_RevertIf_ThereIsTooLittleToLend() public {
        vm.prank(lender);
        market.withdraw(SUPPLIED - 1_000 * EUR);
        _deposit(alice, BTC);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(
                LendingMarket.LendingMarket_TooLittleLiquidity.selector, 1_000 * EUR, 1_000 * EUR + 1
            )
        );
        market.borrow(1_000 * EUR + 1);
        _borrow(alice, 1_000 * EUR);
    }

    /* LIQUIDATION */

    function test_RevertIf_ADebtIsExactlyAtTheThreshold() public {
        _aliceBorrowsAll();
        // 4/5 of 18,750 is 15,000.
        _prices(18_750e8, DEBT_PRICE);
        vm.prank(liquidator);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_NotLiquidatable.selector, 15_000 * EUR, 15_000 * EUR)
        );
        market.liquidate(alice, type(uint256).max, 0);
        _prices(18_750e8 - 1, DEBT_PRICE);
        _liquidate(alice, 1);
    }

    function test_ALiquidatorRepaysAPartAndGetsTheBonus() public {
        _aliceBorrowsAll();
        _prices(18_000e8, DEBT_PRICE);
        vm.expectEmit(address(market));
        emit LendingMarket.Liquidated(liquidator, alice, 7_500 * EUR, BTC * 7_875 / 18_000);
        (uint256 repaid, uint256 seized) = _liquidate(alice, type(uint256).max);
        assertEq(repaid, 7_500 * EUR, "half of the debt at once");
        assertEq(seized, BTC * 7_875 / 18_000, "its worth and 5 %");
        assertEq(btc.balanceOf(liquidator), 1000 * BTC + seized, "paid out");
        assertEq(_collateralOf(alice), BTC - seized, "collateral");
        assertEq(_debtOf(alice), 7_500 * EUR, "debt");
        assertEq(market.liquidity(), SUPPLIED - 7_500 * EUR, "liquidity");
        assertEq(market.badDebt(), 0, "no bad debt");
        // It is below the threshold again.
        vm.prank(liquidator);
        vm.expectPartialRevert(LendingMarket.LendingMarket_NotLiquidatable.selector);
        market.liquidate(alice, 1, 0);
    }

    /// @dev Half of an odd debt is rounded up: against the borrower.
    function test_TheCloseFactorIsRoundedUp() public {
        _deposit(alice, BTC);
        _borrow(alice, 14_999 * EUR + 999_999);
        _prices(18_000e8, DEBT_PRICE);
        (uint256 repaid,) = _liquidate(alice, type(uint256).max);
        assertEq(repaid, 7_500 * EUR, "half, rounded up");
    }

    function test_ASmallDebtIsClosedAsAWhole() public {
        _deposit(alice, BTC / 100);
        _borrow(alice, MIN_DEBT + 1);
        // 1/100 of 12,000 is 120, and 4/5 of that is 96.
        _prices(12_000e8, DEBT_PRICE);
        (uint256 repaid,) = _liquidate(alice, 1);
        assertEq(repaid, 1, "one unit");
        (repaid,) = _liquidate(alice, type(uint256).max);
        assertEq(repaid, MIN_DEBT, "and then all of it");
        assertEq(_debtOf(alice), 0, "debt");
    }

    function test_RevertIf_TooLittleIsSeized() public {
        _aliceBorrowsAll();
        _prices(18_000e8, DEBT_PRICE);
        uint256 worth = BTC * 7_875 / 18_000;
        vm.prank(liquidator);
        vm.expectRevert(abi.encodeWithSelector(LendingMarket.LendingMarket_SeizedTooLittle.selector, worth, worth + 1));
        market.liquidate(alice, type(uint256).max, worth + 1);
        assertEq(eur.balanceOf(liquidator), SUPPLIED, "nothing was paid");
    }

    function test_CollateralThatDoesNotCoverTheDebtLeavesBadDebt() public {
        _aliceBorrowsAll();
        _prices(10_000e8, DEBT_PRICE);
        vm.expectEmit(address(market));
        emit LendingMarket.BadDebtChanged(0, 15_000 * EUR - 9_523_809_524);
        (uint256 repaid, uint256 seized) = _liquidate(alice, type(uint256).max);
        assertEq(repaid, 9_523_809_524, "10,000 less the bonus, rounded up; the close factor does not count");
        assertEq(seized, BTC, "all there is");
        assertEq(_debtOf(alice), 0, "nothing is owed");
        assertEq(market.totalDebt(), 0, "total debt");
        assertEq(market.liquidity() + market.badDebt(), SUPPLIED, "the lender's loss is named");
        // And the borrower's account is as new.
        _aliceStartsAgain();
    }

    function _aliceStartsAgain() private {
        _prices(PRICE, DEBT_PRICE);
        _aliceBorrowsAll();
        assertEq(_debtOf(alice), 15_000 * EUR, "a new debt");
    }

    function test_CollateralThatJustCoversDebtAndBonusLeavesNone() public {
        _aliceBorrowsAll();
        // 15,000 and 5 %.
        _prices(15_750e8, DEBT_PRICE);
        (uint256 repaid, uint256 seized) = _liquidate(alice, type(uint256).max);
        assertEq(repaid, 15_000 * EUR, "all of the debt");
        assertEq(seized, BTC, "for all of the collateral");
        assertEq(market.badDebt(), 0, "no bad debt");
    }

    function test_AnUncoveredDebtMayBeLiquidatedInParts() public {
        _aliceBorrowsAll();
        _prices(10_000e8, DEBT_PRICE);
        (uint256 first, uint256 seized) = _liquidate(alice, 4_000 * EUR);
        assertEq(seized, BTC * 42 / 100, "4,200 of 10,000");
        assertEq(market.badDebt(), 0, "not yet");
        (uint256 second,) = _liquidate(alice, type(uint256).max);
        assertEq(first + second, 9_523_809_524, "as at once");
        assertEq(market.badDebt(), 15_000 * EUR - first - second, "bad debt");
    }

    function test_WorthlessCollateralIsNoTrap() public {
        _aliceBorrowsAll();
        // The least price there is: 10^-8 for a BTC, which is nothing in units of the debt token.
        _prices(1, DEBT_PRICE);
        (uint256 repaid, uint256 seized) = _liquidate(alice, 0);
        assertEq(repaid, 0, "for nothing");
        assertEq(seized, BTC, "all of it");
        assertEq(market.badDebt(), 15_000 * EUR, "bad debt");
        _aliceStartsAgain();
    }

    /// @dev A hundredth of a BTC is the least there is of this token, and worth 180 EUR: one unit of debt does not buy it.
    function test_OneUnitDoesNotBuyACoarseToken() public {
        _openMarket(new TestToken(2), new TestToken(6));
        _deposit(alice, 100);
        _borrow(alice, 15_000 * EUR);
        _prices(18_000e8, DEBT_PRICE);
        (, uint256 seized) = _liquidate(alice, 1);
        assertEq(seized, 0, "rounded down");
        (, seized) = _liquidate(alice, 180 * EUR);
        assertEq(seized, 1, "189 EUR buy one");
    }

    /* PARAMETERS */

    function _expectBadParameter(bytes32 what, uint256 got, uint256 bound, LendingMarket.Terms memory terms) private {
        vm.expectRevert(abi.encodeWithSelector(LendingMarket.LendingMarket_BadParameter.selector, what, got, bound));
        _create(terms, COLLATERAL_MAX_AGE, DEBT_MAX_AGE, btc);
    }

    function _create(LendingMarket.Terms memory terms, uint256 maxAge, uint256 debtMaxAge, TestToken token)
        private
        returns (LendingMarket)
    {
        return new LendingMarket(
            LendingMarket.Asset(token, collateralFeed, maxAge),
            LendingMarket.Asset(eur, debtFeed, debtMaxAge),
            terms,
            lender
        );
    }

    function test_RevertIf_TermsAreOutOfBounds() public {
        LendingMarket.Terms memory terms = _terms();
        terms.bonus = 2_001;
        _expectBadParameter("bonus", 2_001, 2_000, terms);
        // With a bonus of 5 %, 95.23 % of the collateral is what its price would leave for the debt.
        terms = _terms();
        terms.liquidationThreshold = 9_523;
        _expectBadParameter("liquidationThreshold", 9_523, 9_522, terms);
        terms.liquidationThreshold = 1;
        _expectBadParameter("liquidationThreshold", 1, 2, terms);
        terms = _terms();
        terms.collateralFactor = 8_000;
        _expectBadParameter("collateralFactor", 8_000, 7_999, terms);
        terms.collateralFactor = 0;
        _expectBadParameter("collateralFactor", 0, 1, terms);
        terms = _terms();
        terms.closeFactor = 0;
        _expectBadParameter("closeFactor", 0, 1, terms);
        terms.closeFactor = 10_001;
        _expectBadParameter("closeFactor", 10_001, 10_000, terms);
        terms = _terms();
        terms.minDebt = 9_999;
        _expectBadParameter("minDebt", 9_999, 10_000, terms);
    }

    function test_RevertIf_AnAgeOrDecimalsAreOutOfBounds() public {
        uint256[2] memory ages = [uint256(0), 7 days + 1];
        uint256[2] memory bounds = [uint256(1), 7 days];
        bytes4 selector = LendingMarket.LendingMarket_BadParameter.selector;
        for (uint256 i = 0; i < ages.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(selector, bytes32("collateralMaxAge"), ages[i], bounds[i]));
            _create(_terms(), ages[i], DEBT_MAX_AGE, btc);
            vm.expectRevert(abi.encodeWithSelector(selector, bytes32("debtMaxAge"), ages[i], bounds[i]));
            _create(_terms(), COLLATERAL_MAX_AGE, ages[i], btc);
        }
        TestToken fine = new TestToken(41);
        vm.expectRevert(abi.encodeWithSelector(selector, bytes32("collateralDecimals"), 49, 48));
        _create(_terms(), COLLATERAL_MAX_AGE, DEBT_MAX_AGE, fine);
        _create(_terms(), 7 days, 1, new TestToken(40));
    }

    function testFuzz_AtTheThresholdTheCollateralCoversDebtAndBonus(uint256 bonus, uint256 threshold) public {
        LendingMarket.Terms memory terms = _terms();
        terms.bonus = bound(bonus, 0, 2_000);
        terms.liquidationThreshold = bound(threshold, 2, 10_000);
        terms.collateralFactor = 1;
        try this.create(terms) returns (LendingMarket) {
            assertLt(terms.liquidationThreshold * (10_000 + terms.bonus), 10_000 * 10_000, "covered");
        } catch {
            assertGe((terms.liquidationThreshold + 1) * (10_000 + terms.bonus), 10_000 * 10_000, "not by far");
        }
    }

    function create(LendingMarket.Terms memory terms) external returns (LendingMarket) {
        return _create(terms, COLLATERAL_MAX_AGE, DEBT_MAX_AGE, btc);
    }

    /* DECIMALS */

    /// @dev 7 of the one token at 3, in the other at 2, is 10.5 of it, whatever the decimals are.
    function test_AnyDecimalsGiveTheSameLimits() public {
        uint8[3] memory feedDecimals = [0, 6, 18];
        uint8[3] memory tokenDecimals = [2, 6, 18];
        IFeedSet.Params memory params = _params();
        for (uint256 i = 0; i < 3; i++) {
            params.feeds[i].decimals = feedDecimals[i];
        }
        params.preimage.feedSetId = _feedSetId(params.feeds);
        // Of two sets, so that each of the two prices can be in each of the decimals.
        FeedSet[2] memory sets = [new FeedSet(params), new FeedSet(params)];
        for (uint256 i = 0; i < 2; i++) {
            set = sets[i];
            uint256 price = 3 - i;
            _round([price, price * 1e6, price * 1e18], [OK, OK, OK]);
        }
        for (uint256 i = 0; i < 81; i++) {
            collateralFeed = new Feed(sets[0], i % 3, 10_000, 0, 1 days, owner);
            debtFeed = new Feed(sets[1], i / 3 % 3, 10_000, 0, 1 days, owner);
            _assertLimits(tokenDecimals[i / 9 % 3], tokenDecimals[i / 27]);
        }
    }

    function _assertLimits(uint8 collateralDecimals, uint8 debtDecimals) private {
        _openMarket(new TestToken(collateralDecimals), new TestToken(debtDecimals));
        btc.mint(alice, 700 * 10 ** collateralDecimals);
        _deposit(alice, 700 * 10 ** collateralDecimals);
        (uint256 borrowLimit, uint256 liquidationLimit) = market.limitsOf(alice);
        assertEq(borrowLimit, 1050 * 10 ** uint256(debtDecimals) * 3 / 4, "borrow limit");
        assertEq(liquidationLimit, 1050 * 10 ** uint256(debtDecimals) * 4 / 5, "liquidation limit");
    }

    /* HOSTILE TOKENS */

    function test_OfATokenThatTakesAFeeWhatArrivesCounts() public {
        FeeToken collateral = new FeeToken(18);
        FeeToken debt = new FeeToken(6);
        _openMarket(collateral, debt);
        collateral.setFee(1);
        debt.setFee(1);
        _deposit(alice, BTC);
        assertEq(_collateralOf(alice), BTC * 99 / 100, "deposited");
        vm.prank(alice);
        vm.expectPartialRevert(LendingMarket.LendingMarket_DebtTooLarge.selector);
        market.borrow(15_000 * EUR);
        _borrow(alice, 10_000 * EUR);
        assertEq(_debtOf(alice), 10_000 * EUR, "what left is owed");
        assertEq(_repay(alice, 1_000 * EUR), 990 * EUR, "repaid");
        assertEq(_debtOf(alice), 9_010 * EUR, "debt");
        eur.mint(lender, 100 * EUR);
        vm.prank(lender);
        market.supply(100 * EUR);
        assertEq(market.liquidity(), SUPPLIED - 10_000 * EUR + 990 * EUR + 99 * EUR, "liquidity");
        assertEq(debt.balanceOf(address(market)), market.liquidity(), "and it is there");

        _prices(11_000e8, DEBT_PRICE);
        (uint256 repaid, uint256 seized) = _liquidate(alice, 1_000 * EUR);
        assertEq(repaid, 990 * EUR, "a liquidator's payment as well");
        assertEq(seized, 990 * BTC * 105 / 100 / 11_000, "and it buys no more");
        assertEq(collateral.balanceOf(address(market)), _collateralOf(alice), "collateral");
    }

    /// @dev A debt token that switches its fee on later still lets an uncovered position run down to nothing.
    function test_AFeeDoesNotKeepABadPositionForGood() public {
        FeeToken debt = new FeeToken(6);
        _openMarket(new TestToken(18), debt);
        _aliceBorrowsAll();
        debt.setFee(1);
        _prices(10_000e8, DEBT_PRICE);
        for (uint256 i = 0; i < 10 && _debtOf(alice) != 0; i++) {
            _liquidate(alice, type(uint256).max);
        }
        assertEq(_debtOf(alice), 0, "debt");
        assertEq(market.liquidity() + market.badDebt(), SUPPLIED, "every unit is accounted for");
    }

    /// @dev Of a token that gives more, what was asked for counts: a repayment cannot exceed its debt.
    function test_OfATokenThatGivesMoreWhatWasSentCounts() public {
        FeeToken debt = new FeeToken(6);
        _openMarket(new TestToken(18), debt);
        _aliceBorrowsAll();
        debt.setFee(-1);
        assertEq(_repay(alice, 1_000 * EUR), 1_000 * EUR, "a part");
        assertEq(_repay(alice, type(uint256).max), 14_000 * EUR, "and the rest");
        assertEq(market.liquidity(), SUPPLIED, "liquidity");
    }

    function test_RevertIf_ATokenReenters() public {
        HookToken token = new HookToken(18);
        _openMarket(token, new TestToken(6));
        _aliceBorrowsAll();
        bytes[7] memory calls = [
            abi.encodeCall(market.supply, (1)),
            abi.encodeCall(market.withdraw, (1)),
            abi.encodeCall(market.depositCollateral, (1)),
            abi.encodeCall(market.withdrawCollateral, (1)),
            abi.encodeCall(market.borrow, (1)),
            abi.encodeCall(market.repay, (alice, 1)),
            abi.encodeCall(market.liquidate, (alice, 1, 0))
        ];
        bytes memory refused = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        for (uint256 i = 0; i < calls.length; i++) {
            token.hook(address(market), calls[i]);
            _deposit(alice, BTC);
            assertEq(token.calls(), 1, "on the way in");
            assertFalse(token.succeeded(), "and not let in");
            assertEq(token.answer(), refused, "refused on the way in");
            _withdraw(alice, BTC);
            assertEq(token.calls(), 2, "on the way out");
            assertFalse(token.succeeded(), "nor let in then");
            assertEq(token.answer(), refused, "refused on the way out");
        }
        // And while collateral is being seized.
        _prices(18_000e8, DEBT_PRICE);
        _liquidate(alice, 1);
        assertEq(token.answer(), refused, "refused in a liquidation");
    }

    /* PROPERTIES */

    /// @dev Whatever a borrower does, at any prices, no action of their own makes the position liquidatable.
    function testFuzz_NobodyBecomesLiquidatableByTheirOwnActions(
        uint256 collateralPrice,
        uint256 debtPrice,
        uint256[8] calldata actions
    ) public {
        _prices(bound(collateralPrice, 1e4, 1e14), bound(debtPrice, 1e3, 1e9));
        _deposit(alice, BTC);
        for (uint256 i = 0; i < actions.length; i++) {
            _act(alice, actions[i]);
            vm.prank(liquidator);
            vm.expectPartialRevert(LendingMarket.LendingMarket_NotLiquidatable.selector);
            market.liquidate(alice, type(uint256).max, 0);
        }
    }

    /// @dev Amounts up to the limit and a little beyond it, so that both sides of each edge are met.
    function _act(address who, uint256 action) private {
        (uint256 limit,) = market.limitsOf(who);
        uint256 debt = _debtOf(who);
        uint256 amount = action >> 8;
        vm.startPrank(who);
        if (action % 4 == 0) {
            market.depositCollateral(amount % BTC);
        } else if (action % 4 == 1) {
            amount = (action >> 3) % 2 == 0 || limit < debt ? amount % (limit + 3) : limit - debt + amount % 3;
            try market.borrow(amount) {}
            catch (bytes memory reason) {
                _assertRefusal(reason);
            }
        } else if (action % 4 == 2) {
            try market.withdrawCollateral(amount % (_collateralOf(who) + 3)) {}
            catch (bytes memory reason) {
                _assertRefusal(reason);
            }
        } else {
            market.repay(who, amount % (debt + 3));
        }
        vm.stopPrank();
    }

    /// @dev A covered position gets better, or has no debt; a liquidator never gets more than worth and bonus, but for
    /// what one unit of the debt token is worth; every unit of the lender's is accounted for.
    function testFuzz_ALiquidationIsFair(uint256 borrowed, uint256 price, uint256 debtPrice, uint256 offered) public {
        _deposit(alice, BTC);
        borrowed = bound(borrowed, MIN_DEBT, 15_000 * EUR);
        _borrow(alice, borrowed);
        price = bound(price, 1, PRICE);
        debtPrice = bound(debtPrice, DEBT_PRICE, 2 * DEBT_PRICE);
        _prices(price, debtPrice);
        (, uint256 limit) = market.limitsOf(alice);
        vm.assume(borrowed > limit);
        offered = bound(offered, 0, borrowed);
        (uint256 repaid, uint256 seized) = _liquidate(alice, offered);
        assertLe(repaid, offered, "no more than was offered");

        // In parts of 10^-30 of a dollar.
        uint256 paid = repaid * debtPrice * 1e18;
        uint256 got = seized * price * 1e4;
        assertLe(got * 100, (paid + debtPrice * 1e18) * 105, "not more than worth and bonus");
        (uint256 collateral, uint256 debt) = market.positionOf(alice);
        assertEq(collateral, BTC - seized, "collateral");
        bool covered = BTC * price * 1e4 * 100 >= borrowed * debtPrice * 1e18 * 105;
        if (covered) {
            assertLe(BTC * debt, collateral * borrowed, "not worse");
            assertEq(market.badDebt(), 0, "nothing is written off");
        }
        assertEq(market.totalDebt(), debt, "total debt");
        assertEq(debt + market.badDebt() + repaid, borrowed, "the debt is repaid, owed or written off");
        assertEq(market.liquidity() + debt + market.badDebt(), SUPPLIED, "the lender's");
        assertTrue(collateral != 0 || debt == 0, "no debt without collateral");
    }
}

/// @dev What the invariant below is tried with: three borrowers, a lender and a liquidator, prices and statuses at will.
contract MarketHandler is MarketFixture {
    uint256 public lent = SUPPLIED;
    address[3] public borrowers;

    function setUp() public override {
        super.setUp();
        borrowers = [alice, bob, stranger];
        btc.mint(stranger, 1000 * BTC);
        eur.mint(stranger, SUPPLIED);
        vm.startPrank(stranger);
        btc.approve(address(market), type(uint256).max);
        eur.approve(address(market), type(uint256).max);
        vm.stopPrank();
        // With debts from the start, most campaigns come to liquidations and bad debt.
        for (uint256 i = 0; i < 3; i++) {
            _deposit(borrowers[i], BTC);
            _borrow(borrowers[i], 15_000 * EUR);
        }
    }

    /// @dev Time does not pass by itself between two calls of a campaign.
    modifier now_() {
        vm.warp(epoch * PERIOD);
        _;
    }

    function price(uint256 collateralPrice, uint256 debtPrice, uint256 statuses) external now_ {
        uint256 status = statuses % 8 == 0 ? statuses % 3 + 1 : OK;
        _round(
            [bound(collateralPrice, PRICE / 3, PRICE * 3), 1, bound(debtPrice, DEBT_PRICE / 3, DEBT_PRICE * 3)],
            [status, OK, OK]
        );
    }

    function deposit(uint256 who, uint256 amount) external now_ {
        _deposit(borrowers[who % 3], bound(amount, 0, BTC));
    }

    function borrow(uint256 who, uint256 amount) external now_ {
        address borrower = borrowers[who % 3];
        (uint256 limit,) = market.limitsOf(borrower);
        uint256 debt = _debtOf(borrower);
        uint256 room = limit > debt ? limit - debt : 0;
        vm.prank(borrower);
        try market.borrow(amount % 2 == 0 ? room : bound(amount, 0, room + 1)) {}
        catch (bytes memory reason) {
            _assertRefusal(reason);
        }
    }

    function withdrawCollateral(uint256 who, uint256 amount) external now_ {
        address borrower = borrowers[who % 3];
        uint256 collateral = _collateralOf(borrower);
        vm.prank(borrower);
        try market.withdrawCollateral(bound(amount, 0, collateral)) {}
        catch (bytes memory reason) {
            _assertRefusal(reason);
        }
    }

    function repay(uint256 who, uint256 amount) external now_ {
        _repay(borrowers[who % 3], bound(amount, 0, 20_000 * EUR));
    }

    /// @dev Whoever can be liquidated: alone, the right borrower is seldom met.
    function liquidate(uint256 amount) external now_ {
        for (uint256 i = 0; i < 3; i++) {
            vm.prank(liquidator);
            try market.liquidate(borrowers[i], bound(amount, 0, 20_000 * EUR), 0) {}
            catch (bytes memory reason) {
                _assertRefusal(reason);
            }
        }
    }

    function lend(uint256 amount) external now_ {
        amount = bound(amount, 0, 10_000 * EUR);
        eur.mint(lender, amount);
        vm.prank(lender);
        market.supply(amount);
        lent += amount;
    }

    function takeBack(uint256 amount) external now_ {
        amount = bound(amount, 0, market.liquidity() / 10);
        vm.prank(lender);
        market.withdraw(amount);
        lent -= amount;
    }

    function books() external view returns (LendingMarket, TestToken, TestToken) {
        return (market, btc, eur);
    }
}

/// forge-config: default.invariant.runs = 16
/// forge-config: default.invariant.depth = 64
/// forge-config: default.invariant.fail-on-revert = true
contract LendingMarketInvariantTest is MarketFixture {
    MarketHandler private handler;

    function setUp() public override {
        handler = new MarketHandler();
        handler.setUp();
        (market, btc, eur) = handler.books();
        bytes4[] memory selectors = new bytes4[](8);
        selectors[0] = MarketHandler.price.selector;
        selectors[1] = MarketHandler.deposit.selector;
        selectors[2] = MarketHandler.borrow.selector;
        selectors[3] = MarketHandler.withdrawCollateral.selector;
        selectors[4] = MarketHandler.repay.selector;
        selectors[5] = MarketHandler.liquidate.selector;
        selectors[6] = MarketHandler.lend.selector;
        selectors[7] = MarketHandler.takeBack.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_TheBooksBalance() public view {
        uint256 debts;
        uint256 collaterals;
        for (uint256 i = 0; i < 3; i++) {
            (uint256 collateral, uint256 debt) = market.positionOf(handler.borrowers(i));
            debts += debt;
            collaterals += collateral;
            assertTrue(collateral != 0 || debt == 0, "no debt without collateral");
        }
        assertEq(market.totalDebt(), debts, "total debt is the sum of debts");
        assertEq(market.liquidity() + debts + market.badDebt(), handler.lent(), "what was lent is there, owed or lost");
        assertEq(eur.balanceOf(address(market)), market.liquidity(), "liquidity is there");
        assertEq(btc.balanceOf(address(market)), collaterals, "collateral is there");
    }
}

/// @dev Proven rounds of the real circuit: feed 0 as collateral and feed 1 as debt. The third round holds feed 1, and the
/// fifth lets feed 0 fall to a tenth, by a reset, while feed 1 is held again.
contract LendingMarketRealProofsTest is RoundsFixture {
    address private alice = makeAddr("alice");
    address private lender = makeAddr("lender");
    LendingMarket private market;
    Feed private collateralFeed;
    Feed private debtFeed;

    function setUp() public {
        _load("test/fixtures/round-4x4.json", IVerifier(deployCode("Round4x4Verifier.sol:Round4x4Verifier")), 8);
        collateralFeed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        debtFeed = new Feed(set, 1, 10_000, 0, 1 days, owner);
        TestToken collateral = new TestToken(18);
        TestToken debt = new TestToken(6);
        market = new LendingMarket(
            LendingMarket.Asset(collateral, collateralFeed, 3 * period),
            LendingMarket.Asset(debt, debtFeed, 3 * period),
            LendingMarket.Terms(7_500, 8_000, 5_000, 500, 1e6),
            lender
        );
        debt.mint(lender, 1_000e6);
        debt.mint(address(this), 1_000e6);
        debt.approve(address(market), type(uint256).max);
        vm.startPrank(lender);
        debt.approve(address(market), type(uint256).max);
        market.supply(1_000e6);
        vm.stopPrank();
        collateral.mint(alice, 10e18);
        vm.startPrank(alice);
        collateral.approve(address(market), type(uint256).max);
        market.depositCollateral(10e18);
        vm.stopPrank();
    }

    function test_ItWorksOnProvenRounds() public {
        for (uint256 index = 0; index < 5; index++) {
            Recorded memory round = _recorded(index);
            _begin(round);
            _send(round);
            if (index == 0) _borrowAll();
            if (index == 2) _expectHeld();
        }
        // The collateral is at a tenth, the debt's price carried from the fourth round: nothing is forgiven at that ratio.
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_NotOk.selector, market.debtFeed(), IFeedSet.Status.HELD)
        );
        market.liquidate(alice, type(uint256).max, 0);
        assertEq(market.badDebt(), 0, "bad debt");
    }

    function _borrowAll() private {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(LendingMarket.LendingMarket_DebtTooLarge.selector, 7_500_001, 7_500_000));
        market.borrow(7_500_001);
        market.borrow(7_500_000);
        vm.stopPrank();
    }

    function _expectHeld() private {
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LendingMarket_NotOk.selector, debtFeed, IFeedSet.Status.HELD)
        );
        market.borrow(0);
    }
}
