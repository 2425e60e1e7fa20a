import { describe, expect, it } from "vitest";
import { int, ints, tensor } from "../../../support/ml/attribute.ts";
import type { Attributes } from "../../../support/ml/forest.ts";
import { expectSame, type Single, translate } from "../../../support/ml/single.ts";

const ROWS = [
  [0, 3],
  [0.5, 3],
  [1, -3],
  [1, 3],
];

/** Two trees: x0 against 0.5 and then x1 against 0; x1 against 1. */
const TREES = {
  n_targets: int(2),
  tree_roots: ints(0, 2),
  nodes_modes: tensor("uint8", 0, 1, 3),
  nodes_splits: tensor("float", 0.5, 0, 1),
  nodes_featureids: ints(0, 1, 1),
  nodes_truenodeids: ints(0, 1, 3),
  nodes_trueleafs: ints(1, 1, 1),
  nodes_falsenodeids: ints(1, 2, 4),
  nodes_falseleafs: ints(0, 1, 1),
  leaf_targetids: ints(0, 1, 0, 1, 0),
  leaf_weights: tensor("float", 1, 2, 4, 8, 16),
};

function ensemble(change: Attributes = {}): Single {
  return { operator: "TreeEnsemble", attributes: { ...TREES, ...change }, opset: 5 };
}

describe("TreeEnsemble is onnxruntime's", () => {
  it("with each of the comparisons, below, at and above the threshold", async () => {
    for (const mode of [0, 1, 2, 3]) {
      await expectSame(ensemble({ nodes_modes: tensor("uint8", mode, mode, mode) }), ROWS);
    }
    await expectSame(ensemble({ nodes_modes: tensor("uint8", 0, 4, 5) }), ROWS);
  });

  it("for one target, and for the average", async () => {
    await expectSame(ensemble({ n_targets: int(1), leaf_targetids: ints(0, 0, 0, 0, 0) }), ROWS);
    await expectSame(ensemble({ aggregate_function: int(0) }), ROWS);
  });
});

describe("TreeEnsemble is refused", () => {
  it.each<[string, Attributes]>([
    ["the node mode 6", { nodes_modes: tensor("uint8", 6, 0, 0) }],
    ["post_transform 1", { post_transform: int(1) }],
    ["aggregate_function 2", { aggregate_function: int(2) }],
    ["nodes_splits has 1 entries, want 3", { nodes_splits: tensor("float", 1) }],
    ["leaf_weights has 1 entries, want 5", { leaf_weights: tensor("float", 1) }],
    ["a child 5, want one of 5", { nodes_falsenodeids: ints(1, 5, 4) }],
    ["two parents or is its own ancestor", { nodes_falsenodeids: ints(0, 2, 4) }],
    ["a comparison of feature 2", { nodes_featureids: ints(2, 1, 1) }],
    ["a leaf of output 2", { leaf_targetids: ints(0, 1, 2, 1, 0) }],
    ["tree root 3", { tree_roots: ints(0, 3) }],
    ["position 2 is in no tree", { tree_roots: ints(0) }],
  ])("for %s", (reason, change) => {
    expect(() => translate(ensemble())).not.toThrow();
    expect(() => translate(ensemble(change))).toThrow(reason);
  });
});
