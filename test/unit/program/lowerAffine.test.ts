import { describe, expect, it } from "vitest";
import { type Row, structure, sum, type Term, type Value } from "../../../src/graph/builder.ts";
import { type Graph, STRUCTURE } from "../../../src/graph/graph.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { outputs } from "../../../src/program/evaluate.ts";
import { type Lowered, lower } from "../../../src/program/lower.ts";
import type { AffineStep, Program } from "../../../src/program/program.ts";
import { type Hand, hand, type InputSettings, jobOf, type Settings } from "../../support/inference/graphs.ts";

const INPUT: InputSettings = { visibility: "private", bits: [4] };

/** Of what is made of an input of `size` elements. */
function lowered(
  size: number,
  make: (h: Hand, x: Value) => Value,
  input: Partial<InputSettings> = {},
  settings: Settings = {},
): Lowered {
  const h = hand();
  return loweredOf(h.finish([make(h, h.input("x", size))]), input, settings);
}

function loweredOf(graph: Graph, input: Partial<InputSettings>, settings: Settings): Lowered {
  const job = jobOf({ x: { ...INPUT, ...input } }, settings);
  return lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
}

const affines = ({ steps }: Program): readonly AffineStep[] =>
  steps.flatMap(({ step }) => (step.kind === "affine" ? [step] : []));

/** Real values of the only output. */
function real({ program, values }: Lowered, x: readonly number[]): readonly number[] {
  const { unit } = at(program.outputs, 0);
  return [...at(outputs(program, new Map([["x", x]]), values), 0)].map((q) => q * unit);
}

const parameter = (source: number, weight: number, key: number): Term => ({ source, weight, key });

describe("a layer of fixed parameters", () => {
  it("has integer weights, the largest of all bits", () => {
    const { program } = lowered(2, (h, x) => h.dense(x, [[Math.PI, -1]], [Math.E]), {}, { weightBits: 6 });
    const [step] = affines(program);
    expect(step?.weights).toEqual(Float64Array.of(31, -10));
    const unit = Math.PI / 31;
    expect(at(program.outputs, 0).unit).toBe(unit);
    expect([...(step?.bias ?? [])]).toEqual([Math.round(Math.E / unit)]);
  });

  it("is exact where its weights are whole numbers of so many bits", () => {
    const layer = lowered(
      2,
      (h, x) =>
        h.dense(
          x,
          [
            [3, -5],
            [0, 7],
          ],
          [-10, 4],
        ),
      {},
      { weightBits: 4 },
    );
    expect(real(layer, [15, 2])).toEqual([3 * 15 - 10 - 10, 18]);
  });

  it("gives each row a unit of its own where nothing compares them, and one for all where something does", () => {
    const rows = [
      [0.01, 0.013],
      [10, 13],
    ];
    const apart = lowered(2, (h, x) => h.dense(h.relu(h.dense(x, rows, [0, 0])), [[1, 2]], [0]));
    const own = at(apart.tensors, 1).unit;
    expect(at(own, 1) / at(own, 0)).toBeCloseTo(1000, 6);
    expect(affines(apart.program)[0]?.weights.slice(0, 2)).toEqual(affines(apart.program)[0]?.weights.slice(2, 4));
    const compared = lowered(2, (h, x) => h.argmax([h.dense(x, rows, [0, 0])], [[0, 1]]));
    expect(new Set(at(compared.tensors, 1).unit).size).toBe(1);
    expect(affines(compared.program)[0]?.weights).toEqual(Float64Array.of(98, 127)); // the small row is rounded to 0
  });

  it("leaves out terms that become 0, and terms on what is always 0", () => {
    const { program } = lowered(3, (h, x) =>
      h.dense(
        x,
        [
          [1, 1e-9, -0.5],
          [0, 0, 0],
        ],
        [0, 2],
      ),
    );
    expect(affines(program)[0]).toMatchObject({
      starts: Int32Array.of(0, 2, 2),
      positions: Int32Array.of(0, 2),
      weights: Float64Array.of(127, -63),
    });
    // The first neuron is dead whatever the inputs: its weight may be anything.
    const dead = lowered(1, (h, x) => h.dense(h.relu(h.dense(x, [[-1], [1]], [-1, 0])), [[1e30, 1e-6]], [0]));
    expect(affines(dead.program).at(-1)).toMatchObject({ positions: Int32Array.of(1) });
    expect(real(dead, [7])[0]).toBeCloseTo(7e-6, 8);
  });

  it("lets a yes-or-no beside bytes have a weight beyond the others' bits", () => {
    const { program } = lowered(2, (h, x) => h.dense(x, [[1, 100]], [0]), { bits: [8, 1] }, { weightBits: 5 });
    expect(affines(program)[0]?.weights).toEqual(Float64Array.of(1, 100));
  });

  it("keeps a bias that is no multiple of the weights, by smaller units", () => {
    const layer = lowered(1, (h, x) => h.affine([h.dense(x, [[1]], [0.25]), x], [sum([structure(0), structure(1)])]));
    expect(real(layer, [3])).toEqual([6.25]);
  });

  it("takes the input's minimum into its bias", () => {
    const layer = lowered(2, (h, x) => h.dense(x, [[2, -1]], [0.5]), { minimum: [-3, 1], unit: [0.5, 0.25] });
    expect(real(layer, [4, 8])).toEqual([2 * (-3 + 2) - (1 + 2) + 0.5]);
  });

  it("of rows without terms is its biases", () => {
    const layer = lowered(2, (h, x) => h.affine([x], [{ ...sum([]), bias: -3, biasKey: 0 }, sum([])]));
    expect(real(layer, [1, 2])).toEqual([-3, 0].map((value) => value + 0));
  });

  it("narrows operands that are too wide for its sums, and no others", () => {
    const wide = (h: Hand, x: Value): Value => h.product(h.product(x, x), h.product(x, x));
    const narrow = lowered(1, (h, x) => h.dense(h.product(x, x), [[1, 2].slice(0, 1)], [0.5]), { bits: [10] });
    expect(narrow.program.steps.some(({ step }) => step.kind === "rescaled")).toBe(false);
    const layer = lowered(2, (h, x) => h.dense(wide(h, x), [[Math.PI, 1]], [0]), { bits: [10], unit: [2 ** -10] });
    expect(layer.program.steps.some(({ step }) => step.kind === "rescaled")).toBe(true);
    const value = (1000 / 1024) ** 4;
    expect(Math.abs(at(real(layer, [1000, 1000]), 0) / (value * (Math.PI + 1)) - 1)).toBeLessThan(0.01);
  });
});

describe("a layer of one term a row", () => {
  it("renames integers: scales and moves cost no precision", () => {
    const rows: readonly Row[] = [
      { terms: [parameter(1, -0.123, 0)], bias: 7.7, biasKey: 1 },
      { terms: [parameter(0, 1e-9, 2)], bias: 0, biasKey: STRUCTURE },
    ];
    const { program, tensors } = lowered(2, (h, x) => h.relu(h.affine([x], rows)), { unit: [0.5], minimum: [0, 1] });
    expect(affines(program)[0]).toMatchObject({ weights: Float64Array.of(-1, 1), bias: Float64Array.of(0, 0) });
    expect([...at(tensors, 1).unit]).toEqual([0.123 * 0.5, 0.5e-9]);
    expect(at(tensors, 1).offset?.[0]).toBeCloseTo(7.7 - 0.123, 12);
  });

  it("of a weight of 0 is its bias", () => {
    const layer = lowered(2, (h, x) => h.dense(h.moved([x], [1]), [[0]], [0.75]));
    expect(real(layer, [9, 9])).toEqual([0.75]);
  });
});

describe("a layer of private parameters", () => {
  const PRIVATE: Settings = { parameters: "private", weightBits: 6 };
  const convolution = (weights: readonly [number, number], bias: number) => (h: Hand, x: Value) =>
    h.affine(
      [x],
      [0, 1].map((j) => ({
        ...sum([parameter(j, weights[0], 0), parameter(j + 1, weights[1], 1)]),
        bias,
        biasKey: 2,
      })),
    );

  it("has each parameter once, however often it is used", () => {
    const { program, values } = lowered(3, convolution([1, -2], 0.5), {}, PRIVATE);
    expect(program.parameters).toEqual({ weightBits: 6, biasBits: 8, weights: 2, biases: 1 });
    expect(values.weights.map((one) => one / Number(values.weights[0]))).toEqual([1, -2]);
    expect(affines(program)[0]).toMatchObject({
      weightParameters: Int32Array.of(0, 1, 0, 1),
      biasParameters: Int32Array.of(0, 0),
      weights: new Float64Array(4),
      bias: new Float64Array(2),
    });
  });

  it("has units as fine as its largest weight allows, though whole numbers would do with less", () => {
    const { values, units } = lowered(3, convolution([1, -2], 0.4), {}, PRIVATE);
    expect(values).toEqual({ weights: [8, -16], biases: [3] });
    expect(units).toEqual({ affine0: 1 / 8 });
    expect(lowered(3, convolution([31, -1], 0), {}, PRIVATE).values.weights).toEqual([31, -1]);
    expect(lowered(3, convolution([Math.PI, -1], 0), {}, PRIVATE).values.weights).toEqual([31, -10]);
  });

  it("keeps every term, whatever the weights: another version of them has the same steps", () => {
    const first = lowered(3, convolution([1, -2], 0.5), {}, PRIVATE);
    const settings = { ...PRIVATE, units: first.units, biasBits: first.program.parameters.biasBits };
    for (const weights of [
      [0, 0],
      [-1.9, 0.001],
      [0.5, 0.5],
    ] as const) {
      const next = lowered(3, convolution(weights, 0), {}, settings);
      expect(next.program).toEqual(first.program);
      expect(next.units).toEqual(first.units);
    }
  });

  it("refuses a version whose weights are too large for the units of the first, and names the layer", () => {
    const first = lowered(3, convolution([1, -2], 0.5), {}, PRIVATE);
    expect(() => lowered(3, convolution([1, -4.1], 0.5), {}, { ...PRIVATE, units: first.units })).toThrowError(
      expect.objectContaining({ code: "model.weights", data: { layer: "affine0" } }),
    );
    const { biasBits } = first.program.parameters;
    const settings = { ...PRIVATE, units: first.units, biasBits };
    expect(lowered(3, convolution([1, -2], 127 / 8), {}, settings).values.biases).toEqual([127]);
    expect(() => lowered(3, convolution([1, -2], 128 / 8), {}, settings)).toThrowError(
      expect.objectContaining({ code: "model.weights", data: { layer: "affine0" } }),
    );
  });

  it("has biases of the width that the first version's need and a bit, so that bounds are no wider", () => {
    const widths = [0.5, 15, 16, 1000].map((bias) => lowered(3, convolution([1, -2], bias), {}, PRIVATE));
    expect(widths.map(({ values }) => values.biases)).toEqual([[4], [120], [128], [8000]]);
    expect(widths.map(({ program }) => program.parameters.biasBits)).toEqual([8, 8, 10, 15]);
    const { low, high } = at(at(widths, 2).program.steps, 1).bounds;
    // Two weights of 6 bits, inputs of 4.
    expect([low[0], high[0]]).toEqual([2 * -32 * 15 - 512, 2 * 31 * 15 + 511]);
  });

  it("keeps the precision of weights on bytes beside one on a yes-or-no", () => {
    const flagged = (h: Hand, x: Value) =>
      h.affine([x], [{ ...sum([parameter(0, 20, 0), parameter(1, 0.1, 1), parameter(2, -0.07, 2)]) }]);
    const grid = { bits: [1, 8, 8], unit: [1, 0.5, 0.25] };
    const layer = lowered(3, flagged, grid, { ...PRIVATE, weightBits: 8 });
    for (const integers of [
      [0, 255, 3],
      [1, 255, 255],
      [1, 7, 200],
    ]) {
      const [q = 0, r = 0, s = 0] = integers;
      const wanted = 20 * q + 0.1 * 0.5 * r - 0.07 * 0.25 * s;
      expect(Math.abs(at(real(layer, integers), 0) - wanted)).toBeLessThan(0.2);
    }
  });

  it("has one bias a row where inputs have a minimum: it is part of each", () => {
    const { program, values, units } = lowered(3, convolution([1, -2], 0.5), { minimum: [-1, 0, 3] }, PRIVATE);
    expect(program.parameters).toMatchObject({ weights: 2, biases: 2 });
    const unit = Number(units.affine0);
    expect(values.biases.map((one) => one * unit)).toEqual([0.5 - 1 - 0, 0.5 + 0 - 6].map((x) => expect.closeTo(x, 1)));
  });

  it("has one bias of the model once for each offset that it meets, as another version has it", () => {
    const shared = (bias: number) => (h: Hand, x: Value) =>
      h.affine(
        [x],
        [0, 1, 2].map((source) => ({ ...sum([structure(source)]), bias, biasKey: 0 })),
      );
    const settings = { bits: [4], minimum: [0, 5, 0] };
    const layer = lowered(3, shared(3), settings, PRIVATE);
    expect(layer.program.parameters).toMatchObject({ weights: 0, biases: 2 });
    expect(affines(layer.program)[0]?.biasParameters).toEqual(Int32Array.of(0, 1, 0));
    expect(real(layer, [1, 2, 3])).toEqual([4, 10, 6].map((x) => expect.closeTo(x, 3)));
    const { biasBits } = layer.program.parameters;
    const next = lowered(3, shared(-5), settings, { ...PRIVATE, units: layer.units, biasBits });
    expect(next.program).toEqual(layer.program);
    expect(real(next, [1, 2, 3])).toEqual([-4, 2, -2].map((x) => expect.closeTo(x, 3)));
  });

  it.each(["constructor", "toString", "__proto__"])("may be called %s", (name) => {
    const h = hand();
    const made = h.finish([h.dense(h.input("x", 1), [[0.5]], [0.25])]);
    const nodes = made.nodes.map((one) => (one.operation.kind === "input" ? one : { ...one, name }));
    const first = loweredOf({ ...made, nodes }, {}, PRIVATE);
    const { units } = first;
    expect(Object.values(units)).toEqual([expect.any(Number)]);
    const { biasBits } = first.program.parameters;
    const again = loweredOf({ ...made, nodes }, {}, { ...PRIVATE, units, biasBits });
    expect(again).toEqual(first);
  });

  it("has a weight for each source where those have units of their own", () => {
    const { program, values } = lowered(3, convolution([1, 1], 0), { unit: [1, 0.5, 0.25] }, PRIVATE);
    expect(program.parameters.weights).toBe(4); // each of two on each of its two sources
    expect(values.weights.map((one) => one / Number(values.weights.at(-1)))).toEqual([4, 2, 2, 1]);
  });

  it("keeps the structure's terms as constants, in the layer's unit", () => {
    const { program, values } = lowered(
      2,
      (h, x) => h.affine([x], [sum([parameter(0, 0.5, 0), structure(1, -1)]), sum([structure(0, 2), structure(1)])]),
      {},
      PRIVATE,
    );
    expect(affines(program)[0]).toMatchObject({
      weightParameters: Int32Array.of(0, -1, -1, -1),
      biasParameters: Int32Array.of(-1, -1),
      weights: Float64Array.of(0, -32, 64, 32),
    });
    expect(values).toEqual({ weights: [16], biases: [] });
  });

  it("without weights of its own has the precision of structure, and biases", () => {
    const make = (bias: number) => (h: Hand, x: Value) =>
      h.affine([x], [{ ...sum([structure(0, 1 / 255)]), bias, biasKey: 0 }]);
    const layer = lowered(1, make(0.321), { bits: [8] }, PRIVATE);
    expect(layer.program.parameters).toMatchObject({ weights: 0, biases: 1 });
    expect(Math.abs(at(real(layer, [200]), 0) - (200 / 255 + 0.321))).toBeLessThan(1e-4);
    const { biasBits } = layer.program.parameters;
    const next = lowered(1, make(-0.6), { bits: [8] }, { ...PRIVATE, units: layer.units, biasBits });
    expect(next.program).toEqual(layer.program);
    expect(Math.abs(at(real(next, [200]), 0) - (200 / 255 - 0.6))).toBeLessThan(1e-4);
  });

  it("whose weights are all 0 at first still has its biases", () => {
    const layer = lowered(3, convolution([0, 0], 0.321), {}, PRIVATE);
    expect(real(layer, [1, 2, 3])).toEqual([0.321, 0.321].map((x) => expect.closeTo(x, 4)));
  });

  it("renames and rounds nothing that is structure alone", () => {
    const { program, units } = lowered(3, (h, x) => h.moved([convolution([1, -2], 0.5)(h, x)], [1, 0]), {}, PRIVATE);
    expect(Object.keys(units)).toEqual(["affine0"]);
    expect(affines(program).at(-1)?.weightParameters).toBeUndefined();
  });
});
