// Elements in other places: parts, joins, repetitions. None of it costs a circuit anything.

import { at } from "../../lib/element.ts";
import { printable } from "../../lib/printable.ts";
import { float, int, ints, only, string } from "../attributes.ts";
import type { Shape } from "../graph.ts";
import { checkSize } from "../limits.ts";
import { badShape, type Context, type Operator, refused } from "../operator.ts";
import { broadcast, evenly, type Steps, stridesOf } from "../positions.ts";
import { axesOf, axisOf, lengthOf } from "./axes.ts";
import { along, expanded } from "./combination.ts";
import { constantOperand, given, inputsAtMost, integers, like, made, operand, scalar, typeOf } from "./operands.ts";

export const slice: Operator = (context) => {
  const byAttribute = context.opset < 10;
  only(context, byAttribute ? ["starts", "ends", "axes"] : []);
  if (byAttribute) inputsAtMost(context, 1);
  const value = operand(context, 0);
  const rank = value.shape.length;
  const list = (index: number, name: string) => {
    if (byAttribute) return ints(context, name);
    return given(context, index) ? integers(context, index, name) : undefined;
  };
  const [starts, ends] = [list(1, "starts"), list(2, "ends")];
  if (starts === undefined || ends === undefined) throw refused(context, "no starts or ends");
  const axes = axesOf(context, list(3, "axes") ?? starts.map((_, i) => i), rank);
  const widths = list(4, "steps") ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || widths.length !== starts.length) {
    throw badShape(context, `got ${starts.length} starts and ${ends.length} ends for ${axes.length} axes`);
  }
  const strides = stridesOf(value.shape);
  const steps: Steps[] = value.shape.map((length, axis) => {
    const k = axes.indexOf(axis);
    const stride = lengthOf(strides, axis);
    if (k < 0) return evenly(length, stride);
    return taken(context, length, at(starts, k), at(ends, k), at(widths, k)).map((o) => o * stride);
  });
  return like(context, along(context, value, steps));
};

/** By a constant; less than nothing takes away. */
export const pad: Operator = (context) => {
  const byAttribute = context.opset < 11;
  only(context, byAttribute ? ["mode", "pads", "value"] : ["mode"]);
  inputsAtMost(context, byAttribute ? 1 : context.opset < 18 ? 3 : 4);
  const mode = string(context, "mode", "constant");
  if (mode !== "constant") throw refused(context, `mode ${printable(mode)}, want constant`);
  const value = operand(context, 0);
  if (given(context, 2) && typeOf(made(context, 2)) !== typeOf(made(context, 0))) {
    throw badShape(context, "got a fill of another type than the input");
  }
  const rank = value.shape.length;
  const pads = byAttribute ? ints(context, "pads") : integers(context, 1, "pads");
  const fill = byAttribute ? float(context, "value", 0) : (scalar(context, 2, "a fill") ?? 0);
  const axes = given(context, 3)
    ? axesOf(context, integers(context, 3, "axes"), rank)
    : value.shape.map((_, axis) => axis);
  if (pads?.length !== 2 * axes.length) throw badShape(context, `got ${pads?.length} pads, want ${2 * axes.length}`);
  const strides = stridesOf(value.shape);
  const steps: Steps[] = value.shape.map((length, axis) => {
    const k = axes.indexOf(axis);
    const [before, after] = k < 0 ? [0, 0] : [at(pads, k), at(pads, axes.length + k)];
    const padded = length + before + after;
    if (padded < 0) throw badShape(context, `got pads of [${pads}] on [${value.shape}]`);
    const inside = evenly(checkSize([padded]), 1, -before);
    return inside.map((o) => (o < 0 || o >= length ? -1 : o * lengthOf(strides, axis)));
  });
  return like(context, along(context, value, steps, fill));
};

export const expand: Operator = (context) => {
  only(context, []);
  const value = operand(context, 0);
  const wanted = lengths(context, 1, "a shape");
  const shape = broadcast([value.shape, wanted]);
  if (shape === undefined)
    throw badShape(context, `got shape [${value.shape}], want one that broadcasts to [${wanted}]`);
  checkSize(shape);
  return like(context, expanded(context.builder, value, shape));
};

export const tile: Operator = (context) => {
  only(context, []);
  const value = operand(context, 0);
  const repeats = lengths(context, 1, "repeats");
  if (repeats.length !== value.shape.length) {
    throw badShape(context, `got ${repeats.length} repeats, want ${value.shape.length}`);
  }
  const strides = stridesOf(value.shape);
  const steps = value.shape.map((length, axis) =>
    evenly(checkSize([length * at(repeats, axis)]), 1).map((o) => (o % length) * lengthOf(strides, axis)),
  );
  return like(context, along(context, value, steps));
};

export const gather: Operator = (context) => {
  only(context, ["axis"]);
  const value = operand(context, 0);
  const indices = constantOperand(context, 1, "an index");
  const type = typeOf(made(context, 1));
  if (type !== "int64" && type !== "int32") throw refused(context, `indices of type ${type}, want integers`);
  const axis = axisOf(context, int(context, "axis", 0), value.shape.length);
  const [length, strides] = [lengthOf(value.shape, axis), stridesOf(value.shape)];
  const stride = lengthOf(strides, axis);
  const chosen = Array.from(indices.data, (index) => axisIndex(context, index, length) * stride);
  const steps = value.shape.map((size, i) => (i === axis ? chosen : evenly(size, lengthOf(strides, i))));
  const flat = along(context, value, steps);
  const shape = [...value.shape.slice(0, axis), ...indices.shape, ...value.shape.slice(axis + 1)];
  return like(context, { ...flat, shape });
};

/** What exporters write for "to the end", of 32 bits and of 64. */
const TO_THE_END = [2 ** 31 - 1, 2 ** 63];

/** The indices that start:end:step takes of an axis: as in Python, but for a backward start before the first, which is the first. */
function taken(context: Context, length: number, start: number, end: number, step: number): Int32Array {
  if (step === 0) throw badShape(context, "got a step of 0");
  // To ONNX it is a large number, to onnxruntime the beginning.
  if (step < 0 && TO_THE_END.includes(end)) throw refused(context, `an end of ${end} beside a step of ${step}`);
  const clamp = (index: number, low: number, high: number) =>
    Math.min(Math.max(index < 0 ? index + length : index, low), high);
  const [from, to] =
    step > 0 ? [clamp(start, 0, length), clamp(end, 0, length)] : [clamp(start, 0, length - 1), clamp(end, -1, length)];
  return Int32Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, o) => from + o * step);
}

function lengths(context: Context, index: number, what: string): Shape {
  const found = Array.from(integers(context, index, what));
  if (found.some((length) => length < 0)) throw badShape(context, `got ${what} of [${found}], want no negative ones`);
  return found;
}

function axisIndex(context: Context, index: number, length: number): number {
  if (!(Number.isInteger(index) && index >= -length && index < length)) {
    throw badShape(context, `got index ${index}, want one of ${length}`);
  }
  return index < 0 ? index + length : index;
}
