import { describe, expect, it } from "vitest";
import { random, seedOfRun } from "../../../support/circuits/random.ts";
import { floats, ints, text, texts } from "../../../support/ml/attribute.ts";
import { type Attributes, gridNumber, leaves, randomForest, stump, type Weight } from "../../../support/ml/forest.ts";
import { expectSame, type Single, translate } from "../../../support/ml/single.ts";

const ROWS = [
  [0, 0],
  [1, 0],
];
const TRANSFORMS = ["NONE", "LOGISTIC", "SOFTMAX"];
const BASES = [[], [0.125], [0.125, 0.375]];

function classifier(attributes: Attributes, labels: readonly (string | number)[] = [10, 20]): Single {
  const names = labels.filter((label) => typeof label === "string");
  const named = names.length > 0;
  return {
    operator: "TreeEnsembleClassifier",
    attributes: {
      ...attributes,
      ...(named ? { classlabels_strings: texts(...names) } : { classlabels_int64s: ints(...labels.map(Number)) }),
    },
    outputs: 2,
  };
}

function bases(...values: readonly number[]): Attributes {
  return values.length === 0 ? {} : { base_values: floats(...values) };
}

describe("TreeEnsembleClassifier of two classes is onnxruntime's", () => {
  /** Scores at the thresholds 0 and 0.5 among them. */
  const forms: readonly (readonly [string, readonly (readonly Weight[])[]])[] = [
    [
      "the first class only",
      [
        [
          [0, 1, -0.25],
          [0, 2, 0.25],
        ],
        [
          [0, 1, 0],
          [0, 2, -1],
        ],
      ],
    ],
    [
      "the first class only, no weight below 0",
      [
        [
          [0, 1, 0.25],
          [0, 2, 0.75],
        ],
        [
          [0, 1, 0.5],
          [0, 2, 0.375],
        ],
      ],
    ],
    [
      "both classes",
      [
        [
          [0, 1, 0.75],
          [1, 1, 0.25],
          [0, 2, 0.25],
          [1, 2, 0.75],
        ],
        [
          [0, 1, 1],
          [1, 1, 0],
          [0, 2, 1],
          [1, 2, -1],
        ],
      ],
    ],
  ];
  const second: readonly (readonly Weight[])[] = [
    [
      [1, 1, -0.25],
      [1, 2, 0.25],
    ],
    [
      [1, 1, 0.5],
      [1, 2, 0.75],
    ],
  ];

  it.each(forms)("where leaves name %s, whatever the base values and the transform", async (_, cases) => {
    for (const weights of cases) {
      for (const base of BASES) {
        for (const transform of TRANSFORMS) {
          const tree = { ...stump(), ...leaves("class", ...weights), ...bases(...base) };
          await expectSame(classifier({ ...tree, post_transform: text(transform) }), ROWS);
          await expectSame(classifier({ ...tree, post_transform: text(transform) }, ["no", "yes"]), ROWS);
        }
      }
    }
  });

  it("where leaves name the second class only, but with two base values", async () => {
    for (const weights of second) {
      for (const transform of TRANSFORMS) {
        const tree = { ...stump(), ...leaves("class", ...weights), post_transform: text(transform) };
        await expectSame(classifier(tree), ROWS);
        await expectSame(classifier({ ...tree, ...bases(0.125) }), ROWS);
        expect(() => translate(classifier({ ...tree, ...bases(0.125, 0.375) }))).toThrow("two base_values");
      }
    }
  });

  it("where a leaf names nothing, which is a score of 0", async () => {
    await expectSame(classifier({ ...stump(), ...leaves("class", [0, 1, 1]) }), ROWS);
    await expectSame(classifier({ ...stump(), ...leaves("class", [0, 1, -1]) }), ROWS);
  });

  it("but not where no leaf names any class, or only some the second", () => {
    expect(() => translate(classifier({ ...stump(), ...leaves("class", [0, 0, 1]) }))).toThrow("no weights of leaves");
    expect(() => translate(classifier({ ...stump(), ...leaves("class", [1, 2, 1]) }))).toThrow(
      "only some of the leaves",
    );
    const based = { ...stump(), ...leaves("class", [0, 2, 1]), ...bases(0.5) };
    expect(() => translate(classifier(based))).toThrow("only some of the leaves");
  });

  it("with random trees", async () => {
    const source = random(seedOfRun());
    for (const outputs of [[0], [1], [0, 1]]) {
      const wish = {
        prefix: "class",
        trees: 5,
        depth: 4,
        width: 3,
        modes: ["BRANCH_LT", "BRANCH_LEQ"],
        outputs,
      } as const;
      const rows = Array.from({ length: 40 }, () => Array.from({ length: 3 }, () => gridNumber(source)));
      for (const transform of TRANSFORMS) {
        const tree = { ...randomForest(source, wish), post_transform: text(transform) };
        await expectSame({ ...classifier(tree), widths: [3] }, rows);
      }
    }
  });
});

describe("TreeEnsembleClassifier of more classes is onnxruntime's", () => {
  it("with random trees whose classes tie, with and without base values", async () => {
    const source = random(seedOfRun());
    const wish = { prefix: "class", trees: 4, depth: 4, width: 3, modes: ["BRANCH_LEQ"], outputs: [0, 1, 2] } as const;
    const rows = Array.from({ length: 60 }, () => Array.from({ length: 3 }, () => gridNumber(source)));
    for (const transform of TRANSFORMS) {
      const tree = { ...randomForest(source, wish), post_transform: text(transform) };
      await expectSame({ ...classifier(tree, [5, 6, 7]), widths: [3] }, rows);
      await expectSame({ ...classifier({ ...tree, ...bases(0.5, 0, -0.25) }, ["a", "b", "c"]), widths: [3] }, rows);
    }
  });

  it("with leaves that name one class each, of weights that are above 0 or beside base values", async () => {
    const positive = leaves("class", [0, 1, 0.5], [2, 2, 0.25]);
    await expectSame(classifier({ ...stump(), ...positive }, [5, 6, 7]), ROWS);
    const mixed = leaves("class", [0, 1, -0.5], [2, 2, -0.25]);
    await expectSame(classifier({ ...stump(), ...mixed, ...bases(0.125, 0, 0) }, [5, 6, 7]), ROWS);
    // onnxruntime takes the class of -0.5, the only one that is named, over two of 0.
    expect(() => translate(classifier({ ...stump(), ...mixed }, [5, 6, 7]))).toThrow("class 0");
  });
});

describe("the outputs of TreeEnsembleClassifier", () => {
  const tree = { ...stump(), ...leaves("class", [0, 1, -0.25], [0, 2, 0.25]) };

  it("are a position with labels, and logits with what is left to the reader", () => {
    const { graph, made } = translate(classifier({ ...tree, post_transform: text("LOGISTIC") }, ["no", "yes"]));
    expect(made.map(({ meaning }) => meaning)).toEqual([
      { index: true, labels: ["no", "yes"] },
      { link: "sigmoid", normalised: true },
    ]);
    expect(made.map(({ value }) => value.shape)).toEqual([[1], [1, 2]]);
    expect(graph.notes).toEqual(["under test: outputs are logits: the file's own are their sigmoid"]);
  });

  it("are plain numbers where nothing comes after them", () => {
    const { graph, made } = translate(classifier(tree));
    expect(made[1]?.meaning).toBeUndefined();
    expect(graph.notes).toEqual([]);
  });
});
