// What templates and models are said to cost, against what the compiler gives.

import { describe, expect, it } from "vitest";
import { costOf } from "../../src/inference/cost.ts";
import * as TemplateCost from "../../src/inference/templateCost.ts";
import { at } from "../../src/lib/element.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { inParts } from "../support/inference/inParts.ts";
import * as Specimens from "../support/inference/specimens.ts";

/** By main of test/circuits/mains. */
const COSTS: Readonly<Record<string, number>> = {
  InRange3: TemplateCost.inRange(3, 8),
  Sum1: 0,
  Sum40: 0,
  Packed1: 0,
  Packed5: 0,
  WeightedSum2: TemplateCost.weighted(2),
  Rectified5: TemplateCost.rectified(5),
  Rectified8: TemplateCost.rectified(8),
  Rescaled3: TemplateCost.rescaled(3),
  Rescaled8: TemplateCost.rescaled(8),
  Larger1: TemplateCost.larger(1),
  Larger8: TemplateCost.larger(8),
  IndexOfLargest1: TemplateCost.indexOfLargest(1, 1),
  IndexOfLargest2: TemplateCost.indexOfLargest(2, 6),
  IndexOfLargest5: TemplateCost.indexOfLargest(5, 12),
  Thresholds1: TemplateCost.thresholds(1, 4),
  Thresholds2: TemplateCost.thresholds(2, 0),
  Thresholds3: TemplateCost.thresholds(3, 4),
  Thresholds20: TemplateCost.thresholds(20, 10),
  Committed1: TemplateCost.committed(1, 248),
  Committed40: TemplateCost.committed(40, 8),
  Parameters3: TemplateCost.parameters(3, 8, 2, 32),
  Parameters40: TemplateCost.parameters(40, 8, 1, 12),
  Digest1: TemplateCost.digest(1),
  Digest15: TemplateCost.digest(15),
  Digest16: TemplateCost.digest(16),
  Digest31: TemplateCost.digest(31),
  Statement6: TemplateCost.statement(6, 0),
};

describe.each(Object.keys(COSTS))("the cost of %s", (name) => {
  it("is the compiler's count of constraints that are not linear, exactly", async () => {
    // A main's own inputs are public and stay, and with them linear constraints that a model's have not.
    const { rows } = (await Circuit.main(name, "O2")).system();
    const products = rows.filter((row) => at(row, 0).wires.length > 0 && at(row, 1).wires.length > 0);
    expect(products.length).toBe(COSTS[name]);
  });
});

describe.each([
  ["perceptron", Specimens.perceptron],
  ["convolution", Specimens.convolution],
  ["forest", Specimens.forest],
  ["curves", Specimens.curves],
  ["powers", Specimens.powers],
] as const)("the cost of the %s", (_name, specimen) => {
  it("is the compiler's count of all constraints, or a few per cent more", async () => {
    const { compiled } = specimen();
    const { total } = costOf(compiled.program, compiled.layout);
    const { rows } = (await Circuit.generated(compiled)).system();
    expect(total).toBeGreaterThanOrEqual(rows.length);
    expect(total).toBeLessThanOrEqual(1.03 * rows.length);
  });

  it("is as many constraints in parts", async () => {
    const { compiled } = specimen();
    const whole = (await Circuit.generated(compiled)).system().rows.length;
    for (const mostWires of [2, 7]) {
      const parts = inParts(compiled, mostWires);
      expect(parts.entry).toContain("template Step");
      expect((await Circuit.generated(parts)).system().rows.length).toBe(whole);
    }
  });
});
