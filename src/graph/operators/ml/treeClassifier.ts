// TreeEnsembleClassifier for three classes and more; treeBinary.ts has the many forms of two.

import { only } from "../../attributes.ts";
import type { TreeNode } from "../../graph.ts";
import { type Context, type Made, type Operator, refused } from "../../operator.ts";
import { features } from "./features.ts";
import { classesOf, label, largest } from "./labels.ts";
import { numbersOrTensor } from "./numbers.ts";
import { linkOf, scores } from "./scores.ts";
import { grow } from "./tree.ts";
import { binary } from "./treeBinary.ts";
import { naming } from "./treeNaming.ts";
import { baseOf, ensemble } from "./treeRegressor.ts";
import { NODE_ATTRIBUTES, readTable, type Weights, weightAttributes } from "./treeTable.ts";

export const treeEnsembleClassifier: Operator = (context) => {
  only(context, [...NODE_ATTRIBUTES, ...weightAttributes("class"), "classlabels_int64s", "classlabels_strings"]);
  const input = features(context);
  const classes = classesOf(context, "classlabels_int64s");
  const outputs = classes.labels.length;
  if (outputs < 2) throw refused(context, `${outputs} classes, want two at least`);
  const link = linkOf(context);
  const { table, weights } = readTable(context, { prefix: "class", outputs, width: input.width });
  const trees = grow(context, table);
  if (outputs === 2) return binary({ context, input, classes, link, weights, trees });

  const hasBase = numbersOrTensor(context, "base_values").length > 0;
  if (!hasBase) checkNamed(context, trees, weights, outputs);
  const value = ensemble(context, input, baseOf(context, outputs), trees);
  return [label(largest(context.builder, value), classes), scores(context, value, link)] satisfies Made[];
};

/**
 * onnxruntime looks for the largest score among the classes that some leaf named on the way, whatever their values. That
 * is the largest of all where every class is named always, or where those that are not (of score 0) cannot win.
 */
function checkNamed(context: Context, trees: readonly TreeNode[], weights: Weights, outputs: number): void {
  const found = naming(trees, outputs);
  const unnamed = found.outputs.findIndex((named) => named !== "always");
  if (unnamed < 0 || (found.someIsPositive && weights.values.every((value) => value >= 0))) return;
  throw refused(context, `class ${unnamed} that not every row's leaves name, without base_values`);
}
