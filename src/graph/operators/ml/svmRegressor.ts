// SVMRegressor with a linear kernel.

import { at } from "../../../lib/element.ts";
import { int, only } from "../../attributes.ts";
import { type Operator, refused } from "../../operator.ts";
import { dense } from "./dense.ts";
import { features } from "./features.ts";
import { checkLength, numbers } from "./numbers.ts";
import { addVector, checkLinear, SVM_ATTRIBUTES, supportVectors } from "./svm.ts";

export const svmRegressor: Operator = (context) => {
  only(context, [...SVM_ATTRIBUTES, "n_supports", "one_class"]);
  checkLinear(context);
  if (int(context, "one_class", 0) !== 0) throw refused(context, "one_class");
  const input = features(context);
  const count = int(context, "n_supports", 0);
  const coefficients = numbers(context, "coefficients");
  const rho = numbers(context, "rho");
  checkLength(context, "rho", rho, 1);
  checkLength(context, "coefficients", coefficients, count === 0 ? input.width : count);

  // Without support vectors the coefficients are the weights.
  let weights = coefficients;
  if (count !== 0) {
    const vectors = supportVectors(context, count, input.width);
    weights = new Float64Array(input.width);
    for (let k = 0; k < count; k++) {
      addVector(weights, at(coefficients, k), vectors.subarray(k * input.width, (k + 1) * input.width));
    }
  }
  return [{ value: dense(context, input, { rows: 1, weights, biases: rho }) }];
};
