import { describe, expect, it } from "vitest";
import type { Graph, TreeNode } from "../../../src/graph/graph.ts";
import { outputs } from "../../../src/program/evaluate.ts";
import { lower } from "../../../src/program/lower.ts";

const leaf = (value: number): TreeNode => ({ values: [{ output: 0, value }] });
const branch = (feature: number, threshold: number, yes: number, no: number): TreeNode => ({
  ...{ feature, threshold, comparison: "<=" as const },
  ...{ yes: leaf(yes), no: leaf(no) },
});

/** One sum over trees on two inputs, 0 to 15 each. */
function lowered(base: number, trees: readonly TreeNode[]) {
  const graph: Graph = {
    nodes: [
      { name: "x", shape: [1, 2], operation: { kind: "input", name: "x" } },
      {
        name: "sum",
        shape: [1, 1],
        operation: { kind: "trees", operands: [0], precision: "single", base: Float64Array.of(base), trees },
      },
    ],
    inputs: [0],
    outputs: [{ name: "sum", node: 1, kind: "number" }],
    notes: [],
  };
  const quantisation = { weightBits: 8, activationBits: 8, curvePieces: 32, ranges: {}, units: {} };
  const inputs = { x: { bits: [4], minimum: [0], unit: [1] } };
  const { program, values } = lower(graph, { quantisation: { ...quantisation, inputs }, parameters: "fixed" });
  const at = (a: number, b: number) => outputs(program, new Map([["x", [a, b]]]), values)[0]?.[0] ?? Number.NaN;
  return { unit: program.outputs[0]?.unit ?? Number.NaN, at };
}

describe("lowerTrees", () => {
  it("keeps leaves that are whole points exact, whatever the least and the base of them", () => {
    const { unit, at } = lowered(622, [branch(0, 7.5, -87, 13), branch(1, 2.5, 46, -2)]);
    expect(unit).toBe(1);
    expect([at(0, 0), at(8, 0), at(0, 3), at(8, 3)]).toEqual([581, 681, 533, 633]);
  });

  it("keeps votes of a hundredth exact", () => {
    const { unit, at } = lowered(0, [branch(0, 7.5, 0.01, 0), branch(1, 2.5, 0.03, 0.02)]);
    expect(unit).toBeCloseTo(0.01, 12);
    expect([at(0, 0), at(8, 0), at(0, 3), at(8, 3)]).toEqual([4, 3, 3, 2]);
  });

  it("gives leaves without a common unit 16 bits of the greatest of them", () => {
    const leaves = [Math.SQRT1_2, -Math.PI, Math.E, 0.001];
    const [a = 0, b = 0, c = 0, d = 0] = leaves;
    const { unit, at } = lowered(100, [branch(0, 7.5, a, b), branch(1, 2.5, c, d)]);
    expect(unit).toBe(Math.PI / 32_767);
    for (const [got, want] of [
      [at(0, 0), 100 + a + c],
      [at(8, 0), 100 + b + c],
      [at(0, 3), 100 + a + d],
      [at(8, 3), 100 + b + d],
    ] as const) {
      expect(Math.abs(got * unit - want)).toBeLessThan(1.5 * unit);
    }
  });
});
