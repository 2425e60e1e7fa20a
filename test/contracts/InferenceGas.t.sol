// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceGate} from "../../contracts/interfaces/IInferenceGate.sol";
import {GasSnapshot} from "./support/GasSnapshot.sol";
import {PlainConsumer} from "./support/InferenceConsumers.sol";
import {InferenceFixture} from "./support/InferenceFixture.sol";

/// @dev What an inference costs, with real pairings: whole transactions, with 21,000 and calldata, a fresh slot each, and
/// words with no zero byte but those of their unused bits: nothing that a caller proves is dearer. One input is hashed.
/// forge-config: default.isolate = true
contract InferenceGasTest is GasSnapshot, InferenceFixture {
    uint256 private constant MODEL = uint256(keccak256("model")) % P;
    uint256 private constant NONCE = uint256(keccak256("nonce"));
    uint256 private constant OUTPUTS_PER_WORD = 7;

    bytes32 private modelId;
    PlainConsumer private consumer;

    function _begin(uint256 inputElements, uint256 outputWords) private {
        modelId = _register(MODEL, inputElements, outputWords);
        consumer = new PlainConsumer(gate, modelId);
    }

    /// @dev Outputs of STRIDE bits.
    function _beginOutputs(uint256 outputs) private returns (uint256[] memory words) {
        words = _elements("output", (outputs + OUTPUTS_PER_WORD - 1) / OUTPUTS_PER_WORD);
        for (uint256 i = 0; i < words.length; i++) {
            uint256 inThis = outputs - i * OUTPUTS_PER_WORD;
            if (inThis > OUTPUTS_PER_WORD) inThis = OUTPUTS_PER_WORD;
            words[i] %= 2 ** (inThis * STRIDE);
        }
        _begin(1, words.length);
    }

    function _made(uint256[] memory inputs, uint256[] memory outputs)
        private
        view
        returns (IInferenceGate.Inference memory)
    {
        return _inference(MODEL, address(consumer), address(this), NONCE, inputs, outputs);
    }

    function _record(uint256 outputs, string memory what, uint256 budget) private {
        uint256[] memory words = _beginOutputs(outputs);
        gate.record(modelId, address(consumer), _made(_elements("input", 1), words));
        _requireGas(what, budget);
    }

    function _call(uint256 outputs, string memory what, uint256 budget) private {
        uint256[] memory words = _beginOutputs(outputs);
        gate.recordAndCall(modelId, address(consumer), _made(_elements("input", 1), words));
        _requireGas(what, budget);
    }

    function _consume(uint256 outputs, string memory what, uint256 budget) private {
        uint256[] memory words = _beginOutputs(outputs);
        consumer.use(_made(_elements("input", 1), words));
        _requireGas(what, budget);
    }

    /* OUTPUTS OF 32 BITS */

    function test_RecordsOneOutput() public {
        _record(1, "record, 1 output", 275_000);
    }

    function test_RecordsTwoOutputs() public {
        _record(2, "record, 2 outputs", 275_000);
    }

    function test_RecordsTenOutputs() public {
        _record(10, "record, 10 outputs", 275_000);
    }

    function test_RecordsTwentyOutputs() public {
        _record(20, "record, 20 outputs", 275_000);
    }

    function test_CallsWithOneOutput() public {
        _call(1, "recordAndCall, 1 output", 283_000);
    }

    function test_CallsWithTwoOutputs() public {
        _call(2, "recordAndCall, 2 outputs", 283_000);
    }

    function test_CallsWithTenOutputs() public {
        _call(10, "recordAndCall, 10 outputs", 283_000);
    }

    function test_CallsWithTwentyOutputs() public {
        _call(20, "recordAndCall, 20 outputs", 283_000);
    }

    function test_ConsumesOneOutput() public {
        _consume(1, "consume, 1 output", 279_000);
    }

    function test_ConsumesTwoOutputs() public {
        _consume(2, "consume, 2 outputs", 279_000);
    }

    function test_ConsumesTenOutputs() public {
        _consume(10, "consume, 10 outputs", 279_000);
    }

    function test_ConsumesTwentyOutputs() public {
        _consume(20, "consume, 20 outputs", 279_000);
    }

    /* WHOLE WORDS */

    /// @dev The dearest outputs there are: a word each.
    function test_AFurtherWordCostsAtMostAThousandMore() public {
        uint256 last;
        for (uint256 words = 1; words <= 20; words++) {
            modelId = _register(MODEL + words, 0, words);
            IInferenceGate.Inference memory made =
                _inference(MODEL + words, mallory, address(this), words, new uint256[](0), _elements("output", words));
            gate.record(modelId, mallory, made);
            uint256 used = vm.lastCallGas().gasTotalUsed;
            assertLe(used, words == 1 ? 275_000 : last + 1_000, "gas");
            last = used;
        }
    }

    function test_Registers() public {
        vm.prank(owner);
        registry.register(_registration(MODEL, 1, 1));
        _requireGas("register, a model", 237_000);
    }
}
