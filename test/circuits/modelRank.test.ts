// Whole circuits of small models at honest witnesses: the Jacobian of the constraints that are proved, in all wires but the
// inputs, has full column rank. To first order nothing but its inputs is the prover's to choose.

import { afterAll, describe, expect, it } from "vitest";
import * as Inference from "../../src/inference/inference.ts";
import { parse, reduce } from "../../src/lib/field.ts";
import { stepAt } from "../../src/program/program.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import * as Constraints from "../support/circuits/constraints.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";
import { inferenceBy } from "../support/inference/differential.ts";
import { type Integers, randomIntegers } from "../support/inference/randomModel.ts";
import * as Specimens from "../support/inference/specimens.ts";

const seed = seedOfRun();
const tally: string[] = [];
afterAll(() => void process.stdout.write(`Jacobians of whole models, seed ${seed}:\n${tally.join("\n")}\n`));

const ROWS = 6;

describe.each([
  ["perceptron", Specimens.perceptron],
  ["convolution", Specimens.convolution],
  ["forest", Specimens.forest],
  ["curves", Specimens.curves],
  ["powers", Specimens.powers],
] as const)("the circuit of the %s", (name, specimen) => {
  const { compiled } = specimen();

  it("leaves no wire loose, without an exception", async () => {
    const circuit = await Circuit.generated(compiled);
    const source = random(seed);
    const ends = (["low", "high"] as const).map(
      (side): Integers =>
        new Map(
          compiled.program.inputs.map((input) => [
            input.name,
            Float64Array.from(stepAt(compiled.program, input.step).bounds[side]),
          ]),
        ),
    );
    const rows = [...ends, ...Array.from({ length: ROWS }, () => randomIntegers(compiled.program, source))];
    for (const integers of rows) {
      const inference = inferenceBy(source, compiled, integers);
      expect(await looseAt(circuit, inference.circuitInput)).toEqual([]);
    }
    tally.push(
      `  ${name}: ${circuit.system().rows.length} constraints of ${circuit.system().wireCount} wires, ${rows.length} rows`,
    );
  });

  it("has a loose wire where the constraint that decides it is gone", async () => {
    const circuit = await Circuit.generated(compiled);
    const source = random(seed + 1n);
    const inference = Inference.infer(compiled, randomIntegers(compiled.program, source), parse(1n), {
      inputs: new Map(compiled.program.inputs.map((input) => [input.name, parse(2n)])),
      parameters: parse(3n),
    });
    const { rows } = circuit.system();
    // The last step of the digest: nothing else says what its output is.
    const last =
      rows.length - 1 - [...rows].reverse().findIndex(([a, , c]) => a.wires.length > 0 && c.wires.length > 0);
    expect((await looseAt(circuit, inference.circuitInput, last)).length).toBeGreaterThan(0);
  });
});

describe("the one exception, of a row of thresholds alone", () => {
  it("is that further indicators that are 0 are double roots, of which range checks make up for two", async () => {
    // Constraints out * (before - out) of two zeros say out * out = 0: no derivative, and no other value than 0 either. In a
    // model what is computed from indicators is range-checked too.
    const circuit = await Circuit.main("Thresholds20", "O2");
    const zeros = (from: number): readonly string[] =>
      Array.from({ length: 20 - from - 3 }, (_, i) => `out[${from + 3 + i}]`);
    expect(await looseAt(circuit, { in: reduce(-1000n) })).toEqual(zeros(0));
    expect(await looseAt(circuit, { in: 84n })).toEqual(zeros(8));
    expect(await looseAt(circuit, { in: 4000n })).toEqual([]);
  });
});

/** Names of wires that are no inputs and that the constraints, all or all but one, leave loose. */
async function looseAt(circuit: Circuit.Circuit, inputs: Circuit.Inputs, without?: number): Promise<readonly string[]> {
  const witness = await circuit.witness(inputs);
  const whole = circuit.system();
  const empty = { wires: [], coefficients: [] };
  const system: Constraints.System =
    without === undefined
      ? whole
      : {
          ...whole,
          rows: whole.rows.with(without, [empty, empty, empty]),
          places: whole.places.map((places) => places.filter(({ row }) => row !== without)),
        };
  const loose = Constraints.loose(system, Constraints.evaluate(system, witness), Circuit.unknowns(circuit, inputs));
  return loose.map((wire) => circuit.names().nameOf[wire] ?? `wire ${wire}`);
}
