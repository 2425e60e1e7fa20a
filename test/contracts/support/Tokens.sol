// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev Of any decimals, minted to whoever asks.
contract TestToken is ERC20 {
    uint8 private immutable _decimals;

    constructor(uint8 decimals_) ERC20("Test", "TEST") {
        _decimals = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev Keeps a part of every transfer, or adds one, once it is told to.
contract FeeToken is TestToken {
    int256 private _percent;

    constructor(uint8 decimals_) TestToken(decimals_) {}

    function setFee(int256 percent) external {
        _percent = percent;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0) || to == address(0)) return;
        if (_percent > 0) super._update(to, address(0), value * uint256(_percent) / 100);
        if (_percent < 0) super._update(address(0), to, value * uint256(-_percent) / 100);
    }
}

/// @dev Calls somebody in the middle of every transfer, and keeps what came of it.
contract HookToken is TestToken {
    address private _target;
    bytes private _call;
    uint256 public calls;
    bool public succeeded;
    bytes public answer;

    constructor(uint8 decimals_) TestToken(decimals_) {}

    function hook(address target, bytes calldata call_) external {
        _target = target;
        _call = call_;
        calls = 0;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        calls++;
        (succeeded, answer) = _target.call(_call);
    }
}
