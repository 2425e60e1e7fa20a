import { describe, expect, it } from "vitest";
import { graphOf } from "../../../src/inference/compiledModel.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { references } from "../../../src/inference/reference.ts";
import type { ElementType, OnnxModel } from "../../../src/onnx/model.ts";
import { outputs } from "../../../src/program/evaluate.ts";
import { lower } from "../../../src/program/lower.ts";
import { jobOf } from "../../support/inference/graphs.ts";
import { int, ints, tensor, texts } from "../../support/ml/attribute.ts";
import { encode } from "../../support/onnx/encode.ts";

/** On the grid that rows lie on, as an exporter of this type writes them. */
const THRESHOLDS = Array.from({ length: 15 }, (_, q) => (q + 1) / 10);

/** One stump a threshold: 1 where x <= threshold, 0 elsewhere. */
function stumps(type: Extract<ElementType, "float" | "double">, thresholds: readonly number[]): OnnxModel {
  const list = <T>(inner: (q: number) => T, leaf: T) => thresholds.flatMap((_, q) => [inner(q), leaf, leaf]);
  return {
    producer: "test",
    opsets: new Map([
      ["", 21],
      ["ai.onnx.ml", 3],
    ]),
    nodes: [
      {
        ...{ name: "stumps", operator: "TreeEnsembleRegressor", domain: "ai.onnx.ml", inputs: ["x"], outputs: ["y"] },
        attributes: new Map(
          Object.entries({
            n_targets: int(1),
            nodes_treeids: ints(...thresholds.flatMap((_, q) => [q, q, q])),
            nodes_nodeids: ints(...list(() => 0, 0).map((_, k) => k % 3)),
            nodes_featureids: ints(...list(() => 0, 0)),
            nodes_modes: texts(...list(() => "BRANCH_LEQ", "LEAF")),
            nodes_truenodeids: ints(...list(() => 1, 0)),
            nodes_falsenodeids: ints(...list(() => 2, 0)),
            nodes_values_as_tensor: tensor(type, ...list((q) => thresholds[q] ?? 0, 0)),
            target_treeids: ints(...thresholds.flatMap((_, q) => [q, q])),
            target_nodeids: ints(...thresholds.flatMap(() => [1, 2])),
            target_ids: ints(...thresholds.flatMap(() => [0, 0])),
            target_weights_as_tensor: tensor(type, ...thresholds.flatMap(() => [1, 0])),
          }),
        ),
      },
    ],
    initializers: new Map(),
    inputs: [{ name: "x", type, shape: [1, 1] }],
    outputs: [{ name: "y", type: "float", shape: [1, 1] }],
  };
}

describe("trees compare as onnxruntime does", () => {
  it.each([
    ["float", THRESHOLDS.map(Math.fround)],
    ["double", THRESHOLDS],
    ["double", THRESHOLDS.map(Math.fround)],
  ] as const)("on rows of %s that meet thresholds", async (type, thresholds) => {
    const onnx = encode(stumps(type, thresholds));
    const graph = graphOf(onnx);
    const job = jobOf({ x: { visibility: "private", bits: [5], unit: [0.1] } });
    const { program, values } = lower(graph, { quantisation: quantisationOf(job), parameters: "fixed" });
    // What an integer stands for: minimum + unit * q, in doubles.
    const integers = Array.from({ length: 18 }, (_, q) => q);
    const rows = integers.map((q) => ({ inputs: new Map([["x", Float64Array.of(0.1 * q)]]), label: undefined }));
    const want = (await references(onnx, graph, rows)).map((row) => Number(row.get("y")?.[0]));
    const got = integers.map((q) => outputs(program, new Map([["x", [q]]]), values)[0]?.[0]);
    expect(got.map((sum) => Number(sum) * (program.outputs[0]?.unit ?? 0))).toEqual(want);
  });
});
