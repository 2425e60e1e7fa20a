// SVMClassifier with a linear kernel, by the rules of onnxruntime.

import { at } from "../../../lib/element.ts";
import { ints, only } from "../../attributes.ts";
import { affine, structure, sum, type Term, type Value } from "../../builder.ts";
import { STRUCTURE } from "../../graph.ts";
import { checkTerms } from "../../limits.ts";
import { type Context, type Made, type Operator, refused } from "../../operator.ts";
import { dense } from "./dense.ts";
import { type Features, features } from "./features.ts";
import { type Classes, classesOf, exceeding, label, largest } from "./labels.ts";
import { checkLength, numbers } from "./numbers.ts";
import { addVector, checkLinear, SVM_ATTRIBUTES, supportVectors } from "./svm.ts";

export const svmClassifier: Operator = (context) => {
  only(context, [
    ...SVM_ATTRIBUTES,
    "classlabels_ints",
    "classlabels_strings",
    "prob_a",
    "prob_b",
    "vectors_per_class",
  ]);
  checkLinear(context);
  const input = features(context);
  const classes = classesOf(context, "classlabels_ints");
  if (classes.labels.length < 2) throw refused(context, `${classes.labels.length} classes, want two at least`);
  const counts = ints(context, "vectors_per_class") ?? new Float64Array();
  return counts.some((count) => count !== 0)
    ? oneAgainstOne(context, input, classes, counts)
    : oneAgainstAll(context, input, classes);
};

/** One row of coefficients a class, and one rho for all of them. */
function oneAgainstAll(context: Context, input: Features, classes: Classes): readonly Made[] {
  const { labels } = classes;
  // onnxruntime's label is then the second class whenever either score is above 0.
  if (labels.length === 2) throw refused(context, "two classes without vectors_per_class");
  const weights = numbers(context, "coefficients");
  const rho = numbers(context, "rho");
  checkLength(context, "coefficients", weights, labels.length * input.width);
  if (rho.length === 0) throw refused(context, "no rho");
  const biases = new Float64Array(labels.length).fill(at(rho, 0));
  const value = dense(context, input, { rows: labels.length, weights, biases });
  return [label(largest(context.builder, value), classes), { value }];
}

/** A score for each pair of classes (0-1, 0-2, 1-2 ...), a vote for the first of the pair where it is above 0. */
function oneAgainstOne(context: Context, input: Features, classes: Classes, counts: Float64Array): readonly Made[] {
  const { builder } = context;
  const { labels } = classes;
  checkLength(context, "vectors_per_class", counts, labels.length);
  const biases = numbers(context, "rho");
  checkLength(context, "rho", biases, (labels.length * (labels.length - 1)) / 2);
  const pairs = pairsOf(labels.length);
  const weights = pairWeights(context, counts, input.width, pairs);
  const value = dense(context, input, { rows: pairs.length, weights, biases });
  const votes = exceeding(builder, value, 0);
  if (labels.length > 2) return [label(mostVoted(context, votes, labels.length, pairs), classes), { value }];

  const second = affine(builder, [1], [votes], () => ({ terms: [structure(0, -1)], bias: 1, biasKey: STRUCTURE }));
  const both = affine(builder, [1, 2], [value], (j) => sum([structure(0, j === 0 ? -1 : 1)]));
  return [label(second, classes), { value: both }];
}

/** Multiplications to come from support vectors to weights: a second at most. */
const MAX_WORK = 2 ** 28;

type Pair = readonly [number, number];

function pairsOf(classes: number): readonly Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) pairs.push([i, j]);
  }
  return pairs;
}

/** libsvm's layout: a vector has a coefficient against each other class, rows in the order of those without its own. */
function pairWeights(context: Context, counts: Float64Array, width: number, pairs: readonly Pair[]): Float64Array {
  if (counts.some((count) => count < 0)) throw refused(context, "vectors_per_class below 0");
  const total = counts.reduce((before, count) => before + count, 0);
  const work = (counts.length - 1) * total * width;
  if (work > MAX_WORK) throw refused(context, `${total} support vectors of ${width} for ${counts.length} classes`);
  checkTerms(pairs.length * width);
  const vectors = supportVectors(context, total, width);
  const coefficients = numbers(context, "coefficients");
  checkLength(context, "coefficients", coefficients, (counts.length - 1) * total);
  const starts = [0];
  for (const count of counts) starts.push(at(starts, starts.length - 1) + count);

  const weights = new Float64Array(pairs.length * width);
  pairs.forEach(([i, j], pair) => {
    const row = weights.subarray(pair * width, (pair + 1) * width);
    const add = (own: number, against: number) => {
      for (let k = at(starts, own); k < at(starts, own + 1); k++) {
        addVector(row, at(coefficients, against * total + k), vectors.subarray(k * width, (k + 1) * width));
      }
    };
    add(i, j - 1);
    add(j, i);
  });
  return weights;
}

/** The class of most votes, the first of equals. */
function mostVoted(context: Context, votes: Value, classes: number, pairs: readonly Pair[]): Value {
  const { builder } = context;
  const terms = Array.from({ length: classes }, (): Term[] => []);
  pairs.forEach(([i, j], pair) => {
    terms[i]?.push(structure(pair));
    terms[j]?.push(structure(pair, -1));
  });
  // Against each of the classes before it, `own` has a vote where the other one has none.
  const counted = affine(builder, [classes], [votes], (own) => {
    return { terms: terms[own] ?? [], bias: own, biasKey: STRUCTURE };
  });
  return largest(builder, counted);
}
