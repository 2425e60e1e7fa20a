import { afterEach, describe, expect, it } from "vitest";
import type { ElementType } from "../../../src/onnx/model.ts";
import { createRuntime, type Runtime } from "../../../src/onnx/runtime.ts";
import { encode, type ModelLiteral } from "../../support/onnx/encode.ts";
import { floats, floatTensor, int, ints, strings } from "../../support/onnx/literals.ts";
import { SMALL } from "../../support/onnx/small.ts";

const open: Runtime[] = [];

afterEach(async () => {
  for (const runtime of open.splice(0)) await runtime.close();
});

async function runtimeOf(model: ModelLiteral): Promise<Runtime> {
  const runtime = await createRuntime(encode(model));
  open.push(runtime);
  return runtime;
}

const X = { x: { shape: [1, 3], data: [1, 2, 3] } };

/** x goes into a classifier of three classes, and its scores into a ZipMap. */
function zipped(...outputs: ModelLiteral["outputs"]): ModelLiteral {
  return {
    inputs: [{ name: "x", type: "float", shape: [1, 3] }],
    outputs,
    nodes: [
      {
        operator: "LinearClassifier",
        domain: "ai.onnx.ml",
        inputs: ["x"],
        outputs: ["label", "scores"],
        attributes: {
          coefficients: floats([1, 0, 0, 0, 1, 0, 0, 0, 1]),
          intercepts: floats([0, 0, 0.5]),
          classlabels_ints: ints([4, 5, 6]),
        },
      },
      {
        operator: "ZipMap",
        domain: "ai.onnx.ml",
        inputs: ["scores"],
        outputs: ["probabilities"],
        attributes: { classlabels_int64s: ints([4, 5, 6]) },
      },
    ],
  };
}

const LABEL = { name: "label", type: "int64", shape: [1] } as const;
const SCORES = { name: "scores", type: "float", shape: [1, 3] } as const;
const MAPS = { name: "probabilities", type: "maps" } as const;

describe("createRuntime", () => {
  it("runs a file of ours, with operators of ai.onnx.ml, and gives labels by name", async () => {
    const outputs = await (await runtimeOf(SMALL)).run(X);
    // (2, 5.25) of the weights, halved, plus (0.125, -1) of the bias, plus (0.25, 0.5) of the classifier.
    expect(outputs).toEqual({
      label: { shape: [1], type: "string", data: [], strings: ["yes"] },
      scores: { shape: [1, 2], type: "float", data: [1.375, 2.125], strings: [] },
    });
  });

  it("runs as often as it is asked, with as many rows as there are", async () => {
    const runtime = await runtimeOf(SMALL);
    for (const rows of [1, 3, 2]) {
      const data = Array.from({ length: 3 * rows }, (_, i) => i);
      expect((await runtime.run({ x: { shape: [rows, 3], data } })).scores?.shape).toEqual([rows, 2]);
    }
  });

  const types: readonly ElementType[] = ["float", "double", "float16", "int64", "int32", "int8", "uint8", "bool"];
  it.each(types)("takes and gives numbers of type %s", async (type) => {
    const runtime = await runtimeOf({
      inputs: [{ name: "x", type, shape: ["rows", 2] }],
      outputs: [{ name: "y", type, shape: ["rows", 2] }],
      nodes: [{ operator: "Identity", inputs: ["x"], outputs: ["y"] }],
    });
    const data = [1, 0, 0, 1];
    expect(await runtime.run({ x: { shape: [2, 2], data } })).toEqual({
      y: { shape: [2, 2], type, data, strings: [] },
    });
  });

  it("gives what a ZipMap was given in place of its maps", async () => {
    const outputs = await (await runtimeOf(zipped(LABEL, MAPS))).run(X);
    expect(outputs).toEqual({
      label: { shape: [1], type: "int64", data: [6], strings: [] },
      probabilities: { shape: [1, 3], type: "float", data: [1, 2, 3.5], strings: [] },
    });
  });

  it("gives the scores twice where the file has them before a ZipMap and after it", async () => {
    for (const order of [
      [SCORES, MAPS, LABEL],
      [MAPS, SCORES, LABEL],
    ]) {
      const outputs = await (await runtimeOf(zipped(...order))).run(X);
      expect(Object.keys(outputs)).toEqual(order.map(({ name }) => name));
      expect(outputs.scores?.data).toEqual([1, 2, 3.5]);
      expect(outputs.probabilities).toEqual(outputs.scores);
    }
  });

  it("takes names that JavaScript's objects have", async () => {
    const runtime = await runtimeOf({
      inputs: [{ name: "__proto__", type: "float", shape: [1] }],
      outputs: [{ name: "constructor", type: "float", shape: [1] }],
      nodes: [{ operator: "Neg", inputs: ["__proto__"], outputs: ["constructor"] }],
    });
    const outputs = await runtime.run(Object.fromEntries([["__proto__", { shape: [1], data: [2] }]]));
    expect(outputs.constructor).toEqual({ shape: [1], type: "float", data: [-2], strings: [] });
    await expect(runtime.run({})).rejects.toMatchObject({ code: "model.runtime" });
  });

  it("refuses a file that is none before onnxruntime sees it", async () => {
    await expect(createRuntime(new Uint8Array(3))).rejects.toMatchObject({ code: "model.file" });
  });

  it("refuses what onnxruntime does not take, in its words, escaped", async () => {
    const unknown = encode({ ...zipped(LABEL), nodes: [{ operator: "\u001b[2J", inputs: ["x"], outputs: ["label"] }] });
    await expect(createRuntime(unknown)).rejects.toMatchObject({
      code: "model.runtime",
      disposition: "reject",
      message: expect.stringMatching(/^got .*\\u001b\[2J.*, want a model and inputs that onnxruntime takes$/),
    });
  });

  it("refuses inputs that the model does not take", async () => {
    const runtime = await runtimeOf(SMALL);
    const refused = { code: "model.runtime" };
    await expect(runtime.run({})).rejects.toMatchObject({ ...refused, message: expect.stringContaining("no input x") });
    await expect(runtime.run({ x: { shape: [1, 4], data: [1, 2, 3, 4] } })).rejects.toMatchObject(refused);
    await expect(runtime.run({ x: { shape: [1, 3], data: [1, 2] } })).rejects.toMatchObject(refused);
    expect((await runtime.run(X)).label?.strings).toEqual(["yes"]);
  });

  it("refuses outputs that are no tensor", async () => {
    const runtime = await runtimeOf({
      inputs: [{ name: "x", type: "float", shape: [1, 3] }],
      outputs: [{ name: "y", type: "maps" }],
      nodes: [{ operator: "SequenceConstruct", inputs: ["x"], outputs: ["y"] }],
    }).catch((error: unknown) => error);
    expect(runtime).toMatchObject({ code: "model.runtime" });
  });

  it("does not start, and does not run, once its signal has aborted", async () => {
    const reason = new Error("enough");
    const aborted = AbortSignal.abort(reason);
    await expect(createRuntime(encode(SMALL), aborted)).rejects.toBe(reason);
    await expect((await runtimeOf(SMALL)).run(X, aborted)).rejects.toBe(reason);
  });

  it("computes with the weights of the file", async () => {
    const runtime = await runtimeOf({
      inputs: [{ name: "x", type: "float", shape: [1, 3] }],
      outputs: [{ name: "y", type: "float", shape: [1, 1] }],
      initializers: { w: floatTensor([3, 1], [0.5, -1, 2]) },
      nodes: [{ operator: "Gemm", inputs: ["x", "w"], outputs: ["y"], attributes: { transA: int(0) } }],
    });
    expect((await runtime.run(X)).y?.data).toEqual([4.5]);
  });

  it("takes a label encoder's names", async () => {
    const runtime = await runtimeOf({
      inputs: [{ name: "x", type: "int64", shape: [2] }],
      outputs: [{ name: "y", type: "string", shape: [2] }],
      nodes: [
        {
          operator: "LabelEncoder",
          domain: "ai.onnx.ml",
          inputs: ["x"],
          outputs: ["y"],
          attributes: { keys_int64s: ints([1, 2]), values_strings: strings(["one", "two"]) },
        },
      ],
    });
    expect((await runtime.run({ x: { shape: [2], data: [2, 1] } })).y?.strings).toEqual(["two", "one"]);
  });
});
