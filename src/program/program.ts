// The integer program: what a circuit proves and what the evaluator computes, step by step, on flat vectors of integers.
//
// Integers are JavaScript numbers. Every value that can occur is bounded below 2^50 by the compiler, so all of it is exact.

import type { Link } from "../graph/graph.ts";

/** Position in `Program.steps`. Operands come before their users. */
export type StepId = number;

/** A reference to elements of several steps, end to end: row j is positions[starts_j .. starts_{j+1}). */
export type Rows = {
  readonly sources: readonly StepId[];
  readonly starts: Int32Array;
  readonly positions: Int32Array;
};

/** Constant weights, or parameters of the prover's where `weightParameters` says which (-1: the constant). */
export type AffineStep = Rows & {
  readonly kind: "affine";
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly weightParameters?: Int32Array | undefined;
  readonly biasParameters?: Int32Array | undefined;
};

export type Step =
  | { readonly kind: "input"; readonly name: string; readonly bits: readonly number[] }
  | AffineStep
  /** max(0, floor((x + half) / 2^shift)), half = 2^(shift - 1), or 0 where shift = 0. */
  | { readonly kind: "rectified"; readonly source: StepId; readonly shifts: Int32Array }
  /** floor((x + half) / 2^shift), as above. */
  | { readonly kind: "rescaled"; readonly source: StepId; readonly shifts: Int32Array }
  | { readonly kind: "product"; readonly left: StepId; readonly right: StepId }
  /** The largest of each row. */
  | ({ readonly kind: "largest" } & Rows)
  /** Its position in the row, the first of equals. */
  | ({ readonly kind: "indexOfLargest" } & Rows)
  /** [x >= t] for each threshold, rising, of one element. */
  | {
      readonly kind: "thresholds";
      readonly source: StepId;
      readonly element: number;
      readonly thresholds: Float64Array;
    };

/** Least and greatest value of each element. */
export type Bounds = { readonly low: Float64Array; readonly high: Float64Array };

export type PlacedStep = {
  /** The layer it comes from, for messages. */
  readonly name: string;
  readonly size: number;
  readonly step: Step;
  readonly bounds: Bounds;
};

/** Real value of an element: minimum + unit * integer. One number for all elements, or one each. */
export type InputScale = { readonly minimum: readonly number[]; readonly unit: readonly number[] };

export type ProgramInput = {
  readonly name: string;
  readonly step: StepId;
  readonly shape: readonly number[];
  /** Elements are integers in [0, 2^bits), of as many bits for all or each. */
  readonly bits: readonly number[];
} & InputScale;

export type ProgramOutput = {
  readonly name: string;
  readonly step: StepId;
  readonly shape: readonly number[];
  /** Real value of an element: unit * integer. 1 for an index. */
  readonly unit: number;
  readonly kind: "number" | "scores" | "index";
  readonly link?: Link | undefined;
  /** How many elements in a row one softmax is over. */
  readonly group?: number | undefined;
  readonly labels?: readonly string[] | undefined;
};

/** What the prover keeps to itself: signed integers of these widths. Both counts are 0 where parameters are fixed. */
export type Parameters = {
  readonly weightBits: number;
  readonly biasBits: number;
  readonly weights: number;
  readonly biases: number;
};

export type Program = {
  readonly steps: readonly PlacedStep[];
  readonly inputs: readonly ProgramInput[];
  readonly outputs: readonly ProgramOutput[];
  readonly parameters: Parameters;
  /** What a reader should know of it: approximations with their bounds, outputs that are logits. */
  readonly notes: readonly string[];
};

/** The prover's parameters of one version of a model. */
export type ParameterValues = { readonly weights: readonly number[]; readonly biases: readonly number[] };

export function stepAt(program: Pick<Program, "steps">, id: StepId): PlacedStep {
  const found = program.steps[id];
  if (found === undefined) throw new RangeError(`got step ${id}, want one of ${program.steps.length}`);
  return found;
}

/** Steps whose elements this one reads. */
export function sourcesOf(step: Step): readonly StepId[] {
  switch (step.kind) {
    case "input":
      return [];
    case "rectified":
    case "rescaled":
    case "thresholds":
      return [step.source];
    case "product":
      return [step.left, step.right];
    default:
      return step.sources;
  }
}

/** The positions of each row. */
export function rowsOf({ starts, positions }: Pick<Rows, "starts" | "positions">): readonly (readonly number[])[] {
  return Array.from({ length: starts.length - 1 }, (_, j) => [...positions.subarray(starts[j], starts[j + 1])]);
}

/** Bits of an element where elements are packed: as many as the widest has. */
export function strideOf({ bits }: Pick<ProgramInput, "bits">): number {
  return bits.reduce((most, one) => Math.max(most, one), 1);
}

/** One entry for each element, from a list of one or of all. */
export function entry(list: readonly number[], element: number): number {
  const found = list.length === 1 ? list[0] : list[element];
  if (found === undefined) throw new RangeError(`got element ${element}, want one of ${list.length}`);
  return found;
}
