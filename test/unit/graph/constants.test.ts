import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import type { OnnxNode } from "../../../src/onnx/model.ts";
import { agree } from "../../support/graph/compare.ts";
import {
  type Attributes,
  input,
  int64,
  model,
  node,
  type Operand,
  real,
  single,
  tensor,
  weights,
} from "../../support/graph/models.ts";
import { seeded } from "../../support/graph/random.ts";

/** Adds to the input what the nodes make under the name "c". */
function added(
  shape: readonly number[],
  nodes: readonly OnnxNode[],
  operands: Record<string, Operand> = {},
  opset = 21,
) {
  const all = new Map(Object.entries({ x: input(shape), ...operands }));
  return model(all, [...nodes, node("Add", ["x", "c"], ["y"])], ["y"], opset);
}

/** The tensor under the name "c", as the parameters that are added to an input of zeros. */
function folded(nodes: readonly OnnxNode[], operands: Record<string, Operand> = {}): readonly number[] {
  const operation = build(added([1], nodes, operands)).nodes[1]?.operation;
  if (operation?.kind !== "affine") throw new TypeError("want an affine operation");
  return [...operation.bias];
}

describe("Constant, ConstantOfShape, Shape, Size, Range", () => {
  it("agree with onnxruntime", async () => {
    const random = seeded(61);
    const many: Attributes[] = [
      { value: { kind: "tensor", value: { type: "float", shape: [3], data: Float64Array.of(1, 2, 3) } } },
      { value_float: real(0.5) },
      { value_floats: { kind: "floats", value: Float64Array.of(1, 2, 4) } },
    ];
    for (const attributes of many) await agree(added([2, 3], [node("Constant", [], ["c"], attributes)]), random);
    const filled = {
      value: { kind: "tensor", value: { type: "float", shape: [1], data: Float64Array.of(7) } },
    } as const;
    await agree(added([2, 3], [node("ConstantOfShape", ["s"], ["c"], filled)], { s: int64([2, 1]) }), random);
    await agree(added([2, 3], [node("ConstantOfShape", ["s"], ["c"])], { s: int64([3]) }), random);
    const three = { s: tensor("float", [], [0]), l: tensor("float", [], [1.4]), d: tensor("float", [], [0.5]) };
    await agree(added([2, 3], [node("Range", ["s", "l", "d"], ["c"])], three), random);
    const cast = node("Cast", ["i"], ["c"], { to: 1 });
    await agree(added([2, 3], [node("Shape", ["x"], ["i"], { start: -1 }), cast]), random);
    await agree(added([2, 2], [node("Shape", ["x"], ["i"], { start: -5, end: 9 }), cast]), random);
    await agree(added([2, 3], [node("Size", ["x"], ["i"]), cast]), random);
    const whole = [node("Constant", [], ["i"], { value_ints: [4, 5, 6] }), cast];
    await agree(added([2, 3], whole), random);
    await agree(added([2, 3], [node("Constant", [], ["i"], { value_int: 4 }), cast]), random);
  });

  it("refuse strings, two values at once and sizes beyond any circuit", () => {
    expect(() => build(added([1], [node("Constant", [], ["c"], { value_string: "a" })]))).toThrow(
      "attribute value_string",
    );
    expect(() => build(added([1], [node("Constant", [], ["c"], { value_int: 1, value_float: real(1) })]))).toThrow(
      "2 values",
    );
    const huge = { s: int64([1e9, 1e9]) };
    expect(() => build(added([1], [node("ConstantOfShape", ["s"], ["c"])], huge))).toThrow("at most 1048576 elements");
    const bounds = (step: number) => ({
      s: tensor("float", [], [0]),
      l: tensor("float", [], [1e9]),
      d: tensor("float", [], [step]),
    });
    expect(() => build(added([1], [node("Range", ["s", "l", "d"], ["c"])], bounds(1e-6)))).toThrow("at most");
    expect(() => build(added([1], [node("Range", ["s", "l", "d"], ["c"])], bounds(0)))).toThrow("at most");
  });
});

describe("what depends on constants alone", () => {
  it("is computed when the graph is built, integers divided towards zero", () => {
    const operands = { a: int64([-7, 7, 6]), b: int64([2]) };
    const cast = node("Cast", ["i"], ["c"], { to: 1 });
    expect(folded([node("Div", ["a", "b"], ["i"]), cast], operands)).toEqual([-3, 3, 3]);
    expect(folded([node("Mul", ["a", "b"], ["i"]), cast], operands)).toEqual([-14, 14, 12]);
    expect(folded([node("Sub", ["a", "b"], ["i"]), cast], operands)).toEqual([-9, 5, 4]);
    const real = { a: tensor("float", [3], [-7, 7, 6.5]), b: tensor("float", [], [2]) };
    expect(folded([node("Div", ["a", "b"], ["c"])], real)).toEqual([-3.5, 3.5, 3.25]);
    expect(folded([node("Cast", ["a"], ["i"], { to: 7 }), cast], real)).toEqual([-7, 7, 6]);
    expect(folded([node("Cast", ["a"], ["i"], { to: 9 }), cast], real)).toEqual([1, 1, 1]);
    expect(folded([node("Pow", ["a", "b"], ["c"])], real)).toEqual([49, 49, 42.25]);
  });

  it("is computed by the graph's own operations: every operator folds", async () => {
    const random = seeded(62);
    const w = weights(random, [1, 1, 2, 4], 0.1, 2);
    const chains: (readonly (readonly [string, string[], Attributes?])[])[] = [
      [
        ["Relu", []],
        ["Sqrt", []],
      ],
      [
        ["Exp", []],
        ["Log", []],
        ["Floor", []],
        ["Ceil", []],
      ],
      [
        ["Reciprocal", []],
        ["Tanh", []],
        ["Clip", ["low"]],
      ],
      [
        ["Conv", ["kernel"]],
        ["MaxPool", [], { kernel_shape: [1, 2] }],
        ["Transpose", []],
      ],
      [
        ["MatMul", ["matrix"]],
        ["Concat", ["w"], { axis: 0 }],
        ["ReduceSum", []],
      ],
      [
        ["LeakyRelu", []],
        ["Max", ["low"]],
        ["AveragePool", [], { kernel_shape: [2, 1] }],
      ],
    ];
    const operands = {
      w,
      low: tensor("float", [], [0.5]),
      kernel: weights(random, [1, 1, 1, 1]),
      matrix: weights(random, [4, 4]),
    };
    for (const chain of chains) {
      let last = "w";
      const nodes = chain.map(([operator, more, attributes], i) => {
        const before = last;
        last = i === chain.length - 1 ? "c" : `t${i}`;
        return node(operator, [before, ...more], [last], attributes ?? {});
      });
      const graph = await agree(added([1, 1, 1, 1], nodes, operands), random);
      expect(graph.nodes.every(({ operation }) => operation.kind === "input" || operation.kind === "affine")).toBe(
        true,
      );
    }
  });

  it("is rounded to its type after every node, as onnxruntime does it", async () => {
    const random = seeded(64);
    const numbers = (...data: number[]) => tensor("float", [data.length], data.map(Math.fround));
    const there = [node("Cast", ["p"], ["i"], { to: 7 }), node("Cast", ["i"], ["c"], { to: 1 })];
    const cases: readonly (readonly [OnnxNode[], Record<string, Operand>])[] = [
      [[node("Add", ["a", "b"], ["p"]), node("Sub", ["p", "a"], ["c"])], { a: numbers(2 ** 24), b: numbers(1) }],
      [[node("Mul", ["a", "b"], ["p"]), ...there], { a: numbers(0.29, 0.7), b: numbers(100, 10) }],
      [[node("Mul", ["a", "b"], ["p"]), node("Ceil", ["p"], ["c"])], { a: numbers(0.1), b: numbers(10) }],
      [
        [node("Mul", ["a", "a"], ["p"]), node("Mul", ["p", "b"], ["q"]), node("Mul", ["q", "b"], ["c"])],
        { a: numbers(1e-30), b: numbers(1e30) },
      ],
      [
        [node("Cast", ["a"], ["p"], { to: 10 }), node("Cast", ["p"], ["c"], { to: 1 })],
        { a: numbers(0.1, 2 ** -26, 2 ** -14 * 1.0005, 1000.7) },
      ],
      [
        [node("Range", ["s", "l", "d"], ["c"])],
        { s: tensor("float", [], [0]), l: tensor("float", [], [50_000]), d: tensor("float", [], [Math.fround(1.1)]) },
      ],
      [[node("Pow", ["w", "e"], ["p"]), node("Cast", ["p"], ["c"], { to: 1 })], { w: int64([2]), e: numbers(0.5) }],
    ];
    for (const [nodes, operands] of cases) await agree(added([1], nodes, operands), random);
  });

  it("may not wrap around, nor be an integer that a double does not hold", () => {
    const cast = node("Cast", ["i"], ["c"], { to: 1 });
    const int32 = (...data: number[]) => tensor("int32", [data.length], data);
    const of = (operator: string, a: Operand, b?: Operand) => () =>
      folded([node(operator, b === undefined ? ["a"] : ["a", "b"], ["i"]), cast], b === undefined ? { a } : { a, b });
    expect(of("Mul", int32(2 ** 30), int32(4))).toThrow(
      "Mul (node Mul_i), which is not supported: its result is 4294967296, which is no int32",
    );
    expect(of("Add", int32(2 ** 31 - 1), int32(1))).toThrow("its result is 2147483648");
    expect(of("Neg", int32(-(2 ** 31)))).toThrow("its result is 2147483648");
    expect(of("ReduceSum", int32(2 ** 31 - 1, 5))).toThrow("its result is 2147483652");
    expect(of("Pow", int32(3), int32(40))).toThrow("which is no int32");
    expect(of("Mul", int64([2 ** 31]), int64([2 ** 31]))).toThrow("which is no int64");
    expect(of("Add", int64([2 ** 63]), int64([1]))).toThrow("arithmetic on an int64 beyond 2^32");
    expect(of("Mul", int32(2 ** 15), int32(2 ** 15))()).toEqual([2 ** 30]);
  });

  it("may be no infinity and no division by zero", () => {
    const operands = { a: tensor("float", [2], [0, 1000]) };
    expect(() => folded([node("Exp", ["a"], ["c"])], operands)).toThrow(
      "Exp (node Exp_c), which is not supported: its result is not finite",
    );
    expect(() => folded([node("Log", ["a"], ["c"])], operands)).toThrow("not finite");
    expect(() => folded([node("Div", ["a", "a"], ["c"])], operands)).toThrow("division by 0");
    expect(() => folded([node("Softmax", ["a"], ["c"])], operands)).toThrow("a softmax of constants");
    const large = { a: tensor("float", [1], [Math.fround(1e38)]), b: tensor("float", [1], [10]) };
    expect(() => folded([node("Mul", ["a", "b"], ["c"])], large)).toThrow("its result is not finite");
    const wide = { a: tensor("double", [1], [1e39]) };
    expect(() => folded([node("Cast", ["a"], ["c"], { to: 1 })], wide)).toThrow("its result is not finite");
    expect(() =>
      folded([node("Sqrt", ["n"], ["i"]), node("Cast", ["i"], ["c"], { to: 1 })], { n: int64([4]) }),
    ).toThrow("input 0 of type int64, want a float type");
  });

  it("is refused of what is computed, for operators that only constants have", () => {
    for (const operator of ["Exp", "Log", "Sqrt", "Floor", "Ceil", "Reciprocal"]) {
      expect(() => build(single(operator, { inputs: [input([2])] }))).toThrow(
        "a number that is computed from the input",
      );
    }
  });
});

describe("shape arithmetic as PyTorch exports it", () => {
  it("becomes a Reshape that costs nothing", async () => {
    const random = seeded(63);
    const operands = new Map([
      ["x", input([undefined, 2, 3])],
      ["zero", int64([0], [])],
      ["minus", int64([-1])],
      ["axis", int64([0])],
    ]);
    const nodes = [
      node("Relu", ["x"], ["r"]),
      node("Shape", ["r"], ["s"]),
      node("Gather", ["s", "zero"], ["n"], { axis: 0 }),
      node("Unsqueeze", ["n", "axis"], ["u"]),
      node("Concat", ["u", "minus"], ["wanted"], { axis: 0 }),
      node("Reshape", ["r", "wanted"], ["y"]),
    ];
    const graph = await agree(model(operands, nodes, ["y"]), random);
    expect(graph.nodes.map(({ operation }) => operation.kind)).toEqual(["input", "relu"]);
    expect(graph.outputs[0]?.shape).toEqual([1, 6]);
  });
});
