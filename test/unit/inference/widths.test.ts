import { describe, expect, it } from "vitest";
import * as Widths from "../../../src/inference/widths.ts";
import { shifted } from "../../../src/program/bounds.ts";
import type { Bounds } from "../../../src/program/program.ts";

const of = (...intervals: readonly (readonly [number, number])[]): Bounds => ({
  low: Float64Array.from(intervals, ([low]) => low),
  high: Float64Array.from(intervals, ([, high]) => high),
});

/** Every interval of small integers. */
const INTERVALS = Array.from({ length: 18 }, (_, i) => i - 9).flatMap((low) =>
  Array.from({ length: 18 }, (_, i) => [low, low + i] as const),
);

const between = (value: number, low: number, high: number): boolean => value >= low && value <= high;

describe("rectified", () => {
  it("takes every integer of the bounds, needs one bit more than the shift, and has no bit too many", () => {
    for (const [low, high] of INTERVALS) {
      for (const shift of [0, 1, 2, 5]) {
        const bits = Widths.rectified(of([low, high]), 0, shift);
        const half = shift === 0 ? 0 : 2 ** (shift - 1);
        if (bits === 0) {
          expect(shifted(high, shift)).toBeLessThanOrEqual(0);
          continue;
        }
        const fits = (width: number): boolean =>
          [low, high].every((x) => between(x + half, -(2 ** (width - 1)), 2 ** (width - 1) - 1)) && shift < width;
        expect(fits(bits), `${low} to ${high} by ${shift}`).toBe(true);
        expect(fits(bits - 1), `${low} to ${high} by ${shift}`).toBe(false);
      }
    }
  });

  it("is none for what is never above 0, however it is rounded", () => {
    expect(Widths.rectified(of([-5, 0]), 0, 0)).toBe(0);
    expect(Widths.rectified(of([-5, 3]), 0, 3)).toBe(0); // 3 / 8 is rounded to 0
    expect(Widths.rectified(of([-5, 4]), 0, 3)).toBe(5);
  });
});

describe("rescaled", () => {
  it("takes every integer of the bounds, the shift's bits at least, and has no bit too many", () => {
    for (const [low, high] of INTERVALS) {
      for (const shift of [1, 2, 5]) {
        const bits = Widths.rescaled(of([low, high]), 0, shift);
        const least = shifted(low, shift) * 2 ** shift;
        const fits = (width: number): boolean =>
          [low, high].every((x) => between(x + 2 ** (shift - 1) - least, 0, 2 ** width - 1)) && shift <= width;
        expect(fits(bits), `${low} to ${high} by ${shift}`).toBe(true);
        expect(fits(bits - 1), `${low} to ${high} by ${shift}`).toBe(false);
      }
    }
  });

  it("is none where nothing is shifted", () => {
    expect(Widths.rescaled(of([-5, 9]), 0, 0)).toBe(0);
  });
});

describe("knockout", () => {
  it("takes every difference of a member and the best before it", () => {
    for (const [low, high] of INTERVALS) {
      for (const [otherLow, otherHigh] of [
        [-4, -4],
        [-3, 6],
        [0, 1],
        [7, 20],
      ] as const) {
        const [first = 0, second = 0] = Widths.knockout(of([low, high], [otherLow, otherHigh], [-2, 2]), [0, 1, 2]);
        for (const difference of [high - otherLow, low - otherHigh]) {
          expect(between(difference, -(2 ** first), 2 ** first - 1)).toBe(true);
        }
        const best = [Math.max(low, otherLow), Math.max(high, otherHigh)] as const;
        for (const difference of [best[1] + 2, best[0] - 2]) {
          expect(between(difference, -(2 ** second), 2 ** second - 1)).toBe(true);
        }
      }
    }
  });

  it("is one width for each further member: none for one alone", () => {
    expect(Widths.knockout(of([0, 5]), [0])).toEqual([]);
    expect(Widths.knockout(of([3, 3], [3, 3]), [0, 1])).toEqual([1]);
    expect(Widths.knockout(of([0, 255], [0, 255], [0, 255]), [2, 0, 1])).toEqual([8, 8]);
  });
});

describe("indexOfLargest", () => {
  it("holds how far keys x * n + n - 1 - i are apart, to the last", () => {
    for (const [low, high] of INTERVALS) {
      for (const n of [2, 3, 5]) {
        const bits = Widths.indexOfLargest(
          of(...Array.from({ length: n }, () => [low, high] as const)),
          Array.from({ length: n }, (_, i) => i),
        );
        const apart = (high - low) * n + n - 1;
        expect([apart < 2 ** bits, apart < 2 ** (bits - 1)]).toEqual([true, false]);
      }
    }
  });

  it("is exact where keys are beyond what numbers hold", () => {
    const wide = [-(2 ** 49), 2 ** 49] as const;
    const row = Array.from({ length: 1025 }, (_, i) => i);
    expect(Widths.indexOfLargest(of(...row.map(() => wide)), row)).toBe(61);
  });
});

describe("thresholds", () => {
  it("holds the distance of neighbours, ends included", () => {
    expect(Widths.thresholds(0, 15, [8])).toBe(3);
    expect(Widths.thresholds(0, 15, [1])).toBe(4);
    expect(Widths.thresholds(0, 16, [8])).toBe(4);
    expect(Widths.thresholds(-8, 7, [-7, 0, 7])).toBe(3);
    expect(Widths.thresholds(0, 2, [1, 2])).toBe(0);
    expect(Widths.thresholds(-(2 ** 49), 2 ** 49, [0])).toBe(50);
  });
});
