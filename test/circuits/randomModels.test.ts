// Models by chance over all operations: the float model, the exact evaluator and the circuit, each against the next.

import { afterAll, describe, expect, it } from "vitest";
import { random, seedOfRun } from "../support/circuits/random.ts";
import { type Counts, differences, programDifferences } from "../support/inference/differential.ts";

const seed = seedOfRun();
const counts: Counts = { models: 0, rows: 0, constraints: 0, refused: 0, kinds: new Set() };
afterAll(
  () =>
    void process.stdout.write(
      `models by chance, seed ${seed}: ${counts.models} circuits of ${counts.constraints} constraints in all, ${counts.rows} rows, of ${[...counts.kinds].sort().join(", ")}\n`,
    ),
);

const CIRCUITS = 12;
const PROGRAMS = 400;

describe(`models by chance (seed ${seed})`, () => {
  it.each(Array.from({ length: CIRCUITS }, (_, i) => i))(
    "number %i is the same in evaluator and circuit, and as near to the float model as its units say",
    async (i) => {
      expect(await differences(random(seed + BigInt(i)), counts)).toEqual([]);
    },
  );

  it(`of ${PROGRAMS} more every step is within its bounds, and every node as near to the float model as its units say`, () => {
    const found = Array.from({ length: PROGRAMS }, (_, i) => programDifferences(random(seed + 1000n + BigInt(i))));
    expect(found.flatMap(({ differences: one }) => one)).toEqual([]);
    // So near that it says something: of the nodes with a value, half are bounded to within a quarter of it.
    const tightness = found.flatMap(({ tightness: one }) => one).toSorted((a, b) => a - b);
    expect(tightness[Math.floor(tightness.length / 2)]).toBeLessThan(0.25);
    expect(found.filter(({ refused }) => refused).length).toBeLessThan(PROGRAMS / 20);
  });

  it("see a program of weights that are another model's", () => {
    const found = Array.from({ length: 40 }, (_, i) => programDifferences(random(seed + BigInt(i)), 1.5));
    expect(found.filter(({ differences: one }) => one.length > 0).length).toBeGreaterThan(20);
  });
});
