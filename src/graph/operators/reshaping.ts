// Operators that change nothing about what a value means: its softmax is still over the same elements, an index an index.

import { flag, int, ints, only } from "../attributes.ts";
import { reshaped } from "../builder.ts";
import { type Shape, sizeOf } from "../graph.ts";
import { checkSize } from "../limits.ts";
import { badShape, type Context, type Made, type Meaning, type Operator, refused } from "../operator.ts";
import { evenly, positions, stridesOf } from "../positions.ts";
import { axesAttribute, axesGiven, axesOf, axisOf, lengthOf } from "./axes.ts";
import { moved } from "./combination.ts";
import { inputsAtMost, integers, made, scalar } from "./operands.ts";

export const identity: Operator = (context) => {
  only(context, []);
  return [made(context, 0)];
};

export const dropout: Operator = (context) => {
  only(context, context.opset < 12 ? ["ratio"] : ["seed"]);
  if (context.opset < 12) inputsAtMost(context, 1);
  if ((scalar(context, 2, "training_mode") ?? 0) !== 0) throw refused(context, "training_mode");
  return [made(context, 0)];
};

export const flatten: Operator = (context) => {
  only(context, ["axis"]);
  const { shape } = made(context, 0).value;
  const asked = int(context, "axis", 1);
  const axis = asked === shape.length ? asked : axisOf(context, asked, shape.length);
  return as(context, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
};

export const reshape: Operator = (context) => {
  only(context, context.opset < 14 ? [] : ["allowzero"]);
  const { shape } = made(context, 0).value;
  const wanted = integers(context, 1, "a shape");
  const zero = flag(context, "allowzero", false);
  const given = Array.from(wanted, (length, axis) => {
    if (length !== 0 || zero) return length;
    if (axis >= shape.length) throw badShape(context, `got a shape of [${wanted}] for [${shape}], want no 0 beyond it`);
    return lengthOf(shape, axis);
  });
  const open = given.indexOf(-1);
  if (open < 0) return as(context, given);
  const others = sizeOf(given.filter((_, axis) => axis !== open));
  if (others === 0) throw badShape(context, `got a shape of [${wanted}], want no 0 beside -1`);
  return as(context, given.with(open, sizeOf(shape) / others));
};

export const squeeze: Operator = (context) => {
  only(context, axesAttribute(context, 13));
  const { shape } = made(context, 0).value;
  const named = axesGiven(context, 13);
  if (named?.length === 0) throw refused(context, "an empty list of axes");
  const axes = named === undefined ? undefined : axesOf(context, named, shape.length);
  const dropped = (axis: number, length: number) => axes?.includes(axis) ?? length === 1;
  if (shape.some((length, axis) => dropped(axis, length) && length !== 1)) {
    throw badShape(context, `got axes [${axes}] of [${shape}], want axes of length 1`);
  }
  return as(
    context,
    shape.filter((length, axis) => !dropped(axis, length)),
  );
};

export const unsqueeze: Operator = (context) => {
  only(context, axesAttribute(context, 13));
  const { shape } = made(context, 0).value;
  const named = axesGiven(context, 13);
  if (named === undefined) throw refused(context, "no axes");
  if (named.length > 32) throw badShape(context, `got ${named.length} axes, want at most 32`);
  const rank = shape.length + named.length;
  const axes = axesOf(context, named, rank);
  const rest = shape.values();
  return as(
    context,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.next().value ?? 1))),
  );
};

export const transpose: Operator = (context) => {
  only(context, ["perm"]);
  const { value, meaning, type } = made(context, 0);
  const rank = value.shape.length;
  const order = Array.from(ints(context, "perm") ?? value.shape.map((_, axis) => rank - 1 - axis));
  if (order.length !== rank) throw badShape(context, `got perm of ${order.length} axes, want an order of ${rank} axes`);
  if (order.some((axis) => axis < 0) || axesOf(context, order, rank).length !== rank) {
    throw badShape(context, `got perm of [${order}], want an order of ${rank} axes`);
  }
  const strides = stridesOf(value.shape);
  const shape = order.map((axis) => lengthOf(value.shape, axis));
  const from = positions(
    shape,
    order.map((axis) => evenly(lengthOf(value.shape, axis), lengthOf(strides, axis))),
  );
  const over = softmaxAxis(meaning, value.shape);
  return [
    { value: moved(context.builder, value, shape, from), meaning: overAxis(meaning, order.indexOf(over), rank), type },
  ];
};

/** The same elements under another shape. */
function as(context: Context, shape: Shape): readonly Made[] {
  const { value, meaning, type } = made(context, 0);
  const fits = shape.every((length) => Number.isInteger(length) && length >= 0);
  if (!fits || checkSize(shape) !== sizeOf(value.shape)) {
    throw badShape(context, `got a shape of [${shape}] for [${value.shape}], want as many elements`);
  }
  return [{ value: reshaped(value, shape), meaning: carried(context, meaning, value.shape, shape), type }];
}

/** A softmax over one axis must be one over some axis of the new shape, of the same elements. */
function carried(context: Context, meaning: Meaning | undefined, from: Shape, to: Shape): Meaning | undefined {
  if (meaning?.link === undefined || meaning.link === "sigmoid") return meaning;
  const axis = softmaxAxis(meaning, from);
  const [length, inner] = [lengthOf(from, axis), sizeOf(from.slice(axis + 1))];
  const found = to.findLastIndex((size, i) => size === length && sizeOf(to.slice(i + 1)) === inner);
  if (found < 0) throw refused(context, `shape [${to}], which cuts up what a ${meaning.link} is over`);
  return overAxis(meaning, found, to.length);
}

function softmaxAxis(meaning: Meaning | undefined, shape: Shape): number {
  return meaning?.axis ?? shape.length - 1;
}

function overAxis(meaning: Meaning | undefined, axis: number, rank: number): Meaning | undefined {
  if (meaning?.link === undefined || meaning.link === "sigmoid") return meaning;
  return { ...meaning, axis, normalised: meaning.normalised === true && axis === rank - 1 };
}
