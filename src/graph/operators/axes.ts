// Axes as ONNX counts them: negative from the end, as an attribute in old opsets and as an input in later ones.

import { ints } from "../attributes.ts";
import type { Shape } from "../graph.ts";
import { badShape, type Context } from "../operator.ts";
import { given, inputsAtMost, integers } from "./operands.ts";

/** One axis of `rank`; throws for one that there is not. */
export function axisOf(context: Context, axis: number, rank: number): number {
  if (!(Number.isInteger(axis) && axis >= -rank && axis < rank)) {
    throw badShape(context, `got axis ${axis}, want one of ${rank}`);
  }
  return axis < 0 ? axis + rank : axis;
}

export function axesOf(context: Context, axes: ArrayLike<number>, rank: number): readonly number[] {
  if (axes.length > rank) throw badShape(context, `got ${axes.length} axes, want at most ${rank}`);
  const found = Array.from(axes, (axis) => axisOf(context, axis, rank));
  if (new Set(found).size !== found.length) throw badShape(context, `got the same axis twice in [${found}]`);
  return found;
}

/** The attribute before the opset `since`, input 1 from it on; undefined where there is neither. */
export function axesGiven(context: Context, since: number): Float64Array | undefined {
  if (context.opset < since) {
    inputsAtMost(context, 1);
    return ints(context, "axes");
  }
  return given(context, 1) ? integers(context, 1, "axes") : undefined;
}

/** Attribute names: `axes` is none of them once it is an input. */
export function axesAttribute(context: Context, since: number): readonly string[] {
  return context.opset < since ? ["axes"] : [];
}

export function lengthOf(shape: Shape, axis: number): number {
  const length = shape[axis];
  if (length === undefined) throw new RangeError(`got axis ${axis}, want one of ${shape.length}`);
  return length;
}
