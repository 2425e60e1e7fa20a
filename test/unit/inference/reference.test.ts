import { describe, expect, it } from "vitest";
import { graphOf } from "../../../src/inference/compiledModel.ts";
import { references, rowInputs } from "../../../src/inference/reference.ts";
import { encode, type ModelLiteral } from "../../support/onnx/encode.ts";
import { floatTensor, strings } from "../../support/onnx/literals.ts";
import { SMALL } from "../../support/onnx/small.ts";

/** y = a - 2 b, of two inputs, beside one that only z has a use for. */
const DIFFERENCE: ModelLiteral = {
  inputs: [
    { name: "b", type: "float", shape: [1, 2] },
    { name: "spare", type: "float", shape: [undefined, 3] },
    { name: "a", type: "float", shape: [1, 2] },
  ],
  outputs: [
    { name: "y", type: "float", shape: [1, 2] },
    { name: "z", type: "float", shape: [undefined, 3] },
  ],
  initializers: { two: floatTensor([1], [2]) },
  nodes: [
    { operator: "Mul", inputs: ["b", "two"], outputs: ["doubled"] },
    { operator: "Sub", inputs: ["a", "doubled"], outputs: ["y"] },
    { operator: "Mul", inputs: ["spare", "two"], outputs: ["z"] },
  ],
};
const bytes = encode({ ...DIFFERENCE, opsets: { "": 17 } });
const row = (of: Record<string, readonly number[]>) => ({
  inputs: new Map(Object.entries(of).map(([name, list]) => [name, Float64Array.from(list)])),
});

describe("rowInputs", () => {
  it("are the inputs that the graph has a use for, as many numbers of each as it has elements", () => {
    expect(rowInputs(graphOf(bytes, ["y"]))).toEqual([
      { name: "b", size: 2 },
      { name: "a", size: 2 },
    ]);
    expect(rowInputs(graphOf(encode(SMALL)))).toEqual([{ name: "x", size: 3 }]);
  });
});

describe("references", () => {
  it("are every output of the file for each row, in the rows' order", async () => {
    const graph = graphOf(bytes, ["y"]);
    const rows = [row({ a: [1, 2], b: [10, 20] }), row({ b: [0.5, 0.25], a: [0, 0] })];
    const found = await references(bytes, graph, rows);
    expect(found.map((one) => one.get("y"))).toEqual([
      [-19, -38],
      [-1, -0.5],
    ]);
    // What no wanted output reads is zero to the runtime.
    expect(found.map((one) => one.get("z"))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("are a label as text where the file names its classes, beside numbers", async () => {
    const file = encode(SMALL);
    const [found] = await references(file, graphOf(file), [row({ x: [1, 2, 3] })]);
    expect([...(found ?? [])]).toEqual([
      ["label", ["yes"]],
      ["scores", [1.375, 2.125]],
    ]);
  });

  it("are refused for a row without an input, and for what onnxruntime does not take", async () => {
    const graph = graphOf(bytes, ["y"]);
    await expect(references(bytes, graph, [row({ a: [1, 2] })])).rejects.toMatchObject({
      ...{ code: "model.runtime", message: expect.stringContaining("got no input b") },
    });
    await expect(references(bytes, graph, [row({ a: [1, 2], b: [1] })])).rejects.toMatchObject({
      code: "model.runtime",
    });
    const unknown = encode({
      ...SMALL,
      nodes: SMALL.nodes.map((node) =>
        node.operator === "LinearClassifier"
          ? { ...node, attributes: { ...node.attributes, classlabels_strings: strings(["no"]) } }
          : node,
      ),
    });
    await expect(references(unknown, graphOf(encode(SMALL)), [row({ x: [1, 2, 3] })])).rejects.toMatchObject({
      code: "model.runtime",
    });
  });

  it("end with the signal", async () => {
    const gone = AbortSignal.abort(new Error("enough"));
    await expect(references(bytes, graphOf(bytes, ["y"]), [row({ a: [1, 2], b: [1, 2] })], gone)).rejects.toThrow(
      "enough",
    );
  });
});
