// TreeEnsembleRegressor: the sum or the average of the trees' leaves, plus base values.

import { printable } from "../../../lib/printable.ts";
import { int, only, string } from "../../attributes.ts";
import { idOf, type Value } from "../../builder.ts";
import type { TreeNode } from "../../graph.ts";
import { LIMITS } from "../../limits.ts";
import { type Context, type Operator, refused } from "../../operator.ts";
import { type Features, features } from "./features.ts";
import { checkLength, numbersOrTensor } from "./numbers.ts";
import { linkOf, scores } from "./scores.ts";
import { grow } from "./tree.ts";
import { naming } from "./treeNaming.ts";
import { NODE_ATTRIBUTES, readTable, weightAttributes } from "./treeTable.ts";

export const treeEnsembleRegressor: Operator = (context) => {
  only(context, [...NODE_ATTRIBUTES, ...weightAttributes("target"), "aggregate_function", "n_targets"]);
  const input = features(context);
  const outputs = int(context, "n_targets", 0);
  if (!(outputs >= 1 && outputs <= LIMITS.elements)) throw refused(context, `n_targets ${outputs}`);
  const link = linkOf(context);
  const { table } = readTable(context, { prefix: "target", outputs, width: input.width });
  const trees = grow(context, table);
  const base = namedBase(context, trees, baseOf(context, outputs));
  const value = ensemble(context, input, base, aggregated(context, trees));
  // onnxruntime transforms nothing where there is one target only.
  return [outputs === 1 ? { value } : scores(context, value, link)];
};

/** An operation of all trees. */
export function ensemble(
  { builder }: Context,
  { value, isDouble }: Features,
  base: Float64Array,
  trees: readonly TreeNode[],
): Value {
  const precision = isDouble ? "double" : "single";
  return builder.add([1, base.length], { kind: "trees", operands: [idOf(value)], precision, base, trees });
}

/** One base value an output, or none at all. */
export function baseOf(context: Context, outputs: number): Float64Array {
  const base = numbersOrTensor(context, "base_values");
  if (base.length > 0) checkLength(context, "base_values", base, outputs);
  return base.length > 0 ? base : new Float64Array(outputs);
}

/** onnxruntime leaves a base value out where no leaf on the way has named its output. */
function namedBase(context: Context, trees: readonly TreeNode[], base: Float64Array): Float64Array {
  if (base.every((value) => value === 0)) return base;
  const { outputs } = naming(trees, base.length);
  return base.map((value, output) => {
    if (value !== 0 && outputs[output] === "sometimes") {
      throw refused(context, `a base value of output ${output}, which only some of the leaves name`);
    }
    return outputs[output] === "never" ? 0 : value;
  });
}

function aggregated(context: Context, trees: readonly TreeNode[]): readonly TreeNode[] {
  const aggregate = string(context, "aggregate_function", "SUM");
  if (aggregate === "SUM") return trees;
  if (aggregate === "AVERAGE") return averaged(trees);
  throw refused(context, `aggregate_function ${printable(aggregate)}, want SUM or AVERAGE`);
}

/** Such that the sum of the trees is their average. */
export function averaged(trees: readonly TreeNode[]): readonly TreeNode[] {
  return trees.map((tree) => scaled(tree, 1 / trees.length));
}

/** The depth is bounded by now. */
function scaled(tree: TreeNode, factor: number): TreeNode {
  if (!("values" in tree)) return { ...tree, yes: scaled(tree.yes, factor), no: scaled(tree.no, factor) };
  return { values: tree.values.map(({ output, value }) => ({ output, value: value * factor })) };
}
