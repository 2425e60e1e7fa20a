import { describe, expect, it } from "vitest";
import { random, seedOfRun } from "../../../support/circuits/random.ts";
import { floats, int, ints, text, texts } from "../../../support/ml/attribute.ts";
import { gridNumber } from "../../../support/ml/forest.ts";
import { expectSame, type Single, translate } from "../../../support/ml/single.ts";

const KERNEL = { kernel_type: text("LINEAR"), kernel_params: floats(0.1, 0, 3) };

function classifier(attributes: Single["attributes"]): Single {
  return { operator: "SVMClassifier", attributes: { ...KERNEL, ...attributes }, outputs: 2 };
}

function regressor(attributes: Single["attributes"]): Single {
  return { operator: "SVMRegressor", attributes: { ...KERNEL, ...attributes } };
}

const PAIR = {
  coefficients: floats(1, -1),
  support_vectors: floats(1, 0, 0, 1),
  vectors_per_class: ints(1, 1),
  rho: floats(0),
  classlabels_ints: ints(7, 8),
};

describe("SVMClassifier with a linear kernel is onnxruntime's", () => {
  it("for two classes, at a score of 0 too, which is the second class's", async () => {
    await expectSame(classifier(PAIR), [
      [1, 0],
      [0.5, 0.5],
      [0, 1],
    ]);
  });

  it("for more classes by votes, on random support vectors and rows whose votes tie", async () => {
    const source = random(seedOfRun());
    const list = (length: number) => Array.from({ length }, () => gridNumber(source));
    for (const counts of [
      [2, 1],
      [1, 2, 3],
      [2, 0, 2, 1],
      [1, 1, 1, 1, 1],
    ]) {
      const vectors = counts.reduce((sum, count) => sum + count, 0);
      const attributes = {
        coefficients: floats(...list(vectors * (counts.length - 1))),
        support_vectors: floats(...list(vectors * 3)),
        vectors_per_class: ints(...counts),
        rho: floats(...list((counts.length * (counts.length - 1)) / 2)),
        classlabels_ints: ints(...counts.map((_, k) => 10 + k)),
      };
      const rows = Array.from({ length: 40 }, () => list(3));
      await expectSame({ ...classifier(attributes), widths: [3] }, rows);
    }
  });

  it("for three classes without vectors_per_class, by the largest score", async () => {
    const attributes = {
      coefficients: floats(-1, 0, 1, 0, 0.5, 0),
      rho: floats(0.25, 9, 9),
      classlabels_strings: texts("a", "b", "c"),
    };
    const single = classifier(attributes);
    await expectSame(single, [
      [-1, 0],
      [0, 0],
      [1, 0],
    ]);
  });

  it.each([
    ["kernel_type RBF", { kernel_type: text("RBF") }],
    ["prob_a (export a model that was trained with probability=False)", { prob_a: floats(1), prob_b: floats(0) }],
    ["post_transform LOGISTIC, want NONE", { post_transform: text("LOGISTIC") }],
    ["two classes without vectors_per_class", { vectors_per_class: ints(0, 0) }],
    ["vectors_per_class has 3 entries, want 2", { vectors_per_class: ints(1, 1, 0) }],
    ["vectors_per_class below 0", { vectors_per_class: ints(-1, 2) }],
    ["support_vectors has 4 entries, want 6", { vectors_per_class: ints(1, 2) }],
    ["coefficients has 3 entries, want 2", { coefficients: floats(1, 2, 3) }],
    ["rho has 2 entries, want 1", { rho: floats(1, 2) }],
    ["1 classes, want two at least", { classlabels_ints: ints(1) }],
  ])("refuses %s", (reason, change) => {
    expect(() => translate(classifier({ ...PAIR, ...change }))).toThrow(reason);
  });
});

describe("SVMClassifier of too much", () => {
  const zeros = (length: number) => ({ kind: "floats", value: new Float64Array(length) }) as const;
  /** One support vector a class. */
  const wide = (classes: number, width: number): Single => ({
    ...classifier({
      coefficients: zeros((classes - 1) * classes),
      support_vectors: zeros(classes * width),
      vectors_per_class: ints(...new Array(classes).fill(1)),
      rho: zeros((classes * (classes - 1)) / 2),
      classlabels_ints: ints(...Array.from({ length: classes }, (_, k) => k)),
    }),
    widths: [width],
  });

  it("is refused before anything is calculated", () => {
    const start = performance.now();
    expect(() => translate(wide(100, 1000))).toThrow("want at most 4194304 terms");
    expect(() => translate(wide(200, 7000))).toThrow("200 support vectors of 7000 for 200 classes");
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("SVMRegressor with a linear kernel is onnxruntime's", () => {
  const rows = [
    [1, 0],
    [0.3, -0.7],
  ];
  const vectors = { coefficients: floats(1, -0.5), support_vectors: floats(1, 0.25, 0, 1), rho: floats(0.5) };

  it("with support vectors and without", async () => {
    await expectSame(regressor({ ...vectors, n_supports: int(2) }), rows);
    await expectSame(regressor({ coefficients: floats(1, -0.5), rho: floats(0.5), n_supports: int(0) }), rows);
  });

  it.each([
    ["kernel_type SIGMOID", { kernel_type: text("SIGMOID") }],
    ["one_class", { one_class: int(1) }],
    ["coefficients has 2 entries, want 3", { n_supports: int(3) }],
    ["rho has 0 entries, want 1", { rho: floats() }],
    ["post_transform SOFTMAX, want NONE", { post_transform: text("SOFTMAX") }],
  ])("refuses %s", (reason, change) => {
    expect(() => translate(regressor({ ...vectors, n_supports: int(2), ...change }))).toThrow(reason);
  });
});
