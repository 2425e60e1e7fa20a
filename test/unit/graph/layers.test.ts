import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { agree } from "../../support/graph/compare.ts";
import { input, real, single, tensor, weights } from "../../support/graph/models.ts";
import { seeded } from "../../support/graph/random.ts";

describe("Gemm", () => {
  it("agrees with onnxruntime for every transposition, factor and shape of C", async () => {
    const random = seeded(1);
    for (let round = 0; round < 24; round++) {
      const [m, k, n] = [random.whole(1, 3), random.whole(1, 5), random.whole(1, 4)];
      const [transA, transB] = [random.whole(0, 1), random.whole(0, 1)];
      const c = random.oneOf([undefined, [n], [1, n], [m, n], [m, 1], [1], []]);
      const a = transA === 1 ? [k, m] : [m, k];
      const b = transB === 1 ? [n, k] : [k, n];
      const sides = random.oneOf(["right", "left", "both"]);
      const operands = [
        sides === "left" ? weights(random, a) : input(a),
        sides === "right" ? weights(random, b) : input(b),
        c === undefined ? undefined : random.oneOf([weights(random, c), input(c)]),
      ];
      const attributes = { alpha: real(random.between(0.5, 2)), beta: real(random.between(0.5, 2)), transA, transB };
      await agree(single("Gemm", { inputs: operands, attributes }), random);
    }
  });

  it("gives every weight and every bias a parameter of its own", () => {
    const random = seeded(2);
    const graph = build(single("Gemm", { inputs: [input([1, 3]), weights(random, [3, 2]), weights(random, [2])] }));
    const operation = graph.nodes[graph.outputs[0]?.node ?? -1]?.operation;
    if (operation?.kind !== "affine") throw new TypeError("want an affine operation");
    expect(new Set([...operation.keys, ...operation.biasKeys]).size).toBe(8);
    expect(Math.min(...operation.keys, ...operation.biasKeys)).toBe(0);
  });

  it("refuses shapes that do not fit", () => {
    const random = seeded(3);
    const wrong = (b: number[], c: number[]) =>
      build(single("Gemm", { inputs: [input([1, 3]), weights(random, b), weights(random, c)] }));
    expect(() => wrong([4, 2], [2])).toThrow("Gemm (node Gemm_0), got 3 columns and 4 rows");
    expect(() => wrong([3, 2], [3])).toThrow("C of shape [3]");
    expect(() => wrong([3], [3])).toThrow("matrix of shape [3]");
    const whole = single("Gemm", { inputs: [input([1, 1], "int64"), tensor("int64", [1, 1], [2])] });
    expect(() => build(whole)).toThrow("input 0 of type int64, want a float type");
  });
});

describe("MatMul", () => {
  it("agrees with onnxruntime for vectors, matrices and batches, one side constant or none", async () => {
    const random = seeded(4);
    const shapes: [number[], number[]][] = [
      [[3], [3]],
      [[3], [3, 2]],
      [[2, 3], [3]],
      [
        [2, 3],
        [3, 4],
      ],
      [
        [2, 2, 3],
        [3, 4],
      ],
      [
        [2, 2, 3],
        [2, 3, 1],
      ],
      [
        [2, 1, 2, 3],
        [3, 3, 2],
      ],
      [
        [4, 3],
        [2, 1, 3, 2],
      ],
    ];
    for (const [a, b] of shapes) {
      await agree(single("MatMul", { inputs: [input(a), weights(random, b)] }), random);
      await agree(single("MatMul", { inputs: [weights(random, a), input(b)] }), random);
      await agree(single("MatMul", { inputs: [input(a), input(b)] }), random);
    }
  });

  it("makes one product for each pair of factors of two computed matrices", () => {
    const graph = build(single("MatMul", { inputs: [input([2, 3]), input([3, 4])] }));
    const products = graph.nodes.filter(({ operation }) => operation.kind === "product");
    expect(products.map(({ shape }) => shape)).toEqual([[8, 3]]);
  });

  it("refuses a batch that does not broadcast, before anything is counted out", () => {
    expect(() => build(single("MatMul", { inputs: [input([2, 2, 3]), input([3, 3, 2])] }))).toThrow(
      "shapes that broadcast",
    );
    expect(() => build(single("MatMul", { inputs: [input([1000, 1000]), input([1000, 1000])] }))).toThrow(
      "at most 4194304 terms",
    );
  });
});
