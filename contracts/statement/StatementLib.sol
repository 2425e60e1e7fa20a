// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The public signals of a statement vector (docs/protocol.md, hybrid compression)
/// @notice `C` fixes the circuit's vector before the challenge exists, the challenge fixes the contract's: two different
/// vectors agree with probability at most length / 2^248.
/// @dev The length is the caller's to fix: a trailing zero element changes the challenge, but nothing else here.
library StatementLib {
    /// @notice BN254's scalar field, the field of every circuit signal.
    uint256 internal constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    error Statement_CommitmentNotCanonical(uint256 got, uint256 bound);
    error Statement_NotCanonical(uint256 index, uint256 got, uint256 bound);

    /// @notice The vector of these four elements, followed by the tail as it came.
    function vector(uint256 v0, uint256 v1, uint256 v2, uint256 v3, uint256[] calldata tail)
        internal
        pure
        returns (uint256[] memory v)
    {
        // Does not overflow: the tail has been paid for in calldata.
        assembly ("memory-safe") {
            v := mload(0x40)
            let size := shl(5, tail.length)
            mstore(v, add(4, tail.length))
            mstore(add(v, 0x20), v0)
            mstore(add(v, 0x40), v1)
            mstore(add(v, 0x60), v2)
            mstore(add(v, 0x80), v3)
            calldatacopy(add(v, 0xa0), tail.offset, size)
            mstore(0x40, add(add(v, 0xa0), size))
        }
    }

    /// @notice The vector of these two elements, followed by both arrays as they came.
    function vector(uint256 v0, uint256 v1, uint256[] calldata first, uint256[] calldata second)
        internal
        pure
        returns (uint256[] memory v)
    {
        // Does not overflow: both arrays have been paid for in calldata.
        assembly ("memory-safe") {
            v := mload(0x40)
            let middle := add(add(v, 0x60), shl(5, first.length))
            let end := add(middle, shl(5, second.length))
            mstore(v, add(2, add(first.length, second.length)))
            mstore(add(v, 0x20), v0)
            mstore(add(v, 0x40), v1)
            calldatacopy(add(v, 0x60), first.offset, shl(5, first.length))
            calldatacopy(middle, second.offset, shl(5, second.length))
            mstore(0x40, end)
        }
    }

    /// @notice rho = low 248 bits of keccak256(abi.encodePacked(C, v)), s = sum v_k * rho^(k+1) mod p.
    /// @dev Reverts unless the commitment and every element are below p, so that there is one vector to a statement.
    /// Of several elements that are not, the last is named.
    /// @param commitment `C`, from the prover.
    /// @param v The vector as the contract knows it.
    /// @return challenge rho, below 2^248 and so below p.
    /// @return evaluation s, below p.
    function evaluate(uint256 commitment, uint256[] memory v)
        internal
        pure
        returns (uint256 challenge, uint256 evaluation)
    {
        if (commitment >= P) revert Statement_CommitmentNotCanonical(commitment, P);
        uint256 stoppedAt;
        // Mirrors test/contracts/StatementLib.t.sol's plain version. For the length of one hash the commitment stands in
        // the array's length slot, which is what makes the bytes hashed those of (C, v).
        assembly ("memory-safe") {
            let length := mload(v)
            mstore(v, commitment)
            challenge := and(
                keccak256(v, shl(5, add(length, 1))),
                0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
            )
            mstore(v, length)
            let here := add(v, shl(5, length))
            for {} gt(here, v) { here := sub(here, 0x20) } {
                let element := mload(here)
                if iszero(lt(element, P)) { break }
                // The sum cannot overflow: both are below p, which is below 2^254.
                evaluation := mulmod(add(evaluation, element), challenge, P)
            }
            stoppedAt := shr(5, sub(here, v))
        }
        if (stoppedAt != 0) revert Statement_NotCanonical(stoppedAt - 1, v[stoppedAt - 1], P);
    }
}
