// The whole round-4x4 circuit against Round.compute.

import { expect, it } from "vitest";
import * as Circuit from "../support/circuits/circuit.ts";
import * as Constraints from "../support/circuits/constraints.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";
import * as Rounds from "../support/circuits/rounds.ts";

const ROUNDS = 24;

it(`has a witness for every canonical round, with the public signals of Round.compute (seed ${seedOfRun()})`, async () => {
  const circuit = await Circuit.entry("round-4x4", "O2");
  const source = random(seedOfRun());
  for (let count = 0; count < ROUNDS; count++) {
    const { round, inputs, input } = Rounds.anyRound(source);
    const label = JSON.stringify(input, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
    const witness = await circuit.witness(inputs);
    const { commitment, evaluation, challenge } = round.statement;
    expect(witness.slice(1, 4), label).toEqual([commitment, evaluation, challenge]);
    expect(Constraints.refuses(circuit.system(), witness), label).toBe(false);
  }
});
