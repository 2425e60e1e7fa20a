import { describe, expect, it } from "vitest";
import { dequantise, quantise, realOutput } from "../../../src/inference/quantise.ts";
import type { Program, ProgramInput } from "../../../src/program/program.ts";

const INPUT: ProgramInput = { name: "x", step: 0, shape: [3], bits: [4, 2, 8], minimum: [-1], unit: [0.5, 1, 0.1] };
const program: Program = {
  ...{ steps: [], inputs: [INPUT], outputs: [], notes: [] },
  parameters: { weightBits: 0, biasBits: 0, weights: 0, biases: 0 },
};

const integers = (...reals: readonly number[]): readonly number[] =>
  [...(quantise(program, new Map([["x", Float64Array.from(reals)]])).get("x") ?? [])].map((q) => q + 0);

describe("quantise", () => {
  it("is the nearest integer of each element's grid, halves up", () => {
    expect(integers(-1, -1, -1)).toEqual([0, 0, 0]);
    expect(integers(6.5, 2, 24.5)).toEqual([15, 3, 255]);
    expect(integers(0.24, 0.49, -0.86)).toEqual([2, 1, 1]);
    expect(integers(0.25, 0.5, -0.85)).toEqual([3, 2, 2]);
  });

  it("takes what is rounded to an end, and no more", () => {
    expect(integers(-1.25, 2.49, 24.549)).toEqual([0, 3, 255]);
    for (const row of [
      [-1.26, 0, 0],
      [0, 2.5, 0],
      [0, 0, 24.551],
      [Number.NaN, 0, 0],
      [0, Number.POSITIVE_INFINITY, 0],
    ]) {
      expect(() => integers(...row)).toThrowError(
        expect.objectContaining({ code: "model.input", disposition: "reject" }),
      );
    }
  });

  it("names the element and what it may be", () => {
    expect(() => integers(0, 7, 0)).toThrow("got 7 for element 1 of input x, want -1 to 2");
  });

  it("gives an input that the row does not have an empty list, which no program takes", () => {
    expect(quantise(program, new Map()).get("x")).toHaveLength(0);
  });
});

describe("dequantise", () => {
  it("is what quantise is given, on the grid", () => {
    for (const row of [
      [0, 0, 0],
      [15, 3, 255],
      [7, 1, 100],
    ]) {
      expect(integers(...dequantise(INPUT, row))).toEqual(row);
    }
  });
});

describe("realOutput", () => {
  it("is each integer times the unit", () => {
    expect([...realOutput({ unit: 0.25 }, [-4, 0, 3])]).toEqual([-1, 0, 0.75]);
  });
});
