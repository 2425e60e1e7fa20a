import { describe, expect, it } from "vitest";
import { at } from "../../../src/lib/element.ts";
import { createAssembler } from "../../../src/program/assembler.ts";
import { evaluate, outputs } from "../../../src/program/evaluate.ts";
import type { AffineStep, Program, Step } from "../../../src/program/program.ts";

const WIDTHS = { weightBits: 8, biasBits: 8 };

/** Three elements of 4, 4 and 2 bits as step 0, and what these steps make of them. */
function programOf(steps: readonly (readonly [Step, number])[], outputIds: readonly number[] = []): Program {
  const assembler = createAssembler(WIDTHS);
  const bits = [4, 4, 2];
  assembler.add("x", 3, { kind: "input", name: "x", bits });
  for (const [step, size] of steps) assembler.add("step", size, step);
  const inputs = [{ name: "x", step: 0, shape: [3], bits, minimum: [0], unit: [1] }];
  const outputsOf = outputIds.map((step) => ({ name: `y${step}`, step, shape: [1], unit: 1, kind: "number" }) as const);
  return {
    steps: assembler.steps,
    inputs,
    outputs: outputsOf,
    parameters: { ...WIDTHS, weights: 2, biases: 1 },
    notes: [],
  };
}

const PARAMETERS = { weights: [5, -6], biases: [-7] };

function last(steps: readonly (readonly [Step, number])[], x: ArrayLike<number>): readonly number[] {
  const values = evaluate(programOf(steps), new Map([["x", x]]), PARAMETERS);
  return Array.from(at(values, values.length - 1), (value) => value + 0);
}

const moved = (bias: readonly number[]): AffineStep => ({
  kind: "affine",
  sources: [0],
  starts: Int32Array.from({ length: bias.length + 1 }, (_, j) => j),
  positions: Int32Array.from(bias, (_, j) => j),
  weights: new Float64Array(bias.length).fill(1),
  bias: Float64Array.from(bias),
});

describe("evaluate", () => {
  it("gives an input's integers, of any kind of list", () => {
    for (const list of [[15, 0, 3], Uint8Array.of(15, 0, 3), Float64Array.of(15, 0, 3)]) {
      expect(last([], list)).toEqual([15, 0, 3]);
    }
  });

  it("sums terms of several steps, rows without terms too", () => {
    const rows: AffineStep = {
      kind: "affine",
      sources: [1, 0],
      starts: Int32Array.of(0, 2, 2, 3),
      positions: Int32Array.of(0, 5, 3),
      weights: Float64Array.of(2, -3, 4),
      bias: Float64Array.of(1, -9, 0),
    };
    expect(
      last(
        [
          [moved([100, 0, 0]), 3],
          [rows, 3],
        ],
        [7, 8, 2],
      ),
    ).toEqual([1 + 2 * 107 - 3 * 2, -9, 28]);
  });

  it("takes weights and biases from the parameters where a step says so", () => {
    const rows: AffineStep = {
      ...moved([10, 20, 30]),
      weightParameters: Int32Array.of(1, -1, 0),
      biasParameters: Int32Array.of(-1, 0, -1),
    };
    expect(last([[rows, 3]], [1, 2, 3])).toEqual([-6 + 10, 2 - 7, 15 + 30]);
  });

  it("rounds halves up, and what is rectified is never below 0", () => {
    const sums = [moved([-15, -15, -15]), 3] as const;
    const shifts = Int32Array.of(0, 1, 2);
    expect(last([sums, [{ kind: "rescaled", source: 1, shifts }, 3]], [14, 12, 1])).toEqual([-1, -1, -3]);
    expect(last([sums, [{ kind: "rectified", source: 1, shifts }, 3]], [14, 12, 1])).toEqual([0, 0, 0]);
    const above = [moved([1, 0, 2]), 3] as const;
    expect(last([above, [{ kind: "rectified", source: 1, shifts }, 3]], [14, 13, 0])).toEqual([15, 7, 1]);
    expect(last([above, [{ kind: "rectified", source: 1, shifts }, 3]], [0, 0, 3])).toEqual([1, 0, 1]);
  });

  it("multiplies element by element", () => {
    expect(
      last(
        [
          [moved([-4, 0, 1]), 3],
          [{ kind: "product", left: 0, right: 1 }, 3],
        ],
        [3, 5, 2],
      ),
    ).toEqual([-3, 25, 6]);
  });

  it("finds the largest of each row and the first place of it", () => {
    const rows = { sources: [0], starts: Int32Array.of(0, 3, 4, 6), positions: Int32Array.of(2, 0, 1, 1, 0, 0) };
    expect(last([[{ kind: "largest", ...rows }, 3]], [9, 9, 1])).toEqual([9, 9, 9]);
    expect(last([[{ kind: "indexOfLargest", ...rows }, 3]], [9, 9, 1])).toEqual([1, 0, 0]);
    expect(last([[{ kind: "indexOfLargest", ...rows }, 3]], [0, 2, 3])).toEqual([0, 0, 0]);
  });

  it("compares with every threshold, which is reached where it is met", () => {
    const thresholds = Float64Array.of(1, 4, 15);
    const step = { kind: "thresholds", source: 0, element: 1, thresholds } as const;
    expect([0, 1, 3, 4, 15].map((x) => last([[step, 3]], [0, x, 0]).join(""))).toEqual([
      "000",
      "100",
      "100",
      "110",
      "111",
    ]);
  });

  it.each<[string, ReadonlyMap<string, ArrayLike<number>>]>([
    ["no list", new Map()],
    ["too short a list", new Map([["x", [1, 2]]])],
    ["too long a list", new Map([["x", [1, 2, 3, 0]]])],
    ["an element below 0", new Map([["x", [-1, 0, 0]]])],
    ["an element of 2^bits", new Map([["x", [16, 0, 0]]])],
    ["an element of its own 2^bits", new Map([["x", [0, 0, 4]]])],
    ["half an integer", new Map([["x", [0.5, 0, 0]]])],
    ["no number", new Map([["x", [Number.NaN, 0, 0]]])],
    ["an infinite element", new Map([["x", [Number.POSITIVE_INFINITY, 0, 0]]])],
  ])("refuses %s", (_, inputs) => {
    expect(() => evaluate(programOf([]), inputs)).toThrowError(
      expect.objectContaining({ code: "model.input", disposition: "reject" }),
    );
  });

  it("names the element that is out of its range", () => {
    expect(() => evaluate(programOf([]), new Map([["x", [0, 0, 4]]]))).toThrow(
      "got 4 for element 2 of input x, want an integer of 2 bits",
    );
  });

  it("throws RangeError for parameters that are missing", () => {
    const step: AffineStep = { ...moved([0]), weightParameters: Int32Array.of(1) };
    expect(() => evaluate(programOf([[step, 1]]), new Map([["x", [1, 1, 1]]]))).toThrow(RangeError);
  });
});

describe("outputs", () => {
  it("are the steps that the program names, in its order", () => {
    const program = programOf(
      [
        [moved([1]), 1],
        [moved([2]), 1],
      ],
      [2, 0],
    );
    expect(outputs(program, new Map([["x", [3, 4, 1]]])).map((list) => [...list])).toEqual([[5], [3, 4, 1]]);
  });
});
