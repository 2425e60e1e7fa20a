// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {InferenceGate} from "../../../contracts/inference/InferenceGate.sol";
import {ModelRegistry} from "../../../contracts/inference/ModelRegistry.sol";
import {IInferenceGate} from "../../../contracts/interfaces/IInferenceGate.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {IVerifier} from "../../../contracts/interfaces/IVerifier.sol";
import {OtherSyntheticVerifier} from "../generated/OtherSyntheticVerifier.sol";
import {SyntheticSecrets} from "../generated/SyntheticSecrets.sol";
import {SyntheticVerifier} from "../generated/SyntheticVerifier.sol";
import {SyntheticProver} from "./SyntheticProver.sol";

/// @dev A registry, a gate and two verifiers, and real proofs of whatever is asked for: nothing here is the contracts' own
/// code.
abstract contract InferenceFixture is Test {
    uint256 internal constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    // A failed precompile burns all the gas it is given: with a limit, a test survives many of them.
    uint256 internal constant GAS_LIMIT = 3_000_000;
    uint256 internal constant STRIDE = 32;
    uint256 internal constant NOW = 1_760_000_000;

    address internal owner = makeAddr("owner");
    address internal alice = makeAddr("alice");
    address internal mallory = makeAddr("mallory");

    ModelRegistry internal registry;
    InferenceGate internal gate;
    IVerifier internal verifier;
    IVerifier internal otherVerifier;

    function setUp() public virtual {
        vm.warp(NOW);
        registry = new ModelRegistry();
        gate = new InferenceGate(registry);
        verifier = new SyntheticVerifier();
        otherVerifier = new OtherSyntheticVerifier();
    }

    /* MODELS */

    function _registration(uint256 model, uint256 inputElements, uint256 outputWords)
        internal
        view
        returns (IModelRegistry.Registration memory made)
    {
        made.model = model;
        made.verifier = verifier;
        made.inputElements = inputElements;
        made.outputWords = outputWords;
        made.outputStride = STRIDE;
        made.provenance = IModelRegistry.Provenance("file", "data", "config", "metrics", "licence");
    }

    function _register(address registrar, IModelRegistry.Registration memory registration) internal returns (bytes32) {
        vm.prank(registrar);
        return registry.register(registration);
    }

    function _register(uint256 model, uint256 inputElements, uint256 outputWords) internal returns (bytes32) {
        return _register(owner, _registration(model, inputElements, outputWords));
    }

    /* INFERENCES */

    function _context(address consumer, address caller, uint256 nonce) internal view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, gate, consumer, caller, nonce))) % 2 ** 248;
    }

    function _elements(string memory what, uint256 count) internal pure returns (uint256[] memory elements) {
        elements = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            elements[i] = uint256(keccak256(abi.encode(what, i))) % 2 ** 248;
        }
    }

    /// @dev Proven under SyntheticVerifier's key.
    function _inference(
        uint256 model,
        address consumer,
        address caller,
        uint256 nonce,
        uint256[] memory inputs,
        uint256[] memory outputs
    ) internal view returns (IInferenceGate.Inference memory made) {
        made.nonce = nonce;
        made.commitment = uint256(keccak256(abi.encode("C", nonce))) % P;
        made.inputs = inputs;
        made.outputs = outputs;
        _prove(SyntheticSecrets.synthetic(), model, _context(consumer, caller, nonce), made);
    }

    /// @dev Proves what the inference says, whatever it is.
    function _prove(
        uint256[8] memory secrets,
        uint256 model,
        uint256 context,
        IInferenceGate.Inference memory inference
    ) internal view {
        bytes memory v = abi.encodePacked(model, context, inference.inputs, inference.outputs);
        uint256 a = uint256(keccak256(v)) % P;
        inference.proof = SyntheticProver.prove(secrets, SyntheticProver.signalsOf(inference.commitment, v), a);
    }
}
