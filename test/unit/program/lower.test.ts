import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/graph/builder.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { outputs } from "../../../src/program/evaluate.ts";
import { type Lowered, lower } from "../../../src/program/lower.ts";
import type { Program, Step } from "../../../src/program/program.ts";
import { type Hand, hand, type InputSettings, jobOf, type Settings } from "../../support/inference/graphs.ts";

const INPUT: InputSettings = { visibility: "private", bits: [8] };

function loweredOf(graph: Graph, input: Partial<InputSettings> = {}, settings: Settings = {}): Lowered {
  const job = jobOf({ x: { ...INPUT, ...input } }, settings);
  return lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
}

function lowered(
  size: number,
  make: (h: Hand, x: Value) => readonly Value[],
  input: Partial<InputSettings> = {},
  settings: Settings = {},
): Lowered {
  const h = hand();
  return loweredOf(h.finish(make(h, h.input("x", size))), input, settings);
}

const kinds = ({ program }: Lowered): readonly string[] => program.steps.map(({ step }) => step.kind);
const last = <K extends Step["kind"]>({ steps }: Program, kind: K): Extract<Step, { kind: K }> => {
  const found = steps.findLast(({ step }) => step.kind === kind)?.step;
  return found as Extract<Step, { kind: K }>; // of that kind, or the test fails on it
};

function real({ program, values }: Lowered, x: readonly number[]): readonly (readonly number[])[] {
  const found = outputs(program, new Map([["x", x]]), values);
  return found.map((list, k) => [...list].map((q) => q * at(program.outputs, k).unit));
}

describe("inputs and outputs", () => {
  it("of the program are the graph's, with the job's grid", () => {
    const { program } = lowered(2, (h, x) => [h.dense(x, [[1, 2]], [0])], { bits: [3, 4], minimum: [-1], unit: [0.5] });
    expect(program.inputs).toEqual([{ name: "x", step: 0, shape: [2], bits: [3, 4], minimum: [-1], unit: [0.5] }]);
    expect(program.outputs).toMatchObject([{ name: "y0", shape: [1], kind: "number" }]);
  });

  it("that are inputs themselves are their real values, minimum and all", () => {
    const one = lowered(2, (_, x) => [x], { bits: [3], minimum: [-1, 0.25], unit: [0.5, 0.125] });
    expect(real(one, [3, 5])).toEqual([[0.5, 0.875]]);
  });

  it("that are asked for twice, or in any order, are each there", () => {
    const one = lowered(1, (h, x) => {
      const y = h.dense(x, [[4]], [-1]);
      return [y, x, y];
    });
    expect(real(one, [2])).toEqual([[7], [2], [7]]);
  });

  it("keep links, groups and labels, and the file's shape", () => {
    const h = hand();
    const graph = h.finish([h.dense(h.input("x", 1), [[1], [2]], [0, 0])]);
    const said = { link: "softmax", group: 2, labels: ["a", "b"], shape: [1, 2], kind: "scores" } as const;
    const { program } = loweredOf({ ...graph, outputs: graph.outputs.map((output) => ({ ...output, ...said })) });
    expect(program.outputs).toMatchObject([said]);
  });

  it("of another size than said are a bug", () => {
    const h = hand();
    const graph = h.finish([h.input("x", 2)]);
    const outputs = graph.outputs.map((output) => ({ ...output, shape: [3] }));
    expect(() => loweredOf({ ...graph, outputs })).toThrow(TypeError);
  });

  it("have their units as real numbers: an index has 1", () => {
    const { program } = lowered(2, (h, x) => [h.argmax([x], [[0, 1]]), h.moved([x], [0])], { unit: [0.125] });
    expect(program.outputs.map(({ unit, kind }) => [unit, kind])).toEqual([
      [1, "index"],
      [0.125, "number"],
    ]);
  });

  it("throw for an input without a quantisation", () => {
    const h = hand();
    const graph = h.finish([h.input("pixels", 1)]);
    expect(() => loweredOf(graph)).toThrowError(expect.objectContaining({ code: "model.quantisation" }));
  });
});

describe("a ReLU", () => {
  const dense = (h: Hand, x: Value): Value => h.dense(x, [[100, -31]], [0]);
  const shiftOf = (settings: Settings): number => {
    const { program } = lowered(2, (h, x) => [h.relu(dense(h, x))], {}, settings);
    return at(last(program, "rectified").shifts, 0);
  };

  it("keeps activationBits of the greatest value seen", () => {
    // Integers are real values here: 255 is 8 bits of 255.
    for (const [range, shift] of [
      [255, 0],
      [509, 0],
      [510, 1],
      [1019, 1],
      [1020, 2],
      [25_500, 6],
    ] as const) {
      expect(shiftOf({ ranges: { relu1: range }, activationBits: 8 }), `${range}`).toBe(shift);
    }
    expect(shiftOf({ ranges: { relu1: 25_500 }, activationBits: 4 })).toBe(10);
  });

  it("takes the greatest value that there can be where none was seen", () => {
    for (const ranges of [{}, { relu1: 0 }]) expect(shiftOf({ ranges })).toBe(6);
  });

  it("cuts nothing off beyond what was seen", () => {
    const one = lowered(2, (h, x) => [h.relu(dense(h, x))], {}, { ranges: { relu1: 255 } });
    expect(real(one, [255, 0])).toEqual([[25_500]]);
  });

  it("has a shift for each element's own unit", () => {
    const rows = [
      [0.001, 0],
      [1, 0],
    ];
    const one = lowered(
      2,
      (h, x) => [h.dense(h.relu(h.dense(x, rows, [0, 0.1])), [[1000, 1]], [0])],
      {},
      { activationBits: 4 },
    );
    const { shifts } = last(one.program, "rectified");
    expect(new Set(shifts).size).toBe(2);
  });

  it("of what is never negative and needs no shift is no step", () => {
    expect(kinds(lowered(2, (h, x) => [h.relu(x)]))).toEqual(["input"]);
    expect(kinds(lowered(2, (h, x) => [h.relu(x)], { minimum: [-1] }))).toContain("rectified");
  });

  it("of what is never above 0 is 0", () => {
    const one = lowered(1, (h, x) => [h.relu(h.dense(x, [[-1]], [-0.5]))]);
    expect(at(one.program.steps, at(one.program.outputs, 0).step).bounds.high).toEqual(Float64Array.of(0));
    expect(real(one, [200])).toEqual([[0]]);
  });

  it("takes ranges however small or large", () => {
    for (const range of [5e-324, 1e-300, 1e300, Number.MAX_VALUE]) {
      const [[value = Number.NaN] = []] = real(
        lowered(2, (h, x) => [h.relu(dense(h, x))], {}, { ranges: { relu1: range } }),
        [9, 1],
      );
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("a product", () => {
  it("is of both units, element by element, negative values too", () => {
    const one = lowered(
      2,
      (h, x) => [
        h.product(
          x,
          h.dense(
            x,
            [
              [-1, 0],
              [0, 1],
            ],
            [0, 0],
          ),
        ),
      ],
      { unit: [0.5], minimum: [-2] },
    );
    expect(real(one, [10, 1])).toEqual([[-9, 2.25]]);
  });

  it("narrows factors that are too wide together", () => {
    const square = (h: Hand, x: Value): Value => h.product(x, x);
    const one = lowered(1, (h, x) => [square(h, square(h, square(h, x)))], { unit: [2 ** -8] });
    expect(kinds(one)).toContain("rescaled");
    const [[value = 0] = []] = real(one, [250]);
    expect(Math.abs(value / (250 / 256) ** 8 - 1)).toBeLessThan(1e-4);
  });
});

describe("a maximum and an argmax", () => {
  it("compare real values, whatever units and minima", () => {
    const one = lowered(
      3,
      (h, x) => [
        h.maximum([x], [[0, 1, 2]]),
        h.argmax(
          [x],
          [
            [0, 1, 2],
            [2, 1],
          ],
        ),
      ],
      { unit: [1, 0.25, 2], minimum: [0, 3, -5] },
    );
    expect(real(one, [4, 5, 4])).toEqual([[4.25], [1, 1]]);
    expect(real(one, [4, 4, 4])).toEqual([[4], [0, 1]]);
  });

  it("of several operands compare across them", () => {
    const one = lowered(2, (h, x) => [h.argmax([x, h.dense(x, [[-1, 1]], [0.5])], [[0, 2], [2, 1], [2]])], {
      unit: [0.5],
    });
    expect(real(one, [1, 9])).toEqual([[1, 0, 0]]);
  });
});

describe("lower", () => {
  it("refuses private parameters where there are none", () => {
    expect(() => lowered(2, (h, x) => [h.relu(x)], {}, { parameters: "private" })).toThrowError(
      expect.objectContaining({ code: "model.parameters" }),
    );
  });

  it("refuses ranges and units of other layers", () => {
    const make = (h: Hand, x: Value) => [h.relu(h.dense(x, [[1, -1]], [0]))];
    const refused = expect.objectContaining({ code: "model.quantisation", disposition: "reject" });
    expect(() => lowered(2, make, {}, { ranges: { relu2: 1 } })).toThrowError(refused);
    const settings: Settings = { parameters: "private", units: { dense0: 1 } };
    expect(() => lowered(2, make, {}, settings)).toThrowError(refused);
    expect(lowered(2, make, {}, { units: { other: 1 } }).units).toEqual({}); // of no use to fixed parameters
  });

  it("names the layer whose sums do not fit", () => {
    const make = (h: Hand, x: Value) => [h.dense(x, [[1, 2]], [2 ** 46])];
    expect(() => lowered(2, make, {}, { parameters: "private" })).toThrowError(
      expect.objectContaining({ code: "model.bounds", data: { layer: "affine0" } }),
    );
  });

  it("names the layer whose numbers no double holds", () => {
    const squares = (count: number) => (h: Hand, x: Value) => {
      let power = x;
      for (let k = 0; k < count; k++) power = h.product(power, power);
      return [power];
    };
    expect(lowered(1, squares(9), { unit: [0.01] }).program.outputs).toHaveLength(1);
    for (const unit of [0.01, 1e-6]) {
      expect(() => lowered(1, squares(13), { unit: [unit] })).toThrowError(
        expect.objectContaining({ code: "model.bounds", data: { layer: expect.stringMatching(/^product/) } }),
      );
    }
  });

  it("has room for constants of any size, at the cost of digits that floats do not have", () => {
    for (const bias of [2 ** 34, -(2 ** 45), 2 ** 60]) {
      for (const size of [1, 2]) {
        const one = lowered(size, (h, x) => [h.dense(x, [[0.37, -0.7].slice(0, size)], [bias])], { unit: [0.013] });
        const wanted = 0.37 * 0.013 * 200 - (size === 2 ? 0.7 * 0.013 * 100 : 0) + bias;
        const got = at(at(real(one, [200, 100].slice(0, size)), 0), 0);
        expect(Math.abs(got - wanted)).toBeLessThan(Math.max(0.1, Math.abs(bias) * 2 ** -40));
      }
    }
  });

  it("gives the same program again", () => {
    const make = (): Program =>
      lowered(3, (h, x) => [h.curve("tanh", h.relu(h.dense(x, [[0.3, -2, Math.PI]], [0.1])))]).program;
    expect(make()).toEqual(make());
  });

  it("has no numbers in a program that are no integers, -0 aside", () => {
    const { program } = lowered(3, (h, x) => [h.curve("tanh", h.relu(h.dense(x, [[0.3, -2, Math.PI]], [0.1])))]);
    for (const { step, bounds } of program.steps) {
      for (const list of [...Object.values(step), bounds.low, bounds.high]) {
        if (ArrayBuffer.isView(list)) expect((list as Float64Array).every(Number.isSafeInteger)).toBe(true);
      }
    }
  });
});
