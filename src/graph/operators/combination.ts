// Element by element: linear combinations, moves, and the two operations that circuits pay for.

import { at } from "../../lib/element.ts";
import { affine, asNode, type Builder, idOf, rearranged, reshaped, type Value } from "../builder.ts";
import { type Shape, STRUCTURE, sizeOf } from "../graph.ts";
import { checkSize, checkTerms } from "../limits.ts";
import { badShape, type Context } from "../operator.ts";
import { broadcast, positions, type Steps, spread } from "../positions.ts";
import { createRows } from "../rows.ts";

/** The sum of each value times its weight, plus a constant: all of one shape, all of it structure. */
export function combined(builder: Builder, values: readonly Value[], weights: readonly number[], bias = 0): Value {
  const nodes = values.map((value) => asNode(builder, value));
  const shape = nodes[0]?.shape ?? [];
  const size = checkSize(shape);
  const rows = createRows(shape, size * nodes.length);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < nodes.length; i++) rows.term(i * size + j, at(weights, i), STRUCTURE);
    rows.end(bias, STRUCTURE);
  }
  return builder.add(shape, rows.finish(nodes.map(idOf)));
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

/** Moved by steps along each axis. */
export function along({ builder }: Context, value: Value, steps: readonly Steps[], fill = 0): Value {
  const shape = steps.map(({ length }) => length);
  return moved(builder, value, shape, positions(shape, steps), fill);
}

export function expanded(builder: Builder, value: Value, shape: Shape): Value {
  return moved(builder, value, shape, spread(value.shape, shape));
}

/** From here on a bound is so far off that adding it and taking it away again would lose what is between. */
export const FAR = 2 ** 20;

/** The larger of each element of `value` and `bound`, of the same shape: one comparison, bound + max(value - bound, 0) or the reverse. */
export function atLeast(builder: Builder, value: Value, bound: Value): Value {
  const far = bound.kind === "node" || bound.data.some((number) => Math.abs(number) > FAR);
  const [base, other] = far ? [value, bound] : [bound, value];
  return combined(builder, [base, relu(builder, combined(builder, [other, base], [1, -1]))], [1, 1]);
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
  const rows = createRows(shape, sources.length);
  for (let j = 0; j + 1 < starts.length; j++) {
    for (let e = at(starts, j); e < at(starts, j + 1); e++) rows.term(at(sources, e), weight, STRUCTURE);
    rows.end(0, STRUCTURE);
  }
  return builder.add(shape, rows.finish([idOf(asNode(builder, value))]));
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

/** Of operators of any number of inputs, which broadcast since opset 8 only. */
export function severalShape(context: Context, values: readonly { readonly shape: Shape }[]): Shape {
  const shape = commonShape(context, values);
  if (context.opset < 8 && values.some((value) => value.shape.join() !== shape.join())) {
    throw badShape(context, `got shapes [${values.map((value) => value.shape).join("] and [")}], want the same`);
  }
  return shape;
}

/** The common shape of values that are broadcast against each other. */
export function commonShape(context: Context, values: readonly { readonly shape: Shape }[]): Shape {
  const shapes = values.map(({ shape }) => shape);
  const shape = broadcast(shapes);
  if (shape === undefined) {
    throw badShape(context, `got shapes [${shapes.join("] and [")}], want shapes that broadcast`);
  }
  // Each of them is walked along all of it.
  checkTerms(checkSize(shape) * values.length);
  return shape;
}
