// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {Groth16Lib} from "../../contracts/verifier/Groth16Lib.sol";
import {StatementVerifier} from "../../contracts/verifier/StatementVerifier.sol";
import {SyntheticVerifier} from "./generated/SyntheticVerifier.sol";
import {RoundsFixture} from "./support/RoundsFixture.sol";

/// @dev Any key, and the equation in plain Solidity beside the library's.
contract Groth16Harness is SyntheticVerifier {
    uint256 private constant P = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    function key() external pure returns (uint256[22] memory) {
        return _key();
    }

    function requireSound(uint256[22] memory k) external view {
        Groth16Lib.requireSound(k);
    }

    function assembled(uint256[22] memory k, uint256[8] calldata proof, uint256[3] memory signals)
        external
        view
        returns (bool)
    {
        return Groth16Lib.verify(k, proof, signals[0], signals[1], signals[2]);
    }

    function plain(uint256[22] memory k, uint256[8] memory proof, uint256[3] memory signals)
        external
        view
        returns (bool)
    {
        bytes memory sum = abi.encode(k[14], k[15]);
        bool ok;
        for (uint256 i = 0; i < 3; i++) {
            if (signals[i] >= P) return false;
            bytes memory term;
            (ok, term) = address(7).staticcall(abi.encode(k[16 + 2 * i], k[17 + 2 * i], signals[i]));
            if (!ok || term.length != 64) return false;
            (ok, sum) = address(6).staticcall(bytes.concat(sum, term));
            if (!ok || sum.length != 64) return false;
        }
        for (uint256 i = 0; i < 8; i++) {
            if (proof[i] >= Q) return false;
        }
        bytes memory input = abi.encode(proof[0], (Q - proof[1]) % Q, proof[2], proof[3], proof[4], proof[5]);
        input = bytes.concat(input, abi.encode(k[0], k[1], k[2], k[3], k[4], k[5]));
        input = bytes.concat(input, sum, abi.encode(k[6], k[7], k[8], k[9]));
        input = bytes.concat(input, abi.encode(proof[6], proof[7], k[10], k[11], k[12], k[13]));
        bytes memory result;
        (ok, result) = address(8).staticcall(input);
        return ok && result.length == 32 && abi.decode(result, (uint256)) == 1;
    }
}

/// @dev Forgeable on purpose: delta is gamma.
contract ForgeableVerifier is StatementVerifier {
    function _key() internal pure override returns (uint256[22] memory key) {
        for (uint256 i = 0; i < 4; i++) {
            key[6 + i] = i + 1;
            key[10 + i] = i + 1;
        }
    }
}

contract Groth16LibTest is RoundsFixture {
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    Groth16Harness private harness;
    uint256[22] private key;
    Recorded private round;

    function setUp() public {
        harness = new Groth16Harness();
        _load("test/contracts/generated/synthetic-4x4.json", harness, 8);
        key = harness.key();
        round = _recorded(0);
    }

    function _signals() private view returns (uint256[3] memory) {
        return [round.submission.commitment, round.evaluation, round.challenge];
    }

    function _verify() private view returns (bool) {
        return harness.verify{gas: GAS_LIMIT}(
            round.submission.proof, round.submission.commitment, round.evaluation, round.challenge
        );
    }

    /* THE EQUATION */

    function test_AcceptsEveryRecordedProof() public view {
        for (uint256 index = 0; index < _roundCount(); index++) {
            Recorded memory each = _recorded(index);
            uint256[3] memory signals = [each.submission.commitment, each.evaluation, each.challenge];
            assertTrue(harness.assembled(key, each.submission.proof, signals), "assembled");
            assertTrue(harness.plain(key, each.submission.proof, signals), "plain");
        }
    }

    /// @dev Changes any words of key, proof and signals, mostly to other valid points, so that the equation itself is
    /// reached: exchanges of points within a group, negations, zeros, small signals.
    function testFuzz_AgreesWithThePlainVersion(uint256 seed) public view {
        uint256[22] memory k = key;
        uint256[8] memory proof = round.submission.proof;
        uint256[3] memory signals = _signals();
        uint256 change = seed % 8;
        uint256 pick = (seed >> 8) % 4;
        if (change == 0) (proof[0], proof[1], proof[6], proof[7]) = (proof[6], proof[7], proof[0], proof[1]);
        if (change == 1) proof[1] = (Q - proof[1]) % Q;
        if (change == 2) proof[pick] = seed >> 10;
        if (change == 3) signals[pick % 3] = seed >> 10;
        if (change == 4) (proof[6], proof[7]) = (0, 0);
        if (change == 5) (k[14 + 2 * pick], k[15 + 2 * pick]) = (k[0], k[1]);
        if (change == 6) (proof[0], proof[1]) = pick < 2 ? (uint256(0), uint256(0)) : (0, Q);
        bool want = harness.plain{gas: GAS_LIMIT}(k, proof, signals);
        assertEq(harness.assembled{gas: GAS_LIMIT}(k, proof, signals), want, "agreement");
        // Only the unchanged one holds (7), or IC_1 .. IC_3 replaced before signals that ignore it: never here.
        assertEq(want, change == 7, "validity");
    }

    function test_RefusesNothingAtAll() public view {
        uint256[8] memory nothing;
        assertFalse(harness.verify{gas: GAS_LIMIT}(nothing, 0, 0, 0), "all zero");
    }

    /// @dev B on the twist and outside the subgroup: RealCalldata.t.sol.
    function test_RefusesPointsOffTheCurve() public {
        for (uint256 i = 0; i < 8; i++) {
            uint256 kept = round.submission.proof[i];
            round.submission.proof[i] = kept ^ 1;
            assertFalse(_verify(), "off the curve");
            round.submission.proof[i] = kept;
        }
        assertTrue(_verify(), "as it was");
    }

    /* PRECOMPILES THAT FAIL OR ARE NOT THERE */

    function test_RefusesWhenAPrecompileReturnsNothing() public {
        for (uint160 precompile = 6; precompile <= 8; precompile++) {
            vm.mockCall(address(precompile), bytes(""), bytes(""));
            assertFalse(_verify(), "empty return");
            vm.clearMockedCalls();
        }
        assertTrue(_verify(), "as it was");
    }

    function test_RefusesWhenAPrecompileReturnsTooLittleOrTooMuch() public {
        for (uint160 precompile = 6; precompile <= 8; precompile++) {
            vm.mockCall(address(precompile), bytes(""), new bytes(31));
            assertFalse(_verify(), "short return");
            vm.mockCall(address(precompile), bytes(""), abi.encode(1, 1, 1));
            assertFalse(_verify(), "long return");
            vm.clearMockedCalls();
        }
        // The right number in too few bytes, and a number that is not 1.
        vm.mockCall(address(8), bytes(""), bytes(hex"01"));
        assertFalse(_verify(), "one byte");
        vm.mockCall(address(8), bytes(""), abi.encode(2));
        assertFalse(_verify(), "two");
    }

    function test_RefusesWhenAPrecompileReverts() public {
        for (uint160 precompile = 6; precompile <= 8; precompile++) {
            vm.mockCallRevert(address(precompile), bytes(""), abi.encode(1));
            assertFalse(_verify(), "revert with what would be a yes");
            vm.clearMockedCalls();
        }
    }

    function test_RefusesWhenGasRunsOut() public {
        for (uint256 gasLimit = 10_000; gasLimit < 230_000; gasLimit += 10_000) {
            bytes memory call = abi.encodeCall(
                harness.verify, (round.submission.proof, round.submission.commitment, round.evaluation, round.challenge)
            );
            (bool ok, bytes memory result) = address(harness).staticcall{gas: gasLimit}(call);
            bool accepted = ok && result.length == 32 && abi.decode(result, (bool));
            if (gasLimit < 200_000) assertFalse(accepted, "too little gas");
        }
    }

    /* KEYS */

    function test_NamesTheKey() public view {
        assertEq(harness.keyHash(), keccak256(abi.encode(key)), "keyHash");
        assertEq(harness.selector(), bytes4(harness.keyHash()), "selector");
    }

    function test_ASoundKeyPasses() public view {
        harness.requireSound(key);
    }

    function test_RevertIf_GammaIsDelta() public {
        vm.expectRevert(IVerifier.Verifier_ForgeableKey.selector);
        new ForgeableVerifier();
        for (uint256 i = 0; i < 4; i++) {
            key[10 + i] = key[6 + i];
        }
        vm.expectRevert(IVerifier.Verifier_ForgeableKey.selector);
        harness.requireSound(key);
        // And minus delta, which absorbs public signals just as well.
        (key[12], key[13]) = (Q - key[12], Q - key[13]);
        vm.expectRevert(IVerifier.Verifier_ForgeableKey.selector);
        harness.requireSound(key);
    }

    /// @dev Forged for any signals: beta is gamma or its negative, A absorbs alpha and their sum, C is infinity.
    function test_RevertIf_BetaIsGamma() public {
        for (uint256 i = 0; i < 4; i++) {
            key[2 + i] = key[6 + i];
        }
        (uint256 x, uint256 y) = _sum([uint256(111), 222, 333]);
        (uint256 ax, uint256 ay) = _add(x, y, key[0], key[1]);
        _assertForgeable([ax, ay, key[6], key[7], key[8], key[9], 0, 0], "gamma");
        (key[4], key[5]) = (Q - key[4], Q - key[5]);
        (ax, ay) = _add(x, y, key[0], Q - key[1]);
        _assertForgeable([ax, ay, key[6], key[7], key[8], key[9], 0, 0], "minus gamma");
    }

    /// @dev Forged for any signals: beta is delta or its negative, A absorbs their sum and C alpha.
    function test_RevertIf_BetaIsDelta() public {
        for (uint256 i = 0; i < 4; i++) {
            key[2 + i] = key[10 + i];
        }
        (uint256 x, uint256 y) = _sum([uint256(111), 222, 333]);
        _assertForgeable([x, y, key[6], key[7], key[8], key[9], key[0], Q - key[1]], "delta");
        (key[4], key[5]) = (Q - key[4], Q - key[5]);
        _assertForgeable([x, y, key[6], key[7], key[8], key[9], key[0], key[1]], "minus delta");
    }

    function _assertForgeable(uint256[8] memory proof, string memory label) private {
        uint256[3] memory signals = [uint256(111), 222, 333];
        assertTrue(harness.assembled(key, proof, signals), string.concat("the forgery holds: ", label));
        vm.expectRevert(IVerifier.Verifier_ForgeableKey.selector);
        harness.requireSound(key);
    }

    /// @dev IC_0 + x_1*IC_1 + x_2*IC_2 + x_3*IC_3.
    function _sum(uint256[3] memory signals) private view returns (uint256 x, uint256 y) {
        (x, y) = (key[14], key[15]);
        for (uint256 i = 0; i < 3; i++) {
            (bool ok, bytes memory term) =
                address(7).staticcall(abi.encode(key[16 + 2 * i], key[17 + 2 * i], signals[i]));
            assertTrue(ok, "product");
            (uint256 termX, uint256 termY) = abi.decode(term, (uint256, uint256));
            (x, y) = _add(x, y, termX, termY);
        }
    }

    function _add(uint256 x1, uint256 y1, uint256 x2, uint256 y2) private view returns (uint256, uint256) {
        (bool ok, bytes memory sum) = address(6).staticcall(abi.encode(x1, y1, x2, y2));
        assertTrue(ok, "sum");
        return abi.decode(sum, (uint256, uint256));
    }

    function test_RevertIf_AKeyPointIsInfinityOrOffItsCurve() public {
        uint8[8] memory starts = [0, 2, 6, 10, 14, 16, 18, 20];
        for (uint256 index = 0; index < 8; index++) {
            uint256 words = index > 0 && index < 4 ? 4 : 2;
            bytes memory reason = abi.encodeWithSelector(IVerifier.Verifier_BadPoint.selector, index);
            uint256[22] memory bad = key;
            bad[starts[index]] ^= 1;
            vm.expectRevert(reason);
            harness.requireSound{gas: GAS_LIMIT}(bad);
            for (uint256 i = 0; i < words; i++) {
                bad[starts[index] + i] = 0;
            }
            vm.expectRevert(reason);
            harness.requireSound{gas: GAS_LIMIT}(bad);
        }
    }

    /// @dev The mistake that is made most: G2's coordinates in the key file's order.
    function test_RevertIf_G2CoordinatesAreNotSwapped() public {
        for (uint256 index = 1; index < 4; index++) {
            uint256[22] memory bad = key;
            uint256 first = 4 * index - 2;
            (bad[first], bad[first + 1]) = (bad[first + 1], bad[first]);
            (bad[first + 2], bad[first + 3]) = (bad[first + 3], bad[first + 2]);
            vm.expectRevert(abi.encodeWithSelector(IVerifier.Verifier_BadPoint.selector, index));
            harness.requireSound{gas: GAS_LIMIT}(bad);
        }
    }
}
