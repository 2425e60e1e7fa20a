// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

/// @dev For suites whose figures must be what snapshots/gas.json says, which `npm run gas-snapshot` writes.
abstract contract GasSnapshot is Test {
    string private constant SNAPSHOT = "gas";

    /// @dev The last call's gas is what it was, and within its budget.
    function _requireGas(string memory what, uint256 budget) internal returns (uint256 used) {
        used = vm.snapshotGasLastCall(SNAPSHOT, what);
        assertLe(used, budget, what);
        if (vm.envOr("GAS_SNAPSHOT_IS_WRITTEN", false)) return used;
        string memory snapshot = vm.readFile(string.concat("test/contracts/snapshots/", SNAPSHOT, ".json"));
        string memory path = string.concat("$['", what, "']");
        assertTrue(vm.keyExistsJson(snapshot, path), string.concat(what, ": in no snapshot"));
        assertEq(used, vm.parseJsonUint(snapshot, path), string.concat(what, ": not as in the snapshot"));
    }
}
