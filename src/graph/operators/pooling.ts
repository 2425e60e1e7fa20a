// Pools. The largest of nothing (a window all in the padding) is refused.

import { at } from "../../lib/element.ts";
import { flag, ints, only } from "../attributes.ts";
import { asNode, idOf, type Value } from "../builder.ts";
import { STRUCTURE, sizeOf } from "../graph.ts";
import { checkSize, checkTerms } from "../limits.ts";
import { badShape, type Context, type Operator } from "../operator.ts";
import { createRows } from "../rows.ts";
import { type Groups, groupsOf, largest, summed } from "./combination.ts";
import { floating, like, ordered } from "./operands.ts";
import { kernelShape, spatialAxes, WINDOW_ATTRIBUTES, type Windows, windows } from "./window.ts";

export const maxPool: Operator = (context) => {
  only(context, [...windowAttributes(context, 10), "storage_order"]);
  // About the second output, which there is none of.
  flag(context, "storage_order", false);
  const value = ordered(context, 0);
  const slid = slide(context, value);
  const groups = channelwise(value, slid);
  return like(context, largest(context.builder, [value], pooledShape(value, slid), groups));
};

export const averagePool: Operator = (context) => {
  only(context, [...windowAttributes(context, 19), "count_include_pad"]);
  const value = floating(context, 0);
  const slid = slide(context, value);
  const withPadding = flag(context, "count_include_pad", false);
  const count = sizeOf(slid.shape);
  const { starts, sources } = channelwise(value, slid);
  const shape = pooledShape(value, slid);
  const rows = createRows(shape, sources.length);
  for (let j = 0; j + 1 < starts.length; j++) {
    const [from, to] = [at(starts, j), at(starts, j + 1)];
    const divisor = withPadding ? at(slid.padded, j % count) : to - from;
    for (let e = from; e < to; e++) rows.term(at(sources, e), 1 / divisor, STRUCTURE);
    rows.end(0, STRUCTURE);
  }
  return like(context, context.builder.add(shape, rows.finish([idOf(asNode(context.builder, value))])));
};

export const globalAveragePool: Operator = (context) => {
  only(context, []);
  const value = floating(context, 0);
  const { shape, groups, length } = whole(context, value);
  return like(context, summed(context.builder, value, shape, groups, 1 / length));
};

export const globalMaxPool: Operator = (context) => {
  only(context, []);
  const value = floating(context, 0);
  const { shape, groups } = whole(context, value);
  return like(context, largest(context.builder, [value], shape, groups));
};

/** Dilations came later to the one than to the other. */
function windowAttributes(context: Context, dilated: number): readonly string[] {
  const known = WINDOW_ATTRIBUTES.filter((name) => name !== "dilations" || context.opset >= dilated);
  return context.opset < 10 ? known : [...known, "ceil_mode"];
}

function slide(context: Context, value: Value): Windows {
  const spatial = spatialAxes(context, value.shape);
  const kernel = kernelShape(context, spatial.length);
  const slid = windows(context, spatial, kernel);
  if (slid.starts.some((start, p) => p > 0 && start === slid.starts[p - 1])) {
    throw badShape(context, "got a window all in the padding");
  }
  // As onnxruntime has it, although with strides or dilations no window may lie there.
  const wide = ints(context, "pads")?.find((pad, i) => pad >= at(kernel, i % kernel.length));
  if (wide !== undefined) throw badShape(context, `got pads of ${wide}, want less than the window [${kernel}]`);
  return slid;
}

function pooledShape(value: Value, { shape }: Windows) {
  return [...value.shape.slice(0, 2), ...shape];
}

/** The windows of one channel, for all of them. */
function channelwise(value: Value, slid: Windows): Groups {
  const channels = sizeOf(value.shape.slice(0, 2));
  const [area, count, taken] = [sizeOf(value.shape.slice(2)), sizeOf(slid.shape), slid.sources.length];
  checkTerms(channels * taken);
  checkSize(pooledShape(value, slid));
  const starts = new Int32Array(channels * count + 1);
  const sources = new Int32Array(channels * taken);
  for (let c = 0; c < channels; c++) {
    for (let p = 0; p < count; p++) starts[c * count + p + 1] = c * taken + at(slid.starts, p + 1);
    for (let e = 0; e < taken; e++) sources[c * taken + e] = c * area + at(slid.sources, e);
  }
  return { starts, sources };
}

function whole(context: Context, value: Value) {
  const spatial = spatialAxes(context, value.shape);
  const length = sizeOf(spatial);
  if (length === 0) throw badShape(context, `got an input of shape [${value.shape}], want none of 0`);
  const shape = [...value.shape.slice(0, 2), ...spatial.map(() => 1)];
  return { shape, groups: groupsOf(sizeOf(shape), length, (group, i) => group * length + i), length };
}
