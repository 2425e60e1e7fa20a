import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import { agree } from "../../support/graph/compare.ts";
import { input, int64, model, node, single } from "../../support/graph/models.ts";
import { type Random, seeded } from "../../support/graph/random.ts";

/** Some axes of a shape, counted from either end. */
function someAxes(random: Random, rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => random.oneOf([axis, axis - rank])).filter(
    () => random.whole(0, 1) === 1,
  );
}

describe("ReduceSum, ReduceMean, ReduceMax, ReduceMin, ReduceSumSquare", () => {
  for (const operator of ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceSumSquare"]) {
    it(`${operator} agrees with onnxruntime, axes as attribute and as input, kept and not, all of them by default`, async () => {
      const random = seeded(51);
      for (let round = 0; round < 12; round++) {
        const shape = Array.from({ length: random.whole(1, 4) }, () => random.whole(1, 4));
        const axes = someAxes(random, shape.length);
        const keepdims = random.whole(0, 1);
        const named = axes.length > 0 ? axes : undefined;
        await agree(
          single(operator, { inputs: [input(shape)], attributes: { axes: named, keepdims }, opset: 11 }),
          random,
        );
        const inputs = [input(shape), named === undefined ? undefined : int64(named)];
        await agree(single(operator, { inputs, attributes: { keepdims } }), random);
      }
    });
  }

  it("refuse integers to average, axes that there are not, and noop_with_empty_axes", () => {
    expect(() => build(single("ReduceMean", { inputs: [input([3], "int64")] }))).toThrow(
      "type int64, want a float type",
    );
    expect(() => build(single("ReduceSum", { inputs: [input([3]), int64([1])] }))).toThrow("got axis 1, want one of 1");
    expect(() => build(single("ReduceSum", { inputs: [input([3])], attributes: { axes: [0] } }))).toThrow(
      "attribute axes",
    );
    expect(() => build(single("ReduceMax", { inputs: [input([3])], attributes: { noop_with_empty_axes: 1 } }))).toThrow(
      "noop_with",
    );
  });
});

describe("ArgMax and ArgMin", () => {
  for (const operator of ["ArgMax", "ArgMin"]) {
    it(`${operator} agrees with onnxruntime among equals too, of which it takes the first or the last`, async () => {
      const random = seeded(52);
      for (let round = 0; round < 12; round++) {
        const shape = Array.from({ length: random.whole(1, 3) }, () => random.whole(2, 5));
        const attributes = {
          axis: random.whole(-shape.length, shape.length - 1),
          keepdims: random.whole(0, 1),
          select_last_index: random.whole(0, 1),
        };
        // Few whole numbers: many are equal.
        const model = single(operator, { inputs: [input(shape, "int32")], attributes });
        const graph = await agree(model, random, 3, 0, 2);
        expect(graph.outputs[0]?.kind).toBe("index");
      }
    });
  }

  it("gives a position that may be calculated with, and cast forth and back", async () => {
    const random = seeded(53);
    const one = single("ArgMax", { inputs: [input([1, 5])], attributes: { axis: 1 } });
    const nodes = [
      ...one.nodes,
      ...single("Cast", { inputs: [], attributes: { to: 1 } }).nodes.map((node) => ({
        ...node,
        inputs: ["y0"],
        outputs: ["f"],
      })),
      ...single("Cast", { inputs: [], attributes: { to: 7 } }).nodes.map((node) => ({
        ...node,
        name: "back",
        inputs: ["f"],
        outputs: ["y"],
      })),
    ];
    const model = { ...one, nodes, outputs: [{ name: "y", type: undefined, shape: undefined }] };
    expect((await agree(model, random)).outputs[0]?.kind).toBe("index");
  });

  it("is not seen through sigmoids, nor the smallest through a softmax: in single precision many are the same", () => {
    const classes = (post_transform: string) => ({
      ...node("LinearClassifier", ["x"], ["l", "s"], {
        coefficients: { kind: "floats", value: Float64Array.of(1, 2, 3) },
        intercepts: { kind: "floats", value: Float64Array.of(1, 2, 3) },
        classlabels_ints: [0, 1, 2],
        post_transform,
      }),
      domain: "ai.onnx.ml",
    });
    const of = (operator: string, link: string) => {
      const nodes = [classes(link), node(operator, ["s"], ["y"], { axis: 1 })];
      const file = model(new Map([["x", input([1, 1])]]), nodes, ["y"]);
      return () => build({ ...file, opsets: new Map([...file.opsets, ["ai.onnx.ml", 1]]) });
    };
    expect(of("ArgMax", "LOGISTIC")).toThrow(
      "ArgMax (node ArgMax_y), which is not supported: a sigmoid, of which many",
    );
    expect(of("ArgMin", "SOFTMAX")).toThrow("a softmax, of which many may be the same in single precision");
    expect(of("ArgMax", "SOFTMAX")().outputs).toHaveLength(1);
  });

  it("over an axis of 1 is 0, and refused as an output for that", () => {
    expect(() => build(single("ArgMax", { inputs: [input([1, 5])] }))).toThrow("got the output y0, a constant");
  });
});

describe("evaluate", () => {
  it("refuses rows of another size, naming the input", () => {
    const graph = build(single("Relu", { inputs: [input([1, 3])] }));
    expect(() => evaluate(graph, new Map())).toThrow("got nothing for the input a, want 3 numbers");
    expect(() => evaluate(graph, new Map([["a", new Float64Array(2)]]))).toThrow("got 2 numbers for the input a");
  });

  it("adds the leaves of trees, of equals the yes branch only for <=", () => {
    const leaf = (value: number) => ({ values: [{ output: 0, value }] });
    const tree = (comparison: "<=" | "<") => ({ feature: 1, threshold: 0.5, comparison, yes: leaf(10), no: leaf(20) });
    const nodes = [
      { name: "x", shape: [1, 2], operation: { kind: "input", name: "x" } },
      {
        name: "t",
        shape: [1, 1],
        operation: {
          kind: "trees",
          operands: [0],
          precision: "single",
          base: Float64Array.of(1),
          trees: [tree("<="), tree("<")],
        },
      },
    ] as const;
    const sum = (x: number) => evaluate({ nodes }, new Map([["x", Float64Array.of(9, x)]]))[1]?.[0];
    expect([sum(0.4), sum(0.5), sum(0.6)]).toEqual([21, 31, 41]);
    expect(sum(0.5 + 2 ** -40), "rounded to single precision first").toBe(31);
  });
});
