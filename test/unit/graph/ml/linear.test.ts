import { describe, expect, it } from "vitest";
import { random, seedOfRun } from "../../../support/circuits/random.ts";
import { floats, int, ints, text, texts } from "../../../support/ml/attribute.ts";
import { gridNumber } from "../../../support/ml/forest.ts";
import { expectSame, type Single, translate } from "../../../support/ml/single.ts";

const ROWS = [
  [-1, 0.5],
  [0, 0],
  [1, -2],
  [0.3, 0.7],
];
const TRANSFORMS = ["NONE", "LOGISTIC", "SOFTMAX"];

function classifier(attributes: Single["attributes"]): Single {
  return { operator: "LinearClassifier", attributes, outputs: 2 };
}

function regressor(attributes: Single["attributes"]): Single {
  return { operator: "LinearRegressor", attributes };
}

/** As scikit-learn writes a binary LogisticRegression. */
const OPPOSED = {
  coefficients: floats(-1, 0.5, 1, -0.5),
  intercepts: floats(0.25, -0.25),
  classlabels_ints: ints(7, 8),
  post_transform: text("LOGISTIC"),
};

describe("LinearClassifier is onnxruntime's", () => {
  it.each(TRANSFORMS)("with one row of coefficients for two classes and post_transform %s", async (transform) => {
    const one = { coefficients: floats(1, 0), intercepts: floats(0), post_transform: text(transform) };
    await expectSame(classifier({ ...one, classlabels_ints: ints(7, 8) }), ROWS);
    await expectSame(classifier({ ...one, classlabels_strings: texts("no", "yes") }), ROWS);
  });

  it.each(TRANSFORMS)("with a row for each class and post_transform %s, multi_class or not", async (transform) => {
    const two = { ...OPPOSED, post_transform: text(transform) };
    await expectSame(classifier(two), ROWS);
    await expectSame(classifier({ ...two, multi_class: int(1) }), ROWS);
    const three = {
      coefficients: floats(1, 0.5, -1, 2, 1, 0.5),
      intercepts: floats(0.1, 0, 0.1),
      classlabels_strings: texts("a", "b", "c"),
      post_transform: text(transform),
    };
    await expectSame(classifier(three), ROWS);
  });

  it("on random coefficients and rows whose scores tie", async () => {
    const source = random(seedOfRun());
    const list = (length: number) => Array.from({ length }, () => gridNumber(source));
    for (const classes of [2, 3, 4]) {
      const attributes = {
        coefficients: floats(...list(classes * 3)),
        intercepts: floats(...list(classes)),
        classlabels_ints: ints(...Array.from({ length: classes }, (_, k) => 10 * k)),
      };
      const rows = Array.from({ length: 40 }, () => list(3));
      await expectSame({ ...classifier(attributes), widths: [3] }, rows);
    }
  });

  it("knows that the sigmoids of opposed scores sum to 1, and that others need not", () => {
    expect(translate(classifier(OPPOSED)).made[1]?.meaning).toEqual({ link: "sigmoid", normalised: true });
    const others = { ...OPPOSED, intercepts: floats(0.25, 0.25) };
    expect(translate(classifier(others)).made[1]?.meaning).toEqual({ link: "sigmoid", normalised: false });
  });

  it("makes every coefficient and intercept a parameter of its own", () => {
    const [, layer] = translate(classifier(OPPOSED)).graph.nodes;
    if (layer?.operation.kind !== "affine") throw new Error("no layer");
    const keys = [...layer.operation.keys, ...layer.operation.biasKeys];
    expect(keys.length).toBe(6);
    expect(new Set(keys).size).toBe(6);
    expect(Math.min(...keys)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ["coefficients has 4 entries, want 2", { intercepts: floats(1) }],
    ["the list of classes has 2 entries, want 3", { intercepts: floats(1, 2, 3) }],
    ["no intercepts", { intercepts: floats() }],
    ["post_transform PROBIT", { post_transform: text("PROBIT") }],
    ["post_transform SOFTMAX_ZERO", { post_transform: text("SOFTMAX_ZERO") }],
    ["both classlabels_strings and classlabels_ints", { classlabels_strings: texts("a", "b") }],
    ["attribute new_in_2031", { new_in_2031: int(1) }],
  ])("refuses %s", (reason, change) => {
    expect(() => translate(classifier({ ...OPPOSED, ...change }))).toThrow(reason);
  });
});

describe("LinearRegressor is onnxruntime's", () => {
  it.each(TRANSFORMS)("with post_transform %s, which is nothing to a single target", async (transform) => {
    const one = { coefficients: floats(1, 0.5), intercepts: floats(0.5), post_transform: text(transform) };
    await expectSame(regressor(one), ROWS);
    expect(translate(regressor(one)).made[0]?.meaning).toBeUndefined();
    const two = { coefficients: floats(1, 0.5, -1, 2), intercepts: floats(0.5, 0), targets: int(2) };
    await expectSame(regressor({ ...two, post_transform: text(transform) }), ROWS);
  });

  it("without intercepts", async () => {
    await expectSame(regressor({ coefficients: floats(1, 0.5) }), ROWS);
  });

  it.each([
    ["intercepts has 2 entries, want 1", { intercepts: floats(1, 2) }],
    ["coefficients has 2 entries, want 4", { targets: int(2) }],
    ["no coefficients", { targets: int(0) }],
  ])("refuses %s", (reason, change) => {
    expect(() => translate(regressor({ coefficients: floats(1, 0.5), ...change }))).toThrow(reason);
  });
});
