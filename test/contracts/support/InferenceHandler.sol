// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceGate} from "../../../contracts/interfaces/IInferenceGate.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {SyntheticSecrets} from "../generated/SyntheticSecrets.sol";
import {PlainConsumer} from "./InferenceConsumers.sol";
import {InferenceFixture} from "./InferenceFixture.sol";
import {SyntheticProver} from "./SyntheticProver.sol";

/// @dev Everything that anybody may do to a registry and a gate, and what must come of it, kept beside them. Few accounts,
/// consumers and nonces, so that they meet. Each action takes one seed, and is chance all through.
contract InferenceHandler is InferenceFixture {
    struct Used {
        bytes32 modelId;
        uint256[] inputs;
        uint256[] outputs;
        uint256 time;
    }

    struct Chosen {
        uint256 model;
        uint256 consumer;
        address caller;
        uint256 nonce;
        IInferenceGate.Inference inference;
    }

    uint256 private constant CALLERS = 3;
    uint256 private constant CONSUMERS = 2;
    uint256 private constant NONCES = 8;
    uint256 private constant MAX_MODELS = 20;

    mapping(string what => uint256) public counts;

    PlainConsumer[] private consumers;
    bytes32[] private ids;
    mapping(bytes32 id => bytes) private registered;
    mapping(uint256 context => Used) private uses;

    constructor() {
        setUp();
        for (uint256 i = 0; i < CONSUMERS; i++) {
            _add(_callerOf(0), _registration(i, 1 + i % 2, 1 + i % 3));
            consumers.push(new PlainConsumer(gate, ids[i]));
        }
    }

    /* REGISTRATION */

    /// @dev A new version, whoever's, of whichever there is or none; after MAX_MODELS only what must be refused.
    function register(uint256 seed) external {
        IModelRegistry.Registration memory made =
            _registration(_pick(seed, "model", 10), _pick(seed, "inputs", 3), 1 + _pick(seed, "outputs", 3));
        if (_pick(seed, "verifier", 2) == 1) made.verifier = otherVerifier;
        uint256 parent = _pick(seed, "parent", ids.length + 1);
        if (parent < ids.length) made.parent = ids[parent];
        address registrar = _callerOf(_pick(seed, "registrar", CALLERS));
        bytes32 id = keccak256(abi.encode(registrar, made.verifier, made.model));
        if (registered[id].length == 0 && ids.length < MAX_MODELS) {
            _add(registrar, made);
            _count("register: done");
            return;
        }
        if (registered[id].length == 0) made.parent = ~id;
        vm.prank(registrar);
        try registry.register(made) {
            _count("register, known or with an unknown parent: done");
        } catch {
            _count("register, known or with an unknown parent: refused");
        }
    }

    /* INFERENCES */

    /// @dev Proven as it is said: refused if and only if its context is used.
    function record(uint256 seed) external {
        Chosen memory chosen = _choose(seed);
        vm.prank(chosen.caller);
        try gate.record(ids[chosen.model], address(consumers[chosen.consumer]), chosen.inference) {
            _done(chosen, "record");
        } catch {
            _refused(chosen, "record");
        }
    }

    /// @dev Of the consumer's own model, as the consumer wants it.
    function recordAndCall(uint256 seed) external {
        Chosen memory chosen = _choose(seed);
        chosen.model = chosen.consumer;
        _reprove(chosen);
        vm.prank(chosen.caller);
        try gate.recordAndCall(ids[chosen.model], address(consumers[chosen.consumer]), chosen.inference) {
            _done(chosen, "recordAndCall");
        } catch {
            _refused(chosen, "recordAndCall");
        }
    }

    function consume(uint256 seed) external {
        Chosen memory chosen = _choose(seed);
        chosen.model = chosen.consumer;
        _reprove(chosen);
        vm.prank(chosen.caller);
        try consumers[chosen.consumer].use(chosen.inference) {
            _done(chosen, "consume");
        } catch {
            _refused(chosen, "consume");
        }
    }

    /// @dev Something else than was proven: another caller, consumer, model, nonce, element, commitment or proof.
    function forge(uint256 seed) external {
        Chosen memory chosen = _choose(seed);
        IInferenceGate.Inference memory made = chosen.inference;
        uint256 what = _pick(seed, "what", 8);
        if (what == 0) chosen.caller = mallory;
        else if (what == 1) chosen.consumer = (chosen.consumer + 1) % CONSUMERS;
        else if (what == 2) made.nonce += NONCES;
        else if (what == 3) made.outputs[0] += 1;
        else if (what == 4) made.outputs = new uint256[](made.outputs.length + 1);
        else if (what == 5) made.inputs = new uint256[](made.inputs.length + 1);
        else if (what == 6) made.commitment = (made.commitment + 1) % P;
        else made.proof[6 + seed % 2] ^= 1;
        bytes memory data = _pick(seed, "way", 2) == 0
            ? abi.encodeCall(IInferenceGate.record, (ids[chosen.model], address(consumers[chosen.consumer]), made))
            : abi.encodeCall(IInferenceGate.consume, (ids[chosen.model], chosen.caller, made));
        vm.prank(chosen.caller);
        (bool ok,) = address(gate).call{gas: GAS_LIMIT}(data);
        _count(ok ? "forged: done" : "forged: refused");
    }

    /* WHAT MUST HOLD */

    /// @dev A context is used if and only if it should be, by what it should, and since when.
    function assertContexts() external view {
        for (uint256 i = 0; i < CONSUMERS * CALLERS * NONCES; i++) {
            address caller = _callerOf(i / CONSUMERS % CALLERS);
            uint256 context = _context(address(consumers[i % CONSUMERS]), caller, i / CONSUMERS / CALLERS);
            Used storage used = uses[context];
            assertEq(gate.usedAt(context), used.time, "usedAt");
            if (used.time == 0) continue;
            assertEq(gate.recorded(context, used.modelId, used.inputs, used.outputs), used.time, "recorded");
        }
    }

    /// @dev Every model is as it was registered, and its lineage ends.
    function assertModels() external view {
        for (uint256 i = 0; i < ids.length; i++) {
            assertEq(abi.encode(registry.modelOf(ids[i])), registered[ids[i]], "model");
            bytes32[] memory line = registry.lineage(ids[i], MAX_MODELS + 1);
            assertLe(line.length, i + 1, "every ancestor is older");
            assertEq(registry.parentOf(line[line.length - 1]), 0, "the first has no parent");
        }
    }

    /* INTERNAL */

    function _choose(uint256 seed) private returns (Chosen memory chosen) {
        vm.warp(block.timestamp + 1);
        chosen.model = _pick(seed, "which", ids.length);
        chosen.consumer = _pick(seed, "consumer", CONSUMERS);
        chosen.caller = _callerOf(_pick(seed, "caller", CALLERS));
        chosen.nonce = _pick(seed, "nonce", NONCES);
        chosen.inference.nonce = chosen.nonce;
        chosen.inference.commitment = uint256(keccak256(abi.encode("C", seed))) % P;
        _reprove(chosen);
        // One of two proofs of the same.
        if (_pick(seed, "negated", 2) == 1) chosen.inference.proof = SyntheticProver.negated(chosen.inference.proof);
    }

    /// @dev As long as the model wants it, and under its key.
    function _reprove(Chosen memory chosen) private view {
        IModelRegistry.Registration memory model = registry.modelOf(ids[chosen.model]).registration;
        chosen.inference.inputs = _elements("input", model.inputElements);
        chosen.inference.outputs = _elements("output", model.outputWords);
        _prove(
            model.verifier == verifier ? SyntheticSecrets.synthetic() : SyntheticSecrets.other(),
            model.model,
            _contextOf(chosen),
            chosen.inference
        );
    }

    function _contextOf(Chosen memory chosen) private view returns (uint256) {
        return _context(address(consumers[chosen.consumer]), chosen.caller, chosen.nonce);
    }

    function _done(Chosen memory chosen, string memory way) private {
        Used storage used = uses[_contextOf(chosen)];
        assertEq(used.time, 0, "a context that was used is refused");
        used.modelId = ids[chosen.model];
        used.inputs = chosen.inference.inputs;
        used.outputs = chosen.inference.outputs;
        used.time = block.timestamp;
        _count(string.concat(way, ": done"));
    }

    function _refused(Chosen memory chosen, string memory way) private {
        assertGt(uses[_contextOf(chosen)].time, 0, "a context that was not used is taken");
        _count(string.concat(way, ": refused"));
    }

    function _add(address registrar, IModelRegistry.Registration memory made) private {
        bytes32 id = _register(registrar, made);
        ids.push(id);
        registered[id] = abi.encode(IModelRegistry.Model(made, made.verifier.keyHash(), registrar, block.timestamp));
    }

    function _callerOf(uint256 index) private pure returns (address) {
        return address(uint160(0xca11e4 + index));
    }

    function _pick(uint256 seed, string memory what, uint256 count) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % count;
    }

    function _count(string memory what) private {
        counts[what]++;
    }
}
