// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {stdError} from "forge-std/StdError.sol";
import {PriceConsumer} from "../../contracts/examples/PriceConsumer.sol";
import {Feed} from "../../contracts/feed/Feed.sol";
import {SetFixture} from "./support/SetFixture.sol";

contract PriceConsumerTest is SetFixture {
    PriceConsumer private consumer;
    Feed private feed;

    function setUp() public override {
        super.setUp();
        feed = new Feed(set, 0, 10_000, 0, 1 days, owner);
        consumer = new PriceConsumer(feed, 5 * PERIOD);
    }

    function test_ReadsUntilTheBound() public {
        _okRound(100);
        uint256 okEpoch = epoch;
        // Held rounds change nothing, and do not make the answer younger either.
        for (uint256 i = 0; i < 4; i++) {
            _round([uint256(900), 2, 3], [HELD, OK, OK]);
        }
        vm.warp((okEpoch + 5) * PERIOD);
        (uint256 answer, uint256 updatedAt) = consumer.price();
        assertEq(answer, 100, "answer");
        assertEq(updatedAt, okEpoch * PERIOD, "updatedAt");
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(PriceConsumer.PriceConsumer_Stale.selector, 5 * PERIOD + 1, 5 * PERIOD));
        consumer.price();
    }

    function _answerWith(int256 answer, uint256 updatedAt) private {
        vm.mockCall(
            address(feed),
            abi.encodeCall(feed.latestRoundData, ()),
            abi.encode(uint80(1), answer, updatedAt, updatedAt, uint80(1))
        );
    }

    function test_RevertIf_AnotherFeedAnswersNonsense() public {
        _answerWith(0, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(PriceConsumer.PriceConsumer_NotPositive.selector, 0));
        consumer.price();
        _answerWith(-5, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(PriceConsumer.PriceConsumer_NotPositive.selector, -5));
        consumer.price();
        _answerWith(5, block.timestamp + 1);
        vm.expectRevert(stdError.arithmeticError);
        consumer.price();
    }
}
