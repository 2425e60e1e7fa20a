// How far the integer program is from the float model, row by row, before anything is proven.

import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import { outputs as outputsOf } from "../program/evaluate.ts";
import type { ProgramOutput } from "../program/program.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { quantise, realOutput } from "./quantise.ts";
import type { Row } from "./rows.ts";

/** What the float model gives for one row: numbers by output name; an index's label as text. */
export type Reference = ReadonlyMap<string, readonly (number | string)[]>;

export type Accuracy = {
  readonly rows: number;
  /** Of all numbers in all outputs that are no index: |ours - the float model's|, links applied. 0 where there are none. */
  readonly meanError: number;
  /** Of an even number the larger of the two in the middle. */
  readonly medianError: number;
  readonly maxError: number;
  /** Greatest less least of the float model's numbers: what the errors are to be seen against. */
  readonly range: number;
  /** Rows whose predicted class changes, of all; undefined where no output has classes. */
  readonly changedClassShare: number | undefined;
};

/**
 * Throws `model.input` for a row that the job's quantisation does not allow, `model.runtime` for a float model that gives
 * what is no number: nothing can be near it.
 */
export function accuracyOf(
  compiled: Pick<CompiledModel, "program" | "parameters">,
  rows: readonly Row[],
  references: readonly Reference[],
): Accuracy {
  const { program, parameters } = compiled;
  const errors: number[] = [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let changed = 0;
  const hasClasses = program.outputs.some(isClassified);
  for (const [i, row] of rows.entries()) {
    const results = outputsOf(program, quantise(program, row.inputs), parameters);
    let isChanged = false;
    for (const [k, output] of program.outputs.entries()) {
      const reference = referenceOf(at(references, i), output, at(results, k).length);
      if (output.kind === "index") {
        isChanged ||= [...at(results, k)].some((index, j) => !sameLabel(output, index, reference[j]));
        continue;
      }
      const ours = linked(output, realOutput(output, at(results, k)));
      const theirs = reference.map(Number);
      if (!theirs.every(Number.isFinite)) throw notFinite(output, i);
      for (const [j, value] of theirs.entries()) {
        errors.push(Math.abs(value - at(ours, j)));
        [low, high] = [Math.min(low, value), Math.max(high, value)];
      }
      if (isClassified(output)) isChanged ||= classOf(ours) !== classOf(theirs);
    }
    if (isChanged) changed++;
  }
  errors.sort((a, b) => a - b);
  return {
    rows: rows.length,
    meanError: errors.length === 0 ? 0 : errors.reduce((sum, error) => sum + error, 0) / errors.length,
    medianError: errors[Math.floor(errors.length / 2)] ?? 0,
    maxError: errors.at(-1) ?? 0,
    range: errors.length === 0 ? 0 : high - low,
    changedClassShare: hasClasses ? changed / rows.length : undefined,
  };
}

/** As many as the output has: nothing is the same as what is not there. */
function referenceOf(reference: Reference, { name }: ProgramOutput, size: number): readonly (number | string)[] {
  const found = reference.get(name);
  if (found?.length !== size) throw new RangeError(`got ${found?.length} numbers of output ${name}, want ${size}`);
  return found;
}

/** Several numbers of one output are taken for scores of classes; one for a class only through its sigmoid. */
function isClassified({ kind, link, shape }: ProgramOutput): boolean {
  return kind === "index" || shape.reduce((size, length) => size * length, 1) > 1 || link === "sigmoid";
}

function classOf(values: ArrayLike<number>): number {
  if (values.length === 1) return at(values, 0) > 0.5 ? 1 : 0;
  return Array.from(values).reduce((best, value, j, all) => (value > at(all, best) ? j : best), 0);
}

function sameLabel({ labels }: ProgramOutput, index: number, want: number | string | undefined): boolean {
  const label = labels?.[index] ?? String(index);
  return label === String(want);
}

/** What the file has in the scores' place. */
export function linked({ link, group }: ProgramOutput, scores: Float64Array): Float64Array {
  switch (link) {
    case undefined:
      return scores;
    case "sigmoid":
      return scores.map((score) => 1 / (1 + Math.exp(-score)));
    case "softmax":
      return logSoftmax(scores, group ?? scores.length).map(Math.exp);
    case "logSoftmax":
      return logSoftmax(scores, group ?? scores.length);
  }
}

/** Of the differences from the largest: no score is too large, and none too small for a logarithm. */
function logSoftmax(scores: Float64Array, group: number): Float64Array {
  const result = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += group) {
    const members = scores.subarray(from, from + group);
    const most = members.reduce((found, value) => Math.max(found, value), Number.NEGATIVE_INFINITY);
    const total = Math.log(members.reduce((sum, value) => sum + Math.exp(value - most), 0));
    result.set(
      members.map((score) => score - most - total),
      from,
    );
  }
  return result;
}

function notFinite({ name }: ProgramOutput, row: number): AssayError {
  return new AssayError(
    "model.runtime",
    `got an output ${printable(name)} of the float model that is not finite, of row ${row + 1}, want numbers`,
    { disposition: "reject" },
  );
}
