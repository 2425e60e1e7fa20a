// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20, IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFeed} from "../interfaces/IFeed.sol";
import {IFeedSet} from "../interfaces/IFeedSet.sol";

/// @title Swaps of a pair at the price of a round that the trader brings
/// @notice A maker's tokens, traded at the feed's price less a spread. Whether the trader's round is accepted or another
/// came first, the swap is made at the stored answer if that is fresh and its round's own.
/// @dev A trade at a carried answer is refused, however fresh: a held jump is larger than any spread, and the maker would
/// pay for it. Only a proven round in which the feed is not OK can cause that.
/// Warning: for `maxAge` seconds a trader may choose between trading at the stored answer and bringing a newer one, and may
/// do both in one transaction. The spread must exceed what the price moves in that time; a held jump that only the
/// trader knows of is among the moves.
contract PullSwap is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    error PullSwap_SpreadTooLarge(uint256 got, uint256 bound);
    error PullSwap_TooLate(uint256 got, uint256 want);
    error PullSwap_NotOneOfThePair(IERC20 got);
    error PullSwap_NotPositive(int256 answer);
    /// @notice The newest round did not change the answer, which is an earlier round's.
    error PullSwap_Carried(uint80 answeredInRound, uint80 roundId);
    error PullSwap_TooLittle(uint256 got, uint256 want);
    error PullSwap_NotTheMaker(address got, address want);

    event Swapped(
        address indexed trader, IERC20 indexed tokenIn, uint256 amountIn, uint256 amountOut, uint80 indexed roundId
    );

    uint256 private constant ONE = 1_000_000;
    uint256 private constant MAX_SPREAD = 100_000;

    IERC20 public immutable base;
    IERC20 public immutable quote;
    IFeed public immutable feed;
    uint256 public immutable maxAge;
    uint256 public immutable spreadPpm;
    address public immutable maker;
    uint256 private immutable _baseScale;
    uint256 private immutable _quoteScale;

    /// @param feed_ Prices the base token in the quote token.
    /// @param maxAge_ Seconds. With less than two periods of the set, a round that it still accepts may be too old here.
    constructor(
        IERC20Metadata base_,
        IERC20Metadata quote_,
        IFeed feed_,
        uint256 maxAge_,
        uint256 spreadPpm_,
        address maker_
    ) {
        if (spreadPpm_ > MAX_SPREAD) revert PullSwap_SpreadTooLarge(spreadPpm_, MAX_SPREAD);
        (base, quote, feed, maxAge, spreadPpm, maker) = (base_, quote_, feed_, maxAge_, spreadPpm_, maker_);
        _baseScale = 10 ** (uint256(base_.decimals()) + feed_.decimals());
        _quoteScale = 10 ** uint256(quote_.decimals());
    }

    /// @notice Sells `amountIn` of either token for the other. What arrives is what is sold; what leaves is rounded down.
    function swap(
        IFeedSet.Submission calldata submission,
        IERC20 tokenIn,
        uint256 amountIn,
        uint256 minOut,
        uint256 deadline
    ) external nonReentrant returns (uint256 amountOut) {
        if (block.timestamp > deadline) revert PullSwap_TooLate(block.timestamp, deadline);
        bool sellsBase = address(tokenIn) == address(base);
        if (!sellsBase && address(tokenIn) != address(quote)) revert PullSwap_NotOneOfThePair(tokenIn);
        // Reverts if the answer is older than maxAge, whatever became of the round.
        (uint80 roundId, int256 answer,,, uint80 answeredInRound) = feed.pull(submission, maxAge);
        if (answeredInRound != roundId) revert PullSwap_Carried(answeredInRound, roundId);
        if (answer <= 0) revert PullSwap_NotPositive(answer);

        uint256 before = tokenIn.balanceOf(address(this));
        tokenIn.safeTransferFrom(msg.sender, address(this), amountIn);
        uint256 received = Math.min(tokenIn.balanceOf(address(this)) - before, amountIn);
        (uint256 price, uint256 unit) = (uint256(answer) * _quoteScale, _baseScale);
        amountOut = sellsBase ? Math.mulDiv(received, price, unit) : Math.mulDiv(received, unit, price);
        amountOut = Math.mulDiv(amountOut, ONE - spreadPpm, ONE);
        if (amountOut < minOut) revert PullSwap_TooLittle(amountOut, minOut);
        emit Swapped(msg.sender, tokenIn, received, amountOut, roundId);
        (sellsBase ? quote : base).safeTransfer(msg.sender, amountOut);
    }

    /// @notice The maker supplies by sending tokens here.
    function withdraw(IERC20 token, uint256 amount) external nonReentrant {
        if (msg.sender != maker) revert PullSwap_NotTheMaker(msg.sender, maker);
        token.safeTransfer(maker, amount);
    }
}
