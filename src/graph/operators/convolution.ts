// Conv over any number of axes, and BatchNormalization folded into one factor and one addend for each channel.

import { at } from "../../lib/element.ts";
import { flag, float, int, ints, only } from "../attributes.ts";
import { affine, asNode, idOf } from "../builder.ts";
import { STRUCTURE, sizeOf } from "../graph.ts";
import { checkSize, checkTerms } from "../limits.ts";
import { badShape, type Context, type Operator, refused } from "../operator.ts";
import { createRows } from "../rows.ts";
import { lengthOf } from "./axes.ts";
import { constantOperand, floating, given, like, sameTypes } from "./operands.ts";
import { spatialAxes, WINDOW_ATTRIBUTES, windows } from "./window.ts";

/** A weight is one parameter wherever the kernel stands. */
export const conv: Operator = (context) => {
  only(context, [...WINDOW_ATTRIBUTES, "group"]);
  const { builder } = context;
  const value = floating(context, 0);
  const weights = constantOperand(context, 1, "a kernel");
  sameTypes(context);
  const spatial = spatialAxes(context, value.shape);
  const [batch, channels] = [lengthOf(value.shape, 0), lengthOf(value.shape, 1)];
  const groups = int(context, "group", 1);
  if (weights.shape.length !== value.shape.length) {
    throw badShape(context, `got a kernel of shape [${weights.shape}] on an input of shape [${value.shape}]`);
  }
  const [features, width] = [lengthOf(weights.shape, 0), lengthOf(weights.shape, 1)];
  if (!(groups >= 1 && width * groups === channels && features % groups === 0)) {
    throw badShape(context, `got ${groups} groups, ${channels} channels and a kernel of shape [${weights.shape}]`);
  }
  const kernel = weights.shape.slice(2);
  if (kernel.includes(0)) throw badShape(context, `got a kernel of shape [${weights.shape}], want none of 0`);
  const declared = ints(context, "kernel_shape");
  if (declared !== undefined && (declared.length !== kernel.length || declared.join() !== kernel.join())) {
    const shown = declared.length === kernel.length ? `[${declared}]` : `of ${declared.length} axes`;
    throw badShape(context, `got kernel_shape ${shown} and a kernel of shape [${weights.shape}]`);
  }
  const { shape: slid, starts, taps, sources } = windows(context, spatial, kernel);
  const shape = [batch, features, ...slid];
  checkTerms(checkSize([batch, features]) * width * taps.length);
  const [count, area, taken] = [sizeOf(slid), sizeOf(spatial), sizeOf(kernel)];
  const first = builder.keys(weights.data.length);
  const bias = given(context, 2) ? perChannel(context, 2, "a bias", features) : undefined;
  const firstBias = builder.keys(bias?.length ?? 0);
  const rows = createRows(shape, sizeOf([batch, features]) * width * taps.length);
  const size = sizeOf(shape);
  for (let j = 0; j < size; j++) {
    const p = j % count;
    const feature = Math.floor(j / count) % features;
    const image = Math.floor(j / count / features);
    const firstChannel = image * channels + Math.floor(feature / (features / groups)) * width;
    for (let c = 0; c < width; c++) {
      for (let e = at(starts, p); e < at(starts, p + 1); e++) {
        const k = (feature * width + c) * taken + at(taps, e);
        rows.term((firstChannel + c) * area + at(sources, e), at(weights.data, k), first + k);
      }
    }
    if (bias === undefined) rows.end(0, STRUCTURE);
    else rows.end(at(bias, feature), firstBias + feature);
  }
  return like(context, builder.add(shape, rows.finish([idOf(asNode(builder, value))])));
};

export const batchNormalization: Operator = (context) => {
  only(context, [
    "epsilon",
    "momentum",
    ...(context.opset < 9 ? ["spatial"] : []),
    ...(context.opset < 14 ? [] : ["training_mode"]),
  ]);
  if (!flag(context, "spatial", true)) throw refused(context, "statistics for each position (spatial = 0)");
  if (flag(context, "training_mode", false)) throw refused(context, "training_mode");
  const value = floating(context, 0);
  if (value.shape.length < 2)
    throw badShape(context, `got an input of shape [${value.shape}], want batch and channels`);
  const channels = lengthOf(value.shape, 1);
  const epsilon = float(context, "epsilon", 1e-5);
  const [scale, addend, mean, variance] = [
    perChannel(context, 1, "a scale", channels),
    perChannel(context, 2, "an addend", channels),
    perChannel(context, 3, "a mean", channels),
    perChannel(context, 4, "a variance", channels),
  ];
  if (!variance.every((number) => number + epsilon > 0)) throw refused(context, "a variance that is not positive");
  const factor = scale.map((number, c) => number / Math.sqrt(at(variance, c) + epsilon));
  const bias = addend.map((number, c) => number - at(mean, c) * at(factor, c));
  const { builder } = context;
  const area = sizeOf(value.shape.slice(2));
  const [firstFactor, firstBias] = [builder.keys(channels), builder.keys(channels)];
  const result = affine(builder, value.shape, [asNode(builder, value)], (j) => {
    const channel = Math.floor(j / area) % channels;
    return {
      terms: [{ source: j, weight: at(factor, channel), key: firstFactor + channel }],
      bias: at(bias, channel),
      biasKey: firstBias + channel,
    };
  });
  return like(context, result);
};

function perChannel(context: Context, index: number, what: string, channels: number): Float64Array {
  const { shape, data } = constantOperand(context, index, what);
  floating(context, index);
  if (shape.length !== 1 || data.length !== channels) {
    throw badShape(context, `got ${what} of shape [${shape}], want [${channels}]`);
  }
  return data;
}
