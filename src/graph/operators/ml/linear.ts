// LinearClassifier and LinearRegressor, by the rules of onnxruntime.

import { at } from "../../../lib/element.ts";
import { int, only } from "../../attributes.ts";
import { affine, structure, sum } from "../../builder.ts";
import { STRUCTURE } from "../../graph.ts";
import type { Operator } from "../../operator.ts";
import { refused } from "../../operator.ts";
import { dense, type Layer } from "./dense.ts";
import { features } from "./features.ts";
import { classesOf, exceeding, label, largest } from "./labels.ts";
import { checkLength, numbers } from "./numbers.ts";
import { linkOf, scores } from "./scores.ts";

const CLASSIFIER = [
  "classlabels_ints",
  "classlabels_strings",
  "coefficients",
  "intercepts",
  // onnxruntime reads it and does nothing with it.
  "multi_class",
  "post_transform",
];

/** The label is the first of the largest scores; with one row of coefficients it is whether its score is above 0. */
export const linearClassifier: Operator = (context) => {
  only(context, CLASSIFIER);
  const { builder } = context;
  const input = features(context);
  const classes = classesOf(context, "classlabels_ints");
  const biases = numbers(context, "intercepts");
  const rows = biases.length;
  if (rows === 0) throw refused(context, "no intercepts, by which the rows of coefficients are counted");
  checkLength(context, "the list of classes", classes.labels, Math.max(rows, 2));
  const weights = numbers(context, "coefficients");
  checkLength(context, "coefficients", weights, rows * input.width);
  const link = linkOf(context);

  const layer = { rows, weights, biases };
  const value = dense(context, input, layer);
  if (rows > 1) {
    const normalised = link === "softmax" || (link === "sigmoid" && isOpposed(layer));
    return [label(largest(builder, value), classes), scores(context, value, link, normalised)];
  }
  // Two classes by one score s: [-s, s] before LOGISTIC, but [1 - s, s] whatever else comes after.
  const both = affine(builder, [1, 2], [value], (j) =>
    j === 1 ? sum([structure(0)]) : { terms: [structure(0, -1)], bias: link === "sigmoid" ? 0 : 1, biasKey: STRUCTURE },
  );
  return [
    label(exceeding(builder, value, 0), classes),
    link === "sigmoid" ? scores(context, both, link, true) : { value: both },
  ];
};

export const linearRegressor: Operator = (context) => {
  only(context, ["coefficients", "intercepts", "post_transform", "targets"]);
  const input = features(context);
  const rows = int(context, "targets", 1);
  const weights = numbers(context, "coefficients");
  if (rows < 1 || weights.length === 0) throw refused(context, "no coefficients");
  checkLength(context, "coefficients", weights, rows * input.width);
  const intercepts = numbers(context, "intercepts");
  if (intercepts.length > 0) checkLength(context, "intercepts", intercepts, rows);
  const link = linkOf(context);

  const biases = intercepts.length > 0 ? intercepts : new Float64Array(rows);
  const value = dense(context, input, { rows, weights, biases });
  // onnxruntime transforms nothing where there is one target only.
  return [rows === 1 ? { value } : scores(context, value, link)];
};

/** Two rows of which one is the other's negative: their sigmoids sum to 1 (scikit-learn writes a binary classifier so). */
function isOpposed({ rows, weights, biases }: Layer): boolean {
  const opposed = (list: Float64Array) => {
    const half = list.length / 2;
    return list.subarray(0, half).every((value, k) => value === -at(list, half + k));
  };
  return rows === 2 && opposed(weights) && opposed(biases);
}
