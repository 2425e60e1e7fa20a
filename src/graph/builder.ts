// What operators build a graph with: values that are constants or nodes, and the few ways to make new ones.

import { at } from "../lib/element.ts";
import {
  type Graph,
  type GraphNode,
  type GraphOutput,
  type NodeId,
  type Operation,
  type Shape,
  STRUCTURE,
} from "./graph.ts";
import { type Budget, checkSize, LIMITS, spend } from "./limits.ts";
import { createRows } from "./rows.ts";

/** A tensor while the graph is built. A constant is known now; a node is computed from the inputs. */
export type Value =
  | { readonly kind: "constant"; readonly shape: Shape; readonly data: Float64Array }
  | { readonly kind: "node"; readonly shape: Shape; readonly id: NodeId };

export type Term = { readonly source: number; readonly weight: number; readonly key: number };

/** One element of an affine operation: its terms by positions in the operands end to end. */
export type Row = { readonly terms: readonly Term[]; readonly bias: number; readonly biasKey: number };

export type Builder = {
  /** Of the ONNX node that is being translated: `name` for messages. */
  readonly at: (name: string) => void;
  readonly input: (name: string, shape: Shape) => Value;
  readonly add: (shape: Shape, operation: Operation) => Value;
  /** As many parameter keys in a row as asked for; the first one. */
  readonly keys: (count: number) => number;
  readonly note: (text: string) => void;
  /** For work that no node of the graph shows. Throws `model.size` once the whole file has made us do too much. */
  readonly spend: (size: number) => void;
  readonly finish: (outputs: readonly GraphOutput[]) => Graph;
};

export function createBuilder(budget: Budget = { left: LIMITS.total }): Builder {
  const nodes: GraphNode[] = [];
  const inputs: NodeId[] = [];
  const notes: string[] = [];
  let name = "";
  let nextKey = 0;

  function add(shape: Shape, operation: Operation): Value {
    spend(budget, checkSize(shape) + ("sources" in operation ? operation.sources.length : 0));
    const id = nodes.push({ name, shape, operation }) - 1;
    return { kind: "node", shape, id };
  }

  return {
    at: (next) => {
      name = next;
    },
    input: (inputName, shape) => {
      const value = add(shape, { kind: "input", name: inputName });
      if (value.kind === "node") inputs.push(value.id);
      return value;
    },
    add,
    keys: (count) => {
      const first = nextKey;
      nextKey += count;
      return first;
    },
    note: (text) => void notes.push(`${name}: ${text}`),
    spend: (size) => spend(budget, size),
    finish: (outputs) => ({ nodes, inputs, outputs, notes }),
  };
}

/* MAKING VALUES */

/** An affine operation, row by row. The rows are asked for once, in order. */
export function affine(builder: Builder, shape: Shape, operands: readonly Value[], row: (j: number) => Row): Value {
  const size = checkSize(shape);
  const rows = createRows(shape, size);
  for (let j = 0; j < size; j++) {
    const { terms, bias, biasKey } = row(j);
    for (const { source, weight, key } of terms) rows.term(source, weight, key);
    rows.end(bias, biasKey);
  }
  return builder.add(shape, rows.finish(operands.map(idOf)));
}

/** The element itself, times a weight that belongs to the structure. */
export function structure(source: number, weight = 1): Term {
  return { source, weight, key: STRUCTURE };
}

/** A row without a bias. */
export function sum(terms: readonly Term[]): Row {
  return { terms, bias: 0, biasKey: STRUCTURE };
}

/** Elements in another order or shape, some of them more than once; a position of -1 is `fill`. */
export function rearranged(
  builder: Builder,
  value: Value,
  shape: Shape,
  position: (j: number) => number,
  fill = 0,
): Value {
  const size = checkSize(shape);
  if (value.kind === "constant") {
    const data = new Float64Array(size);
    for (let j = 0; j < size; j++) {
      const from = position(j);
      data[j] = from < 0 ? fill : at(value.data, from);
    }
    return { kind: "constant", shape, data };
  }
  const rows = createRows(shape, size);
  for (let j = 0; j < size; j++) {
    const from = position(j);
    if (from >= 0) rows.term(from, 1, STRUCTURE);
    rows.end(from < 0 ? fill : 0, STRUCTURE);
  }
  return builder.add(shape, rows.finish([value.id]));
}

/** The same elements under another shape: no operation at all. */
export function reshaped(value: Value, shape: Shape): Value {
  return { ...value, shape };
}

export function constant(shape: Shape, data: ArrayLike<number>): Value {
  return { kind: "constant", shape, data: Float64Array.from(data) };
}

/** A constant becomes an operation without terms where a node is needed. */
export function asNode(builder: Builder, value: Value): Value {
  if (value.kind === "node") return value;
  return affine(builder, value.shape, [], (j) => ({ terms: [], bias: at(value.data, j), biasKey: STRUCTURE }));
}

export function idOf(value: Value): NodeId {
  if (value.kind === "constant") throw new TypeError("a constant is no operand: call asNode first");
  return value.id;
}
