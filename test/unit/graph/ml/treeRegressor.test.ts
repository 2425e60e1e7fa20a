import { describe, it } from "vitest";
import { random, seedOfRun } from "../../../support/circuits/random.ts";
import { floats, int, ints, text, texts } from "../../../support/ml/attribute.ts";
import { gridNumber, leaves, randomForest, stump } from "../../../support/ml/forest.ts";
import { expectSame, type Single } from "../../../support/ml/single.ts";

const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE", "BRANCH_EQ", "BRANCH_NEQ"];
const ROWS = [
  [0.25, 0],
  [0.5, 0],
  [0.75, 0],
];

function regressor(attributes: Single["attributes"], targets = 1): Single {
  return { operator: "TreeEnsembleRegressor", attributes: { n_targets: int(targets), ...attributes } };
}

describe("TreeEnsembleRegressor is onnxruntime's", () => {
  it.each(MODES)("with %s, below, at and above the threshold", async (mode) => {
    await expectSame(regressor({ ...stump(mode), ...leaves("target", [0, 1, -1], [0, 2, 3]) }), ROWS);
  });

  it("with a threshold that is no short binary fraction, at the float32 that the file has", async () => {
    const rows = [0.1, 0.09999999, 0.10000001].map((value) => [value, 0]);
    const attributes = { ...stump(), ...leaves("target", [0, 1, 1], [0, 2, 2]), nodes_values: floats(0.1, 0, 0) };
    await expectSame(regressor(attributes), rows);
  });

  it("with weights of one leaf that name an output twice, which add up", async () => {
    const weights = leaves("target", [0, 1, 1], [1, 1, 8], [0, 1, 2], [0, 2, 4]);
    await expectSame(regressor({ ...stump(), ...weights }, 2), ROWS);
  });

  it("with weights of an inner node, which count for nothing", async () => {
    await expectSame(regressor({ ...stump(), ...leaves("target", [0, 0, 50], [0, 1, 1], [0, 2, 2]) }), ROWS);
  });

  it.each(["NONE", "LOGISTIC", "SOFTMAX"])("with base values and post_transform %s", async (transform) => {
    const one = { ...stump(), ...leaves("target", [0, 1, -1], [0, 2, 3]), base_values: floats(0.25) };
    await expectSame(regressor({ ...one, post_transform: text(transform) }), ROWS);
    const weights = leaves("target", [0, 1, -1], [1, 1, 3], [0, 2, 2], [1, 2, 5]);
    const two = { ...stump(), ...weights, base_values: floats(0.25, -0.5) };
    await expectSame(regressor({ ...two, post_transform: text(transform) }, 2), ROWS);
  });

  it.each(["SUM", "AVERAGE"])("with aggregate_function %s of random trees with all comparisons", async (aggregate) => {
    const source = random(seedOfRun());
    for (const targets of [1, 3]) {
      const outputs = Array.from({ length: targets }, (_, output) => output);
      const forest = randomForest(source, { prefix: "target", trees: 7, depth: 5, width: 4, modes: MODES, outputs });
      const rows = Array.from({ length: 40 }, () => Array.from({ length: 4 }, () => gridNumber(source)));
      const attributes = { ...forest, aggregate_function: text(aggregate), base_values: floats(...outputs) };
      await expectSame({ ...regressor(attributes, targets), widths: [4] }, rows);
    }
  });

  it("with a base value of an output that no leaf names, which is left out", async () => {
    const weights = leaves("target", [0, 1, -1], [0, 2, 2]);
    await expectSame(regressor({ ...stump(), ...weights, base_values: floats(0.25, -0.5) }, 2), ROWS);
  });

  it("with a tree that is a single leaf", async () => {
    const leaf = {
      nodes_treeids: ints(0),
      nodes_nodeids: ints(0),
      nodes_featureids: ints(0),
      nodes_modes: texts("LEAF"),
      nodes_values: floats(0),
      nodes_truenodeids: ints(0),
      nodes_falsenodeids: ints(0),
    };
    await expectSame(regressor({ ...leaf, ...leaves("target", [0, 0, 5]) }), ROWS);
  });
});
