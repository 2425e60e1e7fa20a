// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {StatementLib} from "../statement/StatementLib.sol";

/// @title ModelRegistry
contract ModelRegistry is IModelRegistry {
    /* TYPES */

    /// @dev The first two slots are what every inference reads. The verifier is zero where nothing is registered.
    struct Entry {
        IVerifier verifier;
        uint16 inputElements;
        uint16 outputWords;
        uint8 outputStride;
        uint40 registeredAt;
        uint256 model;
        address registrar;
        bytes32 keyHash;
        bytes32 parent;
        Provenance provenance;
    }

    /* CONSTANTS */

    uint256 private constant MAX_ELEMENTS = type(uint16).max;
    uint256 private constant MAX_STRIDE = 248;

    /* STORAGE */

    mapping(bytes32 id => Entry) private _entries;

    /* REGISTRATION */

    /// @inheritdoc IModelRegistry
    function register(Registration calldata registration) external override returns (bytes32 id) {
        (IVerifier verifier, uint256 model) = (registration.verifier, registration.model);
        id = idOf(msg.sender, verifier, model);
        Entry storage entry = _entries[id];
        if (isRegistered(id)) revert ModelRegistry_Registered(id, entry.registeredAt);
        if (model >= StatementLib.P) revert ModelRegistry_ModelNotCanonical(model, StatementLib.P);
        if (address(verifier).code.length == 0) revert ModelRegistry_NotAVerifier(address(verifier));
        _requireWithin("inputElements", registration.inputElements, 0, MAX_ELEMENTS);
        _requireWithin("outputWords", registration.outputWords, 1, MAX_ELEMENTS);
        _requireWithin("outputStride", registration.outputStride, 1, MAX_STRIDE);
        bytes32 parent = registration.parent;
        // This one is not registered yet, so it cannot be its own parent.
        if (parent != 0 && !isRegistered(parent)) revert ModelRegistry_UnknownParent(parent);
        // A static call: the verifier cannot re-enter.
        bytes32 keyHash = verifier.keyHash();

        entry.verifier = verifier;
        entry.inputElements = uint16(registration.inputElements);
        entry.outputWords = uint16(registration.outputWords);
        entry.outputStride = uint8(registration.outputStride);
        entry.registeredAt = uint40(block.timestamp);
        entry.model = model;
        entry.registrar = msg.sender;
        entry.keyHash = keyHash;
        entry.parent = parent;
        entry.provenance = registration.provenance;
        emit ModelRegistered(id, msg.sender, parent, registration, keyHash);
    }

    /* VIEWS */

    /// @inheritdoc IModelRegistry
    function idOf(address registrar, IVerifier verifier, uint256 model) public pure override returns (bytes32) {
        return keccak256(abi.encode(registrar, verifier, model));
    }

    /// @inheritdoc IModelRegistry
    function isRegistered(bytes32 id) public view override returns (bool) {
        return address(_entries[id].verifier) != address(0);
    }

    /// @inheritdoc IModelRegistry
    function modelOf(bytes32 id) external view override returns (Model memory) {
        Entry storage entry = _entryOf(id);
        return Model({
            registration: Registration({
                model: entry.model,
                verifier: entry.verifier,
                inputElements: entry.inputElements,
                outputWords: entry.outputWords,
                outputStride: entry.outputStride,
                parent: entry.parent,
                provenance: entry.provenance
            }),
            keyHash: entry.keyHash,
            registrar: entry.registrar,
            registeredAt: entry.registeredAt
        });
    }

    /// @inheritdoc IModelRegistry
    function parentOf(bytes32 id) external view override returns (bytes32) {
        return _entryOf(id).parent;
    }

    /// @inheritdoc IModelRegistry
    function lineage(bytes32 id, uint256 limit) external view override returns (bytes32[] memory ids) {
        _entryOf(id);
        uint256 count;
        for (bytes32 next = id; next != 0 && count < limit; next = _entries[next].parent) {
            count++;
        }
        ids = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            ids[i] = id;
            id = _entries[id].parent;
        }
    }

    /// @inheritdoc IModelRegistry
    function statementOf(bytes32 id)
        external
        view
        override
        returns (IVerifier verifier, uint256 model, uint256 inputElements, uint256 outputWords)
    {
        Entry storage entry = _entryOf(id);
        return (entry.verifier, entry.model, entry.inputElements, entry.outputWords);
    }

    /* INTERNAL */

    function _entryOf(bytes32 id) private view returns (Entry storage entry) {
        entry = _entries[id];
        if (address(entry.verifier) == address(0)) revert ModelRegistry_UnknownModel(id);
    }

    function _requireWithin(bytes32 what, uint256 got, uint256 least, uint256 greatest) private pure {
        if (got < least) revert ModelRegistry_BadParameter(what, got, least);
        if (got > greatest) revert ModelRegistry_BadParameter(what, got, greatest);
    }
}
