import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/graph/builder.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { FRACTION } from "../../../src/program/curve.ts";
import { evaluate } from "../../../src/program/evaluate.ts";
import { type Lowered, lower } from "../../../src/program/lower.ts";
import { type Hand, hand, type InputSettings, jobOf } from "../../support/inference/graphs.ts";

const VALUES = { sigmoid: (x: number) => 1 / (1 + Math.exp(-x)), tanh: Math.tanh };
type Curve = keyof typeof VALUES;

function lowered(
  curve: Curve,
  input: Partial<InputSettings>,
  { size = 1, curvePieces = 16, before = (_: Hand, x: Value): Value => x } = {},
): Lowered {
  const h = hand();
  const graph = h.finish([h.curve(curve, before(h, h.input("x", size)))]);
  const job = jobOf({ x: { visibility: "private", bits: [8], ...input } }, { curvePieces });
  return lower(graph, { quantisation: quantisationOf(job), parameters: "fixed" });
}

const reported = ({ program }: Lowered): number =>
  Number(/off by at most (\S+)$/.exec(program.notes.at(-1) ?? "")?.[1]);

/** Every step's value is within its bounds, and the output as near as the program's note says, for every one of an input. */
function expectNear(one: Lowered, curve: Curve, bits: number, real: (q: number) => number): void {
  const { step, unit } = at(one.program.outputs, 0);
  expect(unit).toBe(2 ** -FRACTION);
  for (let q = 0; q < 2 ** bits; q++) {
    const values = evaluate(one.program, new Map([["x", [q]]]));
    for (const [id, { bounds }] of one.program.steps.entries()) {
      for (const [j, value] of at(values, id).entries()) {
        if (value < at(bounds.low, j) || value > at(bounds.high, j)) expect.fail(`${id}: got ${value} for ${q}`);
      }
    }
    const got = at(at(values, step), 0) * unit;
    expect(Math.abs(got - VALUES[curve](real(q))), `${q}`).toBeLessThanOrEqual(reported(one));
  }
}

describe.each(["sigmoid", "tanh"] as const)("lowerCurve of %s", (curve) => {
  it.each([
    [1e-9, -1e-7],
    [2 ** -10, -0.5],
    [0.01, -3],
    [0.125, -16],
    [1, -128],
    [100, -12_800],
    [1e6, -1e6 * 128],
    [1e30, -1e30 * 128],
  ])("is as near as it says and stays within its bounds, at a unit of %f from %f", (unit, minimum) => {
    const one = lowered(curve, { unit: [unit], minimum: [minimum] });
    expectNear(one, curve, 8, (q) => minimum + unit * q);
    expect(reported(one)).toBeLessThan(0.02);
  });

  it("takes steps that no curve tells apart, and sums as wide as there are", () => {
    for (const unit of [1e-12, 1e-20, 1e-300])
      expect(reported(lowered(curve, { unit: [unit], bits: [32] }))).toBeLessThan(0.02);
    for (const unit of [2 ** -30, 2 ** -20, 2 ** -10, 1, 2 ** 10]) {
      const one = lowered(
        curve,
        { unit: [unit], bits: [32] },
        { before: (h, x) => h.dense(x, [[4000.1, -1]], [0]), size: 2 },
      );
      expect(one.program.outputs).toHaveLength(1);
    }
  });

  it("gives each element the pieces of its own bounds", () => {
    const one = lowered(curve, { bits: [8, 1], minimum: [-16, 20], unit: [0.125, 0.125] }, { size: 2 });
    const rows = one.program.steps.filter(({ step }) => step.kind === "thresholds");
    expect(rows).toHaveLength(1); // the second element is beyond the last
    for (const [a, b] of [
      [0, 0],
      [128, 1],
      [255, 1],
    ] as const) {
      const values = at(evaluate(one.program, new Map([["x", [a, b]]])), at(one.program.outputs, 0).step);
      const want = [-16 + a / 8, 20 + b / 8].map(VALUES[curve]);
      for (const [j, value] of want.entries()) {
        expect(Math.abs(at(values, j) * 2 ** -FRACTION - value)).toBeLessThanOrEqual(reported(one));
      }
    }
  });

  it("has two pieces at least where a domain goes over an end, and one where it is all beyond", () => {
    const kinds = (minimum: number) =>
      lowered(curve, { unit: [0.1], minimum: [minimum] }, { curvePieces: 3 }).program.steps.map(
        ({ step }) => step.kind,
      );
    expect(kinds(-12)).toContain("thresholds");
    expect(kinds(30)).not.toContain("thresholds");
  });

  it("never rises above 1, nor below its least: bounds and values", () => {
    for (const unit of [0.01, 0.3, 7]) {
      const one = lowered(curve, { unit: [unit], minimum: [-128 * unit] });
      const { bounds } = at(one.program.steps, at(one.program.outputs, 0).step);
      const least = curve === "sigmoid" ? 0 : -1;
      expect(at(bounds.high, 0) * 2 ** -FRACTION).toBeLessThanOrEqual(1 + reported(one));
      expect(at(bounds.low, 0) * 2 ** -FRACTION).toBeGreaterThanOrEqual(least - reported(one));
    }
  });
});
