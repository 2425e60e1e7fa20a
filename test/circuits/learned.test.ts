// The second model: its score in TypeScript and in the circuit, and that everything else of it is the first one's.

import { describe, expect, it } from "vitest";
import * as LearnedChart from "../../src/model/learnedChart.ts";
import * as Cases from "../support/circuits/cases.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { actual, expected, OUTPUTS, render } from "../support/circuits/differential.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";
import * as Vectors from "../support/circuits/vectors.ts";

const RANDOM_CASES = 300;
const BITS = [14, 12, 3, 3] as const;
const SCORE = OUTPUTS.indexOf("score");

const scoreOf = ([ratio = 0n, dispersion = 0n, observers = 0n, excluded = 0n]: readonly bigint[]): bigint =>
  LearnedChart.learnedScore({ ratio, dispersion, observers: Number(observers), excluded: Number(excluded) });

describe("the learned score", () => {
  it(`is the circuit's at every corner, around its threshold and anywhere (seed ${seedOfRun()})`, async () => {
    const circuit = await Circuit.main("LearnedScore", "O2");
    const source = random(seedOfRun());
    const edges = BITS.map((bits) => [0n, 1n, (1n << BigInt(bits)) - 2n, (1n << BigInt(bits)) - 1n]);
    const [ratios = [], dispersions = [], observers = [], excluded = []] = edges;
    const corners = ratios.flatMap((ratio) =>
      dispersions.flatMap((dispersion) => observers.flatMap((n) => excluded.map((out) => [ratio, dispersion, n, out]))),
    );
    const near = Array.from({ length: 64 }, (_, k) => [BigInt(k), 30n, 4n, 0n]);
    const anywhere = Array.from({ length: RANDOM_CASES }, () =>
      BITS.map((bits) => source.bits(1 + source.below(bits))),
    );
    const seen = new Set<string>();
    for (const x0 of [...corners, ...near, ...anywhere]) {
      const score = scoreOf(x0);
      seen.add(score > 256n ? (score === 16_383n ? "saturated" : "above") : "below");
      expect((await circuit.witness({ x0 }))[1], render(x0)).toBe(score);
    }
    expect([...seen].sort()).toEqual(["above", "below", "saturated"]);
  });

  it("of a feature that is no integer of its width is nothing that a round can have", async () => {
    const circuit = await Circuit.main("LearnedScore", "O2");
    await expect(circuit.witness({ x0: [1n << 40n, 0n, 4n, 0n] })).rejects.toThrow();
  });
});

describe("the model's vectors", () => {
  it("give the first model's outputs and the learned score", async () => {
    const circuit = await Circuit.main("LearnedFeedModel4", "O2");
    const { cases } = Vectors.read<{ cases: readonly Vectors.ModelVector[] }>("model");
    const scores = new Set<bigint>();
    for (const vector of cases.filter(({ prices }) => prices.length === 4)) {
      const modelCase = Vectors.caseOf(vector);
      const got = await actual(circuit, modelCase);
      expect(got, vector.name).toEqual(expected(modelCase, LearnedChart));
      const others = (list: readonly unknown[]) => list.filter((_, k) => k !== SCORE);
      expect(others(got), vector.name).toEqual(others(OUTPUTS.map((name) => BigInt(vector.expected[name]))));
      scores.add(got[SCORE] ?? -1n);
    }
    expect(scores).toContain(0n);
    expect(scores).toContain(16_383n);
  });
});

describe("random rounds", () => {
  it.each([4, 5])(`of %i slots give the same in TypeScript and circuit (seed ${seedOfRun()})`, async (n) => {
    const circuit = await Circuit.main(`LearnedFeedModel${n}`, "O2");
    const source = random(seedOfRun() + BigInt(n));
    for (let count = 0; count < RANDOM_CASES; count++) {
      const modelCase = Cases.modelCase(source, n);
      expect(await actual(circuit, modelCase), render(modelCase)).toEqual(expected(modelCase, LearnedChart));
    }
  });
});
