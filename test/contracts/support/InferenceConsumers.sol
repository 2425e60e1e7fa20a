// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OutputLib} from "../../../contracts/inference/OutputLib.sol";
import {IInferenceConsumer} from "../../../contracts/interfaces/IInferenceConsumer.sol";
import {IInferenceGate} from "../../../contracts/interfaces/IInferenceGate.sol";

/// @dev A consumer as IInferenceGate describes it, by all three ways, without storage, so that what it costs is the gate.
contract PlainConsumer is IInferenceConsumer {
    error PlainConsumer_NotTheGate(address got);
    error PlainConsumer_AnotherModel(bytes32 got);

    event Told(address caller, uint256 nonce, uint256[] inputs, int256 output);

    IInferenceGate public immutable gate;
    bytes32 public immutable modelId;
    uint256 private immutable _stride;

    constructor(IInferenceGate gate_, bytes32 modelId_) {
        (gate, modelId) = (gate_, modelId_);
        _stride = gate_.registry().modelOf(modelId_).registration.outputStride;
    }

    function onInference(
        bytes32 modelId_,
        address caller,
        uint256 nonce,
        uint256[] calldata inputs,
        uint256[] calldata outputs
    ) external override {
        if (msg.sender != address(gate)) revert PlainConsumer_NotTheGate(msg.sender);
        if (modelId_ != modelId) revert PlainConsumer_AnotherModel(modelId_);
        emit Told(caller, nonce, inputs, OutputLib.read(outputs, _stride, 0));
    }

    function use(IInferenceGate.Inference calldata inference) external returns (int256) {
        gate.consume(modelId, msg.sender, inference);
        return OutputLib.read(inference.outputs, _stride, 0);
    }
}

/// @dev The consumer that stands in IInferenceGate's description.
contract CreditLine {
    error CreditLine_ScoreTooLow(int256 got, int256 want);

    IInferenceGate public immutable gate;
    bytes32 public immutable modelId;
    int256 public immutable leastScore;
    mapping(address borrower => bool) public isGranted;

    constructor(IInferenceGate gate_, bytes32 modelId_, int256 leastScore_) {
        (gate, modelId, leastScore) = (gate_, modelId_, leastScore_);
    }

    function open(IInferenceGate.Inference calldata inference) external {
        gate.consume(modelId, msg.sender, inference);
        int256 score = OutputLib.read(inference.outputs, 32, 0);
        if (score < leastScore) revert CreditLine_ScoreTooLow(score, leastScore);
        isGranted[msg.sender] = true;
    }
}

/// @dev Uses the inference that it is told of a second time, from within, in each way there is: as the consumer that it
/// is, and through a caller that plays along. What it is answered stays readable.
contract ReentrantConsumer is IInferenceConsumer {
    IInferenceGate public immutable gate;
    bool[] public successes;
    bytes[] public answers;
    uint256 public usedAtInside;
    IInferenceGate.Inference private _inference;
    bool private _isInside;

    constructor(IInferenceGate gate_) {
        gate = gate_;
    }

    /// @dev The caller: the proof is for this contract as caller and as consumer.
    function begin(bytes32 modelId, IInferenceGate.Inference calldata inference) external {
        _inference = inference;
        gate.recordAndCall(modelId, address(this), inference);
    }

    function onInference(bytes32 modelId, address caller, uint256 nonce, uint256[] calldata, uint256[] calldata)
        external
        override
    {
        usedAtInside = gate.usedAt(gate.contextOf(address(this), caller, nonce));
        // One level down is enough: without the protection there would be no end.
        if (_isInside) return;
        _isInside = true;
        _try(abi.encodeCall(IInferenceGate.consume, (modelId, caller, _inference)));
        _try(abi.encodeCall(IInferenceGate.record, (modelId, address(this), _inference)));
        _try(abi.encodeCall(IInferenceGate.recordAndCall, (modelId, address(this), _inference)));
    }

    function answerCount() external view returns (uint256) {
        return answers.length;
    }

    function _try(bytes memory data) private {
        (bool ok, bytes memory answer) = address(gate).call(data);
        successes.push(ok);
        answers.push(answer);
    }
}

/// @dev Wants nothing.
contract RefusingConsumer is IInferenceConsumer {
    error RefusingConsumer_No(bytes32 modelId, address caller, uint256 nonce);

    function onInference(bytes32 modelId, address caller, uint256 nonce, uint256[] calldata, uint256[] calldata)
        external
        pure
        override
    {
        revert RefusingConsumer_No(modelId, caller, nonce);
    }
}

/// @dev Says yes, and wants to use the inference itself before the gate does.
contract ReentrantVerifier {
    bytes32 public constant keyHash = keccak256("re-entrant");
    IInferenceGate public immutable gate;
    bytes private _again;

    constructor(IInferenceGate gate_) {
        gate = gate_;
    }

    function remember(bytes calldata again) external {
        _again = again;
    }

    function verify(uint256[8] calldata, uint256, uint256, uint256) external returns (bool) {
        bytes memory again = _again;
        if (again.length == 0) return true;
        delete _again;
        (bool ok,) = address(gate).call(again);
        return ok;
    }
}
