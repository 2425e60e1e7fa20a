import { describe, expect, it } from "vitest";
import { exp } from "../../../src/program/exponential.ts";
import { bitLength, ceilLog2, fits, floorLog2 } from "../../../src/program/integers.ts";

describe("fits", () => {
  it("is true from -2^(bits - 1) to 2^(bits - 1) - 1", () => {
    for (const bits of [1, 2, 8, 32, 50]) {
      const half = 2 ** (bits - 1);
      expect([-half - 1, -half, half - 1, half].map((value) => fits(value, bits))).toEqual([false, true, true, false]);
    }
  });

  it("is false for what is no integer", () => {
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(fits(value, 8)).toBe(false);
  });
});

describe("bitLength", () => {
  it("is the least b with value < 2^b, at powers of two and around them", () => {
    expect([0, -0, 1, 2, 3, 4].map(bitLength)).toEqual([0, 0, 1, 2, 2, 3]);
    for (let b = 1; b < 53; b++) expect([2 ** b - 1, 2 ** b].map(bitLength)).toEqual([b, b + 1]);
  });
});

describe("floorLog2 and ceilLog2", () => {
  it("are exact at every power of two that a double holds, and just beside it", () => {
    for (let k = -1021; k <= 1023; k++) {
      const power = 2 ** k;
      const [below, above] = [power * (1 - 2 ** -53), power * (1 + 2 ** -52)];
      expect([floorLog2(below), floorLog2(power), floorLog2(above)]).toEqual([k - 1, k, k]);
      expect([ceilLog2(below), ceilLog2(power), ceilLog2(above)]).toEqual([k, k, k + 1]);
    }
  });

  it("know the numbers too small to have all digits", () => {
    expect([floorLog2(5e-324), floorLog2(2 ** -1023), floorLog2(3 * 2 ** -1074)]).toEqual([-1074, -1023, -1073]);
  });

  it("say of 0, of infinity and of no number what a logarithm says", () => {
    expect([0, Number.POSITIVE_INFINITY, Number.NaN].map(floorLog2)).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });
});

describe("exp", () => {
  it("is within a few units of the last digit of the engine's own, over all that a double holds", () => {
    for (let x = -708; x < 709; x += 0.617) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1), `${x}`).toBeLessThan(4 * 2 ** -52);
    }
  });

  it("is exact at 0, and 0 or infinite where nothing else is left", () => {
    expect([0, -0, -800, 800, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map(exp)).toEqual([
      1,
      1,
      0,
      Number.POSITIVE_INFINITY,
      0,
      Number.POSITIVE_INFINITY,
    ]);
    expect(exp(Number.NaN)).toBeNaN();
  });

  // By a program of Python's decimal module, rounded to doubles: what every machine has to give.
  it.each([
    [1, Math.E],
    [-1, 0.36787944117144233],
    [9.1, 8955.292703482508],
    [-9.1, 0.00011166580849011478],
  ])("of %f is the nearest double or a neighbour of it", (x, want) => {
    expect(Math.abs(exp(x) / want - 1)).toBeLessThanOrEqual(2 ** -52);
  });
});
