// One step of a program, or rows of it, over the templates of circuits/inference.

import { at } from "../../lib/element.ts";
import { type PlacedStep, type Program, type Step, type StepId, stepAt } from "../../program/program.ts";
import * as Widths from "../widths.ts";
import { affineLines } from "./affine.ts";
import { indexOfLargestLines, largestLines } from "./choices.ts";
import { rectifiedLines, rescaledLines } from "./gadgets.ts";
import type { Use } from "./includes.ts";
import type { Slice } from "./slice.ts";
import { list, loop, signal } from "./text.ts";

export type InputStep = Extract<Step, { readonly kind: "input" }>;
export type ComputedStep = Exclude<Step, InputStep>;

/** Declares and computes the array `signal(id)`, of the slice's rows, from those of the steps that it reads. */
export function stepLines(program: Program, id: StepId, step: ComputedStep, slice: Slice, use: Use): readonly string[] {
  switch (step.kind) {
    case "affine":
      return affineLines(program, id, step, slice, use);
    case "product":
      return productLines(id, step, stepAt(program, id));
    case "rectified":
      return rectifiedLines(program, id, step, slice, use);
    case "rescaled":
      return rescaledLines(program, id, { ...stepAt(program, id), step }, slice, use);
    case "largest":
      return largestLines(program, id, step, slice, use);
    case "indexOfLargest":
      return indexOfLargestLines(program, id, step, slice, use);
    case "thresholds":
      return thresholdsLines(program, id, step, stepAt(program, id), use);
  }
}

function productLines(
  id: StepId,
  { left, right }: Extract<Step, { readonly kind: "product" }>,
  { size }: PlacedStep,
): readonly string[] {
  const out = signal(id);
  return [`signal ${out}[${size}];`, ...loop(size, `${out}[j] <== ${signal(left)}[j] * ${signal(right)}[j];`)];
}

function thresholdsLines(
  program: Program,
  id: StepId,
  { source, element, thresholds }: Extract<Step, { readonly kind: "thresholds" }>,
  { size }: PlacedStep,
  use: Use,
): readonly string[] {
  const { bounds } = stepAt(program, source);
  const [low, high] = [at(bounds.low, element), at(bounds.high, element)];
  const bits = Widths.thresholds(low, high, thresholds);
  const gadget = `${use("Thresholds")}(${size}, ${low}, ${high}, ${list(thresholds)}, ${bits})`;
  return [`signal ${signal(id)}[${size}] <== ${gadget}(${signal(source)}[${element}]);`];
}
