// What every element of a step can be, whatever the inputs: interval arithmetic on integers.

import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { ceilLog2 } from "./integers.ts";
import {
  type AffineStep,
  type Bounds,
  entry,
  type Parameters,
  type PlacedStep,
  type Rows,
  type Step,
  stepAt,
} from "./program.ts";

/** Every sum stays below 2^this, whatever its order: exact as JavaScript numbers, and far below the field's prime. */
export const MAX_BITS = 50;

export type ParameterWidths = Pick<Parameters, "weightBits" | "biasBits">;
type Program = { readonly steps: readonly PlacedStep[]; readonly parameters: ParameterWidths };

/**
 * `known`: narrower bounds than interval arithmetic finds, where the caller can prove them.
 *
 * Throws `model.bounds`, naming the layer, for values that do not fit, and for sums that may not on the way.
 */
export function boundsOf(name: string, step: Step, size: number, program: Program, known?: Bounds): Bounds {
  const found = intervals(step, size, program, name);
  const bounds = known === undefined ? found : narrower(found, known);
  for (let j = 0; j < size; j++) checkFit(name, Math.max(-at(bounds.low, j), at(bounds.high, j)));
  return bounds;
}

/** floor((x + half) / 2^shift), half = 2^(shift - 1) or 0. Exact: a power of two changes no digit. */
export function shifted(value: number, shift: number): number {
  return shift === 0 ? value : Math.floor((value + 2 ** (shift - 1)) / 2 ** shift);
}

function intervals(step: Step, size: number, program: Program, name: string): Bounds {
  switch (step.kind) {
    case "input":
      return each(size, (j) => [0, 2 ** entry(step.bits, j) - 1]);
    case "thresholds":
      return all(size, 0, 1);
    case "affine":
      return affine(step, size, program, name);
    case "product": {
      const [left, right] = [stepAt(program, step.left).bounds, stepAt(program, step.right).bounds];
      return each(size, (j) => times(at(left.low, j), at(left.high, j), at(right.low, j), at(right.high, j)));
    }
    case "rectified": {
      const { low, high } = stepAt(program, step.source).bounds;
      const value = (x: number, j: number): number => Math.max(0, shifted(x, at(step.shifts, j)));
      return each(size, (j) => [value(at(low, j), j), value(at(high, j), j)]);
    }
    case "rescaled": {
      const { low, high } = stepAt(program, step.source).bounds;
      return each(size, (j) => [shifted(at(low, j), at(step.shifts, j)), shifted(at(high, j), at(step.shifts, j))]);
    }
    case "largest": {
      const { low, high } = together(step.sources, program);
      return each(size, (j) => {
        const row = step.positions.subarray(step.starts[j], step.starts[j + 1]);
        const most = (side: Float64Array): number =>
          row.reduce((found, k) => Math.max(found, at(side, k)), Number.NEGATIVE_INFINITY);
        return [most(low), most(high)];
      });
    }
    case "indexOfLargest":
      return each(size, (j) => [0, at(step.starts, j + 1) - at(step.starts, j) - 1]);
  }
}

function affine(step: AffineStep, size: number, program: Program, name: string): Bounds {
  const { weightBits, biasBits } = program.parameters;
  const from = together(step.sources, program);
  return each(size, (j) => {
    const isParameter = step.biasParameters !== undefined && at(step.biasParameters, j) >= 0;
    let low = isParameter ? -(2 ** (biasBits - 1)) : at(step.bias, j);
    let high = isParameter ? 2 ** (biasBits - 1) - 1 : at(step.bias, j);
    let magnitude = Math.max(-low, high);
    for (let k = at(step.starts, j); k < at(step.starts, j + 1); k++) {
      const variable = step.weightParameters !== undefined && at(step.weightParameters, k) >= 0;
      const [least, most] = variable
        ? [-(2 ** (weightBits - 1)), 2 ** (weightBits - 1) - 1]
        : [at(step.weights, k), at(step.weights, k)];
      const position = at(step.positions, k);
      const [l, h] = times(least, most, at(from.low, position), at(from.high, position));
      low += l;
      high += h;
      magnitude += Math.max(-l, h);
    }
    checkFit(name, magnitude);
    return [low, high];
  });
}

/** The sources' bounds end to end, as `Rows` counts positions. */
export function together(sources: Rows["sources"], program: Pick<Program, "steps">): Bounds {
  const bounds = sources.map((id) => stepAt(program, id).bounds);
  const joined = (side: keyof Bounds): Float64Array => Float64Array.from(bounds.flatMap((one) => [...one[side]]));
  return { low: joined("low"), high: joined("high") };
}

function narrower(a: Bounds, b: Bounds): Bounds {
  return {
    low: a.low.map((value, j) => Math.max(value, at(b.low, j))),
    high: a.high.map((value, j) => Math.min(value, at(b.high, j))),
  };
}

function all(size: number, low: number, high: number): Bounds {
  return { low: new Float64Array(size).fill(low), high: new Float64Array(size).fill(high) };
}

function each(size: number, interval: (j: number) => readonly [number, number]): Bounds {
  const bounds = all(size, 0, 0);
  for (let j = 0; j < size; j++) [bounds.low[j], bounds.high[j]] = interval(j);
  return bounds;
}

function times(a: number, b: number, c: number, d: number): readonly [number, number] {
  const corners = [a * c, a * d, b * c, b * d];
  return [Math.min(...corners), Math.max(...corners)];
}

function checkFit(name: string, magnitude: number): void {
  if (magnitude < 2 ** MAX_BITS) return;
  throw new AssayError(
    "model.bounds",
    `got sums of up to 2^${ceilLog2(magnitude)} in ${name}, want them below 2^${MAX_BITS}: fewer bits for inputs, weights or activations`,
    { disposition: "reject", data: { layer: name } },
  );
}
