// Parts and joins along one axis.

import { int, ints, only } from "../attributes.ts";
import { asNode, idOf } from "../builder.ts";
import { STRUCTURE, sizeOf } from "../graph.ts";
import { checkSize } from "../limits.ts";
import { badShape, type Made, type Operator, refused } from "../operator.ts";
import { evenly, stridesOf } from "../positions.ts";
import { createRows } from "../rows.ts";
import { axisOf, lengthOf } from "./axes.ts";
import { along, asParameters } from "./combination.ts";
import { given, inputsAtMost, integers, like, made, operand, sameTypes, typeOf } from "./operands.ts";

/** Constants among the computed are parameters. */
export const concat: Operator = (context) => {
  only(context, ["axis"]);
  const { builder } = context;
  if (!context.node.attributes.has("axis")) throw refused(context, "no axis");
  const values = context.inputs.map((_, i) => operand(context, i));
  sameTypes(context);
  const first = values[0];
  if (first === undefined) throw refused(context, "it has no inputs");
  const axis = axisOf(context, int(context, "axis", 1), first.shape.length);
  for (const { shape } of values) {
    const same =
      shape.length === first.shape.length && shape.every((length, i) => i === axis || length === first.shape[i]);
    if (!same) throw badShape(context, `got shapes [${first.shape}] and [${shape}] to join along axis ${axis}`);
  }
  const lengths = values.map(({ shape }) => lengthOf(shape, axis));
  const shape = first.shape.with(
    axis,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  const size = checkSize(shape);
  const sources = new Int32Array(size);
  const inner = sizeOf(shape.slice(axis + 1));
  const row = lengthOf(shape, axis) * inner;
  let [start, across] = [0, 0];
  for (const value of values) {
    const [width, count] = [lengthOf(value.shape, axis) * inner, sizeOf(value.shape)];
    for (let k = 0; k < count; k++) sources[Math.floor(k / width) * row + across + (k % width)] = start + k;
    start += count;
    across += width;
  }
  const known = values.every(({ kind }) => kind === "constant");
  const operands = values.map((value) => (known ? asNode(builder, value) : asParameters(builder, value)));
  const rows = createRows(shape, size);
  for (const source of sources) {
    rows.term(source, 1, STRUCTURE);
    rows.end(0, STRUCTURE);
  }
  return like(context, builder.add(shape, rows.finish(operands.map(idOf))));
};

export const split: Operator = (context) => {
  const byAttribute = context.opset < 13;
  only(context, ["axis", ...(byAttribute ? ["split"] : []), ...(context.opset < 18 ? [] : ["num_outputs"])]);
  if (byAttribute) inputsAtMost(context, 1);
  const value = operand(context, 0);
  const axis = axisOf(context, int(context, "axis", 0), value.shape.length);
  const length = lengthOf(value.shape, axis);
  const named = byAttribute ? ints(context, "split") : given(context, 1) ? integers(context, 1, "a split") : undefined;
  const parts = context.node.outputs.length;
  if (int(context, "num_outputs", parts) !== parts) throw badShape(context, `got num_outputs beside ${parts} outputs`);
  if (context.opset >= 18 && named === undefined && !context.node.attributes.has("num_outputs")) {
    throw refused(context, "neither a split nor num_outputs");
  }
  const size = Math.ceil(length / parts);
  const lengths = named ?? Array.from({ length: parts }, (_, i) => Math.min(size, length - i * size));
  if (named === undefined && context.opset < 18 && length % parts !== 0) {
    throw badShape(context, `got ${parts} parts of ${length}, want equal ones`);
  }
  if (lengths.length !== parts || lengths.some((part) => part < 0) || sizeOfParts(lengths) !== length) {
    throw badShape(context, `got parts of [${lengths}] of ${length} for ${parts} outputs`);
  }
  const strides = stridesOf(value.shape);
  let start = 0;
  return Array.from(lengths, (part): Made => {
    const steps = value.shape.map((whole, i) =>
      i === axis ? evenly(part, lengthOf(strides, i), start) : evenly(whole, lengthOf(strides, i)),
    );
    start += part;
    return { value: along(context, value, steps), type: typeOf(made(context, 0)) };
  });
};

function sizeOfParts(parts: ArrayLike<number>): number {
  return Array.from(parts).reduce((sum, part) => sum + part, 0);
}
