// Models of scikit-learn, XGBoost, LightGBM, PyTorch and Keras, as their exporters write them: none becomes less accurate or
// larger, and none is refused or taken that was not, without a line of test/models/accuracy.json that says so.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Measured, measure, names } from "../../support/inference/exportedModels.ts";

/** `as`: what test/models/recordAccuracy.ts writes. */
const RECORDED = JSON.parse(readFileSync(new URL("../../models/accuracy.json", import.meta.url), "utf8")) as Readonly<
  Record<string, Measured>
>;

/**
 * Of the float model's range, or of 1 where that is less: exponentials of our reading may differ in their last digit between
 * versions of the engine, and the record has seven digits.
 */
const SLACK = 1e-6;

const all = await names();
const keysOf = (name: string): readonly string[] =>
  Object.keys(RECORDED).filter((key) => key === name || key.startsWith(`${name}:`));

describe("the record", () => {
  it("is of every exported model and of no other", () => {
    expect(all.length).toBeGreaterThan(70);
    expect(all.flatMap(keysOf).sort()).toEqual(Object.keys(RECORDED).sort());
    expect(all.filter((name) => keysOf(name).length === 0)).toEqual([]);
  });

  it("has no model that loses more than 1 % of its classes, and few that are refused", () => {
    const refused = Object.entries(RECORDED).filter(([, one]) => "code" in one);
    expect(refused.map(([key]) => key)).toEqual([
      "diabetes-xgboost-poisson",
      "wine-logistic-l2",
      "wine-logistic-l2:label",
      "wine-logistic-minmax",
      "wine-svc",
    ]);
    for (const [key, one] of Object.entries(RECORDED)) {
      if ("rows" in one) expect((one.changedRows ?? 0) / one.rows, key).toBeLessThanOrEqual(0.01);
    }
  });
});

describe("every exported model, with fixed parameters and nothing else said", () => {
  it.each(all)("%s costs and loses what is recorded, or is refused as it was", async (name) => {
    const measured = await measure(name);
    expect(Object.keys(measured)).toEqual(keysOf(name));
    for (const [key, got] of Object.entries(measured)) {
      const want = RECORDED[key];
      if (want === undefined || !("rows" in got && "rows" in want)) {
        expect(got, key).toEqual(want);
        continue;
      }
      const { maxError, range, ...exact } = got;
      expect(exact, key).toEqual({ rows: want.rows, constraints: want.constraints, ...changedOf(want) });
      const slack = SLACK * Math.max(1, want.range);
      expect(Math.abs(range - want.range), key).toBeLessThanOrEqual(slack);
      expect(Math.abs(maxError - want.maxError), `${key}: ${maxError}`).toBeLessThanOrEqual(slack);
    }
  });
});

const changedOf = ({ changedRows }: { readonly changedRows?: number }) =>
  changedRows === undefined ? {} : { changedRows };
