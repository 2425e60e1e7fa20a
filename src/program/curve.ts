// A curve as straight pieces with integer slopes and intercepts, and how far they are off.

import { at } from "../lib/element.ts";
import { shifted } from "./bounds.ts";
import { exp } from "./exponential.ts";
import { ceilLog2 } from "./integers.ts";

export type Curve = "sigmoid" | "tanh";

type Domain = { readonly low: number; readonly high: number };

/** From the integer `start` to the next piece's: (slope * q + intercept) / 2^shift, in units of 2^-FRACTION. */
export type Piece = { readonly start: number; readonly slope: number; readonly intercept: number };

/** Fraction bits of a curve's values. */
export const FRACTION = 12;

type Shape = {
  readonly value: (x: number) => number;
  /** From here on, on both sides, within half a unit of its limits. */
  readonly flatFrom: number;
  readonly steepest: number;
  /** Root of the second derivative's magnitude: a piece there should be as short as this is large. */
  readonly density: (x: number) => number;
};

const sigmoid = (x: number): number => 1 / (1 + exp(-x));
const tanh = (x: number): number => 2 * sigmoid(2 * x) - 1;
const SHAPES: Readonly<Record<Curve, Shape>> = {
  sigmoid: {
    value: sigmoid,
    flatFrom: 9.1,
    steepest: 0.25,
    density: (x) => Math.sqrt(Math.abs(sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x)))),
  },
  tanh: {
    value: tanh,
    flatFrom: 4.9,
    steepest: 1,
    density: (x) => Math.sqrt(Math.abs(2 * tanh(x) * (1 - tanh(x) * tanh(x)))),
  },
};

/**
 * A slope is rounded to one unit, and multiplied by up to flatFrom / unit, or by what the domain has: this keeps what that
 * makes below a quarter of the result's unit.
 */
export function shiftFor(curve: Curve, unit: number, { low, high }: Domain): number {
  const reach = Math.min(SHAPES[curve].flatFrom / unit, Math.max(-low, high));
  return Math.max(1, ceilLog2(2 * reach));
}

/** At most `count` pieces over the domain, the outermost flat. `unit`: the real value of q = 1. */
export function piecesOf(curve: Curve, unit: number, domain: Domain, count: number): readonly Piece[] {
  const { value, flatFrom } = SHAPES[curve];
  const shift = shiftFor(curve, unit, domain);
  const edge = Math.ceil(flatFrom / unit);
  // However coarse the unit: no integer at which the curve is flat shares a piece with one at which it is not.
  const inner = knots(curve, Math.max(1, count - 2)).map((x) =>
    Math.min(edge, Math.max(1 - edge, Math.round(x / unit))),
  );
  const starts = [Number.NEGATIVE_INFINITY, 1 - edge, ...inner.slice(1, -1), edge];
  const inside = [...new Set(starts.map((start) => Math.max(start, domain.low)))].filter(
    (start) => start <= domain.high,
  );
  return inside.map((start, i) => {
    const last = i + 1 < inside.length ? at(inside, i + 1) - 1 : domain.high;
    const isFlat = last < -edge + 1 || start >= edge;
    return fitted((q) => value(q * unit), { low: start, high: last }, isFlat, shift);
  });
}

/** How far the curve may move where its operand moves by so much. */
export function slopeTimes(curve: Curve, distance: number): number {
  return SHAPES[curve].steepest * distance;
}

/** Greatest distance from the curve over the domain, rounding included. */
export function errorOf(curve: Curve, unit: number, domain: Domain, pieces: readonly Piece[]): number {
  const { value } = SHAPES[curve];
  const shift = shiftFor(curve, unit, domain);
  let greatest = 0;
  for (const [i, { start, slope, intercept }] of pieces.entries()) {
    const last = i + 1 < pieces.length ? at(pieces, i + 1).start - 1 : domain.high;
    const ours = (q: number): number => shifted(slope * q + intercept, shift) / 2 ** FRACTION;
    const stride = Math.max(1, Math.ceil((last - start) / SAMPLES));
    greatest = Math.max(greatest, Math.abs(ours(start) - value(start * unit)));
    for (let q = start; q < last; ) {
      const next = Math.min(q + stride, last);
      // Both rise: between two integers that are looked at each stays between its values there.
      const apart =
        stride === 1
          ? Math.abs(ours(next) - value(next * unit))
          : spread(ours(q), ours(next), value(q * unit), value(next * unit));
      greatest = Math.max(greatest, apart);
      q = next;
    }
  }
  return greatest;
}

function spread(oursLow: number, oursHigh: number, low: number, high: number): number {
  return Math.max(oursHigh - low, high - oursLow);
}

const SAMPLES = 4096;

/** `count` + 1 places between the flat ends, closer together where the curve bends more. */
function knots(curve: Curve, count: number): readonly number[] {
  const { density, flatFrom } = SHAPES[curve];
  const grid = 4096;
  const x = (i: number): number => -flatFrom + (2 * flatFrom * i) / grid;
  // A share of evenness keeps pieces near an inflection from growing without bound.
  const weights = Array.from({ length: grid }, (_, i) => density(x(i + 0.5)) + 0.02);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const places: number[] = [-flatFrom];
  let sum = 0;
  for (const [i, weight] of weights.entries()) {
    sum += weight;
    while (places.length < count && sum >= (total * places.length) / count) places.push(x(i + 1));
  }
  return [...places, flatFrom];
}

/** The chord, moved to halve its greatest distance from the curve; a level where the curve is flat. */
function fitted(value: (q: number) => number, { low, high }: Domain, isFlat: boolean, shift: number): Piece {
  const scale = 2 ** (FRACTION + shift);
  const slope = isFlat || high === low ? 0 : Math.round(((value(high) - value(low)) / (high - low)) * scale);
  const samples = Array.from({ length: 65 }, (_, i) => Math.round(low + ((high - low) * i) / 64));
  const rests = samples.map((q) => value(q) * scale - slope * q);
  return { start: low, slope, intercept: Math.round((Math.min(...rests) + Math.max(...rests)) / 2) };
}
