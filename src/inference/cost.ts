// Constraints of a model's circuit, counted without compiling it: the sum of what its templates state as their cost. The
// compiler finds a few less, where it can see more than one template.

import { at } from "../lib/element.ts";
import { together } from "../program/bounds.ts";
import { entry, type Program, type ProgramInput, rowsOf, type Step, stepAt, strideOf } from "../program/program.ts";
import type { Layout } from "./layout.ts";
import * as TemplateCost from "./templateCost.ts";
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
  const constants = parameters === 0 ? 1 : 0; // the model's identity
  const statement = hashes.reduce((sum, one) => sum + one, 0) + TemplateCost.statement(length, constants);
  const total = layers.reduce((sum, { constraints }) => sum + constraints, 0) + parameters + statement;
  return { layers, parameters, statement, total };
}

/** Of a program's steps without its statement and without range checks of its inputs: what `renderTemplate` makes. */
export function costOfSteps(program: Program): number {
  const computed = program.steps.filter(({ step }) => step.kind !== "input");
  return computed.reduce((sum, { step, size }) => sum + stepCost(program, step, size), 0);
}

function stepCost(program: Program, step: Step, size: number): number {
  const sum = (count: number, of: (j: number) => number): number =>
    Array.from({ length: count }, (_, j) => of(j)).reduce((total, one) => total + one, 0);
  switch (step.kind) {
    case "input":
      return sum(size, (j) => TemplateCost.inRange(1, entry(step.bits, j)));
    case "affine":
      return TemplateCost.weighted(step.weightParameters?.filter((index) => index >= 0).length ?? 0);
    case "product":
      return size;
    case "rectified": {
      const { bounds } = stepAt(program, step.source);
      return sum(size, (j) => TemplateCost.rectified(Widths.rectified(bounds, j, at(step.shifts, j))));
    }
    case "rescaled": {
      const { bounds } = stepAt(program, step.source);
      return sum(size, (j) => TemplateCost.rescaled(Widths.rescaled(bounds, j, at(step.shifts, j))));
    }
    case "largest": {
      const bounds = together(step.sources, program);
      return rowsOf(step).reduce(
        (total, row) => total + Widths.knockout(bounds, row).reduce((all, bits) => all + TemplateCost.larger(bits), 0),
        0,
      );
    }
    case "indexOfLargest": {
      const bounds = together(step.sources, program);
      return rowsOf(step).reduce(
        (total, row) => total + TemplateCost.indexOfLargest(row.length, Widths.indexOfLargest(bounds, row)),
        0,
      );
    }
    case "thresholds": {
      const { bounds } = stepAt(program, step.source);
      const [low, high] = [at(bounds.low, step.element), at(bounds.high, step.element)];
      return TemplateCost.thresholds(size, Widths.thresholds(low, high, step.thresholds));
    }
  }
}

function parameterCost({ parameters: { weights, biases, weightBits, biasBits } }: Program): number {
  return weights + biases === 0 ? 0 : TemplateCost.parameters(weights, weightBits, biases, biasBits);
}

function hashCost(program: Program, input: ProgramInput): number {
  return TemplateCost.committed(stepAt(program, input.step).size, strideOf(input));
}
