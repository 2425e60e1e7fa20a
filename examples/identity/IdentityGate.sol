// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OutputLib} from "../../contracts/inference/OutputLib.sol";
import {IInferenceGate} from "../../contracts/interfaces/IInferenceGate.sol";

/// @title Sessions for accounts whose owner's device has just seen what was enrolled
/// @notice An enroller puts the salted digest of an account's enrolled vector here. The account's device proves that a fresh
/// capture is near it, and shows neither.
/// @dev The statement's input element is the digest. Warning: the capture is the device's word. Who has the enrolled vector
/// and its salt, and the account's key, enters without a capture.
contract IdentityGate {
    error IdentityGate_NotTheEnroller(address got, address want);
    /// @notice `want` is 0 where nothing is enrolled.
    error IdentityGate_OtherEnrolment(uint256 got, uint256 want);
    /// @notice The nonce is not the hash of this block, or the chain does not know the block any more.
    error IdentityGate_NotTheBlock(uint256 blockNumber, uint256 got);
    error IdentityGate_TooOld(uint256 age, uint256 maxAge);
    error IdentityGate_NoMatch(address account);

    event Enrolled(address indexed account, uint256 oldDigest, uint256 newDigest);
    event Entered(address indexed account, uint256 digest, uint256 until);

    /// @notice Blocks between the one whose hash is the nonce and the one that enters. The chain knows 256 hashes.
    uint256 public constant MAX_AGE = 25;
    uint256 public constant SESSION_SECONDS = 15 minutes;

    IInferenceGate public immutable gate;
    bytes32 public immutable modelId;
    address public immutable enroller;
    uint256 private immutable _stride;

    mapping(address account => uint256) public digestOf;
    /// @notice Unix seconds: when the account's session ends.
    mapping(address account => uint256) public sessionUntil;

    constructor(IInferenceGate gate_, bytes32 modelId_, address enroller_) {
        (gate, modelId, enroller) = (gate_, modelId_, enroller_);
        _stride = gate_.registry().modelOf(modelId_).registration.outputStride;
    }

    /// @notice Puts an enrolment in the place of the one before, and ends the account's session. Zero takes it away.
    function enrol(address account, uint256 digest) external {
        if (msg.sender != enroller) revert IdentityGate_NotTheEnroller(msg.sender, enroller);
        emit Enrolled(account, digestOf[account], digest);
        digestOf[account] = digest;
        sessionUntil[account] = 0;
    }

    /// @notice Begins a session for the sender, by an inference whose nonce is the hash of a block of the last minutes: one
    /// that lay in store, made on a day on which the device was in other hands, is of no use.
    function enter(uint256 blockNumber, IInferenceGate.Inference calldata inference) external {
        uint256 digest = digestOf[msg.sender];
        if (digest == 0 || inference.inputs[0] != digest) {
            revert IdentityGate_OtherEnrolment(inference.inputs[0], digest);
        }
        // Zero for a block that is not known, of the future too: its hash is nobody's nonce.
        uint256 hash = uint256(blockhash(blockNumber));
        if (hash == 0 || inference.nonce != hash) revert IdentityGate_NotTheBlock(blockNumber, inference.nonce);
        uint256 age = block.number - blockNumber;
        if (age > MAX_AGE) revert IdentityGate_TooOld(age, MAX_AGE);
        gate.consume(modelId, msg.sender, inference);
        if (OutputLib.read(inference.outputs, _stride, 0) != 1) revert IdentityGate_NoMatch(msg.sender);
        uint256 until = block.timestamp + SESSION_SECONDS;
        sessionUntil[msg.sender] = until;
        emit Entered(msg.sender, digest, until);
    }

    function isInside(address account) external view returns (bool) {
        return block.timestamp < sessionUntil[account];
    }
}
