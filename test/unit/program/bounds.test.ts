import { describe, expect, it } from "vitest";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { type Assembler, createAssembler } from "../../../src/program/assembler.ts";
import { MAX_BITS, shifted } from "../../../src/program/bounds.ts";
import { evaluate } from "../../../src/program/evaluate.ts";
import { type Lowered, lower } from "../../../src/program/lower.ts";
import type { AffineStep, Program, Step } from "../../../src/program/program.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";
import { type RandomModel, randomIntegers, randomModel } from "../../support/inference/randomModel.ts";

const NONE = { weightBits: 0, biasBits: 0 };

/** Two elements, of `bits` each, and then this step of them. */
function boundsAfter(step: Step, size: number, bits: readonly number[] = [4], parameters = NONE) {
  const assembler = createAssembler(parameters);
  assembler.add("x", 2, { kind: "input", name: "x", bits });
  return intervals(assembler, assembler.add("layer", size, step));
}

const intervals = ({ steps }: Assembler, id: number): readonly (readonly [number, number])[] => {
  const { low, high } = at(steps, id).bounds;
  return Array.from(low, (least, j) => [least + 0, at(high, j) + 0] as const);
};

const affine = (weights: readonly number[], bias: number, changes: Partial<AffineStep> = {}): AffineStep => ({
  kind: "affine",
  sources: [0],
  starts: Int32Array.of(0, weights.length),
  positions: Int32Array.from(weights, (_, k) => k % 2),
  weights: Float64Array.from(weights),
  bias: Float64Array.of(bias),
  ...changes,
});

describe("shifted", () => {
  it("is floor((x + half) / 2^shift): halves go up, whatever their sign", () => {
    expect([-3, -2, -1, 0, 1, 2, 3].map((x) => shifted(x, 1))).toEqual([-1, -1, -0, 0, 1, 1, 2].map((q) => q + 0));
    expect([-6, -5, -2, -1, 1, 2, 5, 6].map((x) => shifted(x, 2))).toEqual([-1, -1, 0, 0, 0, 1, 1, 2]);
  });

  it("changes nothing by 0", () => {
    for (const x of [-7, 0, 7, 2 ** 50 - 1]) expect(shifted(x, 0)).toBe(x);
  });

  it("is exact at the ends of what a program has", () => {
    for (const shift of [1, 10, 49, 50, 51, 60, 200]) {
      for (const x of [-(2 ** 50) + 1, -1, 0, 1, 2 ** 50 - 1]) {
        const half = 1n << BigInt(shift - 1);
        expect(BigInt(shifted(x, shift)), `${x}, ${shift}`).toBe((BigInt(x) + half) >> BigInt(shift));
      }
    }
  });
});

describe("bounds", () => {
  it("of an input are its bits', for all elements or for each", () => {
    expect(boundsAfter({ kind: "input", name: "y", bits: [1] }, 2)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(boundsAfter({ kind: "input", name: "y", bits: [3, 32] }, 2)).toEqual([
      [0, 7],
      [0, 2 ** 32 - 1],
    ]);
  });

  it("of a sum take each term at its end, by the weight's sign", () => {
    expect(boundsAfter(affine([2, -3], 10), 1)).toEqual([[10 - 45, 10 + 30]]);
    expect(boundsAfter(affine([], -4), 1)).toEqual([[-4, -4]]);
    expect(boundsAfter(affine([0, 0], 5), 1)).toEqual([[5, 5]]);
  });

  it("of a sum with parameters take every one that fits its bits", () => {
    const step = affine([9, 1], 9, { weightParameters: Int32Array.of(0, -1), biasParameters: Int32Array.of(0) });
    const [[low, high] = [0, 0]] = boundsAfter(step, 1, [4], { weightBits: 3, biasBits: 6 });
    expect([low, high]).toEqual([-4 * 15 - 32, 3 * 15 + 15 + 31]);
  });

  it("of a product take its corners", () => {
    const assembler = createAssembler(NONE);
    const x = assembler.add("x", 2, { kind: "input", name: "x", bits: [2] });
    const moved = assembler.add("moved", 2, { ...affine([1, 1], 0), ...TWO_ROWS, bias: Float64Array.of(-1, -5) });
    expect(intervals(assembler, assembler.add("p", 2, { kind: "product", left: x, right: moved }))).toEqual([
      [-3, 6],
      [-15, 0],
    ]);
  });

  it("of a rectified sum are of what is left above 0, rounded by the shift", () => {
    const assembler = createAssembler(NONE);
    assembler.add("x", 2, { kind: "input", name: "x", bits: [4] });
    const sums = assembler.add("sums", 2, { ...affine([1, -1], 0), ...TWO_ROWS, bias: Float64Array.of(-3, -1) });
    const shifts = Int32Array.of(2, 1);
    expect(intervals(assembler, assembler.add("r", 2, { kind: "rectified", source: sums, shifts }))).toEqual([
      [0, 3],
      [0, 0],
    ]);
    expect(intervals(assembler, assembler.add("s", 2, { kind: "rescaled", source: sums, shifts }))).toEqual([
      [-1, 3],
      [-8, 0],
    ]);
  });

  it("of the largest are not below any member's least, nor above every member's greatest", () => {
    const assembler = createAssembler(NONE);
    assembler.add("x", 2, { kind: "input", name: "x", bits: [2] });
    const moved = assembler.add("moved", 2, { ...affine([1, 2], 0), ...TWO_ROWS, bias: Float64Array.of(5, -9) });
    const rows = { sources: [0, moved], starts: Int32Array.of(0, 2, 4, 5), positions: Int32Array.of(0, 2, 3, 1, 3) };
    expect(intervals(assembler, assembler.add("l", 3, { kind: "largest", ...rows }))).toEqual([
      [5, 8],
      [0, 3],
      [-9, -3],
    ]);
    expect(intervals(assembler, assembler.add("i", 3, { kind: "indexOfLargest", ...rows }))).toEqual([
      [0, 1],
      [0, 1],
      [0, 0],
    ]);
  });

  it("of indicators are 0 and 1", () => {
    const step = { kind: "thresholds", source: 0, element: 1, thresholds: Float64Array.of(1, 9) } as const;
    expect(boundsAfter(step, 2)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it.each([
    [2 ** 49, 2 ** 49 - 1],
    [-(2 ** 49), -(2 ** 49) + 1],
  ])("allow sums below 2^50, in any order of their terms: %i and %i", (one, other) => {
    expect(boundsAfter(affine([one, other], 0), 1, [1])).toHaveLength(1);
    for (const weights of [
      [one, other * 2 + Math.sign(one)],
      [one, -other, one],
    ]) {
      expect(() => boundsAfter(affine(weights, 0), 1, [1])).toThrowError(
        expect.objectContaining({ code: "model.bounds", data: { layer: "layer" }, disposition: "reject" }),
      );
    }
  });

  it.each([
    ["a constant", affine([], 2 ** MAX_BITS)],
    ["a weight on what is always 0", affine([2 ** 60, 1], 0), [1]],
    ["no number", affine([Number.NaN], 0)],
    ["no finite number", affine([Number.POSITIVE_INFINITY], 0)],
    ["a parameter on too wide an input", affine([0], 0, { weightParameters: Int32Array.of(0) }), [32], 20],
  ])("refuse %s that does not fit, with the layer's name", (_, step, bits = [4], weightBits = 8) => {
    expect(() => boundsAfter(step, 1, bits, { weightBits, biasBits: 8 })).toThrowError(/layer/);
  });

  it("hold on programs by chance, for inputs by chance and at the ends of their ranges", () => {
    for (let i = 0; i < 150; i++) {
      const source = random(seedOfRun() + BigInt(i));
      const lowered = lowerIfItFits(randomModel(source));
      if (lowered === undefined) continue;
      const { program, values } = lowered;
      for (let n = 0; n < 8; n++) expectWithin(program, evaluate(program, randomIntegers(program, source), values), i);
    }
  });

  it("of private parameters hold for any that fit their bits", () => {
    for (let i = 0; i < 120; i++) {
      const source = random(7000n + BigInt(i));
      const lowered = lowerIfItFits(randomModel(source));
      if (lowered === undefined || lowered.program.parameters.weights === 0) continue;
      const { program, values } = lowered;
      const { weightBits, biasBits } = program.parameters;
      const any = (bits: number): number =>
        source.pick([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1, 0, source.below(2 ** (bits - 1))]);
      const others = {
        weights: values.weights.map(() => any(weightBits)),
        biases: values.biases.map(() => any(biasBits)),
      };
      for (let n = 0; n < 8; n++) expectWithin(program, evaluate(program, randomIntegers(program, source), others), i);
    }
  });
});

describe("known bounds", () => {
  const known = { low: Float64Array.of(3), high: Float64Array.of(100) };

  it("are taken where they are narrower, on each side", () => {
    const assembler = createAssembler(NONE);
    assembler.add("x", 2, { kind: "input", name: "x", bits: [4] });
    expect(intervals(assembler, assembler.add("sum", 1, affine([1, 1], 0), known))).toEqual([[3, 30]]);
  });

  it("make a product fit", () => {
    const assembler = createAssembler(NONE);
    const x = assembler.add("x", 1, { kind: "input", name: "x", bits: [26] });
    const product = { kind: "product", left: x, right: x } as const;
    expect(() => assembler.add("product", 1, product)).toThrowError(expect.objectContaining({ code: "model.bounds" }));
    expect(intervals(assembler, assembler.add("product", 1, product, known))).toEqual([[3, 100]]);
  });

  it("do not make a sum fit whose terms do not", () => {
    const assembler = createAssembler(NONE);
    assembler.add("x", 2, { kind: "input", name: "x", bits: [4] });
    expect(() => assembler.add("sum", 1, affine([2 ** 49, -(2 ** 49)], 0), known)).toThrowError(
      expect.objectContaining({ code: "model.bounds" }),
    );
  });
});

describe("createAssembler", () => {
  it("refuses a program of more numbers than any circuit could hold", () => {
    const { add } = createAssembler(NONE);
    const step = { kind: "input", name: "x", bits: [1] } as const;
    for (let i = 0; i < 4; i++) add("x", 1 << 20, step);
    expect(() => add("last", 1, step)).toThrowError(
      expect.objectContaining({ code: "model.size", data: { layer: "last" }, disposition: "reject" }),
    );
  });
});

/** Row j is the j-th term alone. */
const TWO_ROWS = { starts: Int32Array.of(0, 1, 2) } as const;

/** Undefined for a model by chance that has nothing to keep private, or too wide sums. */
function lowerIfItFits({ graph, job }: RandomModel): Lowered | undefined {
  try {
    return lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
  } catch (error) {
    if (error instanceof AssayError && ["model.parameters", "model.bounds"].includes(error.code)) return undefined;
    throw error;
  }
}

function expectWithin(program: Program, values: readonly Float64Array[], seed: number): void {
  for (const [id, { name, step, bounds }] of program.steps.entries()) {
    for (const [j, value] of at(values, id).entries()) {
      const isWithin = value >= at(bounds.low, j) && value <= at(bounds.high, j) && Number.isInteger(value);
      if (!isWithin)
        expect.fail(`seed ${seed}, ${step.kind} ${name}[${j}]: got ${value} of ${bounds.low[j]} to ${bounds.high[j]}`);
    }
  }
}
