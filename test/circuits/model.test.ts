// The model three times: the Python reference's vectors, TypeScript, the circuit. Every canonical input has a witness.

import { describe, expect, it } from "vitest";
import * as Model from "../../src/model/hampelChart.ts";
import * as Cases from "../support/circuits/cases.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { actual, expected, OUTPUTS, render } from "../support/circuits/differential.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";
import * as Vectors from "../support/circuits/vectors.ts";

const { cases } = Vectors.read<{ cases: readonly Vectors.ModelVector[] }>("model");
const RANDOM_CASES = 300;

describe("the model's vectors", () => {
  it("have every status and both cuts", () => {
    const seen = (name: keyof Vectors.Outputs) => new Set(cases.map((one) => one.expected[name]));
    expect([...seen("status")].sort()).toEqual(["0", "1", "2", "3"]);
    expect(seen("score")).toContain("16383");
    expect(seen("dispersion")).toContain("4095");
  });

  it.each([4, 8])("of %i slots agree with TypeScript and with the circuit", async (n) => {
    const circuit = await Circuit.main(`FeedModel${n}`, "O2");
    for (const vector of cases.filter(({ prices }) => prices.length === n)) {
      const want = OUTPUTS.map((name) => BigInt(vector.expected[name]));
      expect(expected(Vectors.caseOf(vector)), vector.name).toEqual(want);
      expect(await actual(circuit, Vectors.caseOf(vector)), vector.name).toEqual(want);
    }
  });
});

describe("random rounds", () => {
  it.each([4, 5, 8])(`of %i slots give the same in TypeScript and circuit (seed ${seedOfRun()})`, async (n) => {
    const circuit = await Circuit.main(`FeedModel${n}`, "O2");
    const source = random(seedOfRun() + BigInt(n));
    const statuses = new Set<Model.Status>();
    for (let count = 0; count < RANDOM_CASES; count++) {
      const modelCase = Cases.modelCase(source, n);
      statuses.add(Model.evaluate(modelCase.input, modelCase.parameters).report.status);
      expect(await actual(circuit, modelCase), render(modelCase)).toEqual(expected(modelCase));
    }
    expect([...statuses].sort()).toEqual([...Model.STATUSES].sort());
  });
});
