// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OutputLib} from "../../contracts/inference/OutputLib.sol";
import {IInferenceGate} from "../../contracts/interfaces/IInferenceGate.sol";
import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";

/// @title Results of a laboratory's model, of which nobody sees the weights, for samples of which nobody sees the grades
/// @notice A clinic puts the salted digest of a sample's grades here, the laboratory proves what its committed model says of
/// them. The model changes only to a version that a supervisor has looked at, and every result names its version.
/// @dev The statement's input element is the digest of the grades. The keys are one circuit's for all versions.
contract Screening {
    enum Result {
        None,
        Clear,
        Alarm
    }

    error Screening_NotTheClinic(address got, address want);
    error Screening_NotTheSupervisor(address got, address want);
    error Screening_IsAttested(uint256 sample);
    error Screening_NotAttested(uint256 sample);
    error Screening_IsScreened(uint256 sample, bytes32 modelId);
    /// @notice Another laboratory's, another circuit's, or not a child of the version in force.
    error Screening_NotTheNextVersion(bytes32 got, bytes32 current);

    event SampleAttested(uint256 indexed sample);
    event Screened(uint256 indexed sample, bytes32 indexed modelId, Result result);
    event VersionChanged(bytes32 oldModelId, bytes32 newModelId);

    IInferenceGate public immutable gate;
    address public immutable clinic;
    address public immutable supervisor;
    uint256 private immutable _stride;

    bytes32 public modelId;
    mapping(uint256 sample => bool) public isAttested;
    mapping(uint256 sample => mapping(bytes32 modelId => Result)) public resultOf;

    constructor(IInferenceGate gate_, bytes32 modelId_, address clinic_, address supervisor_) {
        (gate, modelId, clinic, supervisor) = (gate_, modelId_, clinic_, supervisor_);
        _stride = gate_.registry().modelOf(modelId_).registration.outputStride;
    }

    /// @notice Says that these are the grades of a sample of the clinic's. Whose it is, is not said.
    function attest(uint256 sample) external {
        if (msg.sender != clinic) revert Screening_NotTheClinic(msg.sender, clinic);
        if (isAttested[sample]) revert Screening_IsAttested(sample);
        isAttested[sample] = true;
        emit SampleAttested(sample);
    }

    /// @notice Records what the model in force says of a sample, once.
    /// @dev Left out: who calls. Model and sample decide the result, and who does not have the weights proves nothing.
    function screen(IInferenceGate.Inference calldata inference) external {
        (uint256 sample, bytes32 current) = (inference.inputs[0], modelId);
        if (!isAttested[sample]) revert Screening_NotAttested(sample);
        if (resultOf[sample][current] != Result.None) revert Screening_IsScreened(sample, current);
        gate.consume(current, msg.sender, inference);
        Result result = OutputLib.read(inference.outputs, _stride, 0) == 1 ? Result.Alarm : Result.Clear;
        resultOf[sample][current] = result;
        emit Screened(sample, current, result);
    }

    /// @notice Goes on with the laboratory's next version. What was screened stays as it was.
    /// @dev A registration's lengths and stride are its registrar's word: they have to be those of the version before.
    function adopt(bytes32 next) external {
        if (msg.sender != supervisor) revert Screening_NotTheSupervisor(msg.sender, supervisor);
        bytes32 current = modelId;
        IModelRegistry registry = gate.registry();
        (IModelRegistry.Model memory from, IModelRegistry.Model memory to) =
            (registry.modelOf(current), registry.modelOf(next));
        if (to.registration.parent != current || to.registrar != from.registrar || _shapeOf(to) != _shapeOf(from)) {
            revert Screening_NotTheNextVersion(next, current);
        }
        emit VersionChanged(current, next);
        modelId = next;
    }

    function _shapeOf(IModelRegistry.Model memory model) private pure returns (bytes32) {
        IModelRegistry.Registration memory made = model.registration;
        return keccak256(abi.encode(made.verifier, made.inputElements, made.outputWords, made.outputStride));
    }
}
