// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFeed} from "../../contracts/interfaces/IFeed.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";

/// @title Loans of a token on the chain's coin, with less on each coin the more unusual its newest price round is
/// @notice Up to the score `calm` a debt may be `factor` of the collateral's value; from there the part shrinks to nothing at
/// `alarm`. What adds risk (borrowing, withdrawing collateral with a debt) asks for the score; repaying and depositing never do.
/// @dev The score is the learned one only while the feed's set has the verifier of a circuit with that model: any other is
/// refused. Warning: `setVerifier` changes no report that is already stored; the first round after it is the new model's.
/// Deliberately absent: liquidation, interest, a lender's shares (contracts/examples/LendingMarket.sol has the first). The cash
/// is whatever stands here. A liquidation should not ask for the score: whoever makes rounds unusual would stop it.
contract CautiousMarket {
    using SafeERC20 for IERC20;

    error CautiousMarket_BadParameter(bytes32 what, uint256 got, uint256 bound);
    error CautiousMarket_OtherModel(IVerifier got, IVerifier want);
    error CautiousMarket_Stale(uint256 age, uint256 maxAge);
    error CautiousMarket_NotOk(IFeedSet.Status status);
    error CautiousMarket_Unusual(uint256 score, uint256 alarm);
    error CautiousMarket_DebtTooLarge(uint256 got, uint256 want);
    error CautiousMarket_SendFailed(address to, uint256 amount);

    event CollateralChanged(address indexed borrower, uint256 oldCollateral, uint256 newCollateral);
    event DebtChanged(address indexed borrower, uint256 oldDebt, uint256 newDebt);

    uint256 private constant ONE = 10_000;

    IFeed public immutable feed;
    /// @notice Of the circuit with the learned score.
    IVerifier public immutable verifier;
    IERC20 public immutable cash;
    /// @notice Seconds.
    uint256 public immutable maxAge;
    /// @notice Scores, 256 = at the model's own threshold.
    uint256 public immutable calm;
    uint256 public immutable alarm;
    /// @notice Part in 10^4.
    uint256 public immutable factor;
    /// @dev 10^(18 + feed decimals - cash decimals): what coins times an answer are divided by.
    uint256 private immutable _scale;

    mapping(address borrower => uint256) public collateralOf;
    mapping(address borrower => uint256) public debtOf;

    /// @param cashDecimals Of the token, which is worth one unit of the feed's currency.
    constructor(
        IFeed feed_,
        IVerifier verifier_,
        IERC20 cash_,
        uint256 cashDecimals,
        uint256 maxAge_,
        uint256 calm_,
        uint256 alarm_,
        uint256 factor_
    ) {
        if (cashDecimals > 18) revert CautiousMarket_BadParameter("cashDecimals", cashDecimals, 18);
        if (calm_ >= alarm_) revert CautiousMarket_BadParameter("calm", calm_, alarm_);
        if (factor_ >= ONE) revert CautiousMarket_BadParameter("factor", factor_, ONE);
        (feed, verifier, cash, maxAge) = (feed_, verifier_, cash_, maxAge_);
        (calm, alarm, factor) = (calm_, alarm_, factor_);
        _scale = 10 ** (18 + feed_.decimals() - cashDecimals);
    }

    function deposit() external payable {
        _setCollateral(msg.sender, collateralOf[msg.sender] + msg.value);
    }

    /// @dev More than there is reverts by underflow.
    function withdraw(uint256 amount) external {
        uint256 left = collateralOf[msg.sender] - amount;
        if (debtOf[msg.sender] != 0) _requireCovered(left, debtOf[msg.sender]);
        _setCollateral(msg.sender, left);
        (bool sent,) = msg.sender.call{value: amount}("");
        if (!sent) revert CautiousMarket_SendFailed(msg.sender, amount);
    }

    function borrow(uint256 amount) external {
        uint256 debt = debtOf[msg.sender] + amount;
        _requireCovered(collateralOf[msg.sender], debt);
        _setDebt(msg.sender, debt);
        cash.safeTransfer(msg.sender, amount);
    }

    /// @notice At most the whole debt.
    function repay(uint256 amount) external {
        uint256 debt = debtOf[msg.sender];
        uint256 repaid = Math.min(amount, debt);
        _setDebt(msg.sender, debt - repaid);
        cash.safeTransferFrom(msg.sender, address(this), repaid);
    }

    /// @notice The newest round's answer, and the part in 10^4 of a collateral's value that may be owed by it. Reverts for a
    /// round that is old, not OK, of another model, or too unusual.
    /// @dev Of an OK report the answer is the feed's own, so one read serves for both.
    function terms() public view returns (uint256 answer, uint256 part) {
        (IFeedSet set,) = feed.phase(feed.phaseId());
        IVerifier got = set.verifier();
        if (address(got) != address(verifier)) revert CautiousMarket_OtherModel(got, verifier);
        (, uint256 observedAt, IFeedSet.Report memory report) = feed.latestReport();
        uint256 age = block.timestamp - observedAt;
        if (age > maxAge) revert CautiousMarket_Stale(age, maxAge);
        if (report.status != IFeedSet.Status.OK) revert CautiousMarket_NotOk(report.status);
        if (report.score >= alarm) revert CautiousMarket_Unusual(report.score, alarm);
        answer = report.answer;
        part = report.score <= calm ? factor : factor * (alarm - report.score) / (alarm - calm);
    }

    /// @dev Rounded down: the borrower owes no unit that is not covered.
    function _requireCovered(uint256 collateral, uint256 debt) private view {
        (uint256 answer, uint256 part) = terms();
        uint256 limit = Math.mulDiv(Math.mulDiv(collateral, answer, _scale), part, ONE);
        if (debt > limit) revert CautiousMarket_DebtTooLarge(debt, limit);
    }

    function _setCollateral(address borrower, uint256 newCollateral) private {
        emit CollateralChanged(borrower, collateralOf[borrower], newCollateral);
        collateralOf[borrower] = newCollateral;
    }

    function _setDebt(address borrower, uint256 newDebt) private {
        emit DebtChanged(borrower, debtOf[borrower], newDebt);
        debtOf[borrower] = newDebt;
    }
}
