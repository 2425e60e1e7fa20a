import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/graph/builder.ts";
import { evaluate as evaluateGraph } from "../../../src/graph/evaluate.ts";
import type { Graph, TreeNode } from "../../../src/graph/graph.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { evaluate } from "../../../src/program/evaluate.ts";
import { type Lowered, lower } from "../../../src/program/lower.ts";
import type { Program, Step } from "../../../src/program/program.ts";
import { type Random, random, seedOfRun } from "../../support/circuits/random.ts";
import { type Hand, hand, type InputSettings, jobOf, type Settings } from "../../support/inference/graphs.ts";

type Ensemble = { readonly trees: readonly TreeNode[]; readonly base?: readonly number[]; readonly size?: number };

function graphOf({ trees, base = [0], size = 2 }: Ensemble, before = (_: Hand, x: Value): Value => x): Graph {
  const h = hand();
  return h.finish([h.trees(before(h, h.input("x", size)), base, trees)]);
}

function lowered(graph: Graph, input: Partial<InputSettings> = {}, settings: Settings = {}): Lowered {
  const job = jobOf({ x: { visibility: "private", bits: [4], ...input } }, settings);
  return lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
}

const leaf = (...values: readonly number[]): TreeNode => ({
  values: values.map((value, output) => ({ output, value })),
});
const branch = (
  feature: number,
  threshold: number,
  yes: TreeNode,
  no: TreeNode,
  comparison: "<=" | "<" = "<=",
): TreeNode => ({
  feature,
  threshold,
  comparison,
  yes,
  no,
});

const steps = <K extends Step["kind"]>({ steps: all }: Program, kind: K) =>
  all.flatMap(({ step, size }) => (step.kind === kind ? [{ size, step: step as Extract<Step, { kind: K }> }] : []));
const products = ({ program }: Lowered): number => steps(program, "product").reduce((sum, { size }) => sum + size, 0);
const cuts = ({ program }: Lowered): readonly number[][] =>
  steps(program, "thresholds").map(({ step }) => [...step.thresholds]);

/** All rows of `size` elements in [0, most]. */
function* rowsOf(size: number, most: number): Generator<number[]> {
  if (size === 0) yield [];
  else for (const rest of rowsOf(size - 1, most)) for (let x = 0; x <= most; x++) yield [...rest, x];
}

/** On every row: the float trees' sums to within the rounding of leaves, and every step within its bounds. */
function expectExact(graph: Graph, one: Lowered, bits: number, input: Partial<InputSettings> = {}): void {
  const { program, tensors } = one;
  const { unit: [unit = 1] = [], minimum: [minimum = 0] = [] } = input;
  const ensemble = at(graph.nodes, graph.nodes.length - 1).operation;
  if (ensemble.kind !== "trees") throw new TypeError("the last node is the trees");
  const output = at(tensors, graph.nodes.length - 1);
  const tolerance = ((ensemble.trees.length + 1) * at(output.unit, 0)) / 2;
  for (const row of rowsOf(at(tensors, 0).unit.length, 2 ** bits - 1)) {
    const values = evaluate(program, new Map([["x", row]]));
    for (const [id, { bounds, name }] of program.steps.entries()) {
      for (const [j, value] of at(values, id).entries()) {
        if (value < at(bounds.low, j) || value > at(bounds.high, j))
          expect.fail(`${name} ${id}: got ${value} on ${row}`);
      }
    }
    const reals = Float64Array.from(row, (q) => Math.fround(minimum + unit * q));
    const want = at(evaluateGraph(graph, new Map([["x", reals]])), graph.nodes.length - 1);
    for (const [j, q] of at(values, output.step).entries()) {
      const distance = Math.abs(q * at(output.unit, j) - at(want, j));
      if (distance > tolerance * (1 + 1e-9))
        expect.fail(`got ${q * at(output.unit, j)}, want ${at(want, j)} on ${row}`);
    }
  }
}

describe("thresholds of trees", () => {
  it("stand once for all trees that compare with them, rising, for each feature", () => {
    const one = lowered(
      graphOf({
        trees: [
          branch(1, 7.5, leaf(0), leaf(1)),
          branch(0, 3, leaf(2), branch(1, 7.2, leaf(3), leaf(4))),
          branch(1, 2, leaf(0), leaf(1)),
        ],
      }),
    );
    expect(cuts(one)).toEqual([[4], [3, 8]]);
  });

  it("that no integer is beyond are none, whichever side they are on", () => {
    const beyond = [-1, -0.001, 15, 16, 1e30, -1e30, 15.5].map((threshold) => branch(0, threshold, leaf(1), leaf(2)));
    const one = lowered(graphOf({ trees: beyond }));
    expect(cuts(one)).toEqual([]);
    expectExact(graphOf({ trees: beyond }), one, 4);
  });

  it("at the very ends are what one integer meets", () => {
    const trees = [
      branch(0, 0, leaf(1), leaf(2)),
      branch(0, 15, leaf(3), leaf(4), "<"),
      branch(0, 0, leaf(5), leaf(6), "<"),
    ];
    const one = lowered(graphOf({ trees }));
    expect(cuts(one)).toEqual([[1, 15]]);
    expectExact(graphOf({ trees }), one, 4);
  });

  it("that an integer meets tell <= from <", () => {
    expect(cuts(lowered(graphOf({ trees: [branch(0, 5, leaf(0), leaf(1))] })))).toEqual([[6]]);
    expect(cuts(lowered(graphOf({ trees: [branch(0, 5, leaf(0), leaf(1), "<")] })))).toEqual([[5]]);
  });

  it("of single precision are met by decimals that round to them", () => {
    // 4.9 is no binary fraction: as a double it is below fround(4.9), which is what the file has and runtimes compare.
    const input = { unit: [0.1], bits: [7] };
    for (let q = 1; q < 127; q++) {
      const threshold = Math.fround(q / 10);
      expect(cuts(lowered(graphOf({ trees: [branch(0, threshold, leaf(0), leaf(1))] }), input))).toEqual([[q + 1]]);
      expect(cuts(lowered(graphOf({ trees: [branch(0, threshold, leaf(0), leaf(1), "<")] }), input))).toEqual([[q]]);
    }
  });

  it("of different trees that are one after rounding are one indicator", () => {
    const trees = [5.1, 5.3, 5.9].map((threshold) => branch(0, threshold, leaf(0), leaf(threshold)));
    expect(cuts(lowered(graphOf({ trees })))).toEqual([[6]]);
    expectExact(graphOf({ trees }), lowered(graphOf({ trees })), 4);
  });

  it("take each element's own unit and minimum", () => {
    const input = { unit: [0.5, 2], minimum: [-3, 100], bits: [4, 3] };
    const trees = [branch(0, 0, leaf(0), leaf(1)), branch(1, 105, leaf(0), leaf(1))];
    expect(cuts(lowered(graphOf({ trees }), input))).toEqual([[7], [3]]);
  });

  it("of an operand that a negative weight turned round are compared as real numbers", () => {
    const turned = (h: Hand, x: Value): Value => h.dense(h.moved([x], [0]), [[-0.25]], [2]);
    const graph = graphOf({ trees: [branch(0, 1, leaf(3), leaf(5))] }, turned);
    const one = lowered(graph);
    for (let q = 0; q < 16; q++) {
      const value = at(at(evaluate(one.program, new Map([["x", [q, 0]]])), at(one.program.outputs, 0).step), 0);
      expect(value * at(one.program.outputs, 0).unit).toBe(2 - q / 4 <= 1 ? 3 : 5);
    }
  });
});

describe("products of trees", () => {
  it("are none for any tree of one feature", () => {
    const tree = (low: number, high: number): TreeNode =>
      high - low <= 1
        ? leaf((low * 7) % 5)
        : branch(0, (low + high) / 2, tree(low, (low + high) / 2), tree((low + high) / 2, high));
    const graph = graphOf({ trees: [tree(-0.5, 15.5)], size: 1 });
    expect(products(lowered(graph))).toBe(0);
    expectExact(graph, lowered(graph), 4);
  });

  it("are none for branches that no integer reaches", () => {
    const impossible = branch(0, 7, branch(0, 9, leaf(1), branch(1, 5, leaf(2), leaf(3))), leaf(4));
    const one = lowered(graphOf({ trees: [impossible] }));
    expect(products(one)).toBe(0);
    expect(cuts(one)).toEqual([[8, 10], [6]]); // indicators are made before: they cost one each
    expectExact(graphOf({ trees: [impossible] }), one, 4);
  });

  it("are none for a branch both of whose sides are the same", () => {
    const same = branch(0, 7, branch(1, 3, leaf(1), leaf(2)), branch(1, 3, leaf(1), leaf(2)));
    expect(products(lowered(graphOf({ trees: [same] })))).toBe(0);
  });

  it("are shared by trees and by outputs", () => {
    const tree = (a: readonly number[], b: readonly number[], c: readonly number[]): TreeNode =>
      branch(0, 7, leaf(...a), branch(1, 3, leaf(...b), leaf(...c)));
    const base = [0, 0, 0];
    const single = lowered(graphOf({ trees: [tree([1, 2, 3], [4, 5, 6], [7, 8, 10])], base }));
    expect(products(single)).toBe(1);
    const several = lowered(
      graphOf({ trees: [tree([1, 2, 3], [4, 5, 6], [7, 8, 10]), tree([9, 9, 1], [5, 3, 3], [2, 2, 7])], base }),
    );
    expect(products(several)).toBe(1);
  });

  it("are in whichever form has fewer: by leaves for many outputs, by branches for one", () => {
    const full = (values: () => readonly number[]): TreeNode =>
      branch(
        0,
        7,
        branch(1, 3, leaf(...values()), leaf(...values())),
        branch(2, 5, leaf(...values()), leaf(...values())),
      );
    let next = 1;
    const distinct = (outputs: number) => () => Array.from({ length: outputs }, () => next++ * next);
    expect(products(lowered(graphOf({ trees: [full(distinct(1))], size: 3 })))).toBe(1);
    expect(products(lowered(graphOf({ trees: [full(distinct(5))], size: 3, base: [0, 0, 0, 0, 0] })))).toBe(2);
  });
});

describe("trees", () => {
  it("without branches are constants: base and leaves, a leaf's values of one output added", () => {
    const twice: TreeNode = {
      values: [
        { output: 1, value: 2 },
        { output: 1, value: 3 },
      ],
    };
    const graph = graphOf({ trees: [twice, leaf(0.5)], base: [1, -1] });
    const { program } = lowered(graph);
    const { unit, step } = at(program.outputs, 0);
    const values = at(evaluate(program, new Map([["x", [0, 0]]])), step);
    expect([...values].map((q) => q * unit)).toEqual([1.5, 4]);
    expect(at(program.steps, step).bounds).toEqual({ low: values, high: values });
  });

  it("of nothing at all are 0", () => {
    const { program } = lowered(graphOf({ trees: [], base: [0, 0] }));
    expect([...at(evaluate(program, new Map([["x", [0, 0]]])), at(program.outputs, 0).step)]).toEqual([0, 0]);
  });

  it("have the bounds of one leaf a tree", () => {
    const trees = [
      branch(0, 7, leaf(-100), branch(1, 3, leaf(50), leaf(20))),
      branch(0, 3, leaf(1), branch(1, 9, leaf(2), branch(1, 4, leaf(1e6), leaf(3)))), // the million is never reached
    ];
    const { program } = lowered(graphOf({ trees, base: [10] }));
    const { step, unit } = at(program.outputs, 0);
    const { low, high } = at(program.steps, step).bounds;
    expect(at(low, 0) * unit).toBeCloseTo(10 - 100 + 1, -2);
    expect(at(high, 0) * unit).toBeCloseTo(10 + 50 + 3, -2);
  });

  it("refuse private parameters", () => {
    expect(() => lowered(graphOf({ trees: [leaf(1)] }), {}, { parameters: "private" })).toThrowError(
      expect.objectContaining({ code: "model.parameters", disposition: "reject" }),
    );
  });

  it("by chance are the float trees on every row, and stay within their bounds", () => {
    for (let i = 0; i < 150; i++) {
      const source = random(seedOfRun() + BigInt(i));
      const size = 1 + source.below(3);
      const bits = size === 3 ? 2 : 3;
      const outputs = 1 + source.below(3);
      const input = { bits: [bits], unit: [source.pick([1, 0.1, 0.5, 0.37])], minimum: [source.pick([0, -1, 0.3])] };
      const trees = Array.from({ length: 1 + source.below(5) }, () =>
        randomTree(source, size, outputs, source.below(6)),
      );
      const base = Array.from({ length: outputs }, () => source.pick([0, 0.25, -3]));
      const graph = graphOf({ trees, base, size });
      expectExact(graph, lowered(graph, input), bits, input);
    }
  });

  it("of the greatest depth that a file may have keep their sums small", () => {
    const source = random(99n);
    let tree = leaf(1);
    for (let depth = 64; depth > 0; depth--) {
      const other = randomTree(source, 6, 1, 3);
      const [yes, no] = source.oneIn(2) ? [tree, other] : [other, tree];
      tree = branch(source.below(6), source.below(160) / 10, yes, no);
    }
    const { program } = lowered(graphOf({ trees: [tree], size: 6 }));
    for (let n = 0; n < 200; n++) {
      const row = Array.from({ length: 6 }, () => source.below(16));
      expect(Number.isInteger(at(at(evaluate(program, new Map([["x", row]])), at(program.outputs, 0).step), 0))).toBe(
        true,
      );
    }
  });
});

function randomTree(source: Random, size: number, outputs: number, depth: number): TreeNode {
  if (depth === 0 || source.oneIn(5))
    return leaf(...Array.from({ length: outputs }, () => (source.below(2001) - 1000) / 77));
  const threshold = source.pick([source.below(9), source.below(90) / 10 - 1, Math.fround(source.below(80) / 100)]);
  const [yes, no] = [randomTree(source, size, outputs, depth - 1), randomTree(source, size, outputs, depth - 1)];
  return branch(source.below(size), threshold, yes, no, source.pick(["<", "<="]));
}
