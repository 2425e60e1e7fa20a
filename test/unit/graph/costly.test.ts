import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { fuse } from "../../../src/graph/fuse.ts";
import { inspect } from "../../../src/graph/inspect.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import type { OnnxModel } from "../../../src/onnx/model.ts";
import {
  type Attributes,
  input,
  int64,
  model,
  node,
  type Operand,
  single,
  tensor,
  weights,
} from "../../support/graph/models.ts";
import { seeded } from "../../support/graph/random.ts";
import { stump } from "../../support/ml/forest.ts";

const LARGE = 2 ** 20;
const ESCAPES = `\u001b[31m\u202e${"a".repeat(100_000)}`;

const repeated = (name: string, times: number) => new Array<string>(times).fill(name);
const one = tensor("float", [1], [1]);

/** Adds what the nodes make under the name "z" to the input "x". */
function with0(shape: readonly number[], operator: string, attributes: Attributes = {}, more: Operand[] = []) {
  const names = more.map((_, i) => `c${i}`);
  const operands = new Map<string, Operand>([
    ["x", input([1])],
    ["z", tensor("float", shape, [])],
    ...more.map((operand, i): [string, Operand] => [`c${i}`, operand]),
  ]);
  const nodes = [
    node(operator, ["z", ...names], ["t"], attributes),
    node("Shape", ["t"], ["s"]),
    node("Cast", ["s"], ["f"], { to: 1 }),
    node("Add", ["x", "f"], ["y"]),
  ];
  return model(operands, nodes, ["y"]);
}

function inputs(operator: string, names: readonly string[], operands: Record<string, Operand>): OnnxModel {
  return model(new Map(Object.entries(operands)), [node(operator, names, ["y"])], ["y"]);
}

function chain(operator: string, length: number, other?: string): OnnxModel {
  const nodes = Array.from({ length }, (_, i) => {
    const last = i === 0 ? "x" : `t${i}`;
    return node(operator, [last, other ?? last], [`t${i + 1}`], operator === "Concat" ? { axis: 0 } : {});
  });
  const operands = new Map([
    ["x", input([1])],
    ["w", tensor("float", [1], [2 ** 100])],
  ]);
  return model(operands, nodes, [`t${length}`]);
}

function classical(operator: string, attributes: Attributes): OnnxModel {
  const file = model(
    new Map([["x", input([1, 1])]]),
    [{ ...node(operator, ["x"], ["y"], attributes), domain: "ai.onnx.ml" }],
    ["y"],
  );
  return { ...file, opsets: new Map([["ai.onnx.ml", 3]]) };
}

/** Long lists where a shape is asked for. */
const many = int64(new Array<number>(500_000).fill(-5));
const IMAGE = input([1, 1, 4]);

const COSTLY: Readonly<Record<string, () => OnnxModel>> = {
  "a sum of one large input": () => inputs("Sum", repeated("x", 1000), { x: input([LARGE]) }),
  "a sum of as many names as a file has": () =>
    inputs("Sum", ["x", ...repeated("s", 200_000)], { x: input([LARGE]), s: input([1]) }),
  "a mean of as many constants": () => inputs("Mean", ["x", ...repeated("s", 200_000)], { x: input([LARGE]), s: one }),
  "a maximum of one large input": () => inputs("Max", repeated("x", 8000), { x: input([LARGE]) }),
  "a maximum of as many constants": () =>
    inputs("Max", ["x", ...repeated("s", 200_000)], { x: input([LARGE]), s: one }),
  "maxima of constants again and again": () => {
    const nodes = Array.from({ length: 2000 }, (_, i) => node("Max", ["s", ...repeated("w", 60)], [`t${i}`]));
    const operands = new Map<string, Operand>([
      ["x", input([1])],
      ["s", one],
      ["w", tensor("float", [5000], new Array<number>(5000).fill(1))],
    ]);
    const last = node("Sum", ["x", ...nodes.flatMap(({ outputs }) => outputs)], ["y"]);
    return model(operands, [...nodes, last], ["y"]);
  },
  "x joined to itself 60 times": () => chain("Concat", 60),
  "a large constant moved again and again": () => {
    const nodes = Array.from({ length: 2000 }, (_, i) => node("Transpose", [i === 0 ? "z" : `t${i}`], [`t${i + 1}`]));
    const operands = new Map<string, Operand>([
      ["x", input([1])],
      ["z", tensor("float", [0, LARGE, LARGE], [])],
    ]);
    return model(operands, [...nodes, node("Shape", ["t2000"], ["s"]), node("Add", ["x", "s"], ["y"])], ["y"]);
  },
  ...Object.fromEntries(
    ["Transpose", "ReduceSum", "ArgMax", "Abs"].map((operator) => [
      `${operator} of nothing times 2^31`,
      () => with0([0, 2 ** 31 - 1], operator),
    ]),
  ),
  "a slice of nothing times 2^31": () => with0([0, 2 ** 31 - 1], "Slice", {}, [int64([0]), int64([5]), int64([0])]),
  "a part of nothing times 2^31": () => with0([0, 2 ** 31 - 1], "Gather", {}, [int64([])]),
  "a pool of nothing times 2^31": () => with0([1, 0, 2 ** 31 - 1], "MaxPool", { kernel_shape: [3] }),
  "a shape of many": () => single("Reshape", { inputs: [input([1]), many] }),
  "a shape of many to expand to": () => single("Expand", { inputs: [input([1]), many] }),
  "a split of many": () => single("Split", { inputs: [input([4]), many], outputs: 2 }),
  "an order of many axes": () =>
    single("Transpose", { inputs: [input([1])], attributes: { perm: new Array<number>(500_000).fill(7) } }),
  "a kernel of many axes": () => {
    const attributes = { kernel_shape: new Array<number>(500_000).fill(7) };
    return single("Conv", { inputs: [IMAGE, weights(seeded(1), [1, 1, 2])], attributes });
  },
  "parts of many": () => {
    const parts = int64(new Array<number>(60_000).fill(7));
    return single("Split", { inputs: [input([4]), parts], outputs: 2 });
  },
  "many classes": () => classical("LinearClassifier", { classlabels_ints: new Array<number>(100_000).fill(7) }),
  "escapes as a kernel": () => classical("SVMRegressor", { kernel_type: ESCAPES }),
  "escapes as a support vector machine's transform": () => classical("SVMRegressor", { post_transform: ESCAPES }),
  "escapes as a transform": () =>
    classical("LinearRegressor", {
      coefficients: { kind: "floats", value: Float64Array.of(1) },
      post_transform: ESCAPES,
    }),
  "escapes as a norm": () => classical("Normalizer", { norm: ESCAPES }),
  "escapes as a mode": () => classical("TreeEnsembleRegressor", { ...stump(ESCAPES), ...TARGETS }),
  "escapes as an aggregate": () =>
    classical("TreeEnsembleRegressor", { ...stump(), ...TARGETS, aggregate_function: ESCAPES }),
  "escapes as a window's padding": () =>
    single("MaxPool", { inputs: [IMAGE], attributes: { kernel_shape: [1], auto_pad: ESCAPES } }),
  "escapes as a mode of padding": () => single("Pad", { inputs: [IMAGE, int64([1])], attributes: { mode: ESCAPES } }),
};

const TARGETS: Attributes = {
  n_targets: 1,
  target_ids: [0, 0],
  target_nodeids: [1, 2],
  target_treeids: [0, 0],
  target_weights: { kind: "floats", value: Float64Array.of(1, 2) },
};

/** What a reader of the refusal gets: one line that can be shown, and no more than that. */
function expectClear(error: unknown): void {
  if (!(error instanceof AssayError)) throw error;
  expect(error.code).toMatch(/^model\.(operator|shape|size|value)$/);
  expect(error.message).toMatch(/^[\x20-\x7e]{1,1000}$/);
}

describe("a small file that asks for much", () => {
  it.each(Object.keys(COSTLY))("%s is refused in one clear line, and inspected", (name) => {
    const file = COSTLY[name]?.();
    if (file === undefined) throw new RangeError(`got no file ${name}`);
    let refusal: unknown;
    try {
      build(file);
    } catch (error) {
      refusal = error;
    }
    expectClear(refusal);
    try {
      for (const { reason } of inspect(file)) expect(reason ?? "none").toMatch(/^[\x20-\x7e]{1,1000}$/);
    } catch (error) {
      expectClear(error);
    }
  });
});

describe("layers that are one", () => {
  it("are refused where their weights are beyond all numbers together", () => {
    const graph = build(chain("Mul", 300, "w"));
    expect(() => fuse(graph)).toThrow(expect.objectContaining({ code: "model.value" }));
    expect(() => fuse(build(chain("Add", 1100)))).toThrow("got a weight of Infinity, want finite numbers");
  });
});

describe("layers that would be one of more parameters than can be told apart", () => {
  it("stay apart, others do not", () => {
    const layers = (size: number) => {
      const random = seeded(2);
      const operands = new Map([
        ["x", input([1, size])],
        ["v", weights(random, [size, size])],
        ["w", weights(random, [size, size])],
      ]);
      const nodes = [node("MatMul", ["x", "v"], ["t"]), node("MatMul", ["t", "w"], ["y"])];
      return fuse(build(model(operands, nodes, ["y"]))).nodes.length;
    };
    expect([layers(10), layers(100)]).toEqual([2, 3]);
  });
});

describe("a node without an output that there is", () => {
  it("has a row without a shape, and what comes after it has its own", () => {
    const nodes = [
      node("Relu", ["x"], []),
      node("Dropout", ["x"], ["", "mask"]),
      node("Erf", ["x"], ["", "e"]),
      node("Clip", ["x", "", "high"], ["y"]),
    ];
    const file = model(
      new Map([
        ["x", input([1, 3])],
        ["high", tensor("float", [], [1])],
      ]),
      nodes,
      ["y"],
    );
    expect(inspect(file).map(({ supported, shape }) => [supported, shape])).toEqual([
      [true, undefined],
      [true, undefined],
      [false, undefined],
      [true, [1, 3]],
    ]);
  });
});
