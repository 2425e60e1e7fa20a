// Players and a house, with their board, on a chain of one's own.

import type { HDNodeWallet } from "ethers";
import { at } from "../../src/lib/element.ts";
import { outputs } from "../../src/program/evaluate.ts";
import {
  type Answered,
  type Keyed,
  loadUse,
  openStation,
  type Setting,
  sent,
  type Use,
} from "../../test/support/inference/uses.ts";
import { elementsOf, type Position } from "./positions.ts";

export type Table = Setting & {
  readonly house: HDNodeWallet;
  readonly player: (index: number) => HDNodeWallet;
  readonly prove: (position: Position, asked: Proof) => Promise<Answered>;
  /** The board of that player's game, from the house's side. */
  readonly positionOf: (player: HDNodeWallet) => Promise<Position>;
};

export type Proof = {
  readonly nonce: bigint;
  readonly caller?: HDNodeWallet;
  readonly consumer?: string;
  readonly model?: Keyed;
};

export function moveOf({ program, parameters }: Use["compiled"], position: Position): number {
  return at(at(outputs(program, new Map([["board", elementsOf(position)]]), parameters), 0), 0);
}

export async function openTable(): Promise<Table> {
  const use = await loadUse("game");
  const station = await openStation();
  const house = station.account(1);
  const player = (index: number): HDNodeWallet => station.account(2 + index);
  const model = await station.key(use.compiled);
  const registered = await station.register(model, { modelFile: use.onnx });
  const consumer = await station.deploy("examples/game/PolicyMatch.sol", station.gate.target, registered.id);

  const prove: Table["prove"] = (position, { nonce, caller = house, ...more }) =>
    station.prove({
      model: more.model ?? model,
      inputs: new Map([["board", elementsOf(position)]]),
      consumer: more.consumer ?? String(consumer.target),
      caller: caller.address,
      nonce,
    });

  return {
    ...{ station, use, model, registered, consumer, house, player, prove },
    positionOf: async ({ address }) => {
      const game = await consumer.getFunction("gameOf")(address);
      return { mine: Number(game.house), theirs: Number(game.player) };
    },
    honest: async (run) => {
      const caller = player(run);
      await sent(consumer.connect(caller), "start", false);
      await sent(consumer.connect(caller), "play", run);
      const { proven, call } = await prove({ mine: 0, theirs: 1 << run }, { nonce: BigInt(1000 + run) });
      return { proven, gas: await sent(consumer.connect(house), "answer", caller.address, call) };
    },
  };
}
