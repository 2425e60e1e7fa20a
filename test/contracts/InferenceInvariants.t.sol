// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {InferenceHandler} from "./support/InferenceHandler.sol";

/// @dev A registry and a gate under everything that anybody may do to them, with real pairings.
contract InferenceInvariantsTest is Test {
    InferenceHandler private handler;

    function setUp() public {
        handler = new InferenceHandler();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), _actions()));
    }

    function _actions() private view returns (bytes4[] memory actions) {
        actions = new bytes4[](5);
        actions[0] = handler.record.selector;
        actions[1] = handler.recordAndCall.selector;
        actions[2] = handler.consume.selector;
        actions[3] = handler.forge.selector;
        actions[4] = handler.register.selector;
    }

    function invariant_EveryInferenceCountsOnce() public view {
        handler.assertContexts();
        handler.assertModels();
    }

    /// @dev What the campaign rests on: that its actions reach every outcome, each of them by chance.
    function test_EveryOutcomeHappens() public {
        bytes4[] memory actions = _actions();
        for (uint256 i = 0; i < 300; i++) {
            uint256 seed = uint256(keccak256(abi.encode("every outcome", i)));
            (bool ok, bytes memory reason) =
                address(handler).call(abi.encodeWithSelector(actions[seed % actions.length], seed));
            assertTrue(ok, string(reason));
        }
        handler.assertContexts();
        handler.assertModels();
        string[9] memory happens = [
            "record: done",
            "record: refused",
            "recordAndCall: done",
            "recordAndCall: refused",
            "consume: done",
            "consume: refused",
            "forged: refused",
            "register: done",
            "register, known or with an unknown parent: refused"
        ];
        for (uint256 i = 0; i < happens.length; i++) {
            emit log_named_uint(happens[i], handler.counts(happens[i]));
            assertGt(handler.counts(happens[i]), 0, happens[i]);
        }
        string[2] memory never = ["forged: done", "register, known or with an unknown parent: done"];
        for (uint256 i = 0; i < never.length; i++) {
            assertEq(handler.counts(never[i]), 0, never[i]);
        }
    }
}
