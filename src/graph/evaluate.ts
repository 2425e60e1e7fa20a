// A graph on one row, in float64: for calibration, and for the constants of a file.

import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import { type Affine, type Graph, type GraphNode, type Operation, operandsOf, sizeOf, type TreeNode } from "./graph.ts";

/** The values of all nodes. `inputs` are by name. */
export function evaluate(
  graph: Pick<Graph, "nodes">,
  inputs: ReadonlyMap<string, Float64Array>,
): readonly Float64Array[] {
  const values: Float64Array[] = [];
  for (const current of graph.nodes) {
    const operands = operandsOf(current.operation).map((id) => values[id] ?? new Float64Array(0));
    values.push(computed(current, operands, inputs));
  }
  return values;
}

function computed(
  { shape, operation }: GraphNode,
  operands: readonly Float64Array[],
  inputs: ReadonlyMap<string, Float64Array>,
): Float64Array {
  const size = sizeOf(shape);
  switch (operation.kind) {
    case "input":
      return inputOf(operation.name, size, inputs);
    case "affine":
      return affine(operation, joined(operands), size);
    case "relu":
      return joined(operands).map((x) => Math.max(x, 0));
    case "product": {
      const [left, right] = operands;
      return (left ?? NOTHING).map((x, j) => x * at(right ?? NOTHING, j));
    }
    case "maximum":
    case "argmax":
      return chosen(operation, joined(operands), size);
    case "curve":
      return joined(operands).map(operation.curve === "tanh" ? Math.tanh : (x) => 1 / (1 + Math.exp(-x)));
    case "trees":
      return forest(operation, joined(operands), size);
  }
}

function inputOf(name: string, size: number, inputs: ReadonlyMap<string, Float64Array>): Float64Array {
  const values = inputs.get(name);
  if (values?.length === size) return values;
  const got = values === undefined ? "nothing" : `${values.length} numbers`;
  throw new AssayError("model.input", `got ${got} for the input ${printable(name)}, want ${size} numbers`, {
    disposition: "reject",
  });
}

function affine({ starts, sources, weights, bias }: Affine, values: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size);
  for (let j = 0, k = 0; j < size; j++) {
    let sum = at(bias, j);
    for (const end = at(starts, j + 1); k < end; k++) sum += (weights[k] ?? 0) * (values[sources[k] ?? 0] ?? 0);
    result[j] = sum;
  }
  return result;
}

function chosen({ kind, starts, sources }: Choice, values: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    const start = at(starts, j);
    let best = start;
    for (let k = start + 1; k < at(starts, j + 1); k++) {
      if (at(values, at(sources, k)) > at(values, at(sources, best))) best = k;
    }
    result[j] = kind === "argmax" ? best - start : at(values, at(sources, best));
  }
  return result;
}

function forest({ base, trees, precision }: Trees, given: Float64Array, size: number): Float64Array {
  const result = Float64Array.from({ length: size }, (_, j) => at(base, j));
  const values = precision === "single" ? given.map(Math.fround) : given;
  for (const tree of trees) {
    for (const { output, value } of leafOf(tree, values)) result[output] = at(result, output) + value;
  }
  return result;
}

function leafOf(tree: TreeNode, values: Float64Array) {
  let current = tree;
  while (!("values" in current)) {
    const value = at(values, current.feature);
    const yes = current.comparison === "<" ? value < current.threshold : value <= current.threshold;
    current = yes ? current.yes : current.no;
  }
  return current.values;
}

type Choice = Extract<Operation, { kind: "maximum" | "argmax" }>;
type Trees = Extract<Operation, { kind: "trees" }>;

const NOTHING = new Float64Array(0);

/** The operands' elements end to end. */
function joined(operands: readonly Float64Array[]): Float64Array {
  const [first, ...rest] = operands;
  if (first === undefined) return NOTHING;
  if (rest.length === 0) return first;
  const result = new Float64Array(operands.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const operand of operands) {
    result.set(operand, start);
    start += operand.length;
  }
  return result;
}
