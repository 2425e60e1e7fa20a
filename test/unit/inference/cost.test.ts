import { describe, expect, it } from "vitest";
import { costOf } from "../../../src/inference/cost.ts";
import { layoutOf, type Visibility } from "../../../src/inference/layout.ts";
import { createAssembler } from "../../../src/program/assembler.ts";
import type { Program, Step } from "../../../src/program/program.ts";

const FIXED = { weights: 0, biases: 0, weightBits: 0, biasBits: 0 };

/** Of 3 and 4 inputs: 3 (8 t + partial rounds - 1), where t is one more than the inputs and there are 56 and 60 such rounds. */
const POSEIDON = { 3: 261, 4: 297 };

/** One input of three elements, then steps on it; the last is the output. */
function model(
  steps: readonly (readonly [string, number, Step])[],
  { bits = [4], visibility = "private" as Visibility, parameters = FIXED } = {},
) {
  const { add, steps: all } = createAssembler(parameters);
  const input = add("x", 3, { kind: "input", name: "x", bits: bits.length === 1 ? [4, 4, 4] : bits });
  const ids = steps.map(([name, size, step]) => add(name, size, step));
  const program: Program = {
    steps: all,
    inputs: [{ name: "x", step: input, shape: [3], bits, minimum: [0], unit: [1] }],
    outputs: [{ name: "y", step: ids.at(-1) ?? input, shape: [1], unit: 1, kind: "number" }],
    parameters,
    notes: [],
  };
  return costOf(
    program,
    layoutOf(program, () => visibility),
  );
}

const rows = (...lists: readonly (readonly number[])[]) => ({
  sources: [0],
  starts: Int32Array.from([0, ...lists.map((_, j) => lists.slice(0, j + 1).flat().length)]),
  positions: Int32Array.from(lists.flat()),
});

const sum = (weights: readonly number[], parameters?: readonly number[]): Step => ({
  ...{ kind: "affine", ...rows(weights.map((_, k) => k)) },
  ...{ weights: Float64Array.from(weights), bias: Float64Array.of(0) },
  weightParameters: parameters === undefined ? undefined : Int32Array.from(parameters),
});

describe("costOf", () => {
  it("is the inputs' bits, and a statement of identity, context and one word, where all is linear", () => {
    const { layers, parameters, statement, total } = model([["dense", 1, sum([1, -2, 3])]]);
    expect(layers).toEqual([
      { name: "x", constraints: 12 },
      { name: "dense", constraints: 0 },
    ]);
    expect(parameters).toBe(0);
    // Three elements beside the accumulator; its tag and the identity are constants: an S-box each. Then Horner's products.
    expect(statement).toBe(POSEIDON[4] - 3 * 2 + 3);
    expect(total).toBe(12 + statement);
  });

  it("counts each element's own bits", () => {
    expect(model([["dense", 1, sum([1])]], { bits: [1, 9, 4] }).layers[0]?.constraints).toBe(14);
  });

  it("counts a ReLU's sum and one more, and says a layer of several steps once", () => {
    const relu: Step = { kind: "rectified", source: 1, shifts: Int32Array.of(2) };
    // -30 to 60: with half a step 62, six bits and the sign.
    expect(
      model([
        ["hidden", 1, sum([1, -2, 3])],
        ["hidden", 1, relu],
      ]).layers[1],
    ).toEqual({ name: "hidden", constraints: 7 + 1 });
  });

  it("counts pairs of a maximum, each member of an index, thresholds and their two ranges, products and roundings", () => {
    const of = (size: number, step: Step): number | undefined => model([["it", size, step]]).layers[1]?.constraints;
    expect(of(2, { kind: "largest", ...rows([0, 1, 2], [1]) })).toBe(2 * (4 + 2));
    // Keys 3 x + 2 - i are up to 47 apart: six bits.
    expect(of(2, { kind: "indexOfLargest", ...rows([0, 1, 2], [1]) })).toBe(3 * (6 + 1));
    // 0, 4, 8 and 16: at most 8 apart.
    expect(of(2, { kind: "thresholds", source: 0, element: 1, thresholds: Float64Array.of(4, 8) })).toBe(2 + 2 * 3);
    expect(of(3, { kind: "product", left: 0, right: 0 })).toBe(3);
    // 0 to 15 and half a step of 8: 17 at most, five bits; unchanged where nothing is shifted.
    expect(of(3, { kind: "rescaled", source: 0, shifts: Int32Array.of(2, 2, 0) })).toBe(2 * 5);
  });

  it("counts a private weight's product, its bits, and the commitment that is the model", () => {
    const parameters = { weights: 2, biases: 0, weightBits: 5, biasBits: 32 };
    const {
      layers,
      parameters: committed,
      statement,
    } = model([["dense", 1, sum([0, 0, 7], [0, 1, -1])]], { parameters });
    expect(layers[1]?.constraints).toBe(2);
    // The program's digest, salt and one word of weights beside the accumulator: tag and digest are constants.
    expect(committed).toBe(2 * 5 + POSEIDON[4] - 3 * 2);
    expect(statement).toBe(POSEIDON[4] - 3 + 3);
  });

  it("counts a hashed input's digest, and what a public or hashed input adds to the statement", () => {
    const cost = (visibility: Visibility): number => model([["dense", 1, sum([1])]], { visibility }).statement;
    expect(cost("hashed") - cost("public")).toBe(POSEIDON[3] - 3); // salt and one word
    expect(cost("public")).toBeGreaterThan(cost("private"));
  });
});
