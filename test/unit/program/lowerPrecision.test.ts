import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/graph/graph.ts";
import { compileGraph } from "../../../src/inference/compiledModel.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { evaluate, outputs } from "../../../src/program/evaluate.ts";
import { lower } from "../../../src/program/lower.ts";
import { type Hand, hand, type InputSettings, jobOf, type Settings } from "../../support/inference/graphs.ts";

const BYTE: InputSettings = { visibility: "private", bits: [8] };

function made(graph: Graph, inputs: Readonly<Record<string, InputSettings>>, settings: Settings = {}) {
  const job = jobOf(inputs, settings);
  const lowered = lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
  const { program, values } = lowered;
  /** Real values of the outputs. */
  const real = (rows: Readonly<Record<string, readonly number[]>>): readonly (readonly number[])[] => {
    const results = outputs(program, new Map(Object.entries(rows)), values);
    return program.outputs.map(({ unit }, i) => [...at(results, i)].map((q) => q * unit));
  };
  return { program, real, job };
}

/** x * 2^-10 twice, multiplied: a unit of 2^-20 and integers of 16 bits. */
function product(h: Hand) {
  const x = h.input("x", 1);
  const small = h.dense(x, [[2 ** -10]], [0]);
  return { x, product: h.product(small, small) };
}

describe("tensors that are compared with each other", () => {
  it("keep their values, however small the unit of one of them is beside the others'", () => {
    const h = hand();
    const { x, product: squared } = product(h);
    const { real } = made(h.finish([h.maximum([squared, h.moved([x], [0])], [[0], [1], [0, 1]])]), { x: BYTE });
    const want = (200 / 1024) ** 2;
    const [values = []] = real({ x: [200] });
    expect(values[0]).toBeCloseTo(want, 3);
    expect(values.slice(1)).toEqual([200, 200]);
  });

  it("fit, where the integers of one of them leave no room: it is rounded, and by no more than it can bear", () => {
    const h = hand();
    const x = h.input("x", 2);
    const twice = h.product(x, x);
    const fourth = h.product(
      twice,
      h.dense(
        twice,
        [
          [1.37, 0],
          [0, 0.61],
        ],
        [0, 0],
      ),
    );
    const graph = h.finish([h.maximum([fourth, x], [[0], [2]])]);
    const { real } = made(graph, { x: { ...BYTE, bits: [10] } }, { weightBits: 12 });
    const [values = []] = real({ x: [1000, 3] });
    expect(values[0]).toBeGreaterThan(1.36e12);
    expect(values[0]).toBeLessThan(1.38e12);
  });
});

describe("a narrow element beside wide ones", () => {
  it("loses nothing where the wide ones are rounded to leave room", () => {
    const h = hand();
    const x = h.input("x", 2);
    const wide = h.product(h.product(x, x), x);
    const both = h.moved([wide, x], [0, 3]);
    const graph = h.finish([h.dense(both, [[2 ** -24, 1]], [0])]);
    const { real } = made(graph, { x: { ...BYTE, bits: [12] } }, { weightBits: 16 });
    expect(real({ x: [0, 1000] })[0]?.[0]).toBeCloseTo(1000, 0);
    expect(real({ x: [0, 1001] })[0]?.[0]).toBeCloseTo(1001, 0);
    expect(real({ x: [4095, 0] })[0]?.[0]).toBeCloseTo(4095 ** 3 / 2 ** 24, 0);
  });
});

describe("a curve", () => {
  it("has no threshold where it is one piece, and none beyond an element's own bounds", () => {
    const h = hand();
    const x = h.input("x", 2);
    const graph = h.finish([
      h.curve(
        "sigmoid",
        h.dense(
          x,
          [
            [0.1, 0],
            [0, 0.001],
          ],
          [-12, 0],
        ),
      ),
      h.curve("tanh", h.dense(x, [[1, 1]], [40])),
    ]);
    const { program, real } = made(graph, { x: BYTE });
    for (const { step } of program.steps) {
      if (step.kind !== "thresholds") continue;
      const { low, high } = at(program.steps, step.source).bounds;
      expect(step.thresholds.length).toBeGreaterThan(0);
      expect(at(step.thresholds, 0)).toBeGreaterThan(at(low, step.element));
      expect(at(step.thresholds, step.thresholds.length - 1)).toBeLessThanOrEqual(at(high, step.element));
    }
    expect(real({ x: [120, 0] })).toEqual([[expect.closeTo(0.5, 1), expect.closeTo(0.5, 1)], [1]]);
  });

  it("fits on sums that are far wider than where it bends", () => {
    const h = hand();
    const x = h.input("x", 1);
    const cube = h.product(h.product(x, x), x);
    const { real } = made(h.finish([h.curve("sigmoid", h.product(cube, x))]), { x: BYTE });
    expect(real({ x: [255] })).toEqual([[1]]);
    expect(real({ x: [0] })).toEqual([[expect.closeTo(0.5, 1)]]);
  });

  it("is never further off than its note says", () => {
    const h = hand();
    const x = h.input("x", 1);
    const { program, real } = made(h.finish([h.curve("tanh", h.dense(x, [[1 / 32]], [-4]))]), { x: BYTE });
    const most = Number(/off by at most (\S+)$/.exec(program.notes[0] ?? "")?.[1]);
    for (let q = 0; q < 256; q++) {
      const [[got = Number.NaN] = []] = real({ x: [q] });
      expect(Math.abs(got - Math.tanh(q / 32 - 4)), `${q}`).toBeLessThanOrEqual(most);
    }
  });
});

describe("a weight on what is always 0", () => {
  it("is left out, whatever its size, and the entry has digits only", () => {
    const h = hand();
    const x = h.input("x", 2);
    const dead = h.relu(
      h.dense(
        x,
        [
          [-1, -1],
          [1, 0],
        ],
        [0, 0],
      ),
    );
    const graph = h.finish([h.dense(dead, [[1e30, 1e-30]], [0])]);
    const { program, job } = made(graph, { x: BYTE });
    const last = at(program.steps, program.steps.length - 1).step;
    expect(last.kind === "affine" && [...last.positions]).toEqual([1]);
    expect(compileGraph(graph, job).entry).not.toMatch(/\de[+-]?\d/);
  });
});

describe("private parameters", () => {
  it("are refused of a model that has none", () => {
    const h = hand();
    const x = h.input("x", 2);
    const graph = h.finish([h.maximum([x], [[0, 1]])]);
    expect(() => made(graph, { x: BYTE }, { parameters: "private" })).toThrowError(
      expect.objectContaining({ code: "model.parameters" }),
    );
  });

  it("leave one circuit to all versions of the weights, the least and the greatest too", () => {
    const graphOf = (weight: number): Graph => {
      const h = hand();
      const x = h.input("x", 3);
      return h.finish([
        h.dense(
          h.relu(
            h.dense(
              x,
              [
                [weight, -weight, 0],
                [0, weight, 1],
              ],
              [weight, 0],
            ),
          ),
          [[1, weight]],
          [0],
        ),
      ]);
    };
    const { program, job } = made(graphOf(1), { x: BYTE }, { parameters: "private", ranges: { relu1: 200 } });
    const units = lower(graphOf(1), { quantisation: quantisationOf(job), parameters: "private" }).units;
    const entries = [0, 1, -1, 0.3].map((weight) => compileGraph(graphOf(weight), { ...job, units }).entry);
    expect(new Set(entries).size).toBe(1);
    expect(program.parameters.weights).toBe(8);
  });
});

describe("every step", () => {
  it("is within its bounds at every input of trees whose thresholds integers meet", () => {
    const h = hand();
    const x = h.input("x", 2);
    const leaf = (value: number) => ({ values: [{ output: 0, value }] });
    const branch = (feature: number, threshold: number, yes: Tree, no: Tree) =>
      ({ feature, threshold, comparison: "<=", yes, no }) as const;
    const trees = [
      branch(0, 3, branch(1, 2, leaf(1), leaf(-2)), branch(0, 5, leaf(7), branch(1, 6, leaf(-1), leaf(4)))),
      branch(1, 2, branch(0, 5, leaf(-3), leaf(0.5)), branch(0, 3, leaf(2), leaf(-6))),
    ];
    const { program } = made(h.finish([h.trees(x, [0.25], trees)]), { x: { ...BYTE, bits: [3] } });
    const sum = at(program.steps, at(program.outputs, 0).step).bounds;
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 8; b++) {
        const values = evaluate(program, new Map([["x", [a, b]]]));
        for (const [id, { bounds }] of program.steps.entries()) {
          for (const [j, value] of at(values, id).entries()) {
            expect(value).toBeGreaterThanOrEqual(at(bounds.low, j));
            expect(value).toBeLessThanOrEqual(at(bounds.high, j));
          }
        }
      }
    }
    // Narrower than interval arithmetic on the products would have it: one leaf of each tree.
    const { unit } = at(program.outputs, 0);
    expect([at(sum.low, 0) * unit, at(sum.high, 0) * unit]).toEqual([
      expect.closeTo(0.25 - 2 - 6, 2),
      expect.closeTo(0.25 + 7 + 2, 2),
    ]);
  });
});

type Tree = Parameters<Hand["trees"]>[2][number];
