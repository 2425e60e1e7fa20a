// How large the witness generator of a step becomes: signals that are handed to components or taken from them, one by one.
//
// Circom makes one WASM function of each template, and JavaScript's engines take none above 7,654,321 bytes. Measured with
// circom 2.2.2, a wire takes 55 to 90 bytes of the function of the template that it stands in; arrays handed over whole,
// and loops without components, take some hundred bytes whatever their length.

import { at } from "../../lib/element.ts";
import { type AffineStep, rowsOf, type Step } from "../../program/program.ts";

/** In one template: functions of at most some 6 MB. Sums are denser in a net in parts, so the bound is as high as is safe. */
export const MOST_WIRES = 2 ** 16;

/** Of each row. */
export function wiresOf(step: Step, size: number): readonly number[] {
  switch (step.kind) {
    case "input":
      return each(size, new Set(step.bits).size > 1 ? 1 : 0);
    case "affine":
      return sums(step);
    case "product":
      return each(size, 0);
    case "rectified":
    case "rescaled":
      return each(size, 2);
    case "largest":
      return rowsOf(step).map((row) => 3 * (row.length - 1) + 1);
    case "indexOfLargest":
      return rowsOf(step).map((row) => row.length + 1);
    case "thresholds":
      return [1]; // its outputs are taken whole
  }
}

/** Steps whose rows can stand in different templates, and are worth it. */
export function isSliced(step: Step): boolean {
  return ["affine", "rectified", "rescaled", "largest", "indexOfLargest"].includes(step.kind);
}

/** A weight that is a signal is a wire beside its term. */
function sums({ starts, weightParameters }: AffineStep): readonly number[] {
  return each(starts.length - 1, 1).map((out, row) => {
    const [from, to] = [at(starts, row), at(starts, row + 1)];
    const signals = weightParameters?.subarray(from, to).filter((index) => index >= 0).length ?? 0;
    return to - from + signals + out;
  });
}

const each = (count: number, wires: number): readonly number[] => new Array<number>(count).fill(wires);
