import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { agree } from "../../support/graph/compare.ts";
import { input, int64, model, node, type Operand, real, single, tensor, weights } from "../../support/graph/models.ts";
import { type Random, seeded } from "../../support/graph/random.ts";

function shapeOf(random: Random, low = 1, high = 4): number[] {
  return Array.from({ length: random.whole(low, high) }, () => random.whole(1, 4));
}

/** What the operator makes of one input and constants, without onnxruntime. */
function built(
  operator: string,
  x: Operand,
  others: readonly (Operand | undefined)[] = [],
  attributes = {},
  opset = 21,
) {
  return () => build(single(operator, { inputs: [x, ...others], attributes, opset }));
}

describe("Reshape, Flatten, Squeeze, Unsqueeze", () => {
  it("agree with onnxruntime: 0, -1, allowzero, negative axes, axes as attribute and as input", async () => {
    const random = seeded(41);
    const x = input([2, 1, 3, 1, 4]);
    for (const shape of [[24], [0, -1], [4, 6], [-1, 1, 4], [0, 0, 0, 0, 0], [2, 3, -1]]) {
      await agree(single("Reshape", { inputs: [x, int64(shape)] }), random);
    }
    await agree(single("Reshape", { inputs: [x, int64([4, -1])], attributes: { allowzero: 1 } }), random);
    for (const axis of [0, 1, 2, 5, -1, -5]) {
      await agree(single("Flatten", { inputs: [x], attributes: { axis } }), random);
    }
    for (const axes of [[1], [1, 3], [-2], [-4, -2]]) {
      await agree(single("Squeeze", { inputs: [x, int64(axes)] }), random);
      await agree(single("Squeeze", { inputs: [x], attributes: { axes }, opset: 11 }), random);
      await agree(single("Unsqueeze", { inputs: [x, int64(axes)] }), random);
      await agree(single("Unsqueeze", { inputs: [x], attributes: { axes }, opset: 11 }), random);
    }
    await agree(single("Squeeze", { inputs: [x] }), random);
  });

  it("cost no operation", () => {
    expect(built("Reshape", input([2, 3]), [int64([6])])().nodes).toHaveLength(1);
  });

  it("refuse what does not fit", () => {
    const x = input([2, 3]);
    expect(built("Reshape", x, [int64([4])])).toThrow("Reshape (node Reshape_0), got a shape of [4] for [2,3]");
    expect(built("Reshape", x, [int64([4, -1])])).toThrow("got a shape of [4,1.5]");
    expect(built("Reshape", x, [int64([-1, -1])])).toThrow("got a shape of");
    expect(built("Reshape", x, [int64([-2, -3])])).toThrow("got a shape of [-2,-3]");
    expect(built("Reshape", x, [int64([6, 1, 0])])).toThrow("no 0 beyond it");
    expect(built("Reshape", x, [int64([0, -1])], { allowzero: 1 })).toThrow("no 0 beside -1");
    expect(built("Reshape", x, [input([2], "int64")])).toThrow("a shape that is computed");
    expect(built("Flatten", x, [], { axis: 3 })).toThrow("got axis 3, want one of 2");
    expect(built("Squeeze", x, [int64([0])])).toThrow("want axes of length 1");
    expect(built("Unsqueeze", x, [int64([0, 0])])).toThrow("the same axis twice");
    expect(built("Unsqueeze", x, [], {}, 11)).toThrow("no axes");
    expect(built("Unsqueeze", x, [int64([0])], {}, 11)).toThrow("got 2 inputs, want at most 1 in opset 11");
    expect(built("Squeeze", x, [int64([])])).toThrow("an empty list of axes");
  });
});

describe("Transpose", () => {
  it("agrees with onnxruntime", async () => {
    const random = seeded(42);
    await agree(single("Transpose", { inputs: [input([2, 3, 4])] }), random);
    for (const perm of [
      [0, 2, 1, 3],
      [3, 1, 0, 2],
      [0, 1, 2, 3],
    ]) {
      await agree(single("Transpose", { inputs: [input([2, 1, 3, 4])], attributes: { perm } }), random);
    }
  });

  it("refuses what is no order of the axes", () => {
    expect(built("Transpose", input([2, 3]), [], { perm: [0, 0] })).toThrow("the same axis twice");
    expect(built("Transpose", input([2, 3]), [], { perm: [0] })).toThrow("an order of 2 axes");
  });
});

describe("Concat and Split", () => {
  it("agree with onnxruntime, constants among the inputs", async () => {
    const random = seeded(43);
    for (let round = 0; round < 10; round++) {
      const shape = shapeOf(random);
      const axis = random.whole(-shape.length, shape.length - 1);
      const parts = Array.from({ length: random.whole(1, 4) }, (_, i) => {
        const part = shape.with(axis, random.whole(1, 3));
        return i > 0 && random.whole(0, 2) === 0 ? weights(random, part) : input(part);
      });
      await agree(single("Concat", { inputs: parts, attributes: { axis } }), random);
    }
    const x = input([2, 6]);
    const attributes = { axis: 1 };
    await agree(single("Split", { inputs: [x, int64([1, 3, 2])], attributes, outputs: 3 }), random);
    await agree(
      single("Split", { inputs: [x], attributes: { axis: 1, split: [4, 2] }, outputs: 2, opset: 11 }),
      random,
    );
    await agree(single("Split", { inputs: [x], attributes, outputs: 3, opset: 13 }), random);
    await agree(
      single("Split", { inputs: [input([2, 7])], attributes: { axis: -1, num_outputs: 3 }, outputs: 3 }),
      random,
    );
  });

  it("refuse parts that do not fit", () => {
    const joined = () => build(single("Concat", { inputs: [input([2, 3]), input([3, 3])], attributes: { axis: 1 } }));
    expect(joined).toThrow("got shapes [2,3] and [3,3] to join along axis 1");
    const split =
      (lengths: number[], opset = 21, attributes = {}) =>
      () =>
        build(single("Split", { inputs: [input([4]), int64(lengths)], outputs: 2, opset, attributes }));
    expect(split([2, 3])).toThrow("got parts of [2,3] of 4");
    const four = { inputs: [input([2, 5])], attributes: { axis: 1, num_outputs: 4 }, outputs: 4 };
    expect(() => build(single("Split", four))).toThrow("got parts of [2,2,1,-1]");
    expect(split([5, -1])).toThrow("got parts of [5,-1] of 4");
    expect(split([2, 2], 21, { num_outputs: 3 })).toThrow("num_outputs beside 2 outputs");
    expect(() => build(single("Split", { inputs: [input([5])], outputs: 2, opset: 13 }))).toThrow("want equal ones");
  });
});

describe("Slice", () => {
  /** "To the end", as exporters write it. */
  const HUGE = 2 ** 63;

  it("agrees with onnxruntime: negative, beyond the end, backwards, as attributes before opset 10", async () => {
    const random = seeded(44);
    for (let round = 0; round < 40; round++) {
      const shape = shapeOf(random, 1, 3).map((length) => length + 1);
      const axes = shape.flatMap((_, axis) =>
        random.whole(0, 1) === 1 ? [random.oneOf([axis, axis - shape.length])] : [],
      );
      if (axes.length === 0) continue;
      const steps = axes.map(() => random.oneOf([1, 1, 2, -1, -2]));
      const starts = steps.map((step) => random.oneOf(step > 0 ? [0, -1, -HUGE, 1] : [-1, HUGE, 1, -10]));
      const ends = steps.map((step, i) =>
        step > 0 ? HUGE : [1, -10].includes(starts[i] ?? 0) ? -HUGE : random.oneOf([0, -HUGE]),
      );
      const lists = [starts, ends, axes, steps].map((list) => int64(list));
      await agree(single("Slice", { inputs: [input(shape), ...lists] }), random, 1);
    }
    const x = input([3, 4, 5]);
    await agree(single("Slice", { inputs: [x, int64([1, 0]), int64([-1, 3])] }), random);
    const attributes = { starts: [1, -2], ends: [HUGE, 4], axes: [0, 2] };
    await agree(single("Slice", { inputs: [x], attributes, opset: 9 }), random);
  });

  it("refuses a step of 0, lists of other lengths and bounds that are computed", () => {
    const sliced = (...lists: Operand[]) => built("Slice", input([4, 4]), lists);
    expect(sliced(int64([0]), int64([2]), int64([0]), int64([0]))).toThrow("a step of 0");
    expect(sliced(int64([0]), int64([2, 2]))).toThrow("got 1 starts and 2 ends for 1 axes");
    expect(sliced(input([1], "int64"), int64([2]))).toThrow("starts that is computed");
    expect(sliced(int64([0]), int64([2]), int64([2]))).toThrow("got axis 2, want one of 2");
    for (const end of [HUGE, 2 ** 31 - 1]) {
      expect(sliced(int64([-1]), int64([end]), int64([0]), int64([-1]))).toThrow(
        `an end of ${end} beside a step of -1`,
      );
    }
  });
});

describe("Pad", () => {
  it("agrees with onnxruntime: by a constant, negative, some axes, as attributes before opset 11", async () => {
    const random = seeded(45);
    for (let round = 0; round < 16; round++) {
      const shape = shapeOf(random, 1, 3).map((length) => length + 1);
      const pads = [...shape, ...shape].map(() => random.oneOf([0, 1, 2]));
      const fill = random.oneOf([undefined, tensor("float", [], [1.5])]);
      await agree(single("Pad", { inputs: [input(shape), int64(pads), fill] }), random, 1);
      await agree(
        single("Pad", { inputs: [input(shape)], attributes: { pads, value: real(0.5) }, opset: 9 }),
        random,
        1,
      );
    }
    await agree(single("Pad", { inputs: [input([4, 5]), int64([-1, 2, 0, -3])] }), random);
    await agree(single("Pad", { inputs: [input([4, 5]), int64([1, 2]), undefined, int64([-1])] }), random);
  });

  it("refuses other modes, and pads of no size or of too much", () => {
    const x = input([4]);
    expect(built("Pad", x, [int64([1, 1])], { mode: "reflect" })).toThrow("mode reflect, want constant");
    expect(built("Pad", x, [int64([1])])).toThrow("got 1 pads, want 2");
    expect(built("Pad", x, [int64([-3, -3])])).toThrow("got pads of [-3,-3]");
    expect(built("Pad", x, [int64([1e12, 0])])).toThrow("at most 1048576 elements");
  });
});

describe("Expand, Tile, Gather", () => {
  it("agree with onnxruntime", async () => {
    const random = seeded(46);
    const x = input([2, 1, 3]);
    for (const shape of [[2, 4, 3], [1], [5, 1, 4, 1], [2, 1, 1, 3]]) {
      await agree(single("Expand", { inputs: [x, int64(shape)] }), random);
    }
    await agree(single("Tile", { inputs: [x, int64([1, 3, 2])] }), random);
    for (const [shape, data] of [
      [[], [1]],
      [[2], [0, -1]],
      [
        [2, 2],
        [1, 0, -2, -1],
      ],
    ] as const) {
      await agree(single("Gather", { inputs: [input([3, 2]), int64(data, shape)], attributes: { axis: -1 } }), random);
      await agree(single("Gather", { inputs: [input([3, 2]), int64(data, shape)] }), random);
    }
    await agree(single("Gather", { inputs: [input([3], "int64"), int64([2, 0])] }), random);
  });

  it("refuse what is beyond the input or too large", () => {
    expect(built("Expand", input([2]), [int64([3])])).toThrow("want one that broadcasts to [3]");
    expect(built("Expand", input([1]), [int64([1e9, 1e9])])).toThrow("at most");
    expect(built("Tile", input([2]), [int64([1e12])])).toThrow("at most");
    expect(built("Tile", input([2]), [int64([-1])])).toThrow("repeats of [-1]");
    expect(built("Tile", input([2]), [int64([1, 1])])).toThrow("got 2 repeats, want 1");
    expect(built("Gather", input([2]), [int64([2])])).toThrow("got index 2, want one of 2");
    expect(built("Gather", input([2]), [input([1], "int64")])).toThrow("an index that is computed");
  });
});

describe("Identity, Dropout, Cast", () => {
  it("do nothing to numbers", async () => {
    const random = seeded(47);
    const x = input([2, 3]);
    await agree(single("Identity", { inputs: [x] }), random);
    await agree(single("Dropout", { inputs: [x], attributes: { ratio: real(0.5) }, opset: 10 }), random);
    await agree(single("Dropout", { inputs: [x, tensor("float", [], [0.5])], attributes: { seed: 1 } }), random);
    await agree(single("Cast", { inputs: [x], attributes: { to: 11 } }), random);
    await agree(single("Cast", { inputs: [input([2, 3], "double")], attributes: { to: 1 } }), random);
    for (const [type, to] of [
      ["int64", 1],
      ["int32", 7],
      ["uint8", 1],
      ["uint8", 7],
    ] as const) {
      await agree(single("Cast", { inputs: [input([2, 3], type)], attributes: { to } }), random, 2, 0, 9);
    }
  });

  it("keep labels that are numbers of the other type too, and refuse others", () => {
    const labelled = (classes: readonly number[], to: number) => {
      const nodes = [
        node("ArgMax", ["x"], ["k"], { axis: 1 }),
        { ...node("ArrayFeatureExtractor", ["c", "k"], ["l"]), domain: "ai.onnx.ml" },
        node("Cast", ["l"], ["y"], { to }),
      ];
      const operands = new Map([
        ["x", input([1, 2])],
        ["c", tensor("double", [2], classes)],
      ]);
      const file = model(operands, nodes, ["y"]);
      return () => build({ ...file, opsets: new Map([...file.opsets, ["ai.onnx.ml", 3]]) });
    };
    expect(labelled([1, 2], 7)().outputs[0]?.labels).toEqual(["1", "2"]);
    expect(labelled([0.5, 1.5], 7)).toThrow("Cast (node Cast_y), which is not supported: its result is 0.5");
    expect(labelled([5e9, 1], 6)).toThrow("its result is 5000000000, which is no int32");
    expect(labelled([2 ** 24 + 1, 1], 1)).toThrow("the label 16777217 to float");
  });

  it("refuse what would change them", () => {
    expect(built("Cast", input([2]), [], { to: 7 })).toThrow("from float to int64, which would change values");
    expect(built("Cast", input([2], "int64"), [], { to: 3 })).toThrow("from int64 to int8");
    expect(built("Cast", input([2]), [], { to: 9 })).toThrow("from float to bool");
    expect(built("Cast", input([2]), [], { to: 8 })).toThrow("from float to string");
    expect(built("Cast", input([2]), [], { to: 99 })).toThrow("type 99");
    expect(built("Cast", input([2]), [], { to: 16 })).toThrow("type 16");
    expect(built("Dropout", input([2]), [undefined, tensor("bool", [], [1])])).toThrow("training_mode");
    expect(built("Cast", input([2]), [], { to: 10 })().notes.join()).toContain("without rounding to half precision");
  });
});
