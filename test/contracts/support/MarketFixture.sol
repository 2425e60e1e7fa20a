// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LendingMarket} from "../../../contracts/examples/LendingMarket.sol";
import {Feed} from "../../../contracts/feed/Feed.sol";
import {IFeed} from "../../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";
import {SetFixture} from "./SetFixture.sol";
import {TestToken} from "./Tokens.sol";

/// @dev A market of a token of 18 decimals, priced by feed 0 (8 decimals), and a debt token of 6, priced by feed 2 (6
/// decimals), each 5 and 10 epochs at most. Its rounds are accepted by a fake verifier: prices and statuses are needed
/// by the hundred. LendingMarketRealProofsTest has real ones.
abstract contract MarketFixture is SetFixture {
    uint256 internal constant BTC = 1e18;
    uint256 internal constant EUR = 1e6;
    uint256 internal constant PRICE = 20_000e8;
    uint256 internal constant DEBT_PRICE = 1e6;
    uint256 internal constant COLLATERAL_MAX_AGE = 5 * PERIOD;
    uint256 internal constant DEBT_MAX_AGE = 10 * PERIOD;
    uint256 internal constant SUPPLIED = 1_000_000 * EUR;
    uint256 internal constant MIN_DEBT = 100 * EUR;

    address internal lender = makeAddr("lender");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal liquidator = makeAddr("liquidator");

    Feed internal collateralFeed;
    Feed internal debtFeed;
    TestToken internal btc;
    TestToken internal eur;
    LendingMarket internal market;

    function setUp() public virtual override {
        super.setUp();
        collateralFeed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        debtFeed = new Feed(set, 2, 10_000, 0, 1 days, owner);
        _openMarket(new TestToken(18), new TestToken(6));
        _prices(PRICE, DEBT_PRICE);
    }

    function _openMarket(TestToken collateral, TestToken debt) internal {
        (btc, eur) = (collateral, debt);
        market = new LendingMarket(
            LendingMarket.Asset(btc, collateralFeed, COLLATERAL_MAX_AGE),
            LendingMarket.Asset(eur, debtFeed, DEBT_MAX_AGE),
            _terms(),
            lender
        );
        address[4] memory users = [lender, alice, bob, liquidator];
        for (uint256 i = 0; i < users.length; i++) {
            btc.mint(users[i], 1000 * BTC);
            eur.mint(users[i], SUPPLIED);
            vm.startPrank(users[i]);
            btc.approve(address(market), type(uint256).max);
            eur.approve(address(market), type(uint256).max);
            vm.stopPrank();
        }
        vm.prank(lender);
        market.supply(SUPPLIED);
    }

    /// @dev May borrow up to 75 %, liquidated beyond 80 %, half at once, 5 % bonus.
    function _terms() internal pure returns (LendingMarket.Terms memory) {
        return LendingMarket.Terms(7_500, 8_000, 5_000, 500, MIN_DEBT);
    }

    function _prices(uint256 collateralPrice, uint256 debtPrice) internal {
        _round([collateralPrice, 1, debtPrice], [OK, OK, OK]);
    }

    /// @dev A round of these statuses; a price that is not OK would be five times as high.
    function _statuses(uint256 collateralStatus, uint256 debtStatus) internal {
        _round(
            [collateralStatus == OK ? PRICE : 5 * PRICE, 1, debtStatus == OK ? DEBT_PRICE : 5 * DEBT_PRICE],
            [collateralStatus, OK, debtStatus]
        );
    }

    function _deposit(address who, uint256 amount) internal {
        vm.prank(who);
        market.depositCollateral(amount);
    }

    function _borrow(address who, uint256 amount) internal {
        vm.prank(who);
        market.borrow(amount);
    }

    function _withdraw(address who, uint256 amount) internal {
        vm.prank(who);
        market.withdrawCollateral(amount);
    }

    function _repay(address who, uint256 amount) internal returns (uint256) {
        vm.prank(who);
        return market.repay(who, amount);
    }

    function _liquidate(address borrower, uint256 maxRepaid) internal returns (uint256, uint256) {
        vm.prank(liquidator);
        return market.liquidate(borrower, maxRepaid, 0);
    }

    /// @dev One BTC, and all that may be borrowed on it: 15,000 EUR.
    function _aliceBorrowsAll() internal {
        _deposit(alice, BTC);
        _borrow(alice, 15_000 * EUR);
    }

    function _collateralOf(address who) internal view returns (uint256 collateral) {
        (collateral,) = market.positionOf(who);
    }

    function _debtOf(address who) internal view returns (uint256 debt) {
        (, debt) = market.positionOf(who);
    }

    /// @dev What was tried at an edge may be refused by one of the market's own rules, and by nothing else: no panic, no
    /// token's error.
    function _assertRefusal(bytes memory reason) internal pure {
        bytes4 selector = bytes4(reason);
        assertTrue(
            selector == LendingMarket.LendingMarket_DebtTooSmall.selector
                || selector == LendingMarket.LendingMarket_DebtTooLarge.selector
                || selector == LendingMarket.LendingMarket_TooLittleLiquidity.selector
                || selector == LendingMarket.LendingMarket_TooLittleCollateral.selector
                || selector == LendingMarket.LendingMarket_NotLiquidatable.selector
                || selector == LendingMarket.LendingMarket_NotOk.selector,
            string.concat("an unexpected error: ", vm.toString(reason))
        );
    }

    function _stale(IFeed feed, uint256 age, uint256 maxAge) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(LendingMarket.LendingMarket_Stale.selector, feed, age, maxAge);
    }

    function _notOk(IFeed feed, uint256 status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(LendingMarket.LendingMarket_NotOk.selector, feed, IFeedSet.Status(status));
    }
}
