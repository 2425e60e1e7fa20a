// Cast where it does nothing, and of constants. A cast that would round what is computed is refused.

import type { ElementType } from "../../onnx/model.ts";
import { int, only } from "../attributes.ts";
import { constant } from "../builder.ts";
import { type Context, type Operator, refused } from "../operator.ts";
import { isFloat, made, typeOf } from "./operands.ts";

/** Types by their numbers in ONNX. bfloat16 is float16 to us: neither is rounded to. */
const TYPES = new Map<number, ElementType>([
  [1, "float"],
  [2, "uint8"],
  [3, "int8"],
  [6, "int32"],
  [7, "int64"],
  [8, "string"],
  [9, "bool"],
  [10, "float16"],
  [11, "double"],
  [16, "float16"],
]);

const INTEGERS: readonly ElementType[] = ["int64", "int32", "int8", "uint8", "bool"];

export const cast: Operator = (context) => {
  only(context, ["to", ...(context.opset < 19 ? [] : ["saturate"]), ...(context.opset < 24 ? [] : ["round_mode"])]);
  const number = int(context, "to", 0);
  const to = TYPES.get(number);
  if (to === undefined) throw refused(context, `type ${number}`);
  const { value, meaning, ...rest } = made(context, 0);
  const from = typeOf({ value, meaning, ...rest });
  if (value.kind === "constant") {
    return [{ value: constant(value.shape, converted(context, value.data, from, to)), meaning, type: to }];
  }
  // Integers keep their values as floats: an index may go back and forth.
  const whole = INTEGERS.includes(from) || meaning?.index === true || meaning?.labels !== undefined;
  if (!unchanged(from, to, whole)) throw refused(context, `from ${from} to ${to}, which would change values`);
  if (to === "float16" && from !== "float16") context.builder.note("computed without rounding to half precision");
  return [{ value, meaning, type: to }];
};

function unchanged(from: ElementType, to: ElementType, whole: boolean): boolean {
  if (from === to) return true;
  if (from === "string" || to === "string") return false;
  if (isFloat(to)) return true;
  if (to === "int64" || to === "int32") return whole;
  return from === "bool";
}

function converted(context: Context, data: Float64Array, from: ElementType, to: ElementType): Float64Array {
  if (from === to || to === "double" || to === "float16") return data;
  if (from === "string" || to === "string") throw refused(context, `from ${from} to ${to}`);
  if (to === "float") return data.map(Math.fround);
  if (to === "bool") return data.map((number) => (number === 0 ? 0 : 1));
  const whole = data.map(Math.trunc);
  const [low, high] = RANGES[to] ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  if (whole.every((number) => number >= low && number <= high)) return whole;
  throw refused(context, `a constant beyond ${to}`);
}

const RANGES: Partial<Record<ElementType, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int8: [-128, 127],
  uint8: [0, 255],
};
