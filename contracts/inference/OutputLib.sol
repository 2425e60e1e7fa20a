// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A model's outputs in their words
/// @notice An output q is an integer, `stride` bits in offset binary: q + 2^(stride - 1). floor(248 / stride) of them to a
/// word, low bits first. The stride is the model's (IModelRegistry), its scale stands in the model's manifest.
library OutputLib {
    uint256 internal constant WORD_BITS = 248;

    error Output_BadStride(uint256 got, uint256 bound);
    error Output_IndexTooLarge(uint256 got, uint256 bound);

    /// @notice Output `index` of these words, in [-2^(stride - 1), 2^(stride - 1)).
    /// @dev Warning: the last word may have room for more outputs than the model has: what is read there is
    /// -2^(stride - 1), and no output.
    function read(uint256[] calldata words, uint256 stride, uint256 index) internal pure returns (int256) {
        if (stride == 0 || stride > WORD_BITS) revert Output_BadStride(stride, WORD_BITS);
        uint256 perWord = WORD_BITS / stride;
        if (index >= words.length * perWord) revert Output_IndexTooLarge(index, words.length * perWord);
        uint256 shifted = words[index / perWord] >> ((index % perWord) * stride);
        // Both below 2^248.
        return int256(shifted & ((1 << stride) - 1)) - int256(1 << (stride - 1));
    }
}
