// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "./IModelRegistry.sol";

/// @title The gate that inferences pass, each once
/// @notice A proof says: this model, run on an input that these elements are (or hash, or hide), gave these outputs; and
/// it was made for one context: this chain, this gate, one consumer, one caller, one nonce. Nobody else can use it, and
/// nobody twice.
/// @dev A consumer in full. The caller of `open` proves for `contextOf(consumer, caller, nonce)`, any nonce it has not used:
///
///     contract CreditLine {
///         error CreditLine_ScoreTooLow(int256 got, int256 want);
///
///         IInferenceGate public immutable gate;
///         bytes32 public immutable modelId;
///         int256 public immutable leastScore;
///         mapping(address borrower => bool) public isGranted;
///
///         constructor(IInferenceGate gate_, bytes32 modelId_, int256 leastScore_) {
///             (gate, modelId, leastScore) = (gate_, modelId_, leastScore_);
///         }
///
///         function open(IInferenceGate.Inference calldata inference) external {
///             gate.consume(modelId, msg.sender, inference); // reverts unless it is proven, and new
///             int256 score = OutputLib.read(inference.outputs, 32, 0); // the model's stride
///             if (score < leastScore) revert CreditLine_ScoreTooLow(score, leastScore);
///             isGranted[msg.sender] = true;
///         }
///     }
///
/// Warning: a consumer checks what an inference was made ON. Input elements that it does not compare with something are
/// of the caller's choice, and a private input is of the caller's choice altogether.
/// Warning: all that a proof is worth is its verifier. A consumer pins model ids (IModelRegistry says why).
/// Warning: a proof does not grow old. Where that matters, the consumer demands a nonce or an input that does.
interface IInferenceGate {
    /* TYPES */

    /// @notice A proven inference. Of which model, and for whom, are arguments beside it.
    /// @param nonce Any number that the caller has not used with this consumer.
    /// @param proof See IVerifier.
    /// @param commitment `C`, the digest of the statement vector. Below p.
    /// @param inputs For each of the model's inputs, in order: nothing if it is private, its salted digest if it is
    /// hashed, its packed words if it is public. Each below p, as many as the model has.
    /// @param outputs The output words, which OutputLib reads. Each below p, as many as the model has.
    struct Inference {
        uint256 nonce;
        uint256[8] proof;
        uint256 commitment;
        uint256[] inputs;
        uint256[] outputs;
    }

    /* ERRORS */

    /// @notice There is no code at this address.
    error InferenceGate_NotARegistry(address got);
    /// @notice There is no code at this address, so nothing would be called.
    error InferenceGate_NotAConsumer(address got);
    /// @notice This caller has used this nonce with this consumer, in whichever way.
    error InferenceGate_ContextUsed(uint256 context, uint256 usedAt);
    error InferenceGate_InputCount(uint256 got, uint256 want);
    error InferenceGate_OutputCount(uint256 got, uint256 want);
    error InferenceGate_ProofRefused(uint256 commitment, uint256 evaluation, uint256 challenge);

    /* EVENTS */

    event InferenceRecorded(
        bytes32 indexed modelId,
        address indexed consumer,
        address indexed caller,
        uint256 nonce,
        uint256[] inputs,
        uint256[] outputs
    );

    /* INFERENCES */

    // Each way checks the same, in this order: the context is new, the model is registered, the lengths are the model's,
    // every element is canonical, the proof holds. It records, emits InferenceRecorded, and uses the context up.

    /// @notice Records an inference that the sender made for a consumer, which may look it up by `recorded`.
    /// @dev Warning: this uses the nonce up for `recordAndCall` and `consume` too. A consumer that waits for a certain nonce of
    /// a caller takes it from `recorded` as well, or a caller can make it wait for ever.
    /// @param consumer Any address, one without code too. It is not called.
    /// @return context The context's field element.
    function record(bytes32 modelId, address consumer, Inference calldata inference) external returns (uint256 context);

    /// @notice Records an inference that the sender made for a consumer, and then calls it (IInferenceConsumer). If the
    /// consumer reverts, all is undone and it is the consumer's error that arrives.
    /// @dev That the consumer has code is checked before all else.
    /// @return context The context's field element.
    function recordAndCall(bytes32 modelId, address consumer, Inference calldata inference)
        external
        returns (uint256 context);

    /// @notice Records an inference for a sender that is the consumer, and names its caller.
    /// @dev A consumer can only name callers of its own: contexts contain the consumer.
    /// Warning: to pass another account than its own sender, a consumer needs that account's consent, for it uses up that
    /// account's inference.
    /// @return context The context's field element.
    function consume(bytes32 modelId, address caller, Inference calldata inference) external returns (uint256 context);

    /* VIEWS */

    function registry() external view returns (IModelRegistry);

    /// @notice The second element of the statement: low 248 bits of
    /// keccak256(abi.encode(uint256 chainId, address gate, address consumer, address caller, uint256 nonce)).
    function contextOf(address consumer, address caller, uint256 nonce) external view returns (uint256);

    /// @notice When a context was used up, in Unix seconds; 0 if it was not.
    function usedAt(uint256 context) external view returns (uint256);

    /// @notice When this very inference was recorded for this context, in Unix seconds; 0 if it was not.
    /// @dev Warning: says so as often as it is asked, and for inferences that went through `recordAndCall` or `consume` too: a
    /// consumer that acts on it remembers the contexts that it has acted on. It makes the context by `contextOf` with its
    /// own address: one that it is handed may be another consumer's.
    function recorded(uint256 context, bytes32 modelId, uint256[] calldata inputs, uint256[] calldata outputs)
        external
        view
        returns (uint256 recordedAt);
}
