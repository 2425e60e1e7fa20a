import { describe, expect, it } from "vitest";
import { createAssembler } from "../../../src/program/assembler.ts";
import { outputs } from "../../../src/program/evaluate.ts";
import type { Program, ProgramOutput } from "../../../src/program/program.ts";
import { whole } from "../../../src/program/whole.ts";

const NO_PARAMETERS = { weightBits: 0, biasBits: 0, weights: 0, biases: 0 };

/** x of 12 bits, and x - 2000 in steps of `unit` as the output. */
function program(unit: number, change: Partial<ProgramOutput> = {}, times = 1): Program {
  const assembler = createAssembler(NO_PARAMETERS);
  const input = assembler.add("x", 1, { kind: "input", name: "x", bits: [12] });
  const step = assembler.add("moved", times, {
    kind: "affine",
    sources: [input],
    starts: Int32Array.from({ length: times + 1 }, (_, j) => j),
    positions: new Int32Array(times),
    weights: new Float64Array(times).fill(1),
    bias: new Float64Array(times).fill(-2000),
  });
  const output = { name: "y", step, shape: [times], unit, kind: "number", ...change } as const;
  const inputs = [{ name: "x", step: input, shape: [1], bits: [12], minimum: [0], unit: [1] }];
  return { steps: assembler.steps, inputs, outputs: [output], parameters: NO_PARAMETERS, notes: [] };
}

const value = (one: Program, x: number): number => outputs(one, new Map([["x", [x]]]))[0]?.[0] ?? Number.NaN;

describe("whole", () => {
  it.each([1, 0.25, 0.3141, 3.7, 0.001, 20])(
    "rounds to the nearest whole number within the range, at a unit of %f",
    (unit) => {
      const rounded = whole(program(unit), 8);
      for (let x = 0; x < 4096; x++) {
        const real = unit * (x - 2000);
        const want = Math.min(255, Math.max(0, real));
        expect(Math.abs(value(rounded, x) - want), `${real}`).toBeLessThanOrEqual(0.51);
        expect(Number.isInteger(value(rounded, x))).toBe(true);
      }
    },
  );

  it("says what the output can be: a unit of 1 and the range", () => {
    const { steps, outputs: all, inputs } = whole(program(0.25), 8);
    expect(all).toMatchObject([{ name: "y", unit: 1 }]);
    expect(steps[all[0]?.step ?? -1]?.bounds).toEqual({ low: Float64Array.of(0), high: Float64Array.of(255) });
    expect(inputs).toEqual(program(0.25).inputs);
  });

  it("adds no saturation where nothing reaches the end", () => {
    const kinds = (bits: number) => whole(program(0.25), bits).steps.map(({ step }) => step.kind);
    expect(kinds(10)).toEqual(["input", "affine", "affine", "rectified"]);
    expect(kinds(9)).toEqual(["input", "affine", "affine", "rectified", "affine", "rectified", "affine"]);
  });

  it("refuses what is not one number", () => {
    for (const other of [program(1, { kind: "index" }), program(1, {}, 2), { ...program(1), outputs: [] }]) {
      expect(() => whole(other, 8)).toThrowError(expect.objectContaining({ code: "model.whole" }));
    }
  });
});
