// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CreditLine} from "../../examples/credit-score/CreditLine.sol";
import {PolicyMatch} from "../../examples/game/PolicyMatch.sol";
import {IdentityGate} from "../../examples/identity/IdentityGate.sol";
import {Screening} from "../../examples/medical-screening/Screening.sol";
import {IInferenceGate} from "../../contracts/interfaces/IInferenceGate.sol";
import {InferenceFixture} from "./support/InferenceFixture.sol";

/// @dev What the uses of examples/ do with answers that their own models never give; examples/ has the tests with real ones.
contract UsesTest is InferenceFixture {
    uint256 private constant MODEL = 7;
    uint256 private constant FULL = 0x1ff;

    bytes32 private id;
    PolicyMatch private game;
    uint256 private nonces;

    function setUp() public override {
        super.setUp();
        id = _register(MODEL, 1, 1);
        game = new PolicyMatch(gate, id);
    }

    /* GAME */

    /// @dev Any two that keep to the rules: every game ends, as a line or a full board says, and no square is taken twice.
    function testFuzz_AGameEndsAsItsBoardSays(bool houseBegins, uint256 seed) public {
        vm.prank(alice);
        game.start(houseBegins);
        for (uint256 moves = 0; moves < 10; moves++) {
            (PolicyMatch.State state, uint16 player, uint16 house) = game.gameOf(alice);
            assertEq(player & house, 0, "no square is both's");
            (bool playerHas, bool houseHas) = (_hasLine(player), _hasLine(house));
            if (state != PolicyMatch.State.PlayersTurn && state != PolicyMatch.State.HousesTurn) {
                assertEq(state == PolicyMatch.State.PlayerWon, playerHas, "the player's line");
                assertEq(state == PolicyMatch.State.HouseWon, houseHas, "the house's line");
                assertEq(state == PolicyMatch.State.Drawn, !playerHas && !houseHas, "nobody's line");
                if (state == PolicyMatch.State.Drawn) assertEq(player | house, FULL, "a full board");
                return;
            }
            assertFalse(playerHas || houseHas || player | house == FULL, "it would be over");
            seed = uint256(keccak256(abi.encode(seed)));
            _move(state == PolicyMatch.State.HousesTurn, _freeSquare(player | house, seed));
        }
        assertTrue(false, "nine squares make nine moves at the most");
    }

    function test_AHouseThatPlaysOnATakenSquareHasLost() public {
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(alice);
            game.start(i == 1);
            if (i == 1) _move(true, 0);
            _move(false, 4);
            _move(true, i == 1 ? 0 : 4);
            (PolicyMatch.State state,,) = game.gameOf(alice);
            assertTrue(state == PolicyMatch.State.PlayerWon, "lost");
        }
    }

    /* THE OTHERS */

    function test_RevertIf_AStrangerDoesWhatIsAnothers() public {
        CreditLine line = new CreditLine(gate, id, owner, owner, 700);
        IdentityGate entry = new IdentityGate(gate, id, owner);
        Screening screening = new Screening(gate, id, owner, owner);
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(CreditLine.CreditLine_NotTheBureau.selector, mallory, owner));
        line.attest(mallory, 1);
        vm.expectRevert(abi.encodeWithSelector(CreditLine.CreditLine_NotTheLender.selector, mallory, owner));
        line.setThreshold(0);
        vm.expectRevert(abi.encodeWithSelector(CreditLine.CreditLine_NotTheLender.selector, mallory, owner));
        line.close(alice);
        vm.expectRevert(abi.encodeWithSelector(IdentityGate.IdentityGate_NotTheEnroller.selector, mallory, owner));
        entry.enrol(mallory, 1);
        vm.expectRevert(abi.encodeWithSelector(Screening.Screening_NotTheClinic.selector, mallory, owner));
        screening.attest(1);
        vm.expectRevert(abi.encodeWithSelector(Screening.Screening_NotTheSupervisor.selector, mallory, owner));
        screening.adopt(id);
    }

    /* INTERNAL */

    function _move(bool isHouse, uint256 square) private {
        if (!isHouse) {
            vm.prank(alice);
            game.play(square);
            return;
        }
        (, uint16 player, uint16 house) = game.gameOf(alice);
        (uint256[] memory inputs, uint256[] memory outputs) = (new uint256[](1), new uint256[](1));
        inputs[0] = uint256(house) | (uint256(player) << 9);
        outputs[0] = square + (1 << (STRIDE - 1));
        nonces++;
        IInferenceGate.Inference memory made = _inference(MODEL, address(game), alice, nonces, inputs, outputs);
        vm.prank(alice);
        game.answer(alice, made);
    }

    function _freeSquare(uint256 taken, uint256 seed) private pure returns (uint256 square) {
        square = seed % 9;
        while ((taken >> square) & 1 != 0) {
            square = (square + 1) % 9;
        }
    }

    /// @dev Row by row, column by column, both diagonals: not by the contract's masks.
    function _hasLine(uint256 squares) private pure returns (bool) {
        for (uint256 i = 0; i < 3; i++) {
            if (_has(squares, 3 * i, 3 * i + 1, 3 * i + 2) || _has(squares, i, i + 3, i + 6)) return true;
        }
        return _has(squares, 0, 4, 8) || _has(squares, 2, 4, 6);
    }

    function _has(uint256 squares, uint256 a, uint256 b, uint256 c) private pure returns (bool) {
        return (squares >> a) & (squares >> b) & (squares >> c) & 1 == 1;
    }
}
