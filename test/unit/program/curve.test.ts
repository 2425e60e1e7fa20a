import { describe, expect, it } from "vitest";
import { at } from "../../../src/lib/element.ts";
import { shifted } from "../../../src/program/bounds.ts";
import { type Curve, errorOf, FRACTION, type Piece, piecesOf, shiftFor } from "../../../src/program/curve.ts";

const CURVES: readonly [Curve, (x: number) => number][] = [
  ["sigmoid", (x) => 1 / (1 + Math.exp(-x))],
  ["tanh", Math.tanh],
];

type Case = { readonly unit: number; readonly low: number; readonly high: number; readonly count: number };

/** From finer than any curve tells apart to steps that leap over all of it. */
const CASES: readonly Case[] = [
  ...[2 ** -14, 2 ** -10, 0.0123, 0.1, 1, 4.9, 9.1, 30, 1e6].flatMap((unit) =>
    [
      [-2000, 2000],
      [0, 255],
      [-128, -1],
      [-1, 1],
      [5, 5],
    ].flatMap(([low = 0, high = 0]) => [3, 8, 32].map((count) => ({ unit, low, high, count }))),
  ),
  { unit: 2 ** -14, low: -(2 ** 18), high: 2 ** 18, count: 32 },
  { unit: 0.1, low: -(2 ** 31), high: 2 ** 31 - 1, count: 16 },
];

const pieceAt = (pieces: readonly Piece[], q: number): Piece =>
  pieces.findLast(({ start }) => start <= q) ?? at(pieces, 0);

describe.each(CURVES)("piecesOf %s", (curve, value) => {
  it("are no more than asked for, rise from the least of the domain, and lie within it", () => {
    for (const { unit, low, high, count } of CASES) {
      const pieces = piecesOf(curve, unit, { low, high }, count);
      expect(pieces.length).toBeLessThanOrEqual(count);
      expect(at(pieces, 0).start).toBe(low);
      for (const [i, { start, slope, intercept }] of pieces.entries()) {
        if (i > 0) expect(start).toBeGreaterThan(at(pieces, i - 1).start);
        expect(start).toBeLessThanOrEqual(high);
        expect([start, slope, intercept].every(Number.isSafeInteger)).toBe(true);
        expect(slope).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it("are level beyond the ends of the curve, however far the domain goes", () => {
    const pieces = piecesOf(curve, 0.1, { low: -(2 ** 40), high: 2 ** 40 }, 16);
    expect([at(pieces, 0).slope, pieces.at(-1)?.slope]).toEqual([0, 0]);
    expect(shifted(at(pieces, 0).intercept, shiftFor(curve, 0.1, { low: -(2 ** 40), high: 2 ** 40 }))).toBe(
      curve === "sigmoid" ? 0 : -(2 ** FRACTION),
    );
  });

  it("keep 0 apart from the ends where a step leaps over all between", () => {
    for (const unit of [10, 30, 1e6, 1e30]) {
      const pieces = piecesOf(curve, unit, { low: -5, high: 5 }, 8);
      expect(pieces.map(({ start }) => start + 0)).toEqual([-5, 0, 1]);
      expect(errorOf(curve, unit, { low: -5, high: 5 }, pieces)).toBeLessThan(2 ** -FRACTION);
    }
  });

  it("are never further off than errorOf says: at every integer of small domains", () => {
    for (const { unit, low, high, count } of CASES) {
      if (high - low > 2 ** 13) continue;
      const pieces = piecesOf(curve, unit, { low, high }, count);
      const error = errorOf(curve, unit, { low, high }, pieces);
      const shift = shiftFor(curve, unit, { low, high });
      let greatest = 0;
      for (let q = low; q <= high; q++) {
        const { slope, intercept } = pieceAt(pieces, q);
        const ours = shifted(slope * q + intercept, shift) / 2 ** FRACTION;
        greatest = Math.max(greatest, Math.abs(ours - value(q * unit)));
      }
      expect(error, `unit ${unit}, ${low} to ${high}, ${count} pieces`).toBeGreaterThanOrEqual(greatest - 1e-12);
      expect(error, `unit ${unit}, ${low} to ${high}, ${count} pieces`).toBeLessThan(greatest + 1e-4);
    }
  });

  it("are never further off than errorOf says: at integers all over large domains", () => {
    for (const { unit, low, high, count } of CASES) {
      if (high - low <= 2 ** 13) continue;
      const pieces = piecesOf(curve, unit, { low, high }, count);
      const error = errorOf(curve, unit, { low, high }, pieces);
      const shift = shiftFor(curve, unit, { low, high });
      let greatest = 0;
      const stride = Math.max(1, Math.floor((high - low) / 9973));
      for (let q = low; q <= high; q += stride) {
        const { slope, intercept } = pieceAt(pieces, q);
        const ours = shifted(slope * q + intercept, shift) / 2 ** FRACTION;
        greatest = Math.max(greatest, Math.abs(ours - value(q * unit)));
      }
      expect(greatest).toBeLessThanOrEqual(error + 1e-12);
    }
  });

  it("come nearer with their number", () => {
    const errors = [3, 8, 16, 32, 64, 128].map((count) => {
      const domain = { low: -40_000, high: 40_000 };
      return errorOf(curve, 2 ** -11, domain, piecesOf(curve, 2 ** -11, domain, count));
    });
    for (const [i, error] of errors.entries()) if (i > 0) expect(error).toBeLessThan(at(errors, i - 1));
    expect(at(errors, 3)).toBeLessThan(0.0015);
    expect(errors.at(-1)).toBeGreaterThan(2 ** -FRACTION / 2);
  });
});

describe("shiftFor", () => {
  const wide = { low: -(2 ** 30), high: 2 ** 30 };

  it("is 1 at least, and one more for a unit of half", () => {
    expect([1e9, 100, 18.2].map((unit) => shiftFor("sigmoid", unit, wide))).toEqual([1, 1, 1]);
    for (const unit of [2 ** -3, 2 ** -10, 0.3]) {
      expect(shiftFor("tanh", unit / 2, wide) - shiftFor("tanh", unit, wide)).toBe(1);
    }
    expect(2 ** shiftFor("sigmoid", 2 ** -8, wide)).toBeGreaterThanOrEqual(18.2 * 2 ** 8);
  });

  it("is no more than the domain needs, however fine the unit", () => {
    expect([1e-6, 1e-300].map((unit) => shiftFor("tanh", unit, { low: -3, high: 128 }))).toEqual([8, 8]);
    expect(shiftFor("tanh", 1e-300, { low: 0, high: 0 })).toBe(1);
  });
});
