// A tree ensemble of two classes, by the rules of onnxruntime: they depend on which classes the leaves name.

import { at } from "../../../lib/element.ts";
import { affine, type Row, structure, sum, type Value } from "../../builder.ts";
import { type Link, STRUCTURE, type TreeNode } from "../../graph.ts";
import { type Context, type Made, refused } from "../../operator.ts";
import type { Features } from "./features.ts";
import { type Classes, exceeding, label } from "./labels.ts";
import { checkLength, numbersOrTensor } from "./numbers.ts";
import { scores } from "./scores.ts";
import { naming } from "./treeNaming.ts";
import { ensemble } from "./treeRegressor.ts";
import type { Weights } from "./treeTable.ts";

type Ensemble = {
  readonly context: Context;
  readonly input: Features;
  readonly classes: Classes;
  readonly link: Link | undefined;
  readonly weights: Weights;
  readonly trees: readonly TreeNode[];
};

/** The label and the two scores. */
export function binary(given: Ensemble): readonly Made[] {
  const { context } = given;
  const base = numbersOrTensor(context, "base_values");
  if (base.length > 2) checkLength(context, "base_values", base, 2);
  const [first, second] = naming(given.trees, 2).outputs;
  // A row whose leaves name no class is scored otherwise than one whose score is 0.
  if (second === "sometimes" || (first === "sometimes" && base.some((value) => value !== 0))) {
    throw refused(context, "a class that only some of the leaves name");
  }
  if (first === "never" && second === "never") throw refused(context, "no weights of leaves");
  return second === "never" ? byFirst(given, base) : bySecond(given, base, first === "never");
}

/** The leaves name the first class only: its score s is the second's, as XGBoost, LightGBM and scikit-learn write it. */
function byFirst(given: Ensemble, base: Float64Array): readonly Made[] {
  const { context, input, link, trees } = given;
  const { builder } = context;
  const value = ensemble(context, input, Float64Array.of(base[0] ?? 0), trees);
  const decided = decide(given, value);
  if (base.length === 2) {
    // Two base values: s stands in the first column, and nothing in the second.
    const pair = affine(builder, [1, 2], [value], (j) => (j === 0 ? sum([structure(0)]) : sum([])));
    return [decided, scores(context, pair, link)];
  }
  if (link === "sigmoid") return [decided, scores(context, opposed(context, value, 0), link, true)];
  return [decided, { value: opposed(context, value, areAllPositive(given.weights) ? 1 : 0) }];
}

/** The leaves name the second class, and maybe the first. */
function bySecond(given: Ensemble, base: Float64Array, firstIsUnnamed: boolean): readonly Made[] {
  const { context, input, link, trees } = given;
  const { builder } = context;
  if (!firstIsUnnamed) {
    builder.note("leaves name both classes: as in onnxruntime, the label is the second where its score is above 0");
  }
  if (base.length === 2) {
    // onnxruntime leaves the second class's weights and the first base value out.
    if (firstIsUnnamed) throw refused(context, "two base_values where the leaves name the second class only");
    const value = ensemble(context, input, Float64Array.of(at(base, 1)), onlyOutput(trees, 0));
    return [decide(given, value), scores(context, opposed(context, value, 0), link, link !== undefined)];
  }
  const value = ensemble(context, input, Float64Array.of(firstIsUnnamed ? 0 : (base[0] ?? 0), 0), trees);
  const score = affine(builder, [1], [value], () => sum([structure(1)]));
  return [decide(given, score), scores(context, value, link)];
}

/**
 * By whether the score is above a threshold. Sums are exact here: where a forest's votes tie, onnxruntime's sum in float32
 * falls on either side of 0.5, by the number of trees.
 */
function decide({ context, classes, weights }: Ensemble, score: Value): Made {
  const one = new Set(weights.outputs).size === 1;
  // Where both are named, onnxruntime answers 0 or 1 whatever the integers of the classes are.
  const named = one || classes.type === "string" ? classes : { ...classes, labels: ["0", "1"] };
  return label(exceeding(context.builder, score, one && areAllPositive(weights) ? 0.5 : 0), named);
}

/** The score s as [constant - s, s]. */
function opposed({ builder }: Context, value: Value, constant: number): Value {
  return affine(builder, [1, 2], [value], (j): Row => {
    return j === 1 ? sum([structure(0)]) : { terms: [structure(0, -1)], bias: constant, biasKey: STRUCTURE };
  });
}

function areAllPositive({ values }: Weights): boolean {
  return values.every((value) => value >= 0);
}

function onlyOutput(trees: readonly TreeNode[], output: number): readonly TreeNode[] {
  const kept = (tree: TreeNode): TreeNode =>
    "values" in tree
      ? { values: tree.values.filter((value) => value.output === output) }
      : { ...tree, yes: kept(tree.yes), no: kept(tree.no) };
  return trees.map(kept);
}
