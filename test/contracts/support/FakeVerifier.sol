// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVerifier} from "../../../contracts/interfaces/IVerifier.sol";

/// @dev Stands in for a verifier where what is tested is everything but the proof: the tests of FeedSet's rules need
/// rounds at will, which no real circuit could prove by the hundred. RealProofs.t.sol binds the same contract to real
/// pairings.
contract FakeVerifier is IVerifier {
    bool public accepts = true;
    bytes32 public immutable override keyHash;

    constructor(bytes32 keyHash_) {
        keyHash = keyHash_;
    }

    function setAccepts(bool accepts_) external {
        accepts = accepts_;
    }

    function verify(uint256[8] calldata, uint256, uint256, uint256) external view override returns (bool) {
        return accepts;
    }

    function selector() external view override returns (bytes4) {
        return bytes4(keyHash);
    }
}
