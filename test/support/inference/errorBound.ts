// How far a program's real values can be from the float model's, from its units alone, node by node.
//
// It suffices because every difference has one of four causes, and each is counted at its greatest: a coefficient or
// constant that was rounded to a multiple of its sum's unit (half a unit for each integer that it multiplies), an integer
// that was rounded by a shift (half a unit of the result), a curve in pieces (what the program's notes say), and what comes in from
// the operands, times the greatest slope of the operation. Where an operation jumps (a tree, an index) every value that
// the operands' errors leave possible counts.

import { evaluate as evaluateGraph } from "../../../src/graph/evaluate.ts";
import { type Affine, type Graph, type Operation, operandsOf, type TreeNode } from "../../../src/graph/graph.ts";
import { at } from "../../../src/lib/element.ts";
import type { Lowered } from "../../../src/program/lower.ts";
import { RESOLUTION } from "../../../src/program/lowerCurve.ts";
import { ROOMY_BITS, type Scaled, STRUCTURE_BITS } from "../../../src/program/lowering.ts";
import { type PlacedStep, type Step, type StepId, stepAt } from "../../../src/program/program.ts";
import { uniformNodes } from "../../../src/program/uniform.ts";

export type Comparison = {
  /** Node by node: what the integers stand for, the float model's values, and how far apart they may be. */
  readonly ours: readonly Float64Array[];
  readonly floats: readonly Float64Array[];
  readonly bounds: readonly Float64Array[];
};

/** `integers`: every step's, of the exact evaluator; `row`: the real numbers that the input integers stand for. */
export function compare(
  graph: Graph,
  lowered: Lowered,
  integers: readonly Float64Array[],
  row: ReadonlyMap<string, Float64Array>,
): Comparison {
  const floats = evaluateGraph(graph, row);
  const ours = lowered.tensors.map((tensor) => realValues(tensor, at(integers, tensor.step)));
  const uniform = uniformNodes(graph);
  const bounds: Float64Array[] = [];
  for (const [id, { name, operation }] of graph.nodes.entries()) {
    const operands = operandsOf(operation).map(
      (operand): Operand => ({
        tensor: at(lowered.tensors, operand),
        floats: at(floats, operand),
        errors: at(bounds, operand),
      }),
    );
    const isUniform = uniform.has(id);
    const place = { name, isUniform, lowered, integers, tensor: at(lowered.tensors, id), floats: at(floats, id) };
    const found = boundOf(operation, operands, place);
    bounds.push(found.map((bound, j) => bound + 1e-9 * (Math.abs(at(at(floats, id), j)) + bound)));
  }
  return { ours, floats, bounds };
}

type Operand = Values & { readonly floats: Float64Array };
type Values = { readonly tensor: Scaled; readonly errors: Float64Array };

type Place = {
  readonly name: string;
  /** Of one unit for all elements. */
  readonly isUniform: boolean;
  readonly lowered: Lowered;
  readonly integers: readonly Float64Array[];
  readonly tensor: Scaled;
  readonly floats: Float64Array;
};

function boundOf(operation: Operation, operands: readonly Operand[], place: Place): Float64Array {
  const { name, tensor, lowered, floats } = place;
  const { program } = lowered;
  switch (operation.kind) {
    case "input":
      return new Float64Array(floats.length);
    case "affine":
      return affine(operation, operands, place);
    case "relu": {
      const [operand] = operands as [Operand];
      // No step of its own where nothing can be cut off or rounded: then what it would read is the result.
      const { step } = stepAt(program, tensor.step);
      const isOwn = tensor.step !== operand.tensor.step && step.kind === "rectified";
      const source = isOwn ? step.source : tensor.step;
      const errors = place.isUniform ? aligned(program, source, operands) : read(program, source, operand).errors;
      return isOwn ? errors.map((error, j) => error + at(tensor.unit, j) / 2) : errors;
    }
    case "product": {
      const { left, right } = kept(stepAt(program, tensor.step), "product");
      const [a, b] = operands as [Operand, Operand];
      const [da, db] = [read(program, left, a).errors, read(program, right, b).errors];
      return da.map((error, j) => {
        const other = at(db, j);
        return Math.abs(at(a.floats, j)) * other + Math.abs(at(b.floats, j)) * error + error * other;
      });
    }
    case "maximum": {
      const errors = aligned(program, at(kept(stepAt(program, tensor.step), "largest").sources, 0), operands);
      return floats.map((_, j) => Math.max(...group(operation, j).map((k) => at(errors, k))));
    }
    case "argmax": {
      const errors = aligned(program, at(kept(stepAt(program, tensor.step), "indexOfLargest").sources, 0), operands);
      const values = Float64Array.from(operands.flatMap((operand) => [...operand.floats]));
      return floats.map((chosen, j) => {
        const members = group(operation, j);
        const least = Math.max(...members.map((k) => at(values, k) - at(errors, k)));
        const possible = [...members.keys()].filter(
          (i) => at(values, at(members, i)) + at(errors, at(members, i)) >= least,
        );
        return Math.max(...possible.map((i) => Math.abs(i - chosen)));
      });
    }
    case "curve": {
      const sum = kept(stepAt(program, kept(stepAt(program, tensor.step), "rescaled").source), "affine");
      const { right } = kept(stepAt(program, at(sum.sources, 0)), "product");
      const slope = operation.curve === "sigmoid" ? 1 / 4 : 1;
      const note = program.notes.find((text) => text.startsWith(`${name}: `)) ?? "";
      const reported = Number(/off by at most (\S+)$/.exec(note)?.[1]);
      const read = stepAt(program, right).step;
      const isNarrowed = read.kind === "rescaled" && right !== operands[0]?.tensor.step;
      const errors = aligned(program, isNarrowed ? read.source : right, operands);
      // What it reads may have been rounded to steps that are no wider than the curve tells apart.
      return errors.map((error) => slope * (error + (isNarrowed ? RESOLUTION / 2 : 0)) + reported);
    }
    case "trees":
      return trees(operation, operands[0] as Operand, at(tensor.unit, 0));
  }
}

function affine({ starts, sources, weights }: Affine, operands: readonly Operand[], place: Place): Float64Array {
  const { tensor, floats, lowered, integers } = place;
  const step = kept(stepAt(lowered.program, tensor.step), "affine");
  const errors = operands.flatMap((operand, i) => [...read(lowered.program, at(step.sources, i), operand).errors]);
  const multiples = step.sources.flatMap((source) => [...at(integers, source)]);
  // One term a row is another name for the same integers.
  const isRenamed = tensor.offset !== undefined;
  return floats.map((_, j) => {
    let [fromOperands, multiplied] = [0, 1];
    for (let k = at(starts, j); k < at(starts, j + 1); k++) {
      fromOperands += Math.abs(at(weights, k)) * at(errors, at(sources, k));
      multiplied += Math.abs(at(multiples, at(sources, k)));
    }
    return fromOperands + (isRenamed ? 0 : (at(tensor.unit, j) / 2) * multiplied);
  });
}

/**
 * Errors of the operands end to end, once a step has brought them to one unit: off by no more than a part of the largest
 * value that any of them can have.
 */
function aligned(program: Lowered["program"], step: StepId, operands: readonly Operand[]): Float64Array {
  const errors = Float64Array.from(operands.flatMap((operand) => [...operand.errors]));
  if (operands.length === 1 && operands[0]?.tensor.step === step) return errors;
  const largest = operands.flatMap(({ tensor: { unit, step: own } }) => {
    const { low, high } = stepAt(program, own).bounds;
    return [...unit.map((one, j) => one * Math.max(at(high, j), -at(low, j), 1))];
  });
  return errors.map((error) => error + Math.max(...largest) / (2 ** (STRUCTURE_BITS - 1) - 1));
}

type Read = { readonly errors: Float64Array; readonly unit: Float64Array };

/**
 * An operand as a step reads it where each element keeps a unit of its own: without its offset, which is rounded to half a
 * unit, and rounded itself where it had more bits than leave room, to a small part of the largest value that it can have.
 */
function read(program: Lowered["program"], step: StepId, { tensor, errors }: Values): Read {
  if (tensor.step === step) return { errors, unit: tensor.unit };
  const found = stepAt(program, step).step;
  if (found.kind === "rescaled") {
    const before = read(program, found.source, { tensor, errors });
    const { low, high } = stepAt(program, found.source).bounds;
    return {
      errors: before.errors.map(
        (error, j) => error + at(before.unit, j) * Math.max(at(high, j), -at(low, j)) * 2 ** -LEAST_BITS,
      ),
      unit: before.unit.map((unit, j) => unit * 2 ** at(found.shifts, j)),
    };
  }
  const { sources, weights } = kept(stepAt(program, step), "affine");
  const before = read(program, at(sources, 0), { tensor, errors });
  const unit = before.unit.map((one, j) => one / Math.abs(at(weights, j)));
  return { errors: before.errors.map((error, j) => error + at(unit, j) / 2), unit };
}

/** What products and sums of a few terms leave their operands. */
const LEAST_BITS = ROOMY_BITS / 2 - 1;

function trees(
  { base, trees: list }: Extract<Operation, { kind: "trees" }>,
  operand: Operand,
  unit: number,
): Float64Array {
  const { floats, errors } = operand;
  // Comparisons are of single precision where the number has more digits.
  const slack = floats.map(
    (x, i) => at(errors, i) + (at(errors, i) === 0 && Math.fround(x) === x ? 0 : Math.abs(x) * 2 ** -23),
  );
  const result = new Float64Array(base.length).fill(((list.length + 1) * unit) / 2);
  for (const tree of list) {
    const leaves = reachable(tree, floats, slack);
    for (const [output, error] of result.entries()) {
      const values = leaves.map((leaf) =>
        leaf.values.reduce((sum, one) => sum + (one.output === output ? one.value : 0), 0),
      );
      result[output] = error + Math.max(...values) - Math.min(...values);
    }
  }
  return result;
}

type Leaf = Extract<TreeNode, { values: unknown }>;

function reachable(tree: TreeNode, floats: Float64Array, slack: Float64Array): readonly Leaf[] {
  if ("values" in tree) return [tree];
  const { feature, threshold, comparison, yes, no } = tree;
  const isYes = (x: number): boolean => (comparison === "<" ? x < threshold : x <= threshold);
  const [low, high] = [at(floats, feature) - at(slack, feature), at(floats, feature) + at(slack, feature)];
  return [...(isYes(low) ? reachable(yes, floats, slack) : []), ...(isYes(high) ? [] : reachable(no, floats, slack))];
}

function group({ starts, sources }: Extract<Operation, { kind: "maximum" | "argmax" }>, j: number): readonly number[] {
  return [...sources.subarray(at(starts, j), at(starts, j + 1))];
}

function realValues({ unit, offset }: Scaled, integers: Float64Array): Float64Array {
  return integers.map((q, j) => (offset?.[j] ?? 0) + at(unit, j) * q);
}

function kept<K extends Step["kind"]>({ name, step }: PlacedStep, kind: K): Extract<Step, { kind: K }> {
  if (step.kind !== kind) throw new TypeError(`${name}: got a step of kind ${step.kind}, want ${kind}`);
  return step as Extract<Step, { kind: K }>; // its kind was looked at
}
