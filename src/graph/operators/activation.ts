// Activations. Whatever is made of straight pieces is exact; Sigmoid and Tanh are curves.

import { at } from "../../lib/element.ts";
import { float, int, only } from "../attributes.ts";
import { affine, asNode, type Builder, constant, idOf, structure, sum, type Value } from "../builder.ts";
import { sizeOf } from "../graph.ts";
import { badShape, type Context, type Operator, refused } from "../operator.ts";
import { broadcast, spread } from "../positions.ts";
import { axisOf } from "./axes.ts";
import { combined, FAR, product, relu } from "./combination.ts";
import { constantOperand, floating, inputsAtMost, like, numeric, ordered, sameTypes, scalar } from "./operands.ts";

export const rectify: Operator = (context) => {
  only(context, []);
  return like(context, relu(context.builder, ordered(context, 0)));
};

export const leakyRelu: Operator = (context) => {
  only(context, ["alpha"]);
  const alpha = float(context, "alpha", 0.01);
  // alpha x + (1 - alpha) max(x, 0) loses what the two have in common.
  if (Math.abs(alpha) > 1000) throw refused(context, `alpha of ${alpha}, want -1000 to 1000`);
  const value = floating(context, 0);
  return like(context, combined(context.builder, [value, relu(context.builder, value)], [alpha, 1 - alpha]));
};

/** max(x, 0) + slope * min(x, 0); the slopes are parameters. */
export const parametricRelu: Operator = (context) => {
  only(context, []);
  const { builder } = context;
  const value = floating(context, 0);
  const slope = constantOperand(context, 1, "a slope");
  sameTypes(context);
  if (broadcast([value.shape, slope.shape])?.join() !== value.shape.join()) {
    throw badShape(context, `slopes of shape [${slope.shape}], want one that broadcasts to [${value.shape}]`);
  }
  const above = relu(builder, value);
  const below = combined(builder, [value, above], [1, -1]);
  const [size, first, from] = [sizeOf(value.shape), builder.keys(slope.data.length), spread(slope.shape, value.shape)];
  const result = affine(builder, value.shape, [above, below], (j) => {
    const k = at(from, j);
    return sum([structure(j), { source: size + j, weight: at(slope.data, k), key: first + k }]);
  });
  return like(context, result);
};

/** 2 max(x, 0) - x: one comparison where max(x, 0) + max(-x, 0) has two. */
export const absolute: Operator = (context) => {
  only(context, []);
  const value = numeric(context, 0);
  return like(context, combined(context.builder, [relu(context.builder, value), value], [2, -1]));
};

export const clip: Operator = (context) => {
  const byAttribute = context.opset < 11;
  only(context, byAttribute ? ["min", "max"] : []);
  if (byAttribute) inputsAtMost(context, 1);
  sameTypes(context);
  const low = byAttribute ? float(context, "min", -LARGEST) : (scalar(context, 1, "a bound") ?? -LARGEST);
  const high = byAttribute ? float(context, "max", LARGEST) : (scalar(context, 2, "a bound") ?? LARGEST);
  return like(context, clipped(context.builder, ordered(context, 0), low, high));
};

export const hardSigmoid: Operator = (context) => {
  only(context, ["alpha", "beta"]);
  const [alpha, beta] = [float(context, "alpha", 0.2), float(context, "beta", 0.5)];
  return like(
    context,
    clipped(context.builder, combined(context.builder, [floating(context, 0)], [alpha], beta), 0, 1),
  );
};

/** x * clip(x / 6 + 1 / 2, 0, 1) */
export const hardSwish: Operator = (context) => {
  only(context, []);
  const { builder } = context;
  const value = floating(context, 0);
  return like(context, product(builder, value, clipped(builder, combined(builder, [value], [1 / 6], 0.5), 0, 1)));
};

export const sigmoid: Operator = (context) => curve(context, "sigmoid");
export const tanh: Operator = (context) => curve(context, "tanh");

/** The end of the range of float32: a bound there is none. */
const LARGEST = 3.4028234663852886e38;

/** low + max(x - low, 0) - max(x - high, 0); see `atLeast` for bounds that are far off. */
function clipped(builder: Builder, value: Value, low: number, high: number): Value {
  const [bounded, below] = [low > -LARGEST, high < LARGEST];
  // As ONNX has it: min(max(x, low), high).
  if (bounded && low >= high) return constant(value.shape, new Float64Array(sizeOf(value.shape)).fill(high));
  const over = (bound: number) => relu(builder, bound === 0 ? value : combined(builder, [value], [1], -bound));
  const far = Math.abs(low) > FAR;
  const from = far ? [value, ...(bounded ? [relu(builder, combined(builder, [value], [-1], low))] : [])] : [over(low)];
  const values = below ? [...from, over(high)] : from;
  if (values.length === 1 && (far || low === 0)) return from[0] ?? value;
  return combined(builder, values, [...from.map(() => 1), -1], far ? 0 : low);
}

function curve(context: Context, kind: "sigmoid" | "tanh") {
  only(context, []);
  const value = asNode(context.builder, floating(context, 0));
  return like(context, context.builder.add(value.shape, { kind: "curve", curve: kind, operands: [idOf(value)] }));
}

/* SOFTMAX */

export const softmax: Operator = (context) => logits(context, "softmax");
export const logSoftmax: Operator = (context) => logits(context, "logSoftmax");

/** The scores themselves, said to be such: see Meaning. */
function logits(context: Context, link: "softmax" | "logSoftmax") {
  only(context, ["axis"]);
  const value = floating(context, 0);
  if (value.kind === "constant") throw refused(context, "a softmax of constants");
  const axis = softmaxAxis(context, value);
  context.builder.note(`its output is the scores; ${link} is left to the reader`);
  const normalised = link === "softmax" && axis === value.shape.length - 1;
  return [{ value, meaning: { link, axis, normalised } }];
}

/** Before opset 13 all axes from the one named were one: supported where only one of them is longer than 1. */
function softmaxAxis(context: Context, { shape }: Value): number {
  const flat = context.opset < 13;
  const axis = axisOf(context, int(context, "axis", flat ? 1 : -1), shape.length);
  if (!flat) return axis;
  const longer = shape.flatMap((length, i) => (i >= axis && length !== 1 ? [i] : []));
  if (longer.length > 1) throw refused(context, `axes ${longer.join(" and ")} at once (opset ${context.opset})`);
  return longer[0] ?? axis;
}
