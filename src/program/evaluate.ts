// The exact evaluator: the program on one row of integers. The circuit computes the same, bit for bit.

import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { shifted } from "./bounds.ts";
import {
  type AffineStep,
  entry,
  type ParameterValues,
  type PlacedStep,
  type Program,
  type Step,
  type StepId,
} from "./program.ts";

export const NO_PARAMETERS: ParameterValues = { weights: [], biases: [] };

/**
 * Every step's elements. `inputs` are integers by input name, each in [0, 2^bits).
 *
 * Throws `model.input` for an element outside, or a list of another length.
 */
export function evaluate(
  program: Program,
  inputs: ReadonlyMap<string, ArrayLike<number>>,
  parameters: ParameterValues = NO_PARAMETERS,
): readonly Float64Array[] {
  const values: Float64Array[] = [];
  for (const placed of program.steps) values.push(compute(placed, values, inputs, parameters));
  return values;
}

/** The program's outputs, in order. */
export function outputs(
  program: Program,
  inputs: ReadonlyMap<string, ArrayLike<number>>,
  parameters: ParameterValues = NO_PARAMETERS,
): readonly Float64Array[] {
  const values = evaluate(program, inputs, parameters);
  return program.outputs.map(({ step }) => value(values, step));
}

function compute(
  { step, size }: PlacedStep,
  values: readonly Float64Array[],
  inputs: ReadonlyMap<string, ArrayLike<number>>,
  parameters: ParameterValues,
): Float64Array {
  switch (step.kind) {
    case "input":
      return input(step, size, inputs);
    case "affine":
      return affine(step, size, values, parameters);
    case "rectified":
      return value(values, step.source).map((x, j) => Math.max(0, shifted(x, at(step.shifts, j))));
    case "rescaled":
      return value(values, step.source).map((x, j) => shifted(x, at(step.shifts, j)));
    case "product": {
      const right = value(values, step.right);
      return value(values, step.left).map((x, j) => x * at(right, j));
    }
    case "largest": {
      const x = together(step.sources, values);
      return rows(step, size, (row) => row.reduce((most, k) => Math.max(most, at(x, k)), Number.NEGATIVE_INFINITY));
    }
    case "indexOfLargest": {
      const x = together(step.sources, values);
      return rows(step, size, (row) => row.reduce((best, k, i) => (at(x, k) > at(x, at(row, best)) ? i : best), 0));
    }
    case "thresholds": {
      const x = at(value(values, step.source), step.element);
      return step.thresholds.map((threshold) => (x >= threshold ? 1 : 0));
    }
  }
}

function input(
  { name, bits }: Extract<Step, { kind: "input" }>,
  size: number,
  inputs: ReadonlyMap<string, ArrayLike<number>>,
): Float64Array {
  const given = inputs.get(name);
  if (given === undefined || given.length !== size) throw badLength(name, given?.length ?? 0, size);
  const elements = Float64Array.from(given);
  elements.forEach((x, j) => {
    if (!Number.isInteger(x) || x < 0 || x >= 2 ** entry(bits, j)) throw outside(name, j, x, entry(bits, j));
  });
  return elements;
}

function affine(
  step: AffineStep,
  size: number,
  values: readonly Float64Array[],
  { weights, biases }: ParameterValues,
): Float64Array {
  const x = together(step.sources, values);
  const result = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    const parameter = step.biasParameters?.[j] ?? -1;
    let sum = parameter < 0 ? at(step.bias, j) : at(biases, parameter);
    for (let k = at(step.starts, j); k < at(step.starts, j + 1); k++) {
      const index = step.weightParameters?.[k] ?? -1;
      sum += (index < 0 ? at(step.weights, k) : at(weights, index)) * at(x, at(step.positions, k));
    }
    result[j] = sum;
  }
  return result;
}

function rows(
  { starts, positions }: Pick<AffineStep, "starts" | "positions">,
  size: number,
  of: (row: Int32Array) => number,
): Float64Array {
  return Float64Array.from({ length: size }, (_, j) => of(positions.subarray(at(starts, j), at(starts, j + 1))));
}

function together(sources: readonly StepId[], values: readonly Float64Array[]): Float64Array {
  const [first] = sources;
  if (sources.length === 1 && first !== undefined) return value(values, first);
  return Float64Array.from(sources.flatMap((id) => [...value(values, id)]));
}

function value(values: readonly Float64Array[], id: StepId): Float64Array {
  const found = values[id];
  if (found === undefined) throw new RangeError(`got step ${id}, want one before it`);
  return found;
}

function badLength(name: string, got: number, want: number): AssayError {
  return new AssayError("model.input", `got ${got} elements of input ${name}, want ${want}`, { disposition: "reject" });
}

function outside(name: string, element: number, got: number, bits: number): AssayError {
  return new AssayError(
    "model.input",
    `got ${got} for element ${element} of input ${name}, want an integer of ${bits} bits`,
    { disposition: "reject", data: { input: name, element } },
  );
}
