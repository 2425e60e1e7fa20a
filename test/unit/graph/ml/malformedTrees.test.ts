import { describe, expect, it } from "vitest";
import { floats, int, ints, text, texts } from "../../../support/ml/attribute.ts";
import { type Attributes, leaves, stump } from "../../../support/ml/forest.ts";
import { translate } from "../../../support/ml/single.ts";

const GOOD = { ...stump(), ...leaves("target", [0, 1, 1], [0, 2, 2]), n_targets: int(1) };

function regressor(attributes: Attributes) {
  return translate({ operator: "TreeEnsembleRegressor", attributes });
}

/** A chain: every node's one child is a leaf, the other one the next node. */
function chain(depth: number): Attributes {
  const size = 2 * depth + 1;
  const ids = Array.from({ length: size }, (_, id) => id);
  const isLeaf = (id: number) => id % 2 === 1 || id === size - 1;
  const leafIds = ids.filter(isLeaf);
  return {
    nodes_treeids: ints(...ids.map(() => 0)),
    nodes_nodeids: ints(...ids),
    nodes_featureids: ints(...ids.map(() => 0)),
    nodes_modes: texts(...ids.map((id) => (isLeaf(id) ? "LEAF" : "BRANCH_LEQ"))),
    nodes_values: floats(...ids),
    nodes_truenodeids: ints(...ids.map((id) => (isLeaf(id) ? 0 : id + 1))),
    nodes_falsenodeids: ints(...ids.map((id) => (isLeaf(id) ? 0 : id + 2))),
    target_ids: ints(...leafIds.map(() => 0)),
    target_nodeids: ints(...leafIds),
    target_treeids: ints(...leafIds.map(() => 0)),
    target_weights: floats(...leafIds.map(() => 1)),
    n_targets: int(1),
  };
}

describe("a tree ensemble is refused", () => {
  it.each<[string, Attributes]>([
    ["no nodes", { nodes_treeids: ints() }],
    ["nodes_nodeids has 2 entries, want 3", { nodes_nodeids: ints(0, 1) }],
    ["nodes_featureids has 2 entries, want 3", { nodes_featureids: ints(0, 0) }],
    ["nodes_modes has 2 entries, want 3", { nodes_modes: texts("BRANCH_LEQ", "LEAF") }],
    ["nodes_values has 4 entries, want 3", { nodes_values: floats(1, 2, 3, 4) }],
    ["nodes_truenodeids has 0 entries, want 3", { nodes_truenodeids: ints() }],
    ["nodes_falsenodeids has 1 entries, want 3", { nodes_falsenodeids: ints(1) }],
    ["target_treeids has 1 entries, want 2", { target_treeids: ints(0) }],
    ["target_nodeids has 3 entries, want 2", { target_nodeids: ints(1, 2, 2) }],
    ["target_weights has 1 entries, want 2", { target_weights: floats(1) }],
    ["no node 7 in tree 0", { nodes_truenodeids: ints(7, 0, 0) }],
    ["no node -1 in tree 0", { nodes_falsenodeids: ints(-1, 0, 0) }],
    ["no node 2 in tree 5", { target_treeids: ints(0, 5) }],
    ["two nodes 1 in tree 0", { nodes_nodeids: ints(0, 1, 1) }],
    ["position 0 has two parents or is its own ancestor", { nodes_truenodeids: ints(0, 0, 0) }],
    ["position 1 has two parents", { nodes_falsenodeids: ints(1, 0, 0) }],
    [
      "position 1 is in no tree",
      { nodes_modes: texts("LEAF", "LEAF", "LEAF"), ...leaves("target", [0, 0, 1], [0, 1, 1], [0, 2, 1]) },
    ],
    ["nodes of tree 0 do not stand together", { nodes_treeids: ints(0, 1, 0) }],
    ["a comparison of feature 2, want one of 2", { nodes_featureids: ints(2, 0, 0) }],
    ["a comparison of feature -1, want one of 2", { nodes_featureids: ints(-1, 0, 0) }],
    ["the node mode BRANCH_MEMBER", { nodes_modes: texts("BRANCH_MEMBER", "LEAF", "LEAF") }],
    ["nodes_values holds Infinity", { nodes_values: floats(1 / 0, 0, 0) }],
    ["nodes_values holds NaN", { nodes_values: floats(Number.NaN, 0, 0) }],
    ["target_weights holds -Infinity", { target_weights: floats(-1 / 0, 0) }],
    ["base_values holds NaN", { base_values: floats(Number.NaN) }],
    ["base_values has 2 entries, want 1", { base_values: floats(1, 2) }],
    ["a leaf of output 1, want one of 1", { target_ids: ints(0, 1) }],
    ["a leaf of output -1, want one of 1", { target_ids: ints(0, -1) }],
    ["0 weights of the leaf at position 2", { ...leaves("target", [0, 1, 1]) }],
    ["2 weights of the leaf at position 2", { ...leaves("target", [0, 1, 1], [0, 2, 1], [0, 2, 1]) }],
    ["n_targets 0", { n_targets: int(0) }],
    ["n_targets 1099511627776", { n_targets: int(2 ** 40) }],
    ["aggregate_function MIN", { aggregate_function: text("MIN") }],
    ["post_transform PROBIT", { post_transform: text("PROBIT") }],
    ["attribute nodes_modes of kind ints", { nodes_modes: ints(0, 1, 1) }],
  ])("for %s", (reason, change) => {
    expect(() => regressor(GOOD)).not.toThrow();
    expect(() => regressor({ ...GOOD, ...change })).toThrow(reason);
  });

  it("for a base value of an output that only some of the leaves name", () => {
    const change = { n_targets: int(2), ...leaves("target", [0, 1, 1], [1, 2, 1]), base_values: floats(0, 1) };
    expect(() => regressor({ ...GOOD, ...change })).toThrow("a base value of output 1");
  });

  it("for an equality whose other side is no leaf", () => {
    const deeper = chain(2);
    const modes = texts("BRANCH_EQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF");
    expect(() => regressor({ ...deeper, nodes_modes: modes })).toThrow("BRANCH_EQ whose other side is no leaf");
  });

  it("for a depth above 64, but not of 64", () => {
    expect(() => regressor(chain(64))).not.toThrow();
    expect(() => regressor(chain(65))).toThrow("deeper than 64");
    expect(() => regressor(chain(49_000))).toThrow("deeper than 64");
  });

  it("for more nodes than 100,000, before any of them is looked at", () => {
    const many = Array.from({ length: 100_001 }, () => 0);
    expect(() => regressor({ ...GOOD, nodes_treeids: { kind: "ints", value: Float64Array.from(many) } })).toThrow(
      "100001 nodes",
    );
  });
});
