// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OutputLib} from "../../contracts/inference/OutputLib.sol";
import {IInferenceGate} from "../../contracts/interfaces/IInferenceGate.sol";

/// @title Credit for whom the lender's model gives more points than the lender's threshold
/// @notice A bureau that has checked a borrower's attributes puts a salted digest of them here. The borrower proves one bit
/// of them, and shows neither attributes nor points.
/// @dev The statement's input elements are the digest of the attributes and the threshold, one word each.
contract CreditLine {
    error CreditLine_NotTheBureau(address got, address want);
    error CreditLine_NotTheLender(address got, address want);
    /// @notice `want` is 0 where the bureau has attested nothing, or has withdrawn it.
    error CreditLine_OtherAttributes(uint256 got, uint256 want);
    error CreditLine_OtherThreshold(uint256 got, uint256 want);
    error CreditLine_IsOpen(address borrower);
    error CreditLine_IsNotOpen(address borrower);
    error CreditLine_NotAboveThreshold(address borrower, uint256 threshold);

    event Attested(address indexed borrower, uint256 oldDigest, uint256 newDigest);
    event ThresholdChanged(uint256 oldThreshold, uint256 newThreshold);
    event Opened(address indexed borrower, uint256 digest, uint256 threshold);
    event Closed(address indexed borrower);

    IInferenceGate public immutable gate;
    bytes32 public immutable modelId;
    address public immutable bureau;
    address public immutable lender;
    uint256 private immutable _stride;

    /// @notice Points that a score must exceed.
    uint256 public threshold;
    mapping(address borrower => uint256) public digestOf;
    mapping(address borrower => bool) public isOpen;

    constructor(IInferenceGate gate_, bytes32 modelId_, address bureau_, address lender_, uint256 threshold_) {
        (gate, modelId, bureau, lender, threshold) = (gate_, modelId_, bureau_, lender_, threshold_);
        _stride = gate_.registry().modelOf(modelId_).registration.outputStride;
    }

    /// @notice Puts the digest of a borrower's attributes in the place of the one before. Zero withdraws it.
    /// @dev The bureau draws the salt anew each time and gives it to the borrower, with the attributes, on another way.
    function attest(address borrower, uint256 digest) external {
        if (msg.sender != bureau) revert CreditLine_NotTheBureau(msg.sender, bureau);
        emit Attested(borrower, digestOf[borrower], digest);
        digestOf[borrower] = digest;
    }

    /// @notice What is proven for the threshold before is refused from now on.
    function setThreshold(uint256 threshold_) external {
        if (msg.sender != lender) revert CreditLine_NotTheLender(msg.sender, lender);
        emit ThresholdChanged(threshold, threshold_);
        threshold = threshold_;
    }

    /// @notice Opens the sender's line, by an inference for `gate.contextOf(this, sender, nonce)`.
    function open(IInferenceGate.Inference calldata inference) external {
        if (isOpen[msg.sender]) revert CreditLine_IsOpen(msg.sender);
        (uint256 digest, uint256 points) = (digestOf[msg.sender], threshold);
        if (digest == 0 || inference.inputs[0] != digest) {
            revert CreditLine_OtherAttributes(inference.inputs[0], digest);
        }
        if (inference.inputs[1] != points) revert CreditLine_OtherThreshold(inference.inputs[1], points);
        gate.consume(modelId, msg.sender, inference);
        if (OutputLib.read(inference.outputs, _stride, 0) != 1) {
            revert CreditLine_NotAboveThreshold(msg.sender, points);
        }
        isOpen[msg.sender] = true;
        emit Opened(msg.sender, digest, points);
    }

    /// @notice A line that was closed is opened again by another inference.
    function close(address borrower) external {
        if (msg.sender != lender) revert CreditLine_NotTheLender(msg.sender, lender);
        if (!isOpen[borrower]) revert CreditLine_IsNotOpen(borrower);
        isOpen[borrower] = false;
        emit Closed(borrower);
    }
}
