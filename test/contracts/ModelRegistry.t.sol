// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {AbiReader} from "./support/AbiReader.sol";
import {FakeVerifier} from "./support/FakeVerifier.sol";
import {InferenceFixture} from "./support/InferenceFixture.sol";

contract ModelRegistryTest is AbiReader, InferenceFixture {
    function _assertIs(bytes32 id, IModelRegistry.Registration memory want, address registrar, uint256 time)
        private
        view
    {
        IModelRegistry.Model memory got = registry.modelOf(id);
        assertEq(abi.encode(got.registration), abi.encode(want), "registration");
        assertEq(got.keyHash, want.verifier.keyHash(), "keyHash");
        assertEq(got.registrar, registrar, "registrar");
        assertEq(got.registeredAt, time, "registeredAt");
        assertTrue(registry.isRegistered(id), "isRegistered");
        assertEq(registry.parentOf(id), want.parent, "parentOf");
        (IVerifier by, uint256 model, uint256 inputElements, uint256 outputWords) = registry.statementOf(id);
        assertEq(address(by), address(want.verifier), "statementOf: verifier");
        assertEq(model, want.model, "statementOf: model");
        assertEq(inputElements, want.inputElements, "statementOf: inputElements");
        assertEq(outputWords, want.outputWords, "statementOf: outputWords");
    }

    /* REGISTRATION */

    function testFuzz_KeepsWhatWasRegistered(
        IModelRegistry.Registration memory made,
        address registrar,
        bool isOther,
        bool hasParent,
        uint40 time
    ) public {
        vm.assume(registrar != address(0));
        bytes32 parent = _register(1, 1, 1);
        made.model = bound(made.model, 0, P - 1);
        made.verifier = isOther ? otherVerifier : verifier;
        made.inputElements = bound(made.inputElements, 0, 65535);
        made.outputWords = bound(made.outputWords, 1, 65535);
        made.outputStride = bound(made.outputStride, 1, 248);
        made.parent = hasParent ? parent : bytes32(0);
        uint256 moment = bound(time, 1, type(uint40).max);
        vm.warp(moment);

        bytes32 id = keccak256(abi.encode(registrar, made.verifier, made.model));
        assertFalse(registry.isRegistered(id), "before");
        assertEq(registry.idOf(registrar, made.verifier, made.model), id, "idOf");
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelRegistered(id, registrar, made.parent, made, made.verifier.keyHash());
        assertEq(_register(registrar, made), id, "id");
        _assertIs(id, made, registrar, moment);
    }

    function test_TheBoundsThemselvesAreTaken() public {
        IModelRegistry.Registration memory made = _registration(0, 0, 1);
        made.outputStride = 1;
        _assertIs(_register(owner, made), made, owner, NOW);
        made = _registration(P - 1, 65535, 65535);
        made.outputStride = 248;
        _assertIs(_register(owner, made), made, owner, NOW);
    }

    /// @dev Pinned by ethers' own encoding.
    function test_TheIdIsTheStatedOne() public view {
        bytes32 id = registry.idOf(address(0xA1), IVerifier(address(0xb2)), 3);
        assertEq(id, 0xd9fb3434b513468bcd804b38ffa4d26abab48ca332647cbb031a027d292ba38e, "id");
    }

    /* WHOSE IT IS */

    function test_SomebodyElsesRegistrationOfAModelTakesNothingFromIt() public {
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        IModelRegistry.Registration memory theirs = _registration(7, 0, 2);
        theirs.provenance.licence = "mine, all mine";
        bytes32 copy = _register(mallory, theirs);
        vm.warp(NOW + 1);
        bytes32 id = _register(owner, made);
        assertNotEq(id, copy, "ids");
        _assertIs(id, made, owner, NOW + 1);
        _assertIs(copy, theirs, mallory, NOW);
    }

    function test_AnotherVerifierIsAnotherModel() public {
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        bytes32 first = _register(owner, made);
        made.verifier = otherVerifier;
        bytes32 second = _register(owner, made);
        assertNotEq(first, second, "ids");
        _assertIs(second, made, owner, NOW);
    }

    /// @dev The key hash is the verifier's word; that it is another verifier shows in the id.
    function test_AVerifierThatClaimsAnothersKeyHasAnotherId() public {
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        bytes32 id = _register(owner, made);
        made.verifier = new FakeVerifier(verifier.keyHash());
        bytes32 claimed = _register(owner, made);
        assertEq(registry.modelOf(id).keyHash, registry.modelOf(claimed).keyHash, "keyHash");
        assertNotEq(id, claimed, "ids");
    }

    /// @dev No owner, no way to change or to remove: there is nothing else that could write.
    function test_RegisterIsTheOnlyFunctionThatWrites() public view {
        string[] memory writers = _writersOf("ModelRegistry");
        assertEq(writers.length, 1, "writers");
        assertEq(writers[0], "register", "writer");
    }

    function testFuzz_RevertIf_AModelIsRegisteredTwice(IModelRegistry.Registration memory again) public {
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        bytes32 id = _register(owner, made);
        vm.warp(NOW + 5);
        again.model = made.model;
        again.verifier = made.verifier;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_Registered.selector, id, NOW));
        _register(owner, again);
        _assertIs(id, made, owner, NOW);
    }

    /* REFUSALS */

    function testFuzz_RevertIf_TheModelIsNotCanonical(uint256 model) public {
        model = bound(model, P, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_ModelNotCanonical.selector, model, P));
        _register(model, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_ModelNotCanonical.selector, P, P));
        _register(P, 1, 1);
    }

    function test_RevertIf_TheVerifierHasNoCode() public {
        address[3] memory empty = [address(0), mallory, address(8)];
        for (uint256 i = 0; i < empty.length; i++) {
            IModelRegistry.Registration memory made = _registration(7, 1, 1);
            made.verifier = IVerifier(empty[i]);
            vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotAVerifier.selector, empty[i]));
            _register(owner, made);
        }
    }

    function test_RevertIf_TheVerifierHasNoKeyHash() public {
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        made.verifier = IVerifier(address(registry));
        vm.prank(owner);
        vm.expectRevert();
        registry.register(made);
    }

    function _expectBad(bytes32 what, uint256 got, uint256 limit) private {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BadParameter.selector, what, got, limit));
    }

    function testFuzz_RevertIf_ALengthIsOutOfBounds(uint256 length) public {
        length = bound(length, 65536, type(uint256).max);
        _expectBad("inputElements", length, 65535);
        _register(7, length, 1);
        _expectBad("inputElements", 65536, 65535);
        _register(7, 65536, 1);
        _expectBad("outputWords", length, 65535);
        _register(7, 1, length);
        _expectBad("outputWords", 65536, 65535);
        _register(7, 1, 65536);
        _expectBad("outputWords", 0, 1);
        _register(7, 1, 0);
    }

    function testFuzz_RevertIf_TheStrideIsOutOfBounds(uint256 stride) public {
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        made.outputStride = bound(stride, 249, type(uint256).max);
        _expectBad("outputStride", made.outputStride, 248);
        _register(owner, made);
        made.outputStride = 249;
        _expectBad("outputStride", 249, 248);
        _register(owner, made);
        made.outputStride = 0;
        _expectBad("outputStride", 0, 1);
        _register(owner, made);
    }

    function testFuzz_RevertIf_TheParentIsNotRegistered(bytes32 parent) public {
        vm.assume(parent != 0);
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        made.parent = parent;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownParent.selector, parent));
        _register(owner, made);
    }

    function test_RevertIf_AModelIsItsOwnParent() public {
        IModelRegistry.Registration memory made = _registration(7, 1, 1);
        bytes32 id = registry.idOf(owner, verifier, 7);
        made.parent = id;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownParent.selector, id));
        _register(owner, made);
    }

    function testFuzz_RevertIf_TheModelIsUnknown(bytes32 id, uint256 limit) public {
        _register(7, 1, 1);
        bytes memory unknown = abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, id);
        vm.expectRevert(unknown);
        registry.modelOf(id);
        vm.expectRevert(unknown);
        registry.parentOf(id);
        vm.expectRevert(unknown);
        registry.statementOf(id);
        vm.expectRevert(unknown);
        registry.lineage(id, limit);
        vm.expectRevert(unknown);
        registry.lineage(id, 0);
        assertFalse(registry.isRegistered(id), "isRegistered");
    }

    /* LINEAGE */

    /// @dev New weights, same keys: versions that differ in nothing but the model's digest and their parent.
    function testFuzz_LineageIsWalkedFromTheNewestToTheFirst(uint256 versions, uint256 from, uint256 limit) public {
        versions = bound(versions, 1, 12);
        bytes32[] memory ids = new bytes32[](versions);
        for (uint256 i = 0; i < versions; i++) {
            IModelRegistry.Registration memory made = _registration(1000 + i, 1, 1);
            if (i > 0) made.parent = ids[i - 1];
            ids[i] = _register(owner, made);
            assertEq(address(registry.modelOf(ids[i]).registration.verifier), address(verifier), "the same verifier");
        }
        from = bound(from, 0, versions - 1);
        bytes32[] memory whole = registry.lineage(ids[from], type(uint256).max);
        assertEq(whole.length, from + 1, "versions up to the first");
        limit = bound(limit, 0, versions + 1);
        bytes32[] memory walked = registry.lineage(ids[from], limit);
        assertEq(walked.length, limit < from + 1 ? limit : from + 1, "versions up to the limit");
        for (uint256 i = 0; i < whole.length; i++) {
            assertEq(whole[i], ids[from - i], "version");
            if (i < walked.length) assertEq(walked[i], ids[from - i], "version within the limit");
        }
    }

    /// @dev Which is why a consumer takes none for its parent's sake.
    function test_AnybodysModelMayNameAnybodysParent() public {
        bytes32 id = _register(7, 1, 1);
        IModelRegistry.Registration memory made = _registration(8, 1, 1);
        made.parent = id;
        bytes32 claimed = _register(mallory, made);
        bytes32[] memory ids = registry.lineage(claimed, 10);
        assertEq(ids.length, 2, "versions");
        assertEq(ids[1], id, "parent");
        assertNotEq(registry.modelOf(claimed).registrar, registry.modelOf(id).registrar, "and the registrar shows it");
        assertEq(registry.lineage(id, 10).length, 1, "and the parent's own lineage is as it was");
    }
}
