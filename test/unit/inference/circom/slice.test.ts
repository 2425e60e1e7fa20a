import { describe, expect, it } from "vitest";
import { slicesOf } from "../../../../src/inference/circom/slice.ts";

describe("slicesOf", () => {
  it("takes as many rows as fit, in order", () => {
    expect(slicesOf([3, 3, 3, 3, 1], 6)).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 4 },
      { from: 4, to: 5 },
    ]);
    expect(slicesOf([3, 3], 6)).toEqual([{ from: 0, to: 2 }]);
    expect(slicesOf([], 6)).toEqual([]);
  });

  it("cuts a sum that is too long by its terms, and goes on behind it", () => {
    expect(slicesOf([2, 12, 3, 3], 8, [1, 11, 2, 2])).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 2, terms: { from: 0, to: 4 } },
      { from: 1, to: 2, terms: { from: 4, to: 8 } },
      { from: 1, to: 2, terms: { from: 8, to: 11 } },
      { from: 2, to: 4 },
    ]);
  });

  it("leaves a row alone that cannot be cut", () => {
    expect(slicesOf([2, 12, 3], 8)).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ]);
  });

  it("covers every row once, whatever the bound", () => {
    const wires = Array.from({ length: 100 }, (_, row) => (row * 37) % 23);
    for (let most = 2; most < 60; most++) {
      const slices = slicesOf(wires, most);
      expect(slices.flatMap(({ from, to }) => wires.slice(from, to))).toEqual(wires);
      const sums = slices.map(({ from, to }) => wires.slice(from, to).reduce((sum, one) => sum + one, 0));
      expect(slices.every(({ from, to }, i) => (sums[i] ?? 0) <= most || to === from + 1)).toBe(true);
    }
  });

  it("refuses a bound below one term of a weight that is a signal", () => {
    for (const most of [1, 0, -1, Number.NaN]) expect(() => slicesOf([1], most)).toThrow(RangeError);
  });
});
