import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { agree } from "../../support/graph/compare.ts";
import { input, int64, model, node, real, single, tensor, weights } from "../../support/graph/models.ts";
import { seeded } from "../../support/graph/random.ts";

describe("activations", () => {
  const random = seeded(21);
  const x = input([2, 3, 4]);

  it("agree with onnxruntime: Relu, LeakyRelu, PRelu, HardSigmoid, HardSwish, Sigmoid, Tanh", async () => {
    await agree(single("Relu", { inputs: [x] }), random);
    await agree(single("LeakyRelu", { inputs: [x] }), random);
    await agree(single("LeakyRelu", { inputs: [x], attributes: { alpha: real(-0.3) } }), random);
    for (const slope of [[], [1], [4], [3, 1], [2, 3, 4]]) {
      await agree(single("PRelu", { inputs: [x, weights(random, slope)] }), random);
    }
    await agree(single("HardSigmoid", { inputs: [x] }), random, 2, -6, 6);
    await agree(
      single("HardSigmoid", { inputs: [x], attributes: { alpha: real(1 / 6), beta: real(0.4) } }),
      random,
      2,
      -6,
      6,
    );
    await agree(single("HardSwish", { inputs: [x] }), random, 2, -6, 6);
    await agree(single("Sigmoid", { inputs: [x] }), random, 2, -9, 9);
    await agree(single("Tanh", { inputs: [x] }), random, 2, -6, 6);
  });

  it("refuses slopes that do not broadcast to the input", () => {
    expect(() => build(single("PRelu", { inputs: [input([1, 3]), weights(random, [2, 3])] }))).toThrow(
      "slopes of shape [2,3]",
    );
  });

  it("compares once for Abs and LeakyRelu, twice for Clip between two bounds", () => {
    const relus = (operator: string, ...bounds: number[]) =>
      build(
        single(operator, { inputs: [input([4]), ...bounds.map((bound) => tensor("float", [], [bound]))] }),
      ).nodes.filter(({ operation }) => operation.kind === "relu").length;
    expect([relus("Abs"), relus("LeakyRelu"), relus("Clip", 0, 6), relus("Clip", 0), relus("Clip")]).toEqual([
      1, 1, 2, 1, 0,
    ]);
  });
});

describe("Clip", () => {
  const random = seeded(22);

  it("agrees with onnxruntime with bounds as attributes (opset 7) and as inputs, both, one or none", async () => {
    for (const [low, high] of [
      [-1, 1],
      [0, 1.5],
      [undefined, 0.5],
      [-0.25, undefined],
      [undefined, undefined],
    ]) {
      const attributes = {
        ...(low === undefined ? {} : { min: real(low) }),
        ...(high === undefined ? {} : { max: real(high) }),
      };
      await agree(single("Clip", { inputs: [input([2, 5])], attributes, opset: 7 }), random);
      const bound = (value: number | undefined) => (value === undefined ? undefined : tensor("float", [], [value]));
      await agree(single("Clip", { inputs: [input([2, 5]), bound(low), bound(high)] }), random);
    }
  });

  it("refuses bounds that are computed, and bounds that are attributes when they should be inputs", () => {
    expect(() => build(single("Clip", { inputs: [input([3]), input([])] }))).toThrow("a bound that is computed");
    expect(() => build(single("Clip", { inputs: [input([3])], attributes: { min: real(0) } }))).toThrow(
      "attribute min",
    );
  });
});

describe("Softmax and LogSoftmax", () => {
  const random = seeded(23);

  it("at an output are its scores, and agree with onnxruntime once the link is applied", async () => {
    for (const operator of ["Softmax", "LogSoftmax"]) {
      for (const [shape, axis] of [
        [[1, 5], 1],
        [[1, 5], -1],
        [[3, 4], -1],
        [[2, 3, 4], 2],
        [[1, 4, 1, 1], 1],
      ] as const) {
        const graph = await agree(single(operator, { inputs: [input(shape)], attributes: { axis } }), random);
        expect(graph.outputs[0]).toMatchObject({
          kind: "scores",
          link: operator === "Softmax" ? "softmax" : "logSoftmax",
        });
        expect(graph.notes.join()).toContain(`${operator}_0: its output is the scores`);
      }
      await agree(single(operator, { inputs: [input([2, 5])], opset: 9 }), random);
      await agree(single(operator, { inputs: [input([3, 1, 1, 5])], attributes: { axis: 2 }, opset: 11 }), random);
    }
  });

  it("stay such through what does not change them, a Transpose too", async () => {
    const nodes = [
      node("Transpose", ["x"], ["t"], { perm: [0, 2, 3, 1] }),
      node("Softmax", ["t"], ["s"], { axis: -1 }),
      node("Transpose", ["s"], ["u"], { perm: [0, 3, 1, 2] }),
      node("Reshape", ["u", "shape"], ["r"]),
      node("Identity", ["r"], ["i"]),
      node("Cast", ["i"], ["y"], { to: 1 }),
    ];
    const operands = new Map([
      ["x", input([1, 5, 1, 1])],
      ["shape", int64([5])],
    ]);
    const graph = await agree(model(operands, nodes, ["y"]), random);
    expect(graph.outputs[0]).toMatchObject({ kind: "scores", group: 5, shape: [5] });
  });

  it("before opset 13 refuses several axes at once; later a softmax over what is not the last axis of an output", () => {
    expect(() => build(single("Softmax", { inputs: [input([1, 2, 3])], opset: 9 }))).toThrow(
      "axes 1 and 2 at once (opset 9)",
    );
    expect(() => build(single("Softmax", { inputs: [input([1, 2, 3])], attributes: { axis: 1 } }))).toThrow(
      "got the output y0, a softmax over axis 1 of [1,2,3]",
    );
  });

  it("are refused in the middle of a model, cut up, or over constants", () => {
    const then = (operator: string, inputs: string[], attributes = {}) =>
      model(
        new Map([
          ["x", input([2, 4])],
          ["c", weights(random, [4])],
          ["shape", int64([4, 2])],
        ]),
        [node("Softmax", ["x"], ["s"]), node(operator, inputs, ["y"], attributes)],
        ["y"],
      );
    expect(() => build(then("Mul", ["s", "c"]))).toThrow(
      "Mul (node Mul_y), which is not supported: input 0 is a softmax",
    );
    expect(() => build(then("Slice", ["s", "shape", "shape"]))).toThrow("input 0 is a softmax");
    expect(() => build(then("Reshape", ["s", "shape"]))).toThrow("cuts up what a softmax is over");
    expect(() => build(then("ArgMax", ["s"], { axis: 0 }))).toThrow("axis 0 of a softmax over another one");
  });

  it("are not seen by an ArgMax over the same axis", async () => {
    const nodes = [node("Softmax", ["x"], ["s"]), node("ArgMax", ["s"], ["y"], { axis: 1, keepdims: 0 })];
    const graph = await agree(model(new Map([["x", input([3, 4])]]), nodes, ["s", "y"]), random);
    expect(graph.outputs.map(({ kind }) => kind)).toEqual(["scores", "index"]);
  });
});
