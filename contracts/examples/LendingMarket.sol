// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20, IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFeed} from "../interfaces/IFeed.sol";
import {IFeedSet} from "../interfaces/IFeedSet.sol";

/// @title A lending market on two feeds: one collateral token, one debt token, one lender
/// @notice What adds risk (borrowing, withdrawing collateral with a debt) asks that both answers be fresh and both newest
/// reports OK. What removes it (depositing, repaying) never asks for a price. Liquidation asks for fresh answers, and
/// works on a carried one: while a feed is held or refused its newest price may be an attack, and the carried answer is
/// the last that was proven and accepted. Refusing it would let whoever can have a report held stop liquidations. Its
/// age is bounded like any other's. The cost: a real fall is liquidated only as the feed's chart lets it through; and where
/// both assets move together while one feed is carried, a part of a sound position may be liquidated at a ratio that never
/// was. What the collateral does not cover is therefore bought out, and the rest written off, only while both are OK.
/// @dev Rounding: a position is worth the floor, in units of the debt token; a liquidator pays the ceiling and gets the
/// floor. A seizure rounded up would sell a whole unit of a coarse collateral token for one unit of debt.
/// Deliberately absent: interest, shares, an owner. One lender supplies, and bears bad debt: with several, shares would
/// have to socialise it. A phase change of a feed is no event here: only the facade's address is held, and its
/// decimals never change.
/// Warning: both feeds quote in one currency, e.g. X / USD and Y / USD; no contract can check that.
/// Warning: of a token that takes a fee, what arrives is what counts. One that rebases, or takes from the sender more than
/// the amount, is not for this market.
contract LendingMarket is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @param maxAge Seconds that the feed's answer may be old: its own heartbeat and some more.
    struct Asset {
        IERC20Metadata token;
        IFeed feed;
        uint256 maxAge;
    }

    /// @notice Parts in 10^4. A debt may be taken up to `collateralFactor` of the collateral's value, and is liquidated
    /// beyond `liquidationThreshold` of it, at most `closeFactor` of it at once; a liquidator gets `bonus` on top.
    /// @param minDebt Units of the debt token. No smaller debt is taken; one that is not larger is closed as a whole.
    struct Terms {
        uint256 collateralFactor;
        uint256 liquidationThreshold;
        uint256 closeFactor;
        uint256 bonus;
        uint256 minDebt;
    }

    struct Position {
        uint256 collateral;
        uint256 debt;
    }

    error LendingMarket_BadParameter(bytes32 what, uint256 got, uint256 bound);
    error LendingMarket_NotTheLender(address got, address want);
    error LendingMarket_Stale(IFeed feed, uint256 age, uint256 maxAge);
    error LendingMarket_NotPositive(IFeed feed, int256 answer);
    error LendingMarket_NotOk(IFeed feed, IFeedSet.Status status);
    error LendingMarket_DebtTooSmall(uint256 got, uint256 want);
    error LendingMarket_DebtTooLarge(uint256 got, uint256 want);
    error LendingMarket_TooLittleLiquidity(uint256 got, uint256 want);
    error LendingMarket_TooLittleCollateral(uint256 got, uint256 want);
    error LendingMarket_NotLiquidatable(uint256 debt, uint256 limit);
    error LendingMarket_SeizedTooLittle(uint256 got, uint256 want);

    event LiquidityChanged(uint256 oldLiquidity, uint256 newLiquidity);
    event CollateralChanged(address indexed borrower, uint256 oldCollateral, uint256 newCollateral);
    event DebtChanged(address indexed borrower, uint256 oldDebt, uint256 newDebt);
    event BadDebtChanged(uint256 oldBadDebt, uint256 newBadDebt);
    event Liquidated(address indexed liquidator, address indexed borrower, uint256 repaid, uint256 seized);

    uint256 private constant ONE = 10_000;
    uint256 private constant MAX_BONUS = 2_000;
    uint256 private constant MAX_MAX_AGE = 7 days;
    /// @dev 10^48 times an answer of up to 96 bits fits a word.
    uint256 private constant MAX_DECIMALS = 48;

    IERC20 public immutable collateralToken;
    IERC20 public immutable debtToken;
    IFeed public immutable collateralFeed;
    IFeed public immutable debtFeed;
    uint256 public immutable collateralMaxAge;
    uint256 public immutable debtMaxAge;
    address public immutable lender;
    uint256 public immutable collateralFactor;
    uint256 public immutable liquidationThreshold;
    uint256 public immutable closeFactor;
    uint256 public immutable bonus;
    uint256 public immutable minDebt;
    /// @dev 10^(token decimals + feed decimals): what an amount times an answer is divided by.
    uint256 private immutable _collateralScale;
    uint256 private immutable _debtScale;

    mapping(address borrower => Position) public positionOf;
    /// @notice What the lender supplied and nobody has borrowed; counted, so that a gift changes nothing.
    uint256 public liquidity;
    uint256 public totalDebt;
    /// @notice Debts that were written off, the lender's loss.
    uint256 public badDebt;

    constructor(Asset memory collateral, Asset memory debt, Terms memory terms, address lender_) {
        _requireWithin("collateralMaxAge", collateral.maxAge, 1, MAX_MAX_AGE);
        _requireWithin("debtMaxAge", debt.maxAge, 1, MAX_MAX_AGE);
        _requireWithin("bonus", terms.bonus, 0, MAX_BONUS);
        // At the threshold the collateral covers debt and bonus, so that a liquidation in time makes a position better.
        _requireWithin("liquidationThreshold", terms.liquidationThreshold, 2, ONE * ONE / (ONE + terms.bonus) - 1);
        _requireWithin("collateralFactor", terms.collateralFactor, 1, terms.liquidationThreshold - 1);
        _requireWithin("closeFactor", terms.closeFactor, 1, ONE);
        // A value's rounding is then at most a part in 10^4 of any debt that is taken.
        _requireWithin("minDebt", terms.minDebt, ONE, type(uint128).max);
        (collateralToken, collateralFeed, collateralMaxAge) = (collateral.token, collateral.feed, collateral.maxAge);
        (debtToken, debtFeed, debtMaxAge) = (debt.token, debt.feed, debt.maxAge);
        (collateralFactor, liquidationThreshold) = (terms.collateralFactor, terms.liquidationThreshold);
        (closeFactor, bonus, minDebt) = (terms.closeFactor, terms.bonus, terms.minDebt);
        lender = lender_;
        _collateralScale = _scale("collateralDecimals", collateral);
        _debtScale = _scale("debtDecimals", debt);
    }

    /* LENDER */

    function supply(uint256 amount) external nonReentrant {
        _requireLender();
        _setLiquidity(liquidity + _take(debtToken, amount));
    }

    /// @notice Only what is not lent out.
    function withdraw(uint256 amount) external nonReentrant {
        _requireLender();
        _takeLiquidity(amount);
        debtToken.safeTransfer(msg.sender, amount);
    }

    /* BORROWER. Left out: a refusal of zero amounts, which change nothing. */

    function depositCollateral(uint256 amount) external nonReentrant {
        // Interaction first, under the guard: what arrives is known only afterwards. So in all that takes tokens.
        uint256 received = _take(collateralToken, amount);
        _setCollateral(msg.sender, positionOf[msg.sender].collateral + received);
    }

    function withdrawCollateral(uint256 amount) external nonReentrant {
        Position memory position = positionOf[msg.sender];
        if (amount > position.collateral) revert LendingMarket_TooLittleCollateral(position.collateral, amount);
        // What is left of a debt by repaying is not worth a liquidation: it keeps all its collateral.
        if (position.debt != 0 && position.debt < minDebt) revert LendingMarket_DebtTooSmall(position.debt, minDebt);
        if (position.debt != 0) _requireCovered(position.collateral - amount, position.debt);
        _setCollateral(msg.sender, position.collateral - amount);
        collateralToken.safeTransfer(msg.sender, amount);
    }

    function borrow(uint256 amount) external nonReentrant {
        Position memory position = positionOf[msg.sender];
        uint256 newDebt = position.debt + amount;
        if (newDebt < minDebt) revert LendingMarket_DebtTooSmall(newDebt, minDebt);
        _requireCovered(position.collateral, newDebt);
        _takeLiquidity(amount);
        _setDebt(msg.sender, newDebt);
        debtToken.safeTransfer(msg.sender, amount);
    }

    /// @notice Anyone may repay anyone's debt, at most all of it.
    function repay(address borrower, uint256 amount) external nonReentrant returns (uint256 repaid) {
        uint256 debt = positionOf[borrower].debt;
        repaid = _take(debtToken, Math.min(amount, debt));
        _setLiquidity(liquidity + repaid);
        _setDebt(borrower, debt - repaid);
    }

    /* LIQUIDATOR */

    /// @notice Repays a part of a debt beyond its limit for collateral of that worth and the bonus. If the collateral
    /// does not cover debt and bonus, all of it goes for what it is worth less the bonus, and the debt that remains is
    /// written off; if it is worth nothing, for nothing, so that no position is stuck.
    /// @param maxRepaid Units of the debt token that the caller is ready to pay.
    /// @param minSeized The least collateral that will do, whatever the prices are by then. Warning: a borrower who repays a
    /// little first makes less to seize; leave slack.
    function liquidate(address borrower, uint256 maxRepaid, uint256 minSeized)
        external
        nonReentrant
        returns (uint256 repaid, uint256 seized)
    {
        Position memory position = positionOf[borrower];
        (uint256 numerator, uint256 denominator) = _rate();
        uint256 value = Math.mulDiv(position.collateral, numerator, denominator);
        uint256 limit = Math.mulDiv(value, liquidationThreshold, ONE);
        if (position.debt <= limit) revert LendingMarket_NotLiquidatable(position.debt, limit);

        uint256 buyout = Math.mulDiv(value, ONE, ONE + bonus, Math.Rounding.Ceil);
        bool covered = buyout > position.debt;
        // A carried answer beside a fresh one makes a ratio that never was, if both assets have moved: no debt is forgiven at it.
        if (!covered) {
            _requireOk(collateralFeed);
            _requireOk(debtFeed);
        }
        uint256 most = covered ? position.debt : buyout;
        if (covered && most > minDebt) most = Math.mulDiv(most, closeFactor, ONE, Math.Rounding.Ceil);

        repaid = _take(debtToken, Math.min(maxRepaid, most));
        // Not more than there is: below the buyout, payment and bonus are worth less than the collateral's floor.
        seized = !covered && repaid == buyout
            ? position.collateral
            : Math.mulDiv(Math.mulDiv(repaid, ONE + bonus, ONE), denominator, numerator);
        if (seized < minSeized) revert LendingMarket_SeizedTooLittle(seized, minSeized);

        uint256 remaining = position.debt - repaid;
        if (seized == position.collateral && remaining != 0) {
            emit BadDebtChanged(badDebt, badDebt + remaining);
            badDebt += remaining;
            remaining = 0;
        }
        _setLiquidity(liquidity + repaid);
        _setDebt(borrower, remaining);
        _setCollateral(borrower, position.collateral - seized);
        emit Liquidated(msg.sender, borrower, repaid, seized);
        collateralToken.safeTransfer(msg.sender, seized);
    }

    /* VIEWS */

    /// @notice The debt that a position may have, and the one beyond which it is liquidated. Reverts if a price is stale.
    function limitsOf(address borrower) external view returns (uint256 borrowLimit, uint256 liquidationLimit) {
        (uint256 numerator, uint256 denominator) = _rate();
        uint256 value = Math.mulDiv(positionOf[borrower].collateral, numerator, denominator);
        return (Math.mulDiv(value, collateralFactor, ONE), Math.mulDiv(value, liquidationThreshold, ONE));
    }

    /* INTERNAL: PRICES */

    /// @dev Units of the debt token for one of the collateral token.
    function _rate() private view returns (uint256 numerator, uint256 denominator) {
        numerator = _freshAnswer(collateralFeed, collateralMaxAge) * _debtScale;
        denominator = _freshAnswer(debtFeed, debtMaxAge) * _collateralScale;
    }

    function _freshAnswer(IFeed feed, uint256 maxAge) private view returns (uint256) {
        (, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
        // Cannot underflow with a feed of this project, whose `updatedAt` is never later than the block.
        uint256 age = block.timestamp - updatedAt;
        if (age > maxAge) revert LendingMarket_Stale(feed, age, maxAge);
        if (answer <= 0) revert LendingMarket_NotPositive(feed, answer);
        return uint256(answer);
    }

    function _requireCovered(uint256 collateral, uint256 debt) private view {
        (uint256 numerator, uint256 denominator) = _rate();
        _requireOk(collateralFeed);
        _requireOk(debtFeed);
        uint256 limit = Math.mulDiv(Math.mulDiv(collateral, numerator, denominator), collateralFactor, ONE);
        if (debt > limit) revert LendingMarket_DebtTooLarge(debt, limit);
    }

    function _requireOk(IFeed feed) private view {
        (,, IFeedSet.Report memory report) = feed.latestReport();
        if (report.status != IFeedSet.Status.OK) revert LendingMarket_NotOk(feed, report.status);
    }

    /* INTERNAL: BOOKS */

    /// @dev What arrived, and not more than was asked for.
    function _take(IERC20 token, uint256 amount) private returns (uint256) {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        return Math.min(token.balanceOf(address(this)) - before, amount);
    }

    function _takeLiquidity(uint256 amount) private {
        if (amount > liquidity) revert LendingMarket_TooLittleLiquidity(liquidity, amount);
        _setLiquidity(liquidity - amount);
    }

    function _setLiquidity(uint256 newLiquidity) private {
        emit LiquidityChanged(liquidity, newLiquidity);
        liquidity = newLiquidity;
    }

    function _setCollateral(address borrower, uint256 newCollateral) private {
        emit CollateralChanged(borrower, positionOf[borrower].collateral, newCollateral);
        positionOf[borrower].collateral = newCollateral;
    }

    function _setDebt(address borrower, uint256 newDebt) private {
        uint256 oldDebt = positionOf[borrower].debt;
        emit DebtChanged(borrower, oldDebt, newDebt);
        totalDebt = totalDebt - oldDebt + newDebt;
        positionOf[borrower].debt = newDebt;
    }

    function _requireLender() private view {
        if (msg.sender != lender) revert LendingMarket_NotTheLender(msg.sender, lender);
    }

    function _scale(bytes32 what, Asset memory asset) private view returns (uint256) {
        uint256 decimals = uint256(asset.token.decimals()) + asset.feed.decimals();
        _requireWithin(what, decimals, 0, MAX_DECIMALS);
        return 10 ** decimals;
    }

    function _requireWithin(bytes32 what, uint256 got, uint256 least, uint256 greatest) private pure {
        if (got < least) revert LendingMarket_BadParameter(what, got, least);
        if (got > greatest) revert LendingMarket_BadParameter(what, got, greatest);
    }
}
