// Integers for an input's real numbers, found on rows: exactly where the numbers lie on a grid, evenly spread otherwise.

import { at } from "../lib/element.ts";
import { bitLength } from "../program/integers.ts";
import type { InputQuantisation } from "../program/quantisation.ts";

/** Steps that data comes in: whole numbers, decimals, bytes as fractions of one. */
const GRIDS: readonly number[] = [1, 1 / 255, 0.5, 0.1, 1 / 16, 0.05, 0.01, 0.001, 0.0001, 0.00001];

/** Beyond what was seen, on either side, where numbers lie on no grid: a share of their range. */
const MARGIN = 0.05;

/** `columns`: of each element, its values on all rows. At most `bits` bits. */
export function inputGrid(columns: readonly Float64Array[], bits: number): InputQuantisation {
  const all = Float64Array.from(columns.flatMap((column) => [...column]));
  const shared = gridOf(all, bits) ?? latticeOf(all, bits);
  if (shared !== undefined) return { bits: [shared.bits], minimum: [shared.minimum], unit: [shared.unit] };
  const each = columns.map((column) => gridOf(column, bits) ?? latticeOf(column, bits) ?? spread(column, bits));
  return {
    bits: each.map((one) => one.bits),
    minimum: each.map((one) => one.minimum),
    unit: each.map((one) => one.unit),
  };
}

type Grid = { readonly bits: number; readonly minimum: number; readonly unit: number };

/** The coarsest grid that all values lie on, from 0 where none is negative. */
function gridOf(values: Float64Array, bits: number): Grid | undefined {
  const [low, high] = extremes(values);
  for (const unit of GRIDS) {
    const last = Math.round(high / unit);
    const least = low >= 0 && high / unit < 2 ** bits - 0.5 ? 0 : Math.round(low / unit);
    const width = bitLength(last - least);
    if (width > bits) continue;
    const first = centred(least, last, width);
    const minimum = first === 0 ? 0 : first * unit;
    // Values are often single precision: 4.9 is 4.900000095. Of what is far from 0, such a grid may be finer than a double.
    const isOn = (value: number): boolean => {
      const q = (value - minimum) / unit;
      const integer = Math.round(q);
      return Math.abs(q - integer) < 1e-3 && integer >= 0 && integer < 2 ** bits;
    };
    if (values.every(isOn)) return { bits: Math.max(1, width), minimum, unit };
  }
  return undefined;
}

/**
 * A grid of the values' own: of two categories, of whole numbers that were shifted and scaled (standardised bytes, ages). Only
 * where there are enough of them for it to be none by chance.
 */
function latticeOf(values: Float64Array, bits: number): Grid | undefined {
  const distinct = distinctOf(values, 2 ** bits);
  if (distinct === undefined || distinct.length < 2) return undefined;
  const isCertain = distinct.length >= LATTICE.values || values.length >= LATTICE.repeats * distinct.length;
  if (!isCertain) return undefined;
  const low = at(distinct, 0);
  const range = at(distinct, distinct.length - 1) - low;
  const gap = distinct.slice(1).reduce((least, value, i) => Math.min(least, value - at(distinct, i)), range);
  for (let parts = 1; parts <= LATTICE.parts; parts++) {
    const last = Math.round((parts * range) / gap);
    const width = bitLength(last);
    if (width > bits) return undefined;
    const unit = range / last; // of the whole range: a gap is a rounded number
    const isOn = (value: number): boolean => Math.abs((value - low) / unit - Math.round((value - low) / unit)) < 1e-3;
    if (!distinct.every(isOn)) continue;
    const below = low >= 0 ? Math.floor(low / unit) : Number.POSITIVE_INFINITY;
    const spare = Math.min(below, Math.floor((2 ** width - 1 - last) / 2));
    return { bits: width, minimum: low - spare * unit, unit };
  }
  return undefined;
}

/** Different values, or how often each of few, that make a lattice certain; parts that the least gap is tried in. */
const LATTICE = { values: 5, repeats: 8, parts: 4 };

/** Rising; undefined where there are more than `most`. */
function distinctOf(values: Float64Array, most: number): Float64Array | undefined {
  const found = new Set<number>();
  for (const value of values) {
    if (found.add(value).size > most) return undefined;
  }
  return Float64Array.from(found).sort();
}

/** Steps that the bits have over are as many below as above, for rows to come: below 0 only where something is. */
function centred(least: number, last: number, width: number): number {
  const first = least - Math.floor((2 ** width - 1 - (last - least)) / 2);
  return least >= 0 ? Math.max(0, first) : first;
}

function spread(values: Float64Array, bits: number): Grid {
  const [low, high] = extremes(values);
  const margin = (high - low) * MARGIN;
  const minimum = low >= 0 ? Math.max(0, low - margin) : low - margin;
  const unit = (high + margin - minimum) / (2 ** bits - 1);
  return { bits, minimum, unit: unit > 0 ? unit : 1 };
}

function extremes(values: Float64Array): readonly [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const, [
    at(values, 0),
    at(values, 0),
  ] as readonly [number, number]);
}
