// A net whose witness generator is too large for the engine as one function: 7,654,321 bytes, at 82 a weight.

import { describe, expect, it } from "vitest";
import { compile } from "../../src/inference/compiledModel.ts";
import * as Inference from "../../src/inference/inference.ts";
import { parse } from "../../src/lib/field.ts";
import * as Statement from "../../src/statement/statement.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import * as Constraints from "../support/circuits/constraints.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";
import { randomIntegers } from "../support/inference/randomModel.ts";
import { PERCEPTRON_JOB, perceptron } from "../support/onnx/perceptron.ts";

describe("a net of 100,000 constant weights", () => {
  const compiled = compile(perceptron([500, 180, 60]), PERCEPTRON_JOB);

  it("has a circuit that loads, with the evaluator's outputs in its public signals", async () => {
    const weights = compiled.program.steps.flatMap(({ step }) => (step.kind === "affine" ? [...step.weights] : []));
    expect(82 * weights.length).toBeGreaterThan(7_654_321);
    const circuit = await Circuit.generated(compiled);
    const source = random(seedOfRun());
    for (let row = 0; row < 3; row++) {
      const integers = randomIntegers(compiled.program, source);
      const { circuitInput, statement } = Inference.infer(compiled, integers, parse(5n));
      const witness = await circuit.witness(circuitInput);
      expect(witness.slice(1, 4)).toEqual(Statement.publicSignals(statement));
      expect(Constraints.refuses(circuit.system(), witness)).toBe(false);
    }
  });
});
