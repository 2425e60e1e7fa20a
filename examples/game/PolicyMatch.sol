// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OutputLib} from "../../contracts/inference/OutputLib.sol";
import {IInferenceGate} from "../../contracts/interfaces/IInferenceGate.sol";

/// @title Noughts and crosses against a committed policy network
/// @notice A player moves on chain. The house's answer is what the network plays on this board, by proof: it can be neither
/// better nor worse, and as the network is public anybody can give it, the player too. Squares are 0 to 8, row by row.
/// @dev The statement's input element is the board: bits 0 to 8 the squares of whoever is to move, the house, bits 9 to 17
/// the player's. A proof says what the network plays on a board, whichever game that board came up in.
contract PolicyMatch {
    enum State {
        None,
        PlayersTurn,
        HousesTurn,
        PlayerWon,
        HouseWon,
        Drawn
    }

    /// @param player, house The squares that each has, a bit for each.
    struct Game {
        State state;
        uint16 player;
        uint16 house;
    }

    error PolicyMatch_NotTheTurn(address player, State got, State want);
    error PolicyMatch_NotASquare(uint256 got);
    error PolicyMatch_SquareTaken(uint256 square);
    error PolicyMatch_OtherBoard(uint256 got, uint256 want);

    event Started(address indexed player, bool houseBegins);
    event Moved(address indexed player, bool isHouse, uint256 square);
    event Ended(address indexed player, State state);

    uint256 private constant SQUARES = 9;
    uint256 private constant FULL = 0x1ff;

    IInferenceGate public immutable gate;
    bytes32 public immutable modelId;
    uint256 private immutable _stride;

    mapping(address player => Game) public gameOf;

    constructor(IInferenceGate gate_, bytes32 modelId_) {
        (gate, modelId) = (gate_, modelId_);
        _stride = gate_.registry().modelOf(modelId_).registration.outputStride;
    }

    /// @notice Begins the sender's next game. One that is not over is given up.
    function start(bool houseBegins) external {
        State state = gameOf[msg.sender].state;
        if (state == State.PlayersTurn || state == State.HousesTurn) emit Ended(msg.sender, State.HouseWon);
        gameOf[msg.sender] = Game(houseBegins ? State.HousesTurn : State.PlayersTurn, 0, 0);
        emit Started(msg.sender, houseBegins);
    }

    function play(uint256 square) external {
        Game storage game = _turnOf(msg.sender, State.PlayersTurn);
        if (square >= SQUARES) revert PolicyMatch_NotASquare(square);
        if (((game.player | game.house) >> square) & 1 != 0) revert PolicyMatch_SquareTaken(square);
        game.player |= uint16(1 << square);
        emit Moved(msg.sender, false, square);
        _go(msg.sender, game, game.player, State.PlayerWon, State.HousesTurn);
    }

    /// @notice The house's move in a player's game, by an inference of the sender's, whoever that is.
    /// @dev A network that plays on a taken square has lost. This one does not, on any board that comes up: no word of
    /// that has to be taken, it would be proven.
    function answer(address player, IInferenceGate.Inference calldata inference) external {
        Game storage game = _turnOf(player, State.HousesTurn);
        uint256 board = uint256(game.house) | (uint256(game.player) << SQUARES);
        if (inference.inputs[0] != board) revert PolicyMatch_OtherBoard(inference.inputs[0], board);
        gate.consume(modelId, msg.sender, inference);
        // An index of nine: 0 to 8.
        uint256 square = uint256(OutputLib.read(inference.outputs, _stride, 0));
        emit Moved(player, true, square);
        if (((game.player | game.house) >> square) & 1 != 0) {
            return _end(player, game, State.PlayerWon);
        }
        game.house |= uint16(1 << square);
        _go(player, game, game.house, State.HouseWon, State.PlayersTurn);
    }

    function _turnOf(address player, State want) private view returns (Game storage game) {
        game = gameOf[player];
        if (game.state != want) revert PolicyMatch_NotTheTurn(player, game.state, want);
    }

    function _go(address player, Game storage game, uint256 mover, State won, State next) private {
        if (_hasLine(mover)) _end(player, game, won);
        else if (uint256(game.player | game.house) == FULL) _end(player, game, State.Drawn);
        else game.state = next;
    }

    function _end(address player, Game storage game, State state) private {
        game.state = state;
        emit Ended(player, state);
    }

    function _hasLine(uint256 squares) private pure returns (bool) {
        uint16[8] memory lines = [uint16(0x007), 0x038, 0x1c0, 0x049, 0x092, 0x124, 0x111, 0x054];
        for (uint256 i = 0; i < lines.length; i++) {
            if (squares & lines[i] == lines[i]) return true;
        }
        return false;
    }
}
