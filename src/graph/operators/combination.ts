// Element by element: linear combinations, moves, and the two operations that circuits pay for.

import type { Builder } from "../builder.ts";
import { affine, asNode, at, checkSize, idOf, rearranged, reshaped, structure, sum, type Value } from "../builder.ts";
import { type Shape, STRUCTURE, sizeOf } from "../graph.ts";
import { badShape, type Context } from "../operator.ts";
import { broadcast, spread } from "../positions.ts";

/** The sum of each value times its weight, plus a constant: all of one shape, all of it structure. */
export function combined(builder: Builder, values: readonly Value[], weights: readonly number[], bias = 0): Value {
  const nodes = values.map((value) => asNode(builder, value));
  const shape = nodes[0]?.shape ?? [];
  const size = checkSize(shape);
  return affine(builder, shape, nodes, (j) => ({
    terms: nodes.map((_, i) => structure(i * size + j, weights[i])),
    bias,
    biasKey: STRUCTURE,
  }));
}

/** A constant becomes an operation without terms, all of it parameters. */
export function asParameters(builder: Builder, value: Value): Value {
  if (value.kind === "node") return value;
  const first = builder.keys(value.data.length);
  return affine(builder, value.shape, [], (j) => ({ terms: [], bias: at(value.data, j), biasKey: first + j }));
}

/** Moved, unless every element is where it was. */
export function moved(builder: Builder, value: Value, shape: Shape, from: Int32Array, fill = 0): Value {
  const stays = from.length === sizeOf(value.shape) && from.every((position, j) => position === j);
  return stays ? reshaped(value, shape) : rearranged(builder, value, shape, (j) => at(from, j), fill);
}

export function expanded(builder: Builder, value: Value, shape: Shape): Value {
  return moved(builder, value, shape, spread(value.shape, shape));
}

export function relu(builder: Builder, value: Value): Value {
  return builder.add(value.shape, { kind: "relu", operands: [idOf(asNode(builder, value))] });
}

/** Of two values of the same shape. */
export function product(builder: Builder, left: Value, right: Value): Value {
  const operands = [idOf(asNode(builder, left)), idOf(asNode(builder, right))] as const;
  return builder.add(left.shape, { kind: "product", operands });
}

/** Sums of groups of elements, each times the same weight of the structure. */
export function summed(builder: Builder, value: Value, shape: Shape, groups: Groups, weight = 1): Value {
  const { starts, sources } = groups;
  return affine(builder, shape, [asNode(builder, value)], (j) =>
    sum(Array.from(sources.subarray(at(starts, j), at(starts, j + 1)), (source) => structure(source, weight))),
  );
}

export function largest(builder: Builder, values: readonly Value[], shape: Shape, groups: Groups): Value {
  return builder.add(shape, {
    kind: "maximum",
    operands: values.map((value) => idOf(asNode(builder, value))),
    ...groups,
  });
}

export type Groups = { readonly starts: Int32Array; readonly sources: Int32Array };

/** Groups that all have as many elements. */
export function groupsOf(count: number, length: number, source: (group: number, i: number) => number): Groups {
  const starts = Int32Array.from({ length: count + 1 }, (_, j) => j * length);
  const sources = new Int32Array(count * length);
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < length; i++) sources[j * length + i] = source(j, i);
  }
  return { starts, sources };
}

/** The common shape of values that are broadcast against each other. */
export function commonShape(context: Context, values: readonly { readonly shape: Shape }[]): Shape {
  const shapes = values.map(({ shape }) => shape);
  const shape = broadcast(shapes);
  if (shape === undefined) {
    throw badShape(context, `got shapes [${shapes.join("] and [")}], want shapes that broadcast`);
  }
  checkSize(shape);
  return shape;
}
