// Sums, means, largest and smallest over axes, and the positions of the largest and the smallest.

import { at } from "../../lib/element.ts";
import { flag, int, only } from "../attributes.ts";
import { asNode, type Builder, constant, idOf, type Value } from "../builder.ts";
import { type Shape, sizeOf } from "../graph.ts";
import { badShape, type Context, type Made, type Operator, refused } from "../operator.ts";
import { evenly, positions, spread, stridesOf } from "../positions.ts";
import { axesAttribute, axesGiven, axesOf, axisOf, lengthOf } from "./axes.ts";
import {
  atLeast,
  combined,
  expanded,
  type Groups,
  groupsOf,
  largest,
  product,
  severalShape,
  summed,
} from "./combination.ts";
import { floating, like, made, numeric, ordered, sameTypes } from "./operands.ts";

type Reduce = (value: Value, shape: Shape, groups: Groups, length: number) => Value;

export const reduceSum: Operator = (context) =>
  reduced(context, numeric(context, 0), 13, (value, shape, groups) => summed(context.builder, value, shape, groups));

export const reduceMean: Operator = (context) =>
  reduced(context, floating(context, 0), 18, (value, shape, groups, length) =>
    summed(context.builder, value, shape, groups, 1 / length),
  );

export const reduceSumSquare: Operator = (context) =>
  reduced(context, numeric(context, 0), 18, (value, shape, groups) =>
    summed(context.builder, product(context.builder, value, value), shape, groups),
  );

export const reduceMax: Operator = (context) =>
  reduced(context, ordered(context, 0), 18, (value, shape, groups) => largest(context.builder, [value], shape, groups));

export const reduceMin: Operator = (context) =>
  reduced(context, ordered(context, 0), 18, (value, shape, groups) => {
    const { builder } = context;
    return negated(context, largest(builder, [negated(context, value)], shape, groups));
  });

export const argMax: Operator = (context) => argument(context, (value) => value, true);
export const argMin: Operator = (context) => argument(context, (value) => negated(context, value), false);

/* ELEMENT BY ELEMENT OF SEVERAL TENSORS */

export const maximum: Operator = (context) => extreme(context, 1);
/** -max(-x, -y) */
export const minimum: Operator = (context) => extreme(context, -1);

/** One computed operand and constants are a relu: max(x, c) = c + max(x - c, 0). */
function extreme(context: Context, sign: 1 | -1): readonly Made[] {
  only(context, []);
  const { builder } = context;
  const values = context.inputs.map((_, i) => ordered(context, i));
  if (values.length === 0) throw refused(context, "it has no inputs");
  sameTypes(context);
  const shape = severalShape(context, values);
  const size = sizeOf(shape);
  const nodes = values.flatMap((value) => {
    if (value.kind === "constant") return [];
    const node = expanded(builder, value, shape);
    return [sign === 1 ? node : negated(context, node)];
  });
  const computed = joined(context, nodes, shape, size);
  const bound = largestConstant(builder, values, shape, sign);
  const both = computed !== undefined && bound !== undefined;
  const result = both ? atLeast(builder, computed, bound) : (computed ?? bound);
  if (result === undefined) throw refused(context, "it has no inputs");
  return like(context, sign === 1 ? result : negated(context, result));
}

/** The largest of the constants, element by element, each times the sign. */
function largestConstant(builder: Builder, values: readonly Value[], shape: Shape, sign: 1 | -1): Value | undefined {
  let data: Float64Array | undefined;
  for (const value of values) {
    if (value.kind === "node") continue;
    builder.spend(sizeOf(shape));
    const from = spread(value.shape, shape);
    data ??= new Float64Array(from.length).fill(-Infinity);
    for (let j = 0; j < from.length; j++) data[j] = Math.max(at(data, j), sign * at(value.data, at(from, j)));
  }
  return data === undefined ? undefined : { kind: "constant", shape, data };
}

function joined(context: Context, values: readonly Value[], shape: Shape, size: number): Value | undefined {
  if (values.length < 2) return values[0];
  return largest(
    context.builder,
    values,
    shape,
    groupsOf(size, values.length, (j, i) => i * size + j),
  );
}

function negated({ builder }: Context, value: Value): Value {
  return combined(builder, [value], [-1]);
}

/* OVER AXES */

function reduced(context: Context, value: Value, inputSince: number, reduce: Reduce): readonly Made[] {
  const newer = context.opset >= inputSince;
  only(context, ["keepdims", ...axesAttribute(context, inputSince), ...(newer ? ["noop_with_empty_axes"] : [])]);
  const rank = value.shape.length;
  const named = axesOf(context, axesGiven(context, inputSince) ?? [], rank);
  if (flag(context, "noop_with_empty_axes", false) && named.length === 0) {
    throw refused(context, "noop_with_empty_axes without axes");
  }
  const axes = named.length > 0 ? named : value.shape.map((_, axis) => axis);
  const { groups, length } = groupsOver(value.shape, axes);
  if (length === 0) throw badShape(context, `got an input of shape [${value.shape}], want none of 0`);
  const keep = flag(context, "keepdims", true);
  const shape = value.shape.flatMap((size, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [size]));
  return like(context, reduce(value, shape, groups(), length));
}

/** The elements that differ only along `axes`. */
function groupsOver(shape: Shape, axes: readonly number[]) {
  const strides = stridesOf(shape);
  const along = (chosen: boolean) => {
    const lengths = shape.map((length, axis) => (axes.includes(axis) === chosen ? length : 1));
    return positions(
      lengths,
      lengths.map((length, axis) => evenly(length, lengthOf(strides, axis))),
    );
  };
  const [kept, within] = [along(false), along(true)];
  const groups = () => groupsOf(kept.length, within.length, (j, i) => (kept[j] ?? 0) + (within[i] ?? 0));
  return { kept, length: within.length, groups };
}

/**
 * The largest of a softmax is the largest of its scores. That is not so of the smallest, nor of sigmoids: in single precision
 * many of them are 0 or 1, and the first of those is taken.
 */
function argument(context: Context, turned: (value: Value) => Value, isLargest: boolean): readonly Made[] {
  only(context, ["axis", "keepdims", ...(context.opset < 12 ? [] : ["select_last_index"])]);
  const { value, meaning } = made(context, 0);
  const axis = axisOf(context, int(context, "axis", 0), value.shape.length);
  if (meaning?.link === undefined) ordered(context, 0);
  else if (meaning.link === "sigmoid" || (meaning.link === "softmax" && !isLargest)) {
    throw refused(context, `a ${meaning.link}, of which many may be the same in single precision`);
  } else if (axis !== (meaning.axis ?? value.shape.length - 1)) {
    throw refused(context, `axis ${axis} of a ${meaning.link} over another one`);
  }
  const last = flag(context, "select_last_index", false);
  const keep = flag(context, "keepdims", true);
  const shape = value.shape.flatMap((length, i) => (i === axis ? (keep ? [1] : []) : [length]));
  const { kept, length } = groupsOver(value.shape, [axis]);
  if (length === 0) throw badShape(context, `got an input of shape [${value.shape}], want none of 0`);
  const meant = { index: true };
  if (length === 1) return [{ value: constant(shape, new Float64Array(kept.length)), meaning: meant }];
  const stride = lengthOf(stridesOf(value.shape), axis);
  const groups = groupsOf(kept.length, length, (j, i) => (kept[j] ?? 0) + (last ? length - 1 - i : i) * stride);
  const { builder } = context;
  const operands = [idOf(asNode(builder, turned(value)))];
  const found = builder.add(shape, { kind: "argmax", operands, ...groups });
  return [{ value: last ? combined(builder, [found], [-1], length - 1) : found, meaning: meant }];
}
