import { describe, expect, it } from "vitest";
import { build } from "../../../src/graph/build.ts";
import { agree } from "../../support/graph/compare.ts";
import { input, real, single, tensor, weights } from "../../support/graph/models.ts";
import { type Random, seeded } from "../../support/graph/random.ts";

/** Axes, kernel and attributes of a window that fits and that onnxruntime has: no dilations with SAME, strides up to the kernel. */
function windowOf(random: Random, rank: number) {
  const list = (low: number, high: number) => Array.from({ length: rank }, () => random.whole(low, high));
  const auto = random.oneOf(["NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]);
  const same = auto.startsWith("SAME");
  const [kernel, dilations] = [list(1, 3), list(1, same ? 1 : 2)];
  const strides = kernel.map((length) => random.whole(1, same ? length : 3));
  const spatial = kernel.map((length, i) => (length - 1) * (dilations[i] ?? 1) + random.whole(1, 5));
  const pads = auto === "NOTSET" ? [...list(0, 2), ...list(0, 2)] : undefined;
  return { spatial, kernel, attributes: { dilations, strides, pads, auto_pad: auto } };
}

describe("Conv", () => {
  it("agrees with onnxruntime over 1, 2 and 3 axes: groups, dilations, strides, pads, auto_pad", async () => {
    const random = seeded(31);
    for (let round = 0; round < 30; round++) {
      const { spatial, kernel, attributes } = windowOf(random, random.oneOf([1, 2, 2, 3]));
      const [group, width, features] = [random.whole(1, 3), random.whole(1, 2), random.whole(1, 2)];
      const inputs = [
        input([random.whole(1, 2), group * width, ...spatial]),
        weights(random, [group * features, width, ...kernel]),
        random.oneOf([undefined, weights(random, [group * features])]),
      ];
      await agree(single("Conv", { inputs, attributes: { ...attributes, group, kernel_shape: kernel } }), random, 1);
    }
  });

  it("has one parameter for a weight at all positions", () => {
    const random = seeded(32);
    const inputs = [input([1, 2, 5, 5]), weights(random, [3, 2, 3, 3]), weights(random, [3])];
    const graph = build(single("Conv", { inputs }));
    const operation = graph.nodes[graph.outputs[0]?.node ?? -1]?.operation;
    if (operation?.kind !== "affine") throw new TypeError("want an affine operation");
    expect(operation.keys).toHaveLength(3 * 9 * 2 * 9);
    expect(new Set(operation.keys).size).toBe(54);
    expect(new Set(operation.biasKeys).size).toBe(3);
  });

  it("refuses what does not fit", () => {
    const random = seeded(33);
    const conv =
      (kernel: number[], attributes = {}) =>
      () =>
        build(single("Conv", { inputs: [input([1, 4, 6, 6]), weights(random, kernel)], attributes }));
    expect(conv([2, 3, 3, 3])).toThrow("got 1 groups, 4 channels");
    expect(conv([3, 2, 3, 3], { group: 2 })).toThrow("got 2 groups, 4 channels");
    expect(conv([2, 4, 7, 1])).toThrow("got a window of 7 on 6");
    expect(conv([2, 4, 3, 3], { kernel_shape: [3, 2] })).toThrow("kernel_shape [3,2]");
    expect(conv([2, 4, 3, 3], { pads: [1, 1] })).toThrow("got 2 pads, want 4");
    expect(conv([2, 4, 3, 3], { pads: [-1, 0, 0, 0] })).toThrow("pads of [-1,0,0,0]");
    expect(conv([2, 4, 3, 3], { strides: [0, 1] })).toThrow("strides of [0,1]");
    expect(conv([2, 4, 3, 3], { auto_pad: "SAME" })).toThrow("auto_pad SAME");
    expect(conv([2, 4, 3, 3], { auto_pad: "SAME_UPPER", dilations: [2, 2] })).toThrow("dilations beside auto_pad");
    expect(conv([2, 4, 3, 3], { auto_pad: "VALID", pads: [1, 1, 1, 1] })).toThrow("pads beside auto_pad VALID");
    expect(() => build(single("Conv", { inputs: [input([1, 4, 6]), input([2, 4, 3])] }))).toThrow(
      "a kernel that is computed",
    );
  });

  it("refuses huge pads, strides and kernels at once", () => {
    const random = seeded(34);
    const started = performance.now();
    const conv =
      (attributes = {}) =>
      () =>
        build(single("Conv", { inputs: [input([1, 1, 6, 6]), weights(random, [1, 1, 3, 3])], attributes }));
    expect(conv({ pads: [1e6, 1e6, 1e6, 1e6] })).toThrow("at most");
    expect(conv({ pads: [1e15, 0, 0, 0] })).toThrow("0 to 2^20");
    expect(conv({ dilations: [1e15, 1] })).toThrow("got a window of 2000000000000001 on 6");
    expect(conv({ strides: [2 ** 63, 1] })).toThrow("strides of [9223372036854776000,1], want 1 or more");
    expect(conv({ strides: [2 ** 40, 2 ** 40] })().outputs[0]?.shape).toEqual([1, 1, 1, 1]);
    expect(() => build(single("Conv", { inputs: [input([1, 1, 1000, 1000]), weights(random, [9, 1, 3, 3])] }))).toThrow(
      "at most",
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe("auto_pad SAME with strides beyond the window", () => {
  const strided = (operator: string, auto_pad: string, length: number, kernel: number, stride: number) => {
    const kernels = operator === "Conv" ? [weights(seeded(38), [1, 1, kernel])] : [];
    const attributes = { auto_pad, strides: [stride], kernel_shape: [kernel] };
    return single(operator, { inputs: [input([1, 1, length]), ...kernels], attributes });
  };

  it("agrees with onnxruntime where at most one element is in no window", async () => {
    const random = seeded(39);
    for (const operator of ["Conv", "AveragePool"]) {
      for (const auto of ["SAME_UPPER", "SAME_LOWER"]) {
        for (const [length, kernel, stride] of [
          [6, 1, 2],
          [7, 1, 2],
          [8, 2, 3],
          [7, 2, 3],
          [5, 1, 3],
        ] as const) {
          await agree(strided(operator, auto, length, kernel, stride), random, 1);
        }
      }
    }
  });

  it("is refused elsewhere: onnxruntime takes elements off the beginning", () => {
    for (const operator of ["Conv", "AveragePool", "MaxPool"]) {
      for (const auto of ["SAME_UPPER", "SAME_LOWER"]) {
        expect(() => build(strided(operator, auto, 9, 1, 3))).toThrow(
          `auto_pad ${auto} where 2 elements are in no window`,
        );
      }
    }
  });
});

describe("BatchNormalization", () => {
  const random = seeded(35);
  const statistics = (channels: number) => [
    weights(random, [channels], 0.5, 2),
    weights(random, [channels]),
    weights(random, [channels]),
    weights(random, [channels], 0.1, 2),
  ];

  it("agrees with onnxruntime, as one factor and one addend for each channel", async () => {
    for (const shape of [
      [2, 3],
      [1, 3, 4],
      [2, 3, 2, 2],
    ]) {
      const inputs = [input(shape), ...statistics(3)];
      const graph = await agree(single("BatchNormalization", { inputs, attributes: { epsilon: real(0.01) } }), random);
      const operation = graph.nodes[1]?.operation;
      if (operation?.kind !== "affine") throw new TypeError("want an affine operation");
      expect(new Set([...operation.keys, ...operation.biasKeys]).size).toBe(6);
    }
    await agree(single("BatchNormalization", { inputs: [input([2, 3, 2]), ...statistics(3)], opset: 9 }), random);
  });

  it("refuses training, statistics by position, of other lengths, and negative variances", () => {
    const normalised =
      (attributes: object, opset = 21, values = statistics(3)) =>
      () =>
        build(
          single("BatchNormalization", { inputs: [input([1, 3, 2]), ...values], attributes: { ...attributes }, opset }),
        );
    expect(normalised({ training_mode: 1 })).toThrow("training_mode");
    expect(normalised({ spatial: 0 }, 7)).toThrow("spatial = 0");
    expect(normalised({ spatial: 1 })).toThrow("attribute spatial");
    const five = single("BatchNormalization", { inputs: [input([1, 3]), ...statistics(3)], opset: 9, outputs: 5 });
    expect(() => build(five, { outputs: ["y0"] })).toThrow("got 5 inputs and 5 outputs, want at most 5 and 1");
    expect(normalised({}, 21, statistics(2))).toThrow("a scale of shape [2], want [3]");
    expect(normalised({}, 21, [...statistics(3).slice(0, 3), tensor("float", [3], [1, -1, 1])])).toThrow("variance");
  });
});

describe("MaxPool and AveragePool", () => {
  /** A window all in the padding has no largest element. */
  const padded = (random: Random, kernel: readonly number[], dilations: readonly number[]) =>
    [...kernel, ...kernel].map((length) => Math.min(random.whole(0, 2), length - 1, dilations.includes(2) ? 0 : 2));

  for (const operator of ["MaxPool", "AveragePool"]) {
    it(`${operator} agrees with onnxruntime over 1 and 2 axes: pads, strides, dilations, auto_pad, ceil_mode`, async () => {
      const random = seeded(36);
      for (let round = 0; round < 40; round++) {
        const { spatial, kernel, attributes } = windowOf(random, random.whole(1, 2));
        const pads = attributes.auto_pad === "NOTSET" ? padded(random, kernel, attributes.dilations) : undefined;
        const all = {
          ...attributes,
          pads,
          kernel_shape: kernel,
          ceil_mode: random.whole(0, 1),
          ...(operator === "AveragePool" ? { count_include_pad: random.whole(0, 1) } : {}),
        };
        await agree(single(operator, { inputs: [input([1, 2, ...spatial])], attributes: all }), random, 1);
      }
    });
  }

  it("refuse no kernel, a window all in the padding, and a second output", () => {
    expect(() => build(single("MaxPool", { inputs: [input([1, 1, 4])] }))).toThrow("no kernel_shape");
    const attributes = { kernel_shape: [2], pads: [2, 0] };
    expect(() => build(single("MaxPool", { inputs: [input([1, 1, 4])], attributes }))).toThrow("all in the padding");
    expect(() => build(single("AveragePool", { inputs: [input([1, 1, 4])], attributes }))).toThrow(
      "all in the padding",
    );
    const strided = { kernel_shape: [2], pads: [0, 3], strides: [4] };
    expect(() => build(single("MaxPool", { inputs: [input([1, 1, 5])], attributes: strided }))).toThrow(
      "got pads of 3, want less than the window [2]",
    );
    const both = single("MaxPool", { inputs: [input([1, 1, 4])], attributes: { kernel_shape: [2] }, outputs: 2 });
    expect(() => build(both)).toThrow("MaxPool (node MaxPool_0), which is not supported: its output y1");
    expect(build(both, { outputs: ["y0"] }).outputs).toHaveLength(1);
  });
});

describe("GlobalAveragePool and GlobalMaxPool", () => {
  it("agree with onnxruntime", async () => {
    const random = seeded(37);
    for (const operator of ["GlobalAveragePool", "GlobalMaxPool"]) {
      for (const shape of [
        [1, 2, 5],
        [2, 3, 4, 3],
        [1, 1, 2, 2, 2],
      ]) {
        await agree(single(operator, { inputs: [input(shape)] }), random);
      }
    }
  });
});
