// Attributes that hold a model's numbers: finite, and as many as they should be.

import { floats, tensor } from "../../attributes.ts";
import { type Context, refused } from "../../operator.ts";

/** A list of finite numbers; empty where the node has none. */
export function numbers(context: Context, name: string): Float64Array {
  return finite(context, name, floats(context, name) ?? new Float64Array());
}

/** The same, which ai.onnx.ml 3 also has as a tensor under another name: never both. */
export function numbersOrTensor(context: Context, name: string): Float64Array {
  const list = numbers(context, name);
  const asTensor = tensor(context, `${name}_as_tensor`)?.data ?? new Float64Array();
  if (list.length > 0 && asTensor.length > 0) throw refused(context, `both ${name} and ${name}_as_tensor`);
  return list.length > 0 ? list : finite(context, `${name}_as_tensor`, asTensor);
}

/** Throws where a list is not as long as another one or a shape says. */
export function checkLength(context: Context, name: string, list: ArrayLike<unknown>, want: number): void {
  if (list.length !== want) throw refused(context, `${name} has ${list.length} entries, want ${want}`);
}

function finite(context: Context, name: string, list: Float64Array): Float64Array {
  const bad = list.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw refused(context, `${name} holds ${bad}`);
  return list;
}
