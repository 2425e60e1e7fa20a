// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";

/// @dev What a round costs as a transaction of its own (each call here is one, with 21,000 and calldata), with real
/// pairings, once the ring has come round and slots are reused.
/// forge-config: default.isolate = true
contract GasTest is RoundsFixture {
    function _steadyState(string memory name) private returns (uint256 used) {
        IVerifier made = IVerifier(deployCode("SyntheticVerifier.sol:SyntheticVerifier"));
        _load(string.concat("test/contracts/generated/", name, ".json"), made, 2);
        uint256 count = _roundCount();
        assertGe(count, 4, "rounds in the fixture");
        for (uint256 index = 0; index < count; index++) {
            Recorded memory round = _recorded(index);
            _begin(round);
            set.submit(round.submission);
            used = vm.lastCallGas().gasTotalUsed;
        }
        emit log_named_uint(name, used);
    }

    function test_OneFeedStaysWithinItsBudget() public {
        assertLe(_steadyState("synthetic-4x1"), 262_000, "1 feed");
    }

    function test_FourFeedsStayWithinTheirBudget() public {
        assertLe(_steadyState("synthetic-4x4-full"), 272_000, "4 feeds");
    }

    function test_TwentyFeedsStayWithinTheirBudget() public {
        assertLe(_steadyState("synthetic-8x20"), 330_000, "20 feeds");
    }
}
