import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { accuracyOf } from "../../src/inference/accuracy.ts";
import { compileGraph, graphOf } from "../../src/inference/compiledModel.ts";
import { references } from "../../src/inference/reference.ts";
import { at } from "../../src/lib/element.ts";
import { type Call, cardFigure, type Keyed, refusal, sent } from "../../test/support/inference/uses.ts";
import { boardOf, elementsOf, freeSquares, type Position, reachable } from "./positions.ts";
import { moveOf, openTable, type Table } from "./setting.ts";

/** PolicyMatch.State. */
const [PLAYERS_TURN, HOUSES_TURN, PLAYER_WON, HOUSE_WON, DRAWN] = [1n, 2n, 3n, 4n, 5n];

let table: Table;
beforeAll(async () => {
  table = await openTable();
});
afterAll(() => table.station.close());

type Account = ReturnType<Table["player"]>;
let [players, nonces] = [0, 0n];
const newPlayer = (): Account => table.player(players++);
const newNonce = (): bigint => ++nonces;
const as = (account: Account) => table.consumer.connect(account);
const stateOf = async ({ address }: Account): Promise<bigint> =>
  (await table.consumer.getFunction("gameOf")(address)).state;
const answer = (player: Account, call: Call, by = table.house): Promise<string> =>
  refusal(as(by), "answer", player.address, call);

/** A game in which the player has made these moves and the house's answer is due. */
async function houseToAnswer(...squares: readonly number[]) {
  const player = newPlayer();
  await sent(as(player), "start", false);
  for (const [i, square] of squares.entries()) {
    if (i > 0) await houseMoves(player);
    await sent(as(player), "play", square);
  }
  return { player, position: await table.positionOf(player) };
}

async function houseMoves(player: Account): Promise<number> {
  const position = await table.positionOf(player);
  const { call } = await table.prove(position, { nonce: newNonce() });
  await sent(as(table.house), "answer", player.address, call);
  return moveOf(table.use.compiled, position);
}

describe("PolicyMatch", () => {
  it("plays a game to its end: every answer of the house is the network's, and the house does not lose", async () => {
    const player = newPlayer();
    await sent(as(player), "start", true);
    for (let state = await stateOf(player); state < PLAYER_WON; state = await stateOf(player)) {
      const before = await table.positionOf(player);
      if (state === HOUSES_TURN) {
        const square = await houseMoves(player);
        expect(await table.positionOf(player)).toEqual({ ...before, mine: before.mine | (1 << square) });
      } else {
        expect(state).toBe(PLAYERS_TURN);
        await sent(as(player), "play", at(freeSquares(before), 0));
      }
    }
    expect([HOUSE_WON, DRAWN]).toContain(await stateOf(player));
    expect(await refusal(as(player), "play", 0)).toBe("PolicyMatch_NotTheTurn");
    await sent(as(player), "start", false);
    expect(await stateOf(player)).toBe(PLAYERS_TURN);
  });

  it("refuses any other move than the network's", async () => {
    const { player, position } = await houseToAnswer(4);
    const { call } = await table.prove(position, { nonce: newNonce() });
    const played = moveOf(table.use.compiled, position);
    expect(call.outputs).toEqual([BigInt(played + 16)]); // offset binary of 5 bits
    const others = Array.from({ length: 9 }, (_, square) => square).filter((square) => square !== played);
    for (const square of others) {
      const said = { ...call, outputs: [BigInt(square + 16)] };
      expect(await answer(player, said)).toBe("InferenceGate_ProofRefused");
    }
    await sent(as(table.house), "answer", player.address, call);
  });

  it("refuses a proof for another board, whatever board is said", async () => {
    const { player, position } = await houseToAnswer(4);
    for (const other of [
      { mine: position.mine, theirs: 1 << 0 },
      { mine: position.theirs, theirs: position.mine },
    ]) {
      const { call } = await table.prove(other, { nonce: newNonce() });
      expect(await answer(player, call)).toBe("PolicyMatch_OtherBoard");
      const said = { ...call, inputs: [boardOf(position)] };
      expect(await answer(player, said)).toBe("InferenceGate_ProofRefused");
    }
  });

  it("refuses the proof in another account's hands, with another nonce and for another consumer", async () => {
    const { player, position } = await houseToAnswer(4);
    const { call } = await table.prove(position, { nonce: newNonce() });
    expect(await answer(player, call, player)).toBe("InferenceGate_ProofRefused");
    expect(await answer(player, { ...call, nonce: newNonce() })).toBe("InferenceGate_ProofRefused");
    const elsewhere = await table.prove(position, { nonce: newNonce(), consumer: table.house.address });
    expect(await answer(player, elsewhere.call)).toBe("InferenceGate_ProofRefused");
  });

  it("refuses an answer out of turn, one of an earlier board, and one again in the next game", async () => {
    const { player, position } = await houseToAnswer(4);
    const { call } = await table.prove(position, { nonce: newNonce() });
    await sent(as(table.house), "answer", player.address, call);
    expect(await answer(player, call)).toBe("PolicyMatch_NotTheTurn");
    await sent(as(player), "play", at(freeSquares(await table.positionOf(player)), 0));
    expect(await answer(player, call)).toBe("PolicyMatch_OtherBoard");
    await sent(as(player), "start", false);
    await sent(as(player), "play", 4);
    expect(await answer(player, call)).toBe("InferenceGate_ContextUsed");
  });

  it("takes the answer from whoever proves it, the player too", async () => {
    const { player, position } = await houseToAnswer(4);
    const { call } = await table.prove(position, { nonce: newNonce(), caller: player });
    await sent(as(player), "answer", player.address, call);
    expect(await stateOf(player)).toBe(PLAYERS_TURN);
  });

  it("refuses another network's move, and takes a network that plays on a taken square for beaten", async () => {
    const { station, house } = table;
    const spoiled = await spoiledModel();
    const { player, position } = await houseToAnswer(4);
    const { call } = await table.prove(position, { nonce: newNonce(), model: spoiled });
    expect(await answer(player, call)).toBe("InferenceGate_ProofRefused");

    const { id } = await station.register(spoiled, { registrar: house });
    const match = await station.deploy("examples/game/PolicyMatch.sol", station.gate.target, id);
    const there = match.connect(player);
    await sent(there, "start", false);
    await sent(there, "play", 4);
    const nonce = newNonce();
    const losing = await table.prove(position, { nonce, model: spoiled, consumer: String(match.target) });
    expect(losing.call.outputs).toEqual([BigInt(4 + 16)]);
    await sent(match.connect(house), "answer", player.address, losing.call);
    expect((await match.getFunction("gameOf")(player.address)).state).toBe(PLAYER_WON);
  });

  it("refuses moves on taken squares, beyond the board, out of turn and without a game", async () => {
    const { player } = await houseToAnswer(4);
    expect(await refusal(as(player), "play", 0)).toBe("PolicyMatch_NotTheTurn");
    await houseMoves(player);
    expect(await refusal(as(player), "play", 4)).toBe("PolicyMatch_SquareTaken");
    const { mine } = await table.positionOf(player);
    expect(await refusal(as(player), "play", Math.log2(mine))).toBe("PolicyMatch_SquareTaken");
    expect(await refusal(as(player), "play", 9)).toBe("PolicyMatch_NotASquare");
    expect(await refusal(as(table.player(90)), "play", 0)).toBe("PolicyMatch_NotTheTurn");
  });
});

describe("the game's circuit", () => {
  it("has the card's constraints, and decides no more rows otherwise than onnxruntime than the card says", async () => {
    const { use, model } = table;
    expect(model.artifacts.manifest.constraints).toBe(await cardFigure(use, "constraints"));
    const wanted = await references(use.onnx, graphOf(use.onnx), use.rows);
    const { changedClassShare = 1 } = accuracyOf(use.compiled, use.rows, wanted);
    const changed = Math.round(changedClassShare * use.rows.length);
    expect(changed).toBeLessThanOrEqual(await cardFigure(use, "rows decided otherwise"));
  });

  it("plays what the network plays on every board that can come up, and always one of the best moves", () => {
    const { use } = table;
    const graph = graphOf(use.onnx);
    const positions = [...reachable().values()];
    expect(positions).toHaveLength(4520);
    const network = (position: Position): number => {
      const values = evaluate(graph, new Map([["board", Float64Array.from(elementsOf(position))]]));
      return at(at(values, at(graph.outputs, 0).node), 0);
    };
    const moves = positions.map(({ position }) => moveOf(use.compiled, position));
    expect(moves).toEqual(positions.map(({ position }) => network(position)));
    expect(positions.filter(({ best }, i) => !best.includes(at(moves, i)))).toEqual([]);
  });
});

/** Every logit turned, the taken squares' first of all. */
async function spoiledModel(): Promise<Keyed> {
  const graph = graphOf(table.use.onnx);
  const turned = (list: Float64Array): Float64Array => list.map((one) => -one);
  const nodes: Graph["nodes"] = graph.nodes.map((one) =>
    one.operation.kind === "affine" && one.name === "allow"
      ? {
          ...one,
          operation: { ...one.operation, weights: turned(one.operation.weights), bias: turned(one.operation.bias) },
        }
      : one,
  );
  return await table.station.key(compileGraph({ ...graph, nodes }, table.use.job));
}
