import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { agree } from "../../support/graph/compare.ts";
import { input, int64, type Operand, real, single, tensor, weights } from "../../support/graph/models.ts";
import { type Random, seeded } from "../../support/graph/random.ts";

/** Two shapes that broadcast. */
function pairOf(random: Random): [number[], number[]] {
  const full = Array.from({ length: random.whole(1, 4) }, () => random.whole(1, 4));
  const part = () => full.slice(random.whole(0, full.length)).map((length) => random.oneOf([1, length]));
  const [other, swapped] = [part(), random.whole(0, 1) === 1];
  return swapped ? [other, full] : [full, other];
}

function sidesOf(random: Random, [a, b]: [number[], number[]], constants: boolean): Operand[] {
  const side = constants ? random.oneOf(["a", "b", "none"]) : "none";
  const operand = (shape: number[], known: boolean) => (known ? weights(random, shape, 0.5, 2) : input(shape));
  return [operand(a, side === "a"), operand(b, side === "b")];
}

describe("Add, Sub, Mul", () => {
  for (const operator of ["Add", "Sub", "Mul"]) {
    it(`${operator} agrees with onnxruntime, broadcast, of nodes and constants on either side`, async () => {
      const random = seeded(11);
      for (let round = 0; round < 16; round++) {
        const operands = sidesOf(random, pairOf(random), true);
        await agree(single(operator, { inputs: operands, opset: random.oneOf([7, 13, 14]) }), random);
      }
    });
  }

  it("gives one key to one number, wherever it is broadcast to", () => {
    const random = seeded(12);
    for (const operator of ["Add", "Mul", "Div"]) {
      const graph = build(single(operator, { inputs: [input([2, 3]), weights(random, [3], 1, 2)] }));
      const operation = graph.nodes[graph.outputs[0]?.node ?? -1]?.operation;
      if (operation?.kind !== "affine") throw new TypeError("want an affine operation");
      const keys = operator === "Add" ? operation.biasKeys : operation.keys;
      expect([...keys], operator).toEqual([0, 1, 2, 0, 1, 2]);
    }
  });

  it("takes the same node twice", async () => {
    const random = seeded(13);
    const doubled = single("Add", { inputs: [input([1, 3])] });
    for (const operator of ["Add", "Mul", "Sub"]) {
      const nodes = doubled.nodes.map((node) => ({ ...node, operator, inputs: ["a", "a"] }));
      await agree({ ...doubled, nodes }, random);
    }
  });

  it("refuses shapes that do not broadcast, and types that wrap around", () => {
    expect(() => build(single("Add", { inputs: [input([2, 3]), input([2])] }))).toThrow("got shapes [2,3] and [2]");
    expect(() => build(single("Mul", { inputs: [input([2], "uint8"), input([2], "uint8")] }))).toThrow(
      "arithmetic on uint8",
    );
    expect(() => build(single("Mul", { inputs: [input([2], "int32"), tensor("int32", [], [3])] }))).toThrow(
      "Mul (node Mul_0), which is not supported: arithmetic on int32",
    );
    expect(build(single("Max", { inputs: [input([2], "int32"), tensor("int32", [], [3])] })).outputs).toHaveLength(1);
    expect(() =>
      build(single("Add", { inputs: [input([2]), input([2])], attributes: { broadcast: 1 }, opset: 7 })),
    ).toThrow("attribute broadcast");
  });
});

describe("Div", () => {
  it("agrees with onnxruntime by constants", async () => {
    const random = seeded(14);
    for (let round = 0; round < 8; round++) {
      const [a, b] = pairOf(random);
      await agree(single("Div", { inputs: [input(a), weights(random, b, 0.5, 3)] }), random);
    }
  });

  it("refuses computed divisors, zeros, and integers that are computed", () => {
    const divided = (left: Operand, right: Operand) => () => build(single("Div", { inputs: [left, right] }));
    expect(divided(input([2]), input([2]))).toThrow("a divisor that is computed from the input");
    expect(divided(input([2]), tensor("float", [1], [0]))).toThrow("division by 0");
    expect(divided(input([2], "int64"), int64([2]))).toThrow("division of integers");
  });
});

describe("Sum and Mean", () => {
  it("agree with onnxruntime for up to five operands, some of them constants", async () => {
    const random = seeded(15);
    for (let round = 0; round < 12; round++) {
      const [a, b] = pairOf(random);
      const others = Array.from({ length: random.whole(0, 3) }, () => random.oneOf([input(a), weights(random, b)]));
      await agree(single(random.oneOf(["Sum", "Mean"]), { inputs: [input(a), input(b), ...others] }), random);
    }
  });
});

describe("Neg, Abs, Pow", () => {
  it("agree with onnxruntime", async () => {
    const random = seeded(16);
    await agree(single("Neg", { inputs: [input([2, 3])] }), random);
    await agree(single("Abs", { inputs: [input([2, 3])] }), random);
    await agree(single("Pow", { inputs: [input([2, 3]), tensor("float", [], [2])] }), random);
    await agree(single("Pow", { inputs: [input([2, 3]), tensor("float", [1], [1])] }), random);
    await agree(single("Pow", { inputs: [input([3]), tensor("float", [1, 1], [1])] }), random);
    await agree(single("Pow", { inputs: [input([3]), tensor("float", [2, 1], [2, 2])] }), random);
    await agree(single("Pow", { inputs: [input([3], "int64"), tensor("float", [], [2])] }), random);
  });

  it("refuses exponents without a product", () => {
    const power = (exponent: number) => () =>
      build(single("Pow", { inputs: [input([2]), tensor("float", [], [exponent])] }));
    expect(power(0.5)).toThrow("Pow (node Pow_0), which is not supported: exponent 0.5");
    expect(power(3)).toThrow("exponent 3");
    expect(() => build(single("Pow", { inputs: [input([2]), tensor("float", [2], [1, 2])] }))).toThrow(
      "1 and 2 at once",
    );
    const mixed = { inputs: [input([2]), int64([2])], opset: 11 };
    expect(() => build(single("Pow", mixed))).toThrow("got types float and int64, want one");
  });
});

describe("Max and Min", () => {
  it("agree with onnxruntime for up to five operands, some of them constants", async () => {
    const random = seeded(17);
    for (let round = 0; round < 16; round++) {
      const [a, b] = pairOf(random);
      const others = Array.from({ length: random.whole(0, 3) }, () => random.oneOf([input(a), weights(random, b)]));
      await agree(
        single(random.oneOf(["Max", "Min"]), { inputs: [input(a), ...others, input(b)].slice(0, random.whole(1, 5)) }),
        random,
      );
    }
  });

  it("and Clip do not lose a value beside a bound that is far off", async () => {
    const random = seeded(19);
    for (const bound of [1e30, -1e30, 3e6]) {
      for (const operator of ["Max", "Min"]) {
        await agree(single(operator, { inputs: [input([3]), tensor("float", [], [bound])] }), random);
      }
      const bounds = [tensor("float", [], [-Math.abs(bound)]), tensor("float", [], [1])];
      await agree(single("Clip", { inputs: [input([3]), ...bounds] }), random);
      await agree(single("Clip", { inputs: [input([3]), bounds[1], tensor("float", [], [Math.abs(bound)])] }), random);
    }
  });

  it("broadcast since opset 8 only, as Sum and Mean do", () => {
    for (const operator of ["Max", "Min", "Sum", "Mean"]) {
      const inputs = [input([2, 3]), input([3])];
      expect(() => build(single(operator, { inputs, opset: 7 }))).toThrow("got shapes [2,3] and [3], want the same");
    }
  });

  it("compare with a constant by a relu, and with nodes at once", () => {
    const random = seeded(18);
    const kinds = (...others: Operand[]) =>
      build(single("Max", { inputs: [input([4]), ...others] })).nodes.map(({ operation }) => operation.kind);
    expect(kinds(weights(random, [4]))).not.toContain("maximum");
    expect(kinds(input([4]), input([4])).filter((kind) => kind === "maximum")).toHaveLength(1);
  });
});

describe("attributes", () => {
  it("that are yes or no are 1 or 0", () => {
    const reduced = (keepdims: number) => () =>
      build(single("ReduceSum", { inputs: [input([2, 2])], attributes: { keepdims } }));
    expect(reduced(2)).toThrow("keepdims of 2, want 0 or 1");
    expect(reduced(-1)).toThrow("keepdims of -1");
  });

  it("are refused where they mean nothing here", () => {
    expect(() => build(single("Relu", { inputs: [input([2])], attributes: { slope: real(0.5) } }))).toThrow(
      "attribute slope",
    );
    expect(() => build(single("LeakyRelu", { inputs: [input([2])], attributes: { alpha: 1 } }))).toThrow(
      "attribute alpha of kind int, want float",
    );
  });
});
