// TreeEnsemble of ai.onnx.ml 5: the same trees in another table, leaves apart from the other nodes.

import { at } from "../../../lib/element.ts";
import { int, ints, only, tensor } from "../../attributes.ts";
import { LIMITS } from "../../limits.ts";
import { type Context, type Operator, refused } from "../../operator.ts";
import { features } from "./features.ts";
import { checkLength } from "./numbers.ts";
import { grow, type Row, type Table, TREE_LIMITS } from "./tree.ts";
import { averaged, ensemble } from "./treeRegressor.ts";

/** By number. BRANCH_MEMBER, the next one, is refused. */
const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];
const AVERAGE = 0;
const SUM = 1;

const ATTRIBUTES = [
  "aggregate_function",
  "leaf_targetids",
  "leaf_weights",
  "n_targets",
  "nodes_falseleafs",
  "nodes_falsenodeids",
  "nodes_featureids",
  "nodes_hitrates",
  "nodes_missing_value_tracks_true",
  "nodes_modes",
  "nodes_splits",
  "nodes_trueleafs",
  "nodes_truenodeids",
  "post_transform",
  "tree_roots",
];

export const treeEnsemble: Operator = (context) => {
  only(context, ATTRIBUTES);
  const input = features(context);
  const outputs = int(context, "n_targets", 0);
  if (!(outputs >= 1 && outputs <= LIMITS.elements)) throw refused(context, `n_targets ${outputs}`);
  // ONNX says that 1 is SOFTMAX and 2 LOGISTIC, onnxruntime takes them the other way round.
  const transform = int(context, "post_transform", 0);
  if (transform !== 0) throw refused(context, `post_transform ${transform}, want 0 (none)`);
  const aggregate = int(context, "aggregate_function", SUM);
  if (aggregate !== SUM && aggregate !== AVERAGE) {
    throw refused(context, `aggregate_function ${aggregate}, want ${AVERAGE} (average) or ${SUM} (sum)`);
  }
  const trees = grow(context, readTable(context, outputs, input.width));
  const value = ensemble(context, input, new Float64Array(outputs), aggregate === SUM ? trees : averaged(trees));
  return [{ value }];
};

/** Inner nodes first, then the leaves. */
function readTable(context: Context, outputs: number, width: number): Table {
  const modes = numbersOf(context, "nodes_modes");
  const size = modes.length;
  const targets = ints(context, "leaf_targetids") ?? new Float64Array();
  const weights = numbersOf(context, "leaf_weights");
  checkLength(context, "leaf_weights", weights, targets.length);
  if (size + targets.length > TREE_LIMITS.nodes) {
    throw refused(context, `${size + targets.length} nodes and leaves, want at most ${TREE_LIMITS.nodes}`);
  }
  const column = (name: string, list = ints(context, name) ?? new Float64Array()) => {
    checkLength(context, name, list, size);
    return list;
  };
  const splits = column("nodes_splits", numbersOf(context, "nodes_splits"));
  const featureIds = column("nodes_featureids");
  const sides = {
    yes: { ids: column("nodes_truenodeids"), leaves: column("nodes_trueleafs") },
    no: { ids: column("nodes_falsenodeids"), leaves: column("nodes_falseleafs") },
  };
  const child = (row: number, { ids, leaves }: { ids: Float64Array; leaves: Float64Array }) => {
    const isLeaf = at(leaves, row) !== 0;
    const id = at(ids, row);
    const count = isLeaf ? targets.length : size;
    if (!(id >= 0 && id < count)) throw refused(context, `a child ${id}, want one of ${count}`);
    return isLeaf ? size + id : id;
  };

  const rows = Array.from(modes, (number, row): Row => {
    const mode = MODES[number];
    if (mode === undefined) throw refused(context, `the node mode ${number}`);
    const feature = at(featureIds, row);
    if (!(feature >= 0 && feature < width))
      throw refused(context, `a comparison of feature ${feature}, want one of ${width}`);
    return { feature, threshold: at(splits, row), mode, yes: child(row, sides.yes), no: child(row, sides.no) };
  });
  targets.forEach((output, leaf) => {
    if (!(output >= 0 && output < outputs))
      throw refused(context, `a leaf of output ${output}, want one of ${outputs}`);
    rows.push({ values: [{ output, value: at(weights, leaf) }] });
  });
  const roots = ints(context, "tree_roots") ?? new Float64Array();
  const wrong = roots.find((root) => !(root >= 0 && root < size));
  if (wrong !== undefined || roots.length === 0)
    throw refused(context, `tree root ${wrong}, want one of ${size} nodes`);
  return { rows, roots: Array.from(roots) };
}

function numbersOf(context: Context, name: string): Float64Array {
  return tensor(context, name)?.data ?? new Float64Array();
}
