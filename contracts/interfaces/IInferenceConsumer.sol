// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What InferenceGate.recordAndCall calls
interface IInferenceConsumer {
    /// @notice An inference was proven and is recorded, once. A revert undoes that.
    /// @dev Warning: two checks are the consumer's own, or anybody tells it anything: that the sender is the gate, and that
    /// the model is one that it takes. That the inputs are the right ones is a third wherever there are any.
    /// @param modelId The model's id in the gate's registry.
    /// @param caller Who called the gate, and whom the proof was made for.
    /// @param nonce The caller's, never used before with this consumer.
    /// @param inputs The input elements, as IInferenceGate.Inference has them.
    /// @param outputs The output words, for OutputLib.
    function onInference(
        bytes32 modelId,
        address caller,
        uint256 nonce,
        uint256[] calldata inputs,
        uint256[] calldata outputs
    ) external;
}
