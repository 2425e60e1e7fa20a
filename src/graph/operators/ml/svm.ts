// What SVMClassifier and SVMRegressor have in common. With a linear kernel, support vectors are only another way to write
// weights: the sum of coefficient * vector.

import { at } from "../../../lib/element.ts";
import { printable } from "../../../lib/printable.ts";
import { floats, string } from "../../attributes.ts";
import { type Context, refused } from "../../operator.ts";
import { checkLength, numbers } from "./numbers.ts";

export const SVM_ATTRIBUTES: readonly string[] = [
  "coefficients",
  // gamma, coef0 and degree: nothing to a linear kernel.
  "kernel_params",
  "kernel_type",
  "post_transform",
  "rho",
  "support_vectors",
];

export function checkLinear(context: Context): void {
  const kernel = string(context, "kernel_type", "LINEAR");
  if (kernel !== "LINEAR") throw refused(context, `kernel_type ${printable(kernel)}, want LINEAR`);
  const transform = string(context, "post_transform", "NONE");
  if (transform !== "NONE") throw refused(context, `post_transform ${printable(transform)}, want NONE`);
  for (const name of ["prob_a", "prob_b"]) {
    if ((floats(context, name)?.length ?? 0) > 0) {
      throw refused(context, `${name} (export a model that was trained with probability=False)`);
    }
  }
}

/** Vectors of `width` elements each, as many as there should be. */
export function supportVectors(context: Context, count: number, width: number): Float64Array {
  const vectors = numbers(context, "support_vectors");
  checkLength(context, "support_vectors", vectors, count * width);
  return vectors;
}

/** Adds factor * vector to the weights. */
export function addVector(weights: Float64Array, factor: number, vector: Float64Array): void {
  for (let k = 0; k < weights.length; k++) weights[k] = at(weights, k) + factor * at(vector, k);
}
