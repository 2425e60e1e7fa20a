import { describe, expect, it } from "vitest";
import { build } from "../../../../src/graph/build.ts";
import type { ElementType, Tensor } from "../../../../src/onnx/model.ts";
import { input, model, node } from "../../../support/graph/models.ts";
import { floats, int, ints, text, texts } from "../../../support/ml/attribute.ts";
import { expectSame, ours, type Single, translate } from "../../../support/ml/single.ts";

const ROWS = [
  [-1, 0.5],
  [0, 3],
  [1, -2],
];

function indices(...data: readonly number[]): Tensor {
  return { type: "int64", shape: [data.length], data: Float64Array.from(data) };
}

describe("Scaler is onnxruntime's", () => {
  it("with one scale a feature, and with one for all", async () => {
    await expectSame({ operator: "Scaler", attributes: { offset: floats(1, -2), scale: floats(0.5, 3) } }, ROWS);
    await expectSame({ operator: "Scaler", attributes: { offset: floats(1), scale: floats(0.1) } }, ROWS);
  });

  it.each([
    ["no scale", { offset: floats(1) }],
    ["offset has 1 entries, want 2", { offset: floats(1), scale: floats(1, 2) }],
    ["scale has 3 entries, want 2", { offset: floats(1, 2, 3), scale: floats(1, 2, 3) }],
  ])("refuses %s", (reason, attributes: Single["attributes"]) => {
    expect(() => translate({ operator: "Scaler", attributes })).toThrow(reason);
  });
});

describe("FeatureVectorizer is onnxruntime's", () => {
  it("with inputs of several widths", async () => {
    const single = { operator: "FeatureVectorizer", attributes: { inputdimensions: ints(1, 2) }, widths: [1, 2] };
    await expectSame(single, [[1, 2, 3]]);
  });

  it("refuses inputs of other widths than it says, which onnxruntime would cut off", () => {
    const attributes = { inputdimensions: ints(1, 1) };
    expect(() => translate({ operator: "FeatureVectorizer", attributes, widths: [1, 2] })).toThrow("want 1");
    expect(() => translate({ operator: "FeatureVectorizer", attributes, widths: [1] })).toThrow("want 1");
  });
});

describe("Normalizer", () => {
  const single: Single = { operator: "Normalizer", attributes: { norm: text("L1") } };

  it("does nothing to what sums to 1 once its link is applied", () => {
    const meaning = { link: "softmax", normalised: true } as const;
    const { made, graph } = translate({ ...single, meaning });
    expect(made[0]?.meaning).toEqual(meaning);
    expect(graph.nodes.length).toBe(1);
  });

  it("is refused where it would do something", () => {
    expect(() => translate(single)).toThrow("norm L1");
    expect(() => translate({ ...single, meaning: { link: "sigmoid", normalised: false } })).toThrow("norm L1");
    expect(() => translate({ ...single, attributes: {}, meaning: { normalised: true } })).toThrow("norm MAX");
    expect(() => translate({ ...single, attributes: { norm: text("L2") }, meaning: { normalised: true } })).toThrow(
      "L2",
    );
  });
});

describe("ZipMap", () => {
  it("is the scores, with what they are and their labels", () => {
    const attributes = { classlabels_strings: texts("a", "b") };
    const { made, graph } = translate({ operator: "ZipMap", attributes, meaning: { link: "softmax" } });
    expect(made[0]?.meaning).toEqual({ link: "softmax", labels: ["a", "b"] });
    expect(graph.nodes.length).toBe(1);
    expect(() => translate({ operator: "ZipMap", attributes: { classlabels_int64s: ints(1, 2, 3) } })).toThrow(
      "want 2",
    );
    expect(() => translate({ operator: "ZipMap", attributes, meaning: { index: true } })).toThrow("no floats");
  });
});

describe("ArrayFeatureExtractor is onnxruntime's", () => {
  it("with constant indices, in any order and more than once", async () => {
    const single = { operator: "ArrayFeatureExtractor", attributes: {} };
    await expectSame({ ...single, constants: [indices(1)] }, ROWS);
    await expectSame({ ...single, constants: [indices(1, 0, 1)] }, ROWS);
  });

  it("keeps a sigmoid, which is each element's own, and refuses a part of a softmax", () => {
    const single = { operator: "ArrayFeatureExtractor", attributes: {}, constants: [indices(1)] };
    const { made } = translate({ ...single, meaning: { link: "sigmoid", normalised: true } });
    expect(made[0]?.meaning).toEqual({ link: "sigmoid" });
    expect(() => translate({ ...single, meaning: { link: "softmax", normalised: true } })).toThrow("softmax");
  });

  it("refuses indices that are not there", () => {
    for (const wrong of [indices(2), indices(-1), indices()]) {
      expect(() => translate({ operator: "ArrayFeatureExtractor", attributes: {}, constants: [wrong] })).toThrow(
        "index",
      );
    }
    const narrow: Tensor = { ...indices(1), type: "int32" };
    expect(() => translate({ operator: "ArrayFeatureExtractor", attributes: {}, constants: [narrow] })).toThrow(
      "indices of type int32",
    );
  });
});

describe("LabelEncoder", () => {
  const attributes = { keys_int64s: ints(0, 1), values_strings: texts("no", "yes"), default_string: text("none") };
  const single: Single = { operator: "LabelEncoder", attributes, widths: [1] };

  it("renames the labels of an index", () => {
    const meaning = { index: true, labels: ["1", "0"] };
    expect(ours({ ...single, meaning }, [[0], [1]])).toEqual([["yes"], ["no"]]);
  });

  it("refuses numbers, and labels without a key", () => {
    expect(() => translate(single)).toThrow("no label");
    expect(() => translate({ ...single, meaning: { index: true, labels: ["1", "2"] } })).toThrow(
      'no key for the label "2"',
    );
    const names = { keys_strings: texts("0"), values_strings: texts("no") };
    expect(() => translate({ ...single, attributes: names, meaning: { index: true, labels: ["0"] } })).toThrow(
      "keys of type string for labels of type int64",
    );
    const both = { ...attributes, ...names };
    expect(() => translate({ ...single, attributes: both, meaning: { index: true, labels: ["0"] } })).toThrow(
      "both keys_int64s and keys_strings",
    );
    const twice = { ...attributes, keys_int64s: ints(0, 0) };
    expect(() => translate({ ...single, attributes: twice, meaning: { index: true, labels: ["0"] } })).toThrow("twice");
  });
});

describe("every operator that calculates", () => {
  const linear = { coefficients: floats(1, 2), intercepts: floats(0), targets: int(1) };

  it("refuses scores whose link is left to the reader, and labels", () => {
    const single = { operator: "LinearRegressor", attributes: linear };
    expect(() => translate({ ...single, meaning: { link: "softmax" } })).toThrow("input 0 is a softmax");
    expect(() => translate({ ...single, meaning: { index: true, labels: ["a", "b"] } })).toThrow("input 0 is a label");
  });

  it("refuses types of numbers that ai.onnx.ml has not, and versions of it that there are not", () => {
    const of = (type: ElementType, opset: number) => {
      const attributes = new Map(Object.entries(linear));
      const regressor = { ...node("LinearRegressor", ["x"], ["y"]), domain: "ai.onnx.ml", attributes };
      const file = model(new Map([["x", input([1, 2], type)]]), [regressor], ["y"]);
      return () => build({ ...file, opsets: new Map([["ai.onnx.ml", opset]]) });
    };
    expect(of("int64", 5)().outputs).toHaveLength(1);
    expect(of("float", 6)).toThrow("opset 6, want 1 to 5");
    for (const type of ["float16", "uint8", "bool"] as const) {
      expect(of(type, 1)).toThrow(`input 0 of type ${type}, want one of float, double, int64, int32`);
    }
  });

  it("refuses two inputs", () => {
    expect(() => translate({ operator: "LinearRegressor", attributes: linear, widths: [1, 1] })).toThrow("2 inputs");
  });
});
