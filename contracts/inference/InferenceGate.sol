// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceConsumer} from "../interfaces/IInferenceConsumer.sol";
import {IInferenceGate} from "../interfaces/IInferenceGate.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {StatementLib} from "../statement/StatementLib.sol";

/// @title InferenceGate
/// @dev Holds nothing and may do nothing for anybody: what it can be made to call, with whatever proof, is onInference.
contract InferenceGate is IInferenceGate {
    /* CONSTANTS */

    /// @dev A record is time (40 bits) over digest (216 bits): not zero, because no block has time zero. Two inferences of
    /// one digest cost 2^108 hashes to find, more than a forged proof over BN254.
    uint256 private constant DIGEST_BITS = 216;

    /* IMMUTABLES */

    /// @inheritdoc IInferenceGate
    IModelRegistry public immutable override registry;

    /* STORAGE */

    /// @dev Zero until the context is used: replay protection and record are one slot.
    mapping(uint256 context => uint256) private _records;

    /* CONSTRUCTOR */

    constructor(IModelRegistry registry_) {
        if (address(registry_).code.length == 0) revert InferenceGate_NotARegistry(address(registry_));
        registry = registry_;
    }

    /* INFERENCES */

    /// @inheritdoc IInferenceGate
    function record(bytes32 modelId, address consumer, Inference calldata inference)
        external
        override
        returns (uint256)
    {
        return _record(modelId, consumer, msg.sender, inference);
    }

    /// @inheritdoc IInferenceGate
    function recordAndCall(bytes32 modelId, address consumer, Inference calldata inference)
        external
        override
        returns (uint256 context)
    {
        if (consumer.code.length == 0) revert InferenceGate_NotAConsumer(consumer);
        context = _record(modelId, consumer, msg.sender, inference);
        // Everything is written: a consumer that comes back finds the context used.
        IInferenceConsumer(consumer)
            .onInference(modelId, msg.sender, inference.nonce, inference.inputs, inference.outputs);
    }

    /// @inheritdoc IInferenceGate
    function consume(bytes32 modelId, address caller, Inference calldata inference)
        external
        override
        returns (uint256)
    {
        return _record(modelId, msg.sender, caller, inference);
    }

    /* VIEWS */

    /// @inheritdoc IInferenceGate
    function contextOf(address consumer, address caller, uint256 nonce) public view override returns (uint256) {
        return uint248(uint256(keccak256(abi.encode(block.chainid, address(this), consumer, caller, nonce))));
    }

    /// @inheritdoc IInferenceGate
    function usedAt(uint256 context) external view override returns (uint256) {
        return _records[context] >> DIGEST_BITS;
    }

    /// @inheritdoc IInferenceGate
    function recorded(uint256 context, bytes32 modelId, uint256[] calldata inputs, uint256[] calldata outputs)
        external
        view
        override
        returns (uint256)
    {
        uint256 entry = _records[context];
        return uint216(entry) == _digest(modelId, inputs, outputs) ? entry >> DIGEST_BITS : 0;
    }

    /* INTERNAL */

    /// @dev Left out: that output words are below 2^248, because the circuit's are, and OutputLib reads no bit above.
    function _record(bytes32 modelId, address consumer, address caller, Inference calldata inference)
        private
        returns (uint256 context)
    {
        context = contextOf(consumer, caller, inference.nonce);
        uint256 earlier = _records[context];
        if (earlier != 0) revert InferenceGate_ContextUsed(context, earlier >> DIGEST_BITS);
        _requireProven(modelId, context, inference);
        // A block's time does not reach 2^40.
        _records[context] = (block.timestamp << DIGEST_BITS) | _digest(modelId, inference.inputs, inference.outputs);
        emit InferenceRecorded(modelId, consumer, caller, inference.nonce, inference.inputs, inference.outputs);
    }

    /// @dev Registry and verifier are called statically: neither can re-enter between the check of a context and its use.
    function _requireProven(bytes32 modelId, uint256 context, Inference calldata inference) private view {
        (IVerifier verifier, uint256 model, uint256 inputElements, uint256 outputWords) = registry.statementOf(modelId);
        _requireCount(inference, inputElements, outputWords);
        uint256 commitment = inference.commitment;
        (uint256 challenge, uint256 evaluation) =
            StatementLib.evaluate(commitment, StatementLib.vector(model, context, inference.inputs, inference.outputs));
        if (!verifier.verify(inference.proof, commitment, evaluation, challenge)) {
            revert InferenceGate_ProofRefused(commitment, evaluation, challenge);
        }
    }

    /// @dev Both, so that no element counts as an input here and as an output in the circuit.
    function _requireCount(Inference calldata inference, uint256 inputElements, uint256 outputWords) private pure {
        uint256 got = inference.inputs.length;
        if (got != inputElements) revert InferenceGate_InputCount(got, inputElements);
        got = inference.outputs.length;
        if (got != outputWords) revert InferenceGate_OutputCount(got, outputWords);
    }

    function _digest(bytes32 modelId, uint256[] calldata inputs, uint256[] calldata outputs)
        private
        pure
        returns (uint256)
    {
        return uint216(uint256(keccak256(abi.encode(modelId, inputs, outputs))));
    }
}
