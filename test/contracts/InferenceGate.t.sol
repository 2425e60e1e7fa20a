// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InferenceGate} from "../../contracts/inference/InferenceGate.sol";
import {IInferenceGate} from "../../contracts/interfaces/IInferenceGate.sol";
import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {StatementLib} from "../../contracts/statement/StatementLib.sol";
import {SyntheticSecrets} from "./generated/SyntheticSecrets.sol";
import {AbiReader} from "./support/AbiReader.sol";
import {FakeVerifier} from "./support/FakeVerifier.sol";
import {
    CreditLine,
    PlainConsumer,
    ReentrantConsumer,
    ReentrantVerifier,
    RefusingConsumer
} from "./support/InferenceConsumers.sol";
import {InferenceFixture} from "./support/InferenceFixture.sol";
import {SyntheticProver} from "./support/SyntheticProver.sol";

contract InferenceGateTest is AbiReader, InferenceFixture {
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 private constant MODEL = uint256(keccak256("model")) % P;
    uint256 private constant NONCE = uint256(keccak256("nonce"));
    uint256 private constant INPUTS = 2;
    uint256 private constant OUTPUTS = 2;

    bytes32 private modelId;
    PlainConsumer private consumer;

    function setUp() public override {
        super.setUp();
        modelId = _register(MODEL, INPUTS, OUTPUTS);
        consumer = new PlainConsumer(gate, modelId);
    }

    /// @dev Alice's, for the consumer.
    function _made(uint256 nonce) private view returns (IInferenceGate.Inference memory) {
        return _madeFor(address(consumer), alice, nonce);
    }

    function _madeFor(address for_, address caller, uint256 nonce)
        private
        view
        returns (IInferenceGate.Inference memory)
    {
        return _inference(MODEL, for_, caller, nonce, _elements("input", INPUTS), _elements("output", OUTPUTS));
    }

    function _record(address caller, bytes32 id, address for_, IInferenceGate.Inference memory made)
        private
        returns (uint256)
    {
        vm.prank(caller);
        return gate.record{gas: GAS_LIMIT}(id, for_, made);
    }

    function _recordAsAlice(IInferenceGate.Inference memory made) private returns (uint256) {
        return _record(alice, modelId, address(consumer), made);
    }

    function _expectRefused() private {
        vm.expectPartialRevert(IInferenceGate.InferenceGate_ProofRefused.selector);
    }

    function _expectUsed(uint256 nonce, uint256 moment) private {
        uint256 context = _context(address(consumer), alice, nonce);
        vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_ContextUsed.selector, context, moment));
    }

    function _assertRecorded(uint256 context, IInferenceGate.Inference memory made, uint256 moment) private view {
        assertEq(gate.usedAt(context), moment, "usedAt");
        assertEq(gate.recorded(context, modelId, made.inputs, made.outputs), moment, "recorded");
    }

    /* RECORD */

    function testFuzz_RecordsWhatIsProven(
        uint256 model,
        address for_,
        address caller,
        uint256 nonce,
        uint256 inputCount,
        uint256 outputCount,
        uint40 time
    ) public {
        vm.assume(caller != address(0));
        IInferenceGate.Inference memory made = _inference(
            model % P,
            for_,
            caller,
            nonce,
            _elements("fuzzed input", inputCount % 5),
            _elements("fuzzed output", 1 + outputCount % 5)
        );
        bytes32 id = _register(caller, _registration(model % P, inputCount % 5, 1 + outputCount % 5));
        uint256 context = _context(for_, caller, nonce);
        uint256 moment = bound(time, 1, type(uint40).max);
        vm.warp(moment);
        assertEq(gate.usedAt(context), 0, "usedAt before");
        assertEq(gate.recorded(context, id, made.inputs, made.outputs), 0, "recorded before");
        vm.expectEmit(address(gate));
        emit IInferenceGate.InferenceRecorded(id, for_, caller, nonce, made.inputs, made.outputs);
        assertEq(_record(caller, id, for_, made), context, "context");
        assertEq(gate.usedAt(context), moment, "usedAt");
        assertEq(gate.recorded(context, id, made.inputs, made.outputs), moment, "recorded");
    }

    function test_AsksTheVerifierForTheWholeStatement() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        uint256[3] memory signals = SyntheticProver.signalsOf(
            made.commitment,
            abi.encodePacked(MODEL, _context(address(consumer), alice, NONCE), made.inputs, made.outputs)
        );
        bytes memory asked = abi.encodeCall(IVerifier.verify, (made.proof, signals[0], signals[1], signals[2]));
        vm.expectCall(address(verifier), 0, asked, 1);
        _recordAsAlice(made);
    }

    function testFuzz_ARecordIsOfThisInferenceAlone(uint256 which, uint256 by) public {
        IInferenceGate.Inference memory made = _made(NONCE);
        uint256 context = _recordAsAlice(made);
        _assertRecorded(context, made, NOW);
        vm.warp(NOW + 100);
        _assertRecorded(context, made, NOW);

        assertEq(gate.recorded(context ^ 1, modelId, made.inputs, made.outputs), 0, "another context");
        assertEq(gate.recorded(context, modelId ^ bytes32(uint256(1)), made.inputs, made.outputs), 0, "another model");
        assertEq(gate.recorded(context, modelId, made.outputs, made.inputs), 0, "inputs and outputs exchanged");
        by = bound(by, 1, type(uint256).max);
        uint256[] memory changed = which % 2 == 0 ? made.inputs : made.outputs;
        unchecked {
            changed[which % 4 / 2] += by;
        }
        assertEq(gate.recorded(context, modelId, made.inputs, made.outputs), 0, "an element changed");
    }

    /// @dev The same elements in the same order, cut elsewhere.
    function test_ARecordSaysWhichElementsAreInputs() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        uint256 context = _recordAsAlice(made);
        (uint256[] memory three, uint256[] memory one) = (new uint256[](3), new uint256[](1));
        (three[0], three[1], three[2]) = (made.inputs[0], made.inputs[1], made.outputs[0]);
        one[0] = made.outputs[1];
        assertEq(gate.recorded(context, modelId, three, one), 0, "cut after three");
        _assertRecorded(context, made, NOW);
    }

    function test_AnyAddressMayBeTheConsumerOfARecord() public {
        address[3] memory consumers = [address(0), mallory, address(gate)];
        for (uint256 i = 0; i < consumers.length; i++) {
            uint256 context = _record(alice, modelId, consumers[i], _madeFor(consumers[i], alice, NONCE));
            assertEq(gate.usedAt(context), NOW, "usedAt");
        }
    }

    /* CALL */

    function test_CallsItsConsumer() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        made.outputs[0] = 2 ** 31 + 77;
        _prove(SyntheticSecrets.synthetic(), MODEL, _context(address(consumer), alice, NONCE), made);
        vm.expectEmit(address(gate));
        emit IInferenceGate.InferenceRecorded(modelId, address(consumer), alice, NONCE, made.inputs, made.outputs);
        vm.expectEmit(address(consumer));
        emit PlainConsumer.Told(alice, NONCE, made.inputs, 77);
        vm.prank(alice);
        uint256 context = gate.recordAndCall(modelId, address(consumer), made);
        assertEq(context, _context(address(consumer), alice, NONCE), "context");
        _assertRecorded(context, made, NOW);
    }

    function test_RevertIf_TheConsumerOfACallHasNoCode() public {
        address[3] memory empty = [address(0), mallory, address(2)];
        for (uint256 i = 0; i < empty.length; i++) {
            IInferenceGate.Inference memory made = _madeFor(empty[i], alice, NONCE);
            vm.prank(alice);
            vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_NotAConsumer.selector, empty[i]));
            gate.recordAndCall(modelId, empty[i], made);
        }
    }

    function test_RevertIf_TheConsumerOfACallIsNone() public {
        address[2] memory deaf = [address(gate), address(registry)];
        for (uint256 i = 0; i < deaf.length; i++) {
            IInferenceGate.Inference memory made = _madeFor(deaf[i], alice, NONCE);
            vm.prank(alice);
            vm.expectRevert();
            gate.recordAndCall(modelId, deaf[i], made);
            assertEq(gate.usedAt(_context(deaf[i], alice, NONCE)), 0, "usedAt");
        }
    }

    /// @dev With the consumer's own error, and the inference stays to be used.
    function test_RevertIf_TheConsumerReverts() public {
        address refusing = address(new RefusingConsumer());
        IInferenceGate.Inference memory made = _madeFor(refusing, alice, NONCE);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(RefusingConsumer.RefusingConsumer_No.selector, modelId, alice, NONCE));
        gate.recordAndCall(modelId, refusing, made);
        assertEq(gate.usedAt(_context(refusing, alice, NONCE)), 0, "usedAt");
        assertEq(gate.usedAt(_record(alice, modelId, refusing, made)), NOW, "and recorded it can be");
    }

    /// @dev By each way, from within the call, with caller and consumer as they were proven.
    function test_AConsumerThatComesBackFindsTheContextUsed() public {
        ReentrantConsumer reentrant = new ReentrantConsumer(gate);
        IInferenceGate.Inference memory made = _madeFor(address(reentrant), address(reentrant), NONCE);
        vm.recordLogs();
        reentrant.begin(modelId, made);
        uint256 context = _context(address(reentrant), address(reentrant), NONCE);
        bytes memory used = abi.encodeWithSelector(IInferenceGate.InferenceGate_ContextUsed.selector, context, NOW);
        assertEq(reentrant.answerCount(), 3, "answers");
        for (uint256 i = 0; i < 3; i++) {
            assertFalse(reentrant.successes(i), "success");
            assertEq(reentrant.answers(i), used, "answer");
        }
        assertEq(reentrant.usedAtInside(), NOW, "usedAt, seen from within");
        assertEq(vm.getRecordedLogs().length, 1, "events");
    }

    function test_AVerifierCannotComeBack() public {
        ReentrantVerifier reentrant = new ReentrantVerifier(gate);
        IModelRegistry.Registration memory theirs = _registration(MODEL, INPUTS, OUTPUTS);
        theirs.verifier = IVerifier(address(reentrant));
        bytes32 id = _register(mallory, theirs);
        IInferenceGate.Inference memory made = _madeFor(mallory, mallory, NONCE);
        reentrant.remember(abi.encodeCall(IInferenceGate.consume, (id, mallory, made)));
        vm.expectRevert();
        _record(mallory, id, mallory, made);
        // The verifier says yes where it leaves the state alone.
        reentrant.remember("");
        _record(mallory, id, mallory, made);
    }

    /* CONSUME */

    function test_AConsumerConsumesForItsCaller() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        made.outputs[0] = 2 ** 31 - 5;
        _prove(SyntheticSecrets.synthetic(), MODEL, _context(address(consumer), alice, NONCE), made);
        vm.expectEmit(address(gate));
        emit IInferenceGate.InferenceRecorded(modelId, address(consumer), alice, NONCE, made.inputs, made.outputs);
        vm.prank(alice);
        assertEq(consumer.use(made), -5, "output");
        _assertRecorded(_context(address(consumer), alice, NONCE), made, NOW);
    }

    function test_RevertIf_AConsumerConsumesForAnotherCaller() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        _expectRefused();
        vm.prank(mallory);
        consumer.use{gas: GAS_LIMIT}(made);
    }

    /// @dev A consumer that names Alice with a proof of its own uses up a context between itself and Alice, and no other.
    function test_AConsumerNamesCallersOfItsOwnOnly() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        PlainConsumer theirs = new PlainConsumer(gate, modelId);
        _expectRefused();
        vm.prank(address(theirs));
        gate.consume{gas: GAS_LIMIT}(modelId, alice, made);

        IInferenceGate.Inference memory forged = _madeFor(address(theirs), alice, NONCE);
        vm.prank(address(theirs));
        gate.consume(modelId, alice, forged);
        assertEq(gate.usedAt(_context(address(theirs), alice, NONCE)), NOW, "theirs is used");
        assertEq(gate.usedAt(_context(address(consumer), alice, NONCE)), 0, "the other is not");
        vm.prank(alice);
        consumer.use(made);
    }

    function test_TheConsumerInTheDescriptionWorks() public {
        bytes32 id = _register(MODEL + 1, 1, 1);
        CreditLine line = new CreditLine(gate, id, 600);
        uint256[] memory outputs = new uint256[](1);
        outputs[0] = 2 ** 31 + 599;
        uint256[] memory inputs = _elements("hash", 1);
        IInferenceGate.Inference memory made = _inference(MODEL + 1, address(line), alice, 1, inputs, outputs);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(CreditLine.CreditLine_ScoreTooLow.selector, int256(599), int256(600)));
        line.open(made);
        outputs[0]++;
        made = _inference(MODEL + 1, address(line), alice, 1, inputs, outputs);
        vm.prank(alice);
        line.open(made);
        assertTrue(line.isGranted(alice), "granted");
        assertFalse(line.isGranted(mallory), "to nobody else");
    }

    /* WHOSE PROOF IT IS */

    function test_TheContextIsTheStatedOne() public {
        deployCodeTo("InferenceGate.sol:InferenceGate", abi.encode(registry), address(0xA1));
        vm.chainId(31337);
        uint256 context = InferenceGate(address(0xA1)).contextOf(address(0xb2), address(0xc3), 4);
        // Pinned by ethers' own encoding.
        assertEq(context, 0x00a54639a7cc21f23a8efd221fcb5cfcca250a2fa3e1d1f7b45f7d0d41453c50, "context");
    }

    function testFuzz_TheContextIsTheHashOfAllFive(address for_, address caller, uint256 nonce, uint64 chainId) public {
        vm.chainId(bound(chainId, 1, type(uint64).max));
        uint256 context = gate.contextOf(for_, caller, nonce);
        assertEq(context, _context(for_, caller, nonce), "context");
        assertLt(context, 2 ** 248, "and it is a field element");
    }

    function testFuzz_RevertIf_TheContextIsAnother(address for_, address caller, uint256 nonce) public {
        IInferenceGate.Inference memory made = _made(NONCE);
        vm.assume(for_ != address(consumer) && caller != alice && caller != address(0) && nonce != NONCE);
        _expectRefused();
        _record(caller, modelId, address(consumer), made);
        _expectRefused();
        _record(alice, modelId, for_, made);
        // Caller and consumer exchanged.
        _expectRefused();
        _record(address(consumer), modelId, alice, made);
        made.nonce = nonce;
        _expectRefused();
        _recordAsAlice(made);
        made.nonce = NONCE;
        _recordAsAlice(made);
    }

    function test_RevertIf_TheChainIsAnother() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        uint256 chainId = block.chainid;
        vm.chainId(chainId + 1);
        _expectRefused();
        _recordAsAlice(made);
        vm.chainId(chainId);
        _recordAsAlice(made);
    }

    function test_RevertIf_TheGateIsAnother() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        InferenceGate other = new InferenceGate(registry);
        _expectRefused();
        vm.prank(alice);
        other.record{gas: GAS_LIMIT}(modelId, address(consumer), made);
        _recordAsAlice(made);
    }

    /* ONCE */

    function _again(uint256 way, IInferenceGate.Inference memory made) private {
        vm.prank(alice);
        if (way == 0) gate.record{gas: GAS_LIMIT}(modelId, address(consumer), made);
        else if (way == 1) gate.recordAndCall{gas: GAS_LIMIT}(modelId, address(consumer), made);
        else consumer.use{gas: GAS_LIMIT}(made);
    }

    /// @dev By whichever way the first, by whichever the second: the same proof, one re-randomised, one of other outputs.
    function test_RevertIf_AContextIsUsedTwice() public {
        for (uint256 pair = 0; pair < 9; pair++) {
            IInferenceGate.Inference memory made = _made(pair);
            vm.warp(NOW + pair);
            _again(pair / 3, made);
            vm.warp(NOW + 100);
            _expectUsed(pair, NOW + pair);
            _again(pair % 3, made);
            IInferenceGate.Inference memory other = _made(pair);
            other.proof = SyntheticProver.negated(made.proof);
            _expectUsed(pair, NOW + pair);
            _again(pair % 3, other);
            other.outputs[0]++;
            _prove(SyntheticSecrets.synthetic(), MODEL, _context(address(consumer), alice, pair), other);
            _expectUsed(pair, NOW + pair);
            _again(pair % 3, other);
            _assertRecorded(_context(address(consumer), alice, pair), made, NOW + pair);
        }
    }

    function test_AReRandomisedProofCountsAndNeitherCountsTwice() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        IInferenceGate.Inference memory other = _made(NONCE);
        other.proof = SyntheticProver.negated(made.proof);
        _recordAsAlice(other);
        _expectUsed(NONCE, NOW);
        _recordAsAlice(made);
    }

    /// @dev Under somebody's copy of the model the statement is the same one, and so is the context.
    function test_RevertIf_AContextIsUsedAgainForACopyOfTheModel() public {
        bytes32 copy = _register(mallory, _registration(MODEL, INPUTS, OUTPUTS));
        IInferenceGate.Inference memory made = _made(NONCE);
        uint256 context = _record(alice, copy, address(consumer), made);
        assertEq(gate.recorded(context, copy, made.inputs, made.outputs), NOW, "recorded for the copy");
        assertEq(gate.recorded(context, modelId, made.inputs, made.outputs), 0, "and not for the model");
        _expectUsed(NONCE, NOW);
        _recordAsAlice(made);
    }

    function testFuzz_OtherNoncesStayFree(uint256 first, uint256 second) public {
        vm.assume(first != second);
        _recordAsAlice(_made(first));
        assertEq(gate.usedAt(_context(address(consumer), alice, second)), 0, "usedAt");
        _recordAsAlice(_made(second));
    }

    /* WHICH MODEL */

    function test_RevertIf_TheProofIsOfAnotherModel() public {
        // The same verifier, other parameters.
        bytes32 next = _register(MODEL + 1, INPUTS, OUTPUTS);
        IInferenceGate.Inference memory made = _made(NONCE);
        _expectRefused();
        _record(alice, next, address(consumer), made);
        // The same parameters, another verifier.
        IModelRegistry.Registration memory other = _registration(MODEL, INPUTS, OUTPUTS);
        other.verifier = otherVerifier;
        bytes32 otherId = _register(owner, other);
        _expectRefused();
        _record(alice, otherId, address(consumer), made);
        _prove(SyntheticSecrets.other(), MODEL, _context(address(consumer), alice, NONCE), made);
        _expectRefused();
        _recordAsAlice(made);
        _record(alice, otherId, address(consumer), made);
    }

    /// @dev New weights, same keys: nothing but the model's digest changes.
    function test_VersionsOfAModelShareAVerifier() public {
        IModelRegistry.Registration memory next = _registration(MODEL + 1, INPUTS, OUTPUTS);
        next.parent = modelId;
        bytes32 nextId = _register(owner, next);
        _recordAsAlice(_made(1));
        IInferenceGate.Inference memory made = _inference(
            MODEL + 1, address(consumer), alice, 2, _elements("input", INPUTS), _elements("output", OUTPUTS)
        );
        _expectRefused();
        _recordAsAlice(made);
        _record(alice, nextId, address(consumer), made);
    }

    /// @dev It may say yes to everything under its own id, which no consumer has pinned.
    function test_ALyingVerifiersModelIsNobodyElses() public {
        IModelRegistry.Registration memory lie = _registration(MODEL, INPUTS, OUTPUTS);
        lie.verifier = new FakeVerifier(verifier.keyHash());
        bytes32 id = _register(mallory, lie);
        IInferenceGate.Inference memory made = _madeFor(address(consumer), mallory, NONCE);
        made.proof[0] ^= 1;
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(PlainConsumer.PlainConsumer_AnotherModel.selector, id));
        gate.recordAndCall(id, address(consumer), made);
        _expectRefused();
        vm.prank(mallory);
        consumer.use{gas: GAS_LIMIT}(made);
        uint256 context = _record(mallory, id, address(consumer), made);
        assertEq(gate.recorded(context, modelId, made.inputs, made.outputs), 0, "recorded for the pinned model");
    }

    /// @dev A contract that ends within the transaction that made it leaves an address without code behind, registered.
    function test_RevertIf_TheVerifiersCodeIsGoneOrSaysNothing() public {
        bytes[4] memory codes = [
            bytes(""), // no code
            hex"00", // returns nothing
            hex"60025f5260205ff3", // returns 2
            hex"5f5ffd" // reverts
        ];
        IInferenceGate.Inference memory made = _made(NONCE);
        bytes memory code = address(verifier).code;
        for (uint256 i = 0; i < codes.length; i++) {
            vm.etch(address(verifier), codes[i]);
            vm.prank(alice);
            (bool accepted,) = address(gate).call{gas: GAS_LIMIT}(
                abi.encodeCall(IInferenceGate.record, (modelId, address(consumer), made))
            );
            assertFalse(accepted, "accepted");
        }
        vm.etch(address(verifier), code);
        _recordAsAlice(made);
    }

    function testFuzz_RevertIf_TheModelIsUnknown(bytes32 id) public {
        vm.assume(id != modelId);
        IInferenceGate.Inference memory made = _made(NONCE);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, id));
        _record(alice, id, address(consumer), made);
    }

    /* WHAT WAS SAID */

    function test_RevertIf_AnElementIsOneMoreOrLess() public {
        for (uint256 i = 0; i < INPUTS + OUTPUTS; i++) {
            for (uint256 up = 0; up < 2; up++) {
                IInferenceGate.Inference memory made = _made(NONCE);
                uint256[] memory changed = i < INPUTS ? made.inputs : made.outputs;
                changed[i % INPUTS] = up == 1 ? changed[i % INPUTS] + 1 : changed[i % INPUTS] - 1;
                _expectRefused();
                _recordAsAlice(made);
            }
        }
        _recordAsAlice(_made(NONCE));
    }

    function test_RevertIf_ElementsAreExchanged() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        (made.outputs[0], made.outputs[1]) = (made.outputs[1], made.outputs[0]);
        _expectRefused();
        _recordAsAlice(made);
        made = _made(NONCE);
        (made.inputs, made.outputs) = (made.outputs, made.inputs);
        _expectRefused();
        _recordAsAlice(made);
    }

    /// @dev Every one of these is proven as it is said: what refuses it is its length.
    function testFuzz_RevertIf_TheLengthsAreNotTheModels(uint256 inputCount, uint256 outputCount) public {
        inputCount = bound(inputCount, 0, 5);
        outputCount = bound(outputCount, 0, 5);
        IInferenceGate.Inference memory made = _inference(
            MODEL, address(consumer), alice, NONCE, _elements("input", inputCount), _elements("output", outputCount)
        );
        if (inputCount != INPUTS) {
            vm.expectRevert(
                abi.encodeWithSelector(IInferenceGate.InferenceGate_InputCount.selector, inputCount, INPUTS)
            );
        } else if (outputCount != OUTPUTS) {
            vm.expectRevert(
                abi.encodeWithSelector(IInferenceGate.InferenceGate_OutputCount.selector, outputCount, OUTPUTS)
            );
        }
        _recordAsAlice(made);
    }

    /// @dev The vector would be the same: an input that passes for an output, and the other way round.
    function test_RevertIf_AnElementIsMovedBetweenInputsAndOutputs() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        uint256[] memory inputs = made.inputs;
        uint256[] memory outputs = made.outputs;
        (made.inputs, made.outputs) = (new uint256[](1), new uint256[](3));
        made.inputs[0] = inputs[0];
        (made.outputs[0], made.outputs[1], made.outputs[2]) = (inputs[1], outputs[0], outputs[1]);
        vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_InputCount.selector, 1, INPUTS));
        _recordAsAlice(made);
    }

    /// @dev A zero at the end adds nothing to the evaluation; a length of its own is what tells it.
    function test_RevertIf_ATrailingZeroIsAddedOrLeftOut() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        uint256[] memory longer = new uint256[](OUTPUTS + 1);
        (longer[0], longer[1]) = (made.outputs[0], made.outputs[1]);
        made.outputs = longer;
        vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_OutputCount.selector, OUTPUTS + 1, OUTPUTS));
        _recordAsAlice(made);
        longer[1] = 0;
        uint256[] memory shorter = new uint256[](1);
        shorter[0] = longer[0];
        made.outputs = shorter;
        _prove(SyntheticSecrets.synthetic(), MODEL, _context(address(consumer), alice, NONCE), made);
        vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_OutputCount.selector, 1, OUTPUTS));
        _recordAsAlice(made);
    }

    function test_RevertIf_AnElementIsNotCanonical() public {
        for (uint256 i = 0; i < INPUTS + OUTPUTS; i++) {
            IInferenceGate.Inference memory made = _made(NONCE);
            uint256[] memory changed = i < INPUTS ? made.inputs : made.outputs;
            changed[i % INPUTS] += P;
            vm.expectRevert(
                abi.encodeWithSelector(StatementLib.Statement_NotCanonical.selector, 2 + i, changed[i % INPUTS], P)
            );
            _recordAsAlice(made);
            // As it is, and proven so, modulo p.
            _prove(SyntheticSecrets.synthetic(), MODEL, _context(address(consumer), alice, NONCE), made);
            vm.expectRevert(
                abi.encodeWithSelector(StatementLib.Statement_NotCanonical.selector, 2 + i, changed[i % INPUTS], P)
            );
            _recordAsAlice(made);
        }
        IInferenceGate.Inference memory committed = _made(NONCE);
        committed.commitment += P;
        vm.expectRevert(
            abi.encodeWithSelector(StatementLib.Statement_CommitmentNotCanonical.selector, committed.commitment, P)
        );
        _recordAsAlice(committed);
    }

    function test_RevertIf_AProofWordIsNotCanonical() public {
        for (uint256 i = 0; i < 8; i++) {
            IInferenceGate.Inference memory made = _made(NONCE);
            made.proof[i] += Q;
            _expectRefused();
            _recordAsAlice(made);
        }
    }

    function test_RevertIf_AnotherContextsProofIsBrought() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        made.proof = _made(NONCE + 1).proof;
        _expectRefused();
        _recordAsAlice(made);
    }

    function _flipped(uint256 bit, bytes memory data) private returns (bool accepted) {
        data[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        vm.prank(alice);
        (accepted,) = address(gate).call{gas: GAS_LIMIT}(data);
    }

    function testFuzz_RevertIf_AnyBitOfTheCallIsFlipped(uint256 bit) public {
        bytes memory data = abi.encodeCall(IInferenceGate.record, (modelId, address(consumer), _made(NONCE)));
        assertFalse(_flipped(bound(bit, 0, 8 * data.length - 1), data), "accepted");
    }

    function test_RevertIf_AnyWordOfTheCallHasABitFlipped() public {
        bytes memory data = abi.encodeCall(IInferenceGate.record, (modelId, address(consumer), _made(NONCE)));
        for (uint256 i = 4; i < data.length; i += 32) {
            assertFalse(_flipped(8 * i, bytes.concat(data)), "the highest byte");
            assertFalse(_flipped(8 * (i + 31), bytes.concat(data)), "the lowest bit");
        }
        vm.prank(alice);
        (bool accepted,) = address(gate).call(data);
        assertTrue(accepted, "as it was");
    }

    /* THE GATE ITSELF */

    function test_ChecksRunInTheStatedOrder() public {
        IInferenceGate.Inference memory good = _made(NONCE);
        IInferenceGate.Inference memory made = _made(NONCE);
        made.inputs = new uint256[](INPUTS + 1);
        made.outputs = new uint256[](OUTPUTS + 1);
        made.commitment = P;
        uint256 snapshot = vm.snapshotState();
        _recordAsAlice(good);
        _expectUsed(NONCE, NOW);
        _record(alice, 0, address(consumer), made);
        vm.revertToState(snapshot);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, bytes32(0)));
        _record(alice, 0, address(consumer), made);
        vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_InputCount.selector, INPUTS + 1, INPUTS));
        _recordAsAlice(made);
        made.inputs = new uint256[](INPUTS);
        vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_OutputCount.selector, OUTPUTS + 1, OUTPUTS));
        _recordAsAlice(made);
        made.outputs = new uint256[](OUTPUTS);
        vm.expectRevert(abi.encodeWithSelector(StatementLib.Statement_CommitmentNotCanonical.selector, P, P));
        _recordAsAlice(made);
        made.commitment = 0;
        _expectRefused();
        _recordAsAlice(made);
    }

    function test_ARefusalSaysWhichStatementItRefused() public {
        IInferenceGate.Inference memory made = _made(NONCE);
        made.outputs[0]++;
        uint256[3] memory signals = SyntheticProver.signalsOf(
            made.commitment,
            abi.encodePacked(MODEL, _context(address(consumer), alice, NONCE), made.inputs, made.outputs)
        );
        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceGate.InferenceGate_ProofRefused.selector, signals[0], signals[1], signals[2]
            )
        );
        _recordAsAlice(made);
    }

    /// @dev No owner, no way to take a record back: these are all that could write.
    function test_OnlyInferencesWrite() public view {
        string[] memory writers = _writersOf("InferenceGate");
        assertEq(writers.length, 3, "writers");
        assertEq(writers[0], "consume", "writer");
        assertEq(writers[1], "record", "writer");
        assertEq(writers[2], "recordAndCall", "writer");
    }

    function test_RevertIf_TheRegistryHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IInferenceGate.InferenceGate_NotARegistry.selector, mallory));
        new InferenceGate(IModelRegistry(mallory));
        assertEq(address(gate.registry()), address(registry), "registry");
    }
}
