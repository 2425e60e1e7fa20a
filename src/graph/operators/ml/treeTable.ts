// The attributes nodes_… and target_… (or class_…) of TreeEnsembleRegressor and TreeEnsembleClassifier as one table.

import { at } from "../../../lib/element.ts";
import { ints, strings } from "../../attributes.ts";
import { type Context, refused } from "../../operator.ts";
import { checkLength, numbersOrTensor } from "./numbers.ts";
import { type LeafValue, type Row, type Table, TREE_LIMITS } from "./tree.ts";

/** Which attributes hold the leaves' values: <prefix>_ids, <prefix>_weights and so on. */
export type Prefix = "class" | "target";

export const NODE_ATTRIBUTES: readonly string[] = [
  "base_values",
  "base_values_as_tensor",
  "nodes_falsenodeids",
  "nodes_featureids",
  // How often a branch was taken in training.
  "nodes_hitrates",
  "nodes_hitrates_as_tensor",
  // Where NaN goes: no input is NaN.
  "nodes_missing_value_tracks_true",
  "nodes_modes",
  "nodes_nodeids",
  "nodes_treeids",
  "nodes_truenodeids",
  "nodes_values",
  "nodes_values_as_tensor",
  "post_transform",
];

export type Weights = {
  /** What each weight is added to. */
  readonly outputs: Float64Array;
  readonly values: Float64Array;
  /** The row of each weight's node. */
  readonly rows: Int32Array;
};

export function weightAttributes(prefix: Prefix): readonly string[] {
  return ["ids", "nodeids", "treeids", "weights", "weights_as_tensor"].map((name) => `${prefix}_${name}`);
}

/** The table, and the weights as the file lists them (also those of inner nodes, which count for nothing in the table). */
export function readTable(
  context: Context,
  options: { readonly prefix: Prefix; readonly outputs: number; readonly width: number },
): { readonly table: Table; readonly weights: Weights } {
  const index = readIds(context);
  const weights = readWeights(context, options.prefix, options.outputs, index.rowOf);
  const valuesByRow = leafValues(weights);
  const modes = strings(context, "nodes_modes") ?? [];
  const thresholds = numbersOrTensor(context, "nodes_values");
  const column = (name: string) => {
    const found = ints(context, name) ?? new Float64Array();
    checkLength(context, name, found, index.size);
    return found;
  };
  const featureIds = column("nodes_featureids");
  const yesIds = column("nodes_truenodeids");
  const noIds = column("nodes_falsenodeids");
  checkLength(context, "nodes_modes", modes, index.size);
  checkLength(context, "nodes_values", thresholds, index.size);

  const rows = modes.map((mode, row): Row => {
    const given = valuesByRow.get(row);
    if (mode === "LEAF") return leaf(context, row, given ?? [], options.outputs);
    const feature = at(featureIds, row);
    if (feature < 0 || feature >= options.width) {
      throw refused(context, `a comparison of feature ${feature}, want one of ${options.width}`);
    }
    const child = (id: number) => index.rowOf(at(index.trees, row), id);
    return {
      feature,
      threshold: at(thresholds, row),
      mode,
      yes: child(at(yesIds, row)),
      no: child(at(noIds, row)),
    };
  });
  return { table: { rows, roots: index.roots }, weights };
}

type Ids = {
  readonly size: number;
  readonly trees: Float64Array;
  readonly roots: readonly number[];
  /** Throws where there is no such node. */
  readonly rowOf: (tree: number, id: number) => number;
};

function readIds(context: Context): Ids {
  const trees = ints(context, "nodes_treeids") ?? new Float64Array();
  const ids = ints(context, "nodes_nodeids") ?? new Float64Array();
  const size = trees.length;
  if (size === 0) throw refused(context, "no nodes");
  if (size > TREE_LIMITS.nodes) throw refused(context, `${size} nodes, want at most ${TREE_LIMITS.nodes}`);
  checkLength(context, "nodes_nodeids", ids, size);
  const byTree = new Map<number, Map<number, number>>();
  const roots: number[] = [];
  trees.forEach((tree, row) => {
    const id = at(ids, row);
    const known = byTree.get(tree);
    if (known === undefined) {
      byTree.set(tree, new Map([[id, row]]));
      roots.push(row);
      return;
    }
    // onnxruntime would take the first node of each run for a root.
    if (trees[row - 1] !== tree) throw refused(context, `the nodes of tree ${tree} do not stand together`);
    if (known.has(id)) throw refused(context, `two nodes ${id} in tree ${tree}`);
    known.set(id, row);
  });
  return {
    size,
    trees,
    roots,
    rowOf: (tree, id) => {
      const row = byTree.get(tree)?.get(id);
      if (row === undefined) throw refused(context, `no node ${id} in tree ${tree}`);
      return row;
    },
  };
}

function readWeights(context: Context, prefix: Prefix, outputs: number, rowOf: Ids["rowOf"]): Weights {
  const column = (name: string) => ints(context, `${prefix}_${name}`) ?? new Float64Array();
  const ids = column("ids");
  const trees = column("treeids");
  const nodes = column("nodeids");
  const values = numbersOrTensor(context, `${prefix}_weights`);
  checkLength(context, `${prefix}_treeids`, trees, ids.length);
  checkLength(context, `${prefix}_nodeids`, nodes, ids.length);
  checkLength(context, `${prefix}_weights`, values, ids.length);
  const wrong = ids.find((id) => !(id >= 0 && id < outputs));
  if (wrong !== undefined) throw refused(context, `a leaf of output ${wrong}, want one of ${outputs}`);
  return { outputs: ids, values, rows: Int32Array.from(ids, (_, k) => rowOf(at(trees, k), at(nodes, k))) };
}

/** By row, several weights of one output added up. */
function leafValues({ outputs, values, rows }: Weights): ReadonlyMap<number, readonly LeafValue[]> {
  const byRow = new Map<number, LeafValue[]>();
  rows.forEach((row, k) => {
    const list = byRow.get(row) ?? [];
    list.push({ output: at(outputs, k), value: at(values, k) });
    byRow.set(row, list);
  });
  return byRow;
}

function leaf(context: Context, row: number, given: readonly LeafValue[], outputs: number): Row {
  // onnxruntime takes the first of several weights, and the node's own value where there is none.
  if (outputs === 1 && given.length !== 1) {
    throw refused(context, `${given.length} weights of the leaf at position ${row}, want one`);
  }
  const sums = new Map<number, number>();
  for (const { output, value } of given) sums.set(output, (sums.get(output) ?? 0) + value);
  return { values: Array.from(sums, ([output, value]) => ({ output, value })) };
}
