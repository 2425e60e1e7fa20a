// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVerifier} from "./IVerifier.sol";

/// @title Models that can be proven: who registered what, and what it descends from
/// @notice Append-only and nobody's: no entry can be changed or removed, by whoever.
/// @dev Warning: anybody may register anything, somebody else's model and verifier too, and earlier. An entry is its
/// registrar's word; the id contains who that is. A consumer pins the ids that it takes, after a look at the verifier's
/// code and at the digests (`assay model provenance`), and takes none because it was first or names a known parent.
interface IModelRegistry {
    /* TYPES */

    /// @notice Digests of what the model was made from. Zero where the registrar does not say.
    /// @param modelFile Of the .onnx file.
    /// @param trainingData Merkle root of the training data.
    /// @param trainingConfig Of how it was trained.
    /// @param metrics Of how well it does.
    /// @param licence Of the licence's text.
    struct Provenance {
        bytes32 modelFile;
        bytes32 trainingData;
        bytes32 trainingConfig;
        bytes32 metrics;
        bytes32 licence;
    }

    /// @notice What a registrar says of its model.
    /// @param model The statement's first element, below p: of fixed parameters the program's hash, a constant of the
    /// circuit; of private ones the digest of the parameters, so that new versions have the same verifier.
    /// @param verifier Of the circuit's key. Has code.
    /// @param inputElements Elements of the statement that are inputs: digests or packed words. At most 65535.
    /// @param outputWords Elements of the statement that are outputs, at least 1 and at most 65535.
    /// @param outputStride Bits to an output in its word (OutputLib), 1 to 248.
    /// @param parent The version before this one, registered already, or zero.
    struct Registration {
        uint256 model;
        IVerifier verifier;
        uint256 inputElements;
        uint256 outputWords;
        uint256 outputStride;
        bytes32 parent;
        Provenance provenance;
    }

    /// @notice A registered model.
    /// @param keyHash What the verifier said at that time: its word, as good as its code.
    /// @param registeredAt Unix seconds.
    struct Model {
        Registration registration;
        bytes32 keyHash;
        address registrar;
        uint256 registeredAt;
    }

    /* ERRORS */

    /// @notice This registrar has this model with this verifier already.
    error ModelRegistry_Registered(bytes32 id, uint256 registeredAt);
    error ModelRegistry_UnknownModel(bytes32 id);
    error ModelRegistry_UnknownParent(bytes32 parent);
    error ModelRegistry_ModelNotCanonical(uint256 got, uint256 bound);
    /// @notice There is no code at this address.
    error ModelRegistry_NotAVerifier(address got);
    /// @notice A member of the registration out of its bounds. `what` is its name.
    error ModelRegistry_BadParameter(bytes32 what, uint256 got, uint256 bound);

    /* EVENTS */

    event ModelRegistered(
        bytes32 indexed id,
        address indexed registrar,
        bytes32 indexed parent,
        Registration registration,
        bytes32 keyHash
    );

    /* REGISTRATION */

    /// @notice Registers a model under the sender's name, for good.
    /// @dev Warning: what cannot be seen here is the registrar's word: that the verifier belongs to a circuit that
    /// proves this model and came from an honest ceremony, that its code cannot change (a proxy's can, and a delegated
    /// account's), that the lengths are the circuit's, that the parent's registrar agrees, and every digest.
    /// @return id keccak256(abi.encode(registrar, verifier, model)).
    function register(Registration calldata registration) external returns (bytes32 id);

    /* VIEWS */

    /// @notice The id that this model has or would have.
    function idOf(address registrar, IVerifier verifier, uint256 model) external pure returns (bytes32);

    function isRegistered(bytes32 id) external view returns (bool);

    /// @notice All that is registered of a model. Reverts on an unknown one, as every view below.
    function modelOf(bytes32 id) external view returns (Model memory);

    /// @notice The version before this one, or zero.
    function parentOf(bytes32 id) external view returns (bytes32);

    /// @notice This model, its parent, and so on, until one has no parent or there are `limit` of them. Ends, because a
    /// parent is always older.
    function lineage(bytes32 id, uint256 limit) external view returns (bytes32[] memory ids);

    /// @notice What a statement of this model is checked with.
    function statementOf(bytes32 id)
        external
        view
        returns (IVerifier verifier, uint256 model, uint256 inputElements, uint256 outputWords);
}
