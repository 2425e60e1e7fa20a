// How many bits each gadget of a step needs, from the bounds of what it reads: completeness. Soundness is the template's.

import { at } from "../lib/element.ts";
import { shifted } from "../program/bounds.ts";
import { bitLength } from "../program/integers.ts";
import type { Bounds } from "../program/program.ts";

/** Rectified: in + half is in [-2^(bits - 1), 2^(bits - 1)). 0 for an element that is 0 whatever the inputs: no gadget. */
export function rectified({ low, high }: Bounds, j: number, shift: number): number {
  if (shifted(at(high, j), shift) <= 0) return 0;
  const half = shift === 0 ? 0 : 2 ** (shift - 1);
  const [least, most] = [at(low, j) + half, at(high, j) + half];
  return 1 + Math.max(bitLength(Math.max(most, 0)), bitLength(Math.max(-least - 1, 0)), shift);
}

/** Rescaled: in + half - 2^shift * (least result) is in [0, 2^bits). 0 for an element that stays as it is: no gadget. */
export function rescaled({ low, high }: Bounds, j: number, shift: number): number {
  if (shift === 0) return 0;
  const least = shifted(at(low, j), shift) * 2 ** shift;
  return Math.max(shift, bitLength(at(high, j) + 2 ** (shift - 1) - least));
}

/** Larger, for each further member of a row against the best so far: their difference is in [-2^bits, 2^bits). */
export function knockout({ low, high }: Bounds, row: readonly number[]): readonly number[] {
  let [least, most] = [at(low, at(row, 0)), at(high, at(row, 0))];
  return row.slice(1).map((k) => {
    const bits = bitLength(Math.max(most - at(low, k), at(high, k) - least, 1));
    [least, most] = [Math.max(least, at(low, k)), Math.max(most, at(high, k))];
    return bits;
  });
}

/** IndexOfLargest: keys are less than 2^bits apart. They may be beyond what numbers hold exactly. */
export function indexOfLargest({ low, high }: Bounds, row: readonly number[]): number {
  const least = row.reduce((found, k) => Math.min(found, at(low, k)), Number.POSITIVE_INFINITY);
  const most = row.reduce((found, k) => Math.max(found, at(high, k)), Number.NEGATIVE_INFINITY);
  const apart = BigInt(most - least) * BigInt(row.length) + BigInt(row.length - 1);
  return apart.toString(2).length;
}

/** Thresholds: neighbours among low, the thresholds and high + 1 are at most 2^bits apart. */
export function thresholds(low: number, high: number, list: ArrayLike<number>): number {
  const edges = [low, ...Array.from(list), high + 1];
  return edges.slice(1).reduce((bits, edge, i) => Math.max(bits, bitLength(edge - at(edges, i) - 1)), 0);
}
