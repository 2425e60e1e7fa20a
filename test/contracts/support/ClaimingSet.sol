// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeedSet} from "../../../contracts/interfaces/IFeedSet.sol";

/// @dev In a set's place in a batch: says that it took the round, with public signals of its choice.
contract ClaimingSet {
    uint256 private _evaluation;
    uint256 private _challenge;

    function claim(uint256 evaluation, uint256 challenge) external {
        (_evaluation, _challenge) = (evaluation, challenge);
    }

    function acceptDeferred(IFeedSet.Submission calldata) external view returns (bool, uint256, uint256) {
        return (true, _evaluation, _challenge);
    }
}
