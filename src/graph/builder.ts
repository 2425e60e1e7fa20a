// What operators build a graph with: values that are constants or nodes, and the few ways to make new ones.

import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import {
  type Graph,
  type GraphNode,
  type GraphOutput,
  type NodeId,
  type Operation,
  type Shape,
  STRUCTURE,
  sizeOf,
} from "./graph.ts";

export { at } from "../lib/element.ts";

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
  readonly finish: (outputs: readonly GraphOutput[]) => Graph;
};

/** Elements in one tensor, its rank, terms in one operation, and both in a whole graph. Beyond these nothing compiles. */
export const LIMITS = { elements: 1 << 20, rank: 32, terms: 1 << 22, total: 1 << 23 } as const;

/** What is left of LIMITS.total: shared by all that one file makes us compute. */
export type Budget = { left: number };

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
    finish: (outputs) => ({ nodes, inputs, outputs, notes }),
  };
}

/* MAKING VALUES */

/** Throws `model.size` for what no circuit could hold. */
export function checkSize(shape: Shape): number {
  const size = sizeOf(shape);
  // Each length too: a 0 beside a huge one is no size, but a loop all the same.
  const fits = shape.length <= LIMITS.rank && shape.every((length) => length >= 0 && length <= LIMITS.elements);
  if (!(fits && size <= LIMITS.elements))
    throw tooLarge(
      `a tensor of shape [${shape.slice(0, 8)}${shape.length > 8 ? ", …" : ""}]`,
      `${LIMITS.elements} elements`,
    );
  return size;
}

/** Throws `model.size` for more terms than one operation may have: to be asked before they are counted out. */
export function checkTerms(count: number): void {
  if (!(count <= LIMITS.terms)) throw tooLarge("an operation of more", `${LIMITS.terms} terms`);
}

/** Throws `model.size` once the whole graph is too large. */
export function spend(budget: Budget, size: number): void {
  budget.left -= size;
  if (budget.left < 0) throw tooLarge("a model of more", `${LIMITS.total} elements and terms in all`);
}

/** An affine operation, row by row. The rows are asked for once, in order. */
export function affine(builder: Builder, shape: Shape, operands: readonly Value[], row: (j: number) => Row): Value {
  const size = checkSize(shape);
  const starts = new Int32Array(size + 1);
  let [sources, weights, keys] = [new Int32Array(size), new Float64Array(size), new Int32Array(size)];
  let count = 0;
  const bias = new Float64Array(size);
  const biasKeys = new Int32Array(size);
  for (let j = 0; j < size; j++) {
    const { terms, bias: value, biasKey } = row(j);
    checkTerms(count + terms.length);
    if (count + terms.length > sources.length) {
      const room = Math.min(LIMITS.terms, 2 * (count + terms.length) + 16);
      sources = grown(sources, new Int32Array(room));
      weights = grown(weights, new Float64Array(room));
      keys = grown(keys, new Int32Array(room));
    }
    for (const { source, weight, key } of terms) {
      sources[count] = source;
      weights[count] = finite(weight);
      keys[count++] = key;
    }
    starts[j + 1] = count;
    bias[j] = finite(value);
    biasKeys[j] = biasKey;
  }
  return builder.add(shape, {
    kind: "affine",
    operands: operands.map(idOf),
    starts,
    sources: sources.slice(0, count),
    weights: weights.slice(0, count),
    keys: keys.slice(0, count),
    bias,
    biasKeys,
  });
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
    const data = Float64Array.from({ length: size }, (_, j) => {
      const from = position(j);
      return from < 0 ? fill : at(value.data, from);
    });
    return { kind: "constant", shape, data };
  }
  return affine(builder, shape, [value], (j) => {
    const from = position(j);
    return from < 0 ? { terms: [], bias: fill, biasKey: STRUCTURE } : sum([structure(from)]);
  });
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

function grown<T extends Int32Array | Float64Array>(full: T, room: T): T {
  room.set(full);
  return room;
}

function finite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw new AssayError("model.value", `got a weight of ${number}, want finite numbers`, { disposition: "reject" });
}

function tooLarge(got: string, want: string): AssayError {
  return new AssayError("model.size", `got ${got}, want at most ${want}`, { disposition: "reject" });
}
