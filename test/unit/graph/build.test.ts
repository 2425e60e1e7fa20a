import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { inspect } from "../../../src/graph/inspect.ts";
import { input, int64, model, node, single, tensor, weights } from "../../support/graph/models.ts";
import { seeded } from "../../support/graph/random.ts";

const random = seeded(71);
const operands = new Map([
  ["x", input([undefined, 4])],
  ["w", weights(random, [4, 3])],
  ["b", weights(random, [3])],
]);
const layers = [
  node("Gemm", ["x", "w", "b"], ["h"]),
  node("Relu", ["h"], ["r"]),
  node("Softmax", ["r"], ["p"]),
  node("ArgMax", ["r"], ["k"], { axis: 1 }),
];
const STEPS = { ...model(operands, layers, ["p", "k"]) };

describe("build", () => {
  it("makes the batch 1 where it is left open, and all outputs of the file", () => {
    const graph = build(STEPS);
    expect(graph.nodes.map(({ name }) => name)).toEqual(["x", "Gemm_h", "Relu_r", "ArgMax_k"]);
    expect(graph.nodes[0]?.shape).toEqual([1, 4]);
    expect(graph.outputs.map(({ name, kind, shape }) => [name, kind, shape])).toEqual([
      ["p", "scores", [1, 3]],
      ["k", "index", [1, 1]],
    ]);
  });

  it("translates only what the wanted outputs need, inputs too", () => {
    const nodes = [...layers, node("Erf", ["z"], ["e"])];
    const wider = { ...model(new Map([...operands, ["z", input([3, undefined])]]), nodes, ["k", "e"]) };
    const graph = build(wider, { outputs: ["k"] });
    expect(graph.inputs).toHaveLength(1);
    expect(graph.nodes.some(({ name }) => name === "Softmax_p")).toBe(false);
    expect(() => build(wider)).toThrow("got Erf (node Erf_e), which is not supported\nSupported: Abs, Add, ");
  });

  it("names every node that is not supported at once", () => {
    const nodes = [...layers, node("Erf", ["r"], ["e"]), { ...node("Foo", ["e"], ["f"]), domain: "org.example" }];
    expect(() => build(model(operands, nodes, ["f", "p"]))).toThrow(
      expect.objectContaining({
        code: "model.operator",
        message: expect.stringContaining("got Erf (node Erf_e), org.example.Foo (node Foo_f), which"),
      }),
    );
  });

  it("leaves out what only its shape was asked of", () => {
    const nodes = [
      node("Relu", ["x"], ["r"]),
      node("Shape", ["r"], ["s"]),
      node("Cast", ["s"], ["c"], { to: 1 }),
      node("Mul", ["x", "c0"], ["y"]),
      node("Gather", ["c", "one"], ["c0"]),
    ];
    const sorted = [nodes[0], nodes[1], nodes[2], nodes[4], nodes[3]].flatMap((step) =>
      step === undefined ? [] : [step],
    );
    const graph = build(
      model(
        new Map([
          ["x", input([1, 4])],
          ["one", int64([1], [])],
        ]),
        sorted,
        ["y"],
      ),
    );
    expect(graph.nodes.map(({ operation }) => operation.kind)).toEqual(["input", "affine"]);
    expect(graph.outputs[0]?.node).toBe(1);
  });

  it("refuses inputs with other open dimensions, none at all, no shape or strings, naming them", () => {
    const relu = (operand: ReturnType<typeof input>) => () => build(single("Relu", { inputs: [operand] }));
    expect(relu(input([1, undefined]))).toThrow("got the input a with an open dimension at axis 1, want a fixed one");
    expect(relu(input([1, 0]))).toThrow("an empty dimension at axis 1");
    expect(relu(input([1, 2], "string"))).toThrow("elements of type string");
    const shapeless = single("Relu", { inputs: [input([1])] });
    const bare = { ...shapeless, inputs: [{ name: "a", type: "float" as const, shape: undefined }] };
    expect(() => build(bare)).toThrow("got the input a with no shape");
    expect(relu(input([1, 1e9]))).toThrow("at most 1048576 elements");
  });

  it("refuses outputs that there are not, or that are constants", () => {
    expect(() => build(STEPS, { outputs: ["q"] })).toThrow("got the output q, want one of p, k");
    expect(() => build(STEPS, { outputs: [] })).toThrow("got the output none, want one output or more");
    const fixed = model(new Map([["w", weights(random, [2])]]), [node("Relu", ["w"], ["y"])], ["y", "w"]);
    expect(() => build(fixed, { outputs: ["y"] })).toThrow("got the output y, a constant");
    expect(() => build(fixed, { outputs: ["w"] })).toThrow("got the output w, a constant");
  });

  it("refuses an output that the file declares of another size, and one that is an input as it is", () => {
    const declared = (shape: readonly (number | undefined)[]) => {
      const relu = single("Relu", { inputs: [input([1, 4])] });
      return build({ ...relu, outputs: [{ name: "y0", type: "float", shape }] });
    };
    expect(() => declared([1, 3])).toThrow("got the output y0 of shape [1,4], want [1,3], as the file says");
    expect(declared([4]).outputs[0]?.shape).toEqual([1, 4]);
    expect(declared([undefined, 3]).outputs).toHaveLength(1);
    expect(() => build(model(new Map([["x", input([1])]]), [], ["x"]))).toThrow("got the output x, an input as it is");
  });

  it("refuses more inputs and outputs than ONNX gives an operator, types that are mixed, and empty tensors", () => {
    const x = input([1, 4]);
    expect(() => build(single("Relu", { inputs: [x, x] }))).toThrow("got 2 inputs and 1 outputs, want at most 1 and 1");
    expect(() => build(single("Relu", { inputs: [x], outputs: 2 }), { outputs: ["y0"] })).toThrow(
      "got 1 inputs and 2 outputs",
    );
    for (const operator of ["Add", "Mul", "Div", "Max", "Concat", "MatMul", "Gemm"]) {
      const inputs = [x, tensor("double", [4, 1], [1, 2, 3, 4])];
      expect(() => build(single(operator, { inputs, attributes: operator === "Concat" ? { axis: 0 } : {} }))).toThrow(
        "got types float and double",
      );
    }
    const ends = [int64([3]), int64([1]), int64([1])];
    expect(() => build(single("Slice", { inputs: [x, ...ends] }))).toThrow("its output of shape [1,0] is empty");
    expect(() => build(single("Concat", { inputs: [x] }))).toThrow("no axis");
  });

  it("refuses opsets of which it does not know what they mean", () => {
    const at = (opset: number) => () => build(single("Relu", { inputs: [input([1])], opset }));
    expect(at(6)).toThrow("opset 6, want 7 to 28");
    expect(at(29)).toThrow("opset 29");
    expect(() => build({ ...single("Relu", { inputs: [input([1])] }), opsets: new Map() })).toThrow(
      "no opset of ai.onnx",
    );
  });

  it("refuses a name that nothing makes, and an input that is left out", () => {
    expect(() => build(model(new Map([["x", input([1])]]), [node("Add", ["x", "n"], ["y"])], ["y"]))).toThrow(
      "got n, want the name",
    );
    expect(() => build(model(new Map([["x", input([1])]]), [node("Add", ["x", ""], ["y"])], ["y"]))).toThrow(
      "input 1 is left out",
    );
    expect(() => build(model(new Map([["x", input([1])]]), [node("Add", ["x"], ["y"])], ["y"]))).toThrow(
      "input 1 is left out",
    );
  });

  it("refuses many large tensors together soon", () => {
    const shape = int64([1 << 20]);
    const nodes = Array.from({ length: 1000 }, (_, i) => node("Expand", ["x", "shape"], [`e${i}`]));
    const sum = node(
      "Sum",
      nodes.flatMap(({ outputs }) => outputs),
      ["y"],
    );
    const started = performance.now();
    expect(() =>
      build(
        model(
          new Map([
            ["x", input([1])],
            ["shape", shape],
          ]),
          [...nodes, sum],
          ["y"],
        ),
      ),
    ).toThrow("got a model of more, want at most 8388608 elements and terms in all");
    const constants = nodes.map(({ outputs }) => node("ConstantOfShape", ["shape"], outputs));
    expect(() => build(model(new Map([["shape", shape]]), [...constants, sum], ["y"]))).toThrow("in all");
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it("shows names from the file without their control characters", () => {
    const named = (operator: string, attribute: string) => ({
      ...single("Relu", { inputs: [input([1])] }),
      nodes: [node(operator, ["a"], ["y0"], { [attribute]: 1 }, "bell \u0007")],
    });
    expect(() => build(named("Relu", "\u001b[31m"))).toThrow(
      "got Relu (node bell \\u0007), which is not supported: attribute \\u001b[31m",
    );
    expect(() => build(named("\u202e", "x"))).toThrow("got \\u202e (node bell \\u0007), which is not supported");
  });

  it("refuses ranks and weights beyond all bounds", () => {
    const axes = int64(Array.from({ length: 40 }, (_, axis) => axis));
    expect(() => build(single("Unsqueeze", { inputs: [input([1]), axes] }))).toThrow("at most 32");
    expect(() => build(single("Div", { inputs: [input([1], "double"), tensor("double", [], [1e-320])] }))).toThrow(
      "got a weight of Infinity",
    );
  });
});

describe("inspect", () => {
  it("has a row for every node, with shapes and parameters as far as they are known", () => {
    const nodes = [
      ...layers.slice(0, 2),
      node("Erf", ["r"], ["e"]),
      node("Tanh", ["e"], ["t"]),
      node("Pad", ["r", "b"], ["q"]),
    ];
    const rows = inspect(model(operands, nodes, ["t", "q"]));
    expect(rows.map(({ operator, supported, shape, parameters }) => [operator, supported, shape, parameters])).toEqual([
      ["Gemm", true, [1, 3], 15],
      ["Relu", true, [1, 3], 0],
      ["Erf", false, undefined, 0],
      ["Tanh", true, undefined, 0],
      ["Pad", false, undefined, 0],
    ]);
    expect(rows.map(({ reason }) => reason)).toEqual([
      undefined,
      undefined,
      "there is no such operator here",
      undefined,
      "got Pad (node Pad_q), which is not supported: pads of type float, want integers",
    ]);
  });

  it("says at the first nodes what is wrong with an input", () => {
    const rows = inspect(
      model(new Map([["x", input([1, undefined])]]), [node("Relu", ["x"], ["r"]), node("Abs", ["r"], ["y"])], ["y"]),
    );
    expect(rows.map(({ supported, reason }) => [supported, reason])).toEqual([
      [true, "got the input x with an open dimension at axis 1, want a fixed one"],
      [true, undefined],
    ]);
  });
});
