// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

/// @dev What a contract can be asked to do, out of what the compiler says of it.
abstract contract AbiReader is Test {
    /// @dev The names of the functions that may write or take money, in the compiler's order; fallbacks by their type.
    function _writersOf(string memory name) internal view returns (string[] memory writers) {
        string memory json = vm.readFile(string.concat("out/", name, ".sol/", name, ".json"));
        uint256 count;
        for (uint256 i = 0; _isEntry(json, i); i++) {
            if (_writes(json, i)) count++;
        }
        writers = new string[](count);
        count = 0;
        for (uint256 i = 0; _isEntry(json, i); i++) {
            if (!_writes(json, i)) continue;
            bool isNamed = vm.keyExistsJson(json, _path(i, ".name"));
            writers[count++] = vm.parseJsonString(json, _path(i, isNamed ? ".name" : ".type"));
        }
    }

    function _isEntry(string memory json, uint256 i) private view returns (bool) {
        return vm.keyExistsJson(json, _path(i, ".type"));
    }

    function _writes(string memory json, uint256 i) private view returns (bool) {
        if (!vm.keyExistsJson(json, _path(i, ".stateMutability"))) return false;
        if (_is(json, i, ".type", "constructor")) return false;
        return !_is(json, i, ".stateMutability", "view") && !_is(json, i, ".stateMutability", "pure");
    }

    function _is(string memory json, uint256 i, string memory key, string memory want) private pure returns (bool) {
        return keccak256(bytes(vm.parseJsonString(json, _path(i, key)))) == keccak256(bytes(want));
    }

    function _path(uint256 i, string memory key) private pure returns (string memory) {
        return string.concat(".abi[", vm.toString(i), "]", key);
    }
}
