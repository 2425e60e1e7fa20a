import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as Model from "../../../src/model/hampelChart.ts";

const SEED = Number(process.env.ASSAY_TEST_SEED ?? 20_260_101);
const MAX = 2n ** 80n - 1n;

const edges = fc.constantFrom(0n, 1n, 2n, 3n, 4n, 5n, MAX - 1n, MAX, MAX / 2n, MAX / 4n);
const wide = fc.bigInt({ min: 0n, max: MAX });
/** Prices that tie, nearly tie, or have nothing to do with one another. */
const prices = fc.oneof(
  fc.array(fc.oneof(edges, wide), { minLength: 1, maxLength: 16 }),
  fc
    .tuple(
      fc.bigInt({ min: 1n, max: MAX - 64n }),
      fc.array(fc.option(fc.integer({ min: 0, max: 64 })), { minLength: 1, maxLength: 16 }),
    )
    .map(([base, steps]) => steps.map((step) => (step === null ? 0n : base + BigInt(step)))),
);
const ranged = (name: Model.ParameterName) => {
  const [min, max] = Model.PARAMETER_RANGES[name];
  return fc.oneof(fc.constantFrom(min, max), fc.bigInt({ min, max }));
};
const parameters: fc.Arbitrary<Model.Parameters> = fc.record({
  kQ8: ranged("kQ8"),
  floorPpm: ranged("floorPpm"),
  kappaQ8: ranged("kappaQ8"),
  jumpFloorPpm: ranged("jumpFloorPpm"),
  hardPpm: ranged("hardPpm"),
  initialScalePpm: ranged("initialScalePpm"),
});
/** Levels near the prices matter most: there the chart decides. */
const input: fc.Arbitrary<Model.FeedInput> = prices.chain((given) =>
  fc.record({
    prices: fc.constant(given),
    quorum: fc.integer({ min: 1, max: 16 }),
    live: fc.boolean(),
    reset: fc.boolean(),
    state: fc.record({ level: fc.oneof(edges, wide, fc.constantFrom(...given)), scale: fc.oneof(edges, wide) }),
  }),
);

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

describe(`evaluate on any canonical input (seed ${SEED})`, () => {
  const check = (property: (input: Model.FeedInput, parameters: Model.Parameters) => void): void =>
    fc.assert(fc.property(input, parameters, property), { seed: SEED, numRuns: 1500 });

  it("has a report whose fields fit their widths, and a state of 80 bits", () => {
    check((given, settings) => {
      const { report, next } = Model.evaluate(given, settings);
      for (const [value, bits] of [
        [report.answer, 80n],
        [report.dispersion, 12n],
        [report.score, 14n],
        [report.inliers, 16n],
        [next.level, 80n],
        [next.scale, 80n],
      ] as const) {
        expect(value >= 0n && value >> bits === 0n).toBe(true);
      }
    });
  });

  it("counts only prices that are there, the median's slots among them, each within the tolerance", () => {
    check((given, settings) => {
      const { report, detail } = Model.evaluate(given, settings);
      if (!given.live || report.status === "NO_QUORUM") return;
      given.prices.forEach((price, slot) => {
        const counts = ((report.inliers >> BigInt(slot)) & 1n) === 1n;
        expect(counts).toBe(price !== 0n && distance(price, detail.median) <= detail.tolerance);
        if (price === detail.median) expect(counts).toBe(true);
      });
      expect(report.inliers >> BigInt(given.prices.length)).toBe(0n);
    });
  });

  it("answers between the smallest and the largest inlier, and within the spread of the median", () => {
    check((given, settings) => {
      const { report, detail } = Model.evaluate(given, settings);
      if (!given.live || report.status === "NO_QUORUM") return;
      const inliers = given.prices.filter((_, slot) => ((report.inliers >> BigInt(slot)) & 1n) === 1n);
      const sorted = inliers.toSorted((a, b) => (a < b ? -1 : 1));
      const [low = 0n, high = 0n] = [sorted[0], sorted.at(-1)];
      expect(report.answer >= low && report.answer <= high && low >= 1n && high <= MAX).toBe(true);
      expect(distance(report.answer, detail.median) <= detail.spread).toBe(true);
      // Half of the prices lie at or below the median, and half at or above it.
      const present = given.prices.filter((price) => price !== 0n);
      expect(2 * present.filter((price) => price <= detail.median).length).toBeGreaterThanOrEqual(present.length);
      expect(2 * present.filter((price) => price >= detail.median).length).toBeGreaterThan(present.length);
    });
  });

  it("is OK within the threshold, HELD beyond it, REFUSED beyond the hard bound, whatever the rounding", () => {
    check((given, settings) => {
      const { report, next, detail } = Model.evaluate(given, settings);
      const { level } = given.state;
      if (!given.live || report.status === "NO_QUORUM") return;
      if (level === 0n || given.reset) {
        expect([report.status, report.score, next.level]).toEqual(["OK", 0n, report.answer]);
        return;
      }
      const jump = distance(report.answer, level);
      const [small, large] = report.answer < level ? [report.answer, level] : [level, report.answer];
      const beyond = (large - small) * 1_000_000n > large * settings.hardPpm;
      const within = jump <= detail.threshold;
      expect(report.status).toBe(beyond ? "REFUSED" : within ? "OK" : "HELD");
      if (report.status === "HELD") expect(distance(next.level, level)).toBe(detail.threshold);
      if (report.status === "HELD") expect(distance(next.level, report.answer)).toBe(jump - detail.threshold);
      if (report.status === "OK") expect(next.level).toBe(report.answer);
      if (report.status === "REFUSED") expect(next).toEqual(given.state);
    });
  });

  it("leaves a state that `advance` finds from the report alone", () => {
    check((given, settings) => {
      if (!given.live) return;
      const { report, next } = Model.evaluate(given, settings);
      expect(Model.advance(report, given.reset, given.state, settings)).toEqual(next);
    });
  });

  it("does not care for the order of the slots", () => {
    check((given, settings) => {
      const { report, next } = Model.evaluate(given, settings);
      const turned = Model.evaluate({ ...given, prices: given.prices.toReversed() }, settings);
      expect({ ...turned.report, inliers: 0n }).toEqual({ ...report, inliers: 0n });
      expect(turned.next).toEqual(next);
    });
  });
});
