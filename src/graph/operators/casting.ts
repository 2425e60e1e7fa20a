// Cast where it does nothing, and of constants. A cast that would round what is computed is refused.

import { printable } from "../../lib/printable.ts";
import type { ElementType } from "../../onnx/model.ts";
import { int, only } from "../attributes.ts";
import { constant } from "../builder.ts";
import { type Context, type Operator, refused } from "../operator.ts";
import { inType } from "../typedConstant.ts";
import { isFloat, made, typeOf } from "./operands.ts";

/** Types by their numbers in ONNX. bfloat16 is none of them: it has fewer bits than a circuit's activations. */
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
]);

/** What is said wherever a value is of half precision that was none before. */
export const WITHOUT_HALF = "computed without rounding to half precision";

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
  const whole = INTEGERS.includes(from) || meaning?.index === true;
  if (!unchanged(from, to, whole)) throw refused(context, `from ${from} to ${to}, which would change values`);
  if (meaning?.index === true && from !== "string") checkLabels(context, meaning.labels ?? [], to);
  if (to === "float16" && from !== "float16") context.builder.note(WITHOUT_HALF);
  return [{ value, meaning, type: to }];
};

function unchanged(from: ElementType, to: ElementType, whole: boolean): boolean {
  if (from === to) return true;
  if (from === "string" || to === "string") return false;
  if (isFloat(to)) return true;
  if (to === "int64" || to === "int32") return whole;
  return from === "bool";
}

/** What the index names are numbers too. */
function checkLabels(context: Context, labels: readonly string[], to: ElementType): void {
  const numbers = Float64Array.from(labels, Number);
  const cast = inType(context, numbers, to);
  const changed = numbers.findIndex((number, k) => number !== cast[k]);
  if (changed >= 0) throw refused(context, `the label ${printable(labels[changed] ?? "")} to ${to}`);
}

function converted(context: Context, data: Float64Array, from: ElementType, to: ElementType): Float64Array {
  if (from === "string" || to === "string") throw refused(context, `from ${from} to ${to}`);
  if (to === "bool") return data.map((number) => (number === 0 ? 0 : 1));
  return isFloat(to) ? data : data.map(Math.trunc);
}
