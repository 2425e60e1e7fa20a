// What is computed of constants alone, as a runtime would have it: every node's result rounded to its type.

import type { ElementType } from "../onnx/model.ts";
import { isEnd } from "../onnx/numbers.ts";
import { type Context, refused } from "./operator.ts";

/** Throws `model.operator` for what the type does not hold: an infinity, or an integer that would wrap around. */
export function inType(context: Context, data: Float64Array, type: ElementType): Float64Array {
  const rounded = type === "float" ? data.map(Math.fround) : type === "float16" ? data.map(Math.f16round) : data;
  if (!rounded.every(Number.isFinite)) throw refused(context, "its result is not finite");
  const range = INTEGERS[type];
  const wrong = range === undefined ? undefined : rounded.find((number) => !isWithin(number, range));
  if (wrong === undefined) return rounded;
  throw refused(context, `its result is ${wrong}, which is no ${type}`);
}

/** Of 64 bits those that a double holds. */
const INTEGERS: Partial<Record<ElementType, readonly [number, number]>> = {
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
};

function isWithin(number: number, [low, high]: readonly [number, number]): boolean {
  if (isEnd(number)) return high === Number.MAX_SAFE_INTEGER;
  return Number.isInteger(number) && number >= low && number <= high;
}
