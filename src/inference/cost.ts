// Constraints of a model's circuit, counted without compiling it: the sum of what its templates state as their cost. The
// compiler finds a few less, where it can see more than one template.

import { at } from "../lib/element.ts";
import { together } from "../program/bounds.ts";
import { entry, type Program, type ProgramInput, rowsOf, type Step, stepAt, strideOf } from "../program/program.ts";
import { type Layout, wordCount } from "./layout.ts";
import * as Widths from "./widths.ts";

export type Cost = {
  /** By layer, in order: a layer of several steps stands once. */
  readonly layers: readonly { readonly name: string; readonly constraints: number }[];
  readonly parameters: number;
  readonly statement: number;
  readonly total: number;
};

export function costOf(program: Program, layout: Layout): Cost {
  const layers: { name: string; constraints: number }[] = [];
  for (const { name, step, size } of program.steps) {
    const constraints = stepCost(program, step, size);
    const last = layers.at(-1);
    if (last?.name === name) last.constraints += constraints;
    else layers.push({ name, constraints });
  }
  const parameters = parameterCost(program);
  const hashes = program.inputs.map((input, i) => (layout.visibilities[i] === "hashed" ? hashCost(program, input) : 0));
  const length = 2 + layout.inputElements + layout.outputWords;
  const statement = hashes.reduce((sum, one) => sum + one, 0) + digestCost(length) + length;
  const total = layers.reduce((sum, { constraints }) => sum + constraints, 0) + parameters + statement;
  return { layers, parameters, statement, total };
}

function stepCost(program: Program, step: Step, size: number): number {
  const sum = (count: number, of: (j: number) => number): number =>
    Array.from({ length: count }, (_, j) => of(j)).reduce((total, one) => total + one, 0);
  switch (step.kind) {
    case "input":
      return sum(size, (j) => entry(step.bits, j));
    case "affine":
      return step.weightParameters?.filter((index) => index >= 0).length ?? 0;
    case "product":
      return size;
    case "rectified": {
      const { bounds } = stepAt(program, step.source);
      return sum(size, (j) => {
        const bits = Widths.rectified(bounds, j, at(step.shifts, j));
        return bits === 0 ? 0 : bits + 1;
      });
    }
    case "rescaled": {
      const { bounds } = stepAt(program, step.source);
      return sum(size, (j) => Widths.rescaled(bounds, j, at(step.shifts, j)));
    }
    case "largest": {
      const bounds = together(step.sources, program);
      return rowsOf(step).reduce(
        (total, row) => total + Widths.knockout(bounds, row).reduce((all, bits) => all + bits + 2, 0),
        0,
      );
    }
    case "indexOfLargest": {
      const bounds = together(step.sources, program);
      return rowsOf(step).reduce((total, row) => total + row.length * (Widths.indexOfLargest(bounds, row) + 1), 0);
    }
    case "thresholds": {
      const { bounds } = stepAt(program, step.source);
      const [low, high] = [at(bounds.low, step.element), at(bounds.high, step.element)];
      return size + 2 * Widths.thresholds(low, high, step.thresholds);
    }
  }
}

function parameterCost({ parameters: { weights, biases, weightBits, biasBits } }: Program): number {
  if (weights + biases === 0) return 0;
  const words = wordCount(weights, weightBits) + wordCount(biases, biasBits);
  return weights * weightBits + biases * biasBits + digestCost(1 + words);
}

function hashCost(program: Program, input: ProgramInput): number {
  return digestCost(1 + wordCount(stepAt(program, input.step).size, strideOf(input)));
}

/** Partial rounds of circomlib's Poseidon, for 2 to 17 elements of state. */
const PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68] as const;

/** Mirrors circuits/lib/Digest.circom: chunks of up to 15 elements beside the accumulator. */
function digestCost(length: number): number {
  const chunks = Math.ceil(length / 15);
  return Array.from({ length: chunks }, (_, c) => poseidonCost(1 + Math.min(15, length - 15 * c))).reduce(
    (sum, one) => sum + one,
    0,
  );
}

/** Three constraints for the fifth power of every S-box: all elements in eight full rounds, one in each partial round. */
function poseidonCost(inputs: number): number {
  return 3 * (8 * (inputs + 1) + at(PARTIAL_ROUNDS, inputs - 1)) - 3;
}
