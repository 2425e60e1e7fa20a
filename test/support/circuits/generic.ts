// For each main of test/circuits/mains, an input whose every signal is alive: no IsZero sees a 0, so that none of its
// inverses is free, and no threshold is met exactly.

import { reduce } from "../../../src/lib/field.ts";
import type { Inputs } from "./circuit.ts";
import * as Rounds from "./rounds.ts";

const price = [6_543_210_987_654n, 6_549_876_543_210n, 6_551_234_567_890n, 6_538_888_888_888n];
const eight = [...price, 6_540_000_000_001n, 6_612_345_678_901n, 6_544_444_444_444n, 6_547_000_000_123n];
const ones = (n: number): readonly bigint[] => Array.from({ length: n }, () => 1n);
const numbers = (n: number): readonly bigint[] => Array.from({ length: n }, (_, i) => BigInt(1000 + 7 * i));
const { kQ8, floorPpm, kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm } = Rounds.PARAMETERS;
const parameters = [kQ8, floorPpm, kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm];
const chart = { level: 6_050_505_050_505n, scale: 9_000_000_001n };
const round = Rounds.generic().inputs;
const signed = (...values: readonly bigint[]): readonly bigint[] => values.map(reduce);
const first = <T>(list: unknown): T => (list as readonly T[])[0] as T; // the round has four slots

const filter = (list: readonly bigint[]): Inputs => ({
  price: list,
  present: ones(list.length),
  observers: BigInt(list.length),
  any: 1n,
  kQ8,
  floorPpm,
});

const mean = (list: readonly bigint[]): Inputs => ({
  price: list,
  inlier: ones(list.length),
  any: 1n,
  median: 6_543_210_987_654n,
  spread: 6_665_555_556n,
});

const feed = (list: readonly bigint[]): Inputs => ({
  price: list,
  present: ones(list.length),
  observers: BigInt(list.length),
  quorate: 1n,
  live: 1n,
  reset: 0n,
  ...chart,
  parameters,
});

export const GENERIC: Readonly<Record<string, Inputs>> = {
  Boolean: { in: 1n },
  RangeCheck80: { in: 123_456_789n },
  IsNonZero: { in: 5n },
  Unary4: { in: 2n },
  SaturatingRatio12: { numerator: 123_456_789_012_345n, denominator: 987_654_321_098n },
  SaturatingRatio14: { numerator: 123_456_789_012_345n, denominator: 987_654_321_098n },
  CappedThreshold: { factorQ8: 1328n, spread: 123_456_789n, base: 987_654_321_098n, ppm: 2500n, cap: 987_654_321_097n },
  HampelFilter4: filter(price),
  HampelFilter5: filter(eight.slice(0, 5)),
  HampelFilter8: filter(eight),
  ClampedMean4: mean(price),
  ClampedMean5: mean(eight.slice(0, 5)),
  ClampedMean8: mean(eight),
  ControlChart: {
    answer: 6_545_000_000_001n,
    active: 1n,
    reset: 0n,
    ...chart,
    kappaQ8,
    jumpFloorPpm,
    hardPpm,
    initialScalePpm,
  },
  FeedModel4: feed(price),
  FeedModel5: feed(eight.slice(0, 5)),
  FeedModel8: feed(eight),
  LearnedFeedModel4: feed(price),
  LearnedFeedModel5: feed(eight.slice(0, 5)),
  LearnedScore: { x0: [77n, 33n, 3n, 1n] },
  ModelParameters: { parameters },
  LearnedModelParameters: { parameters },
  Digest1: { in: numbers(1) },
  Digest15: { in: numbers(15) },
  Digest16: { in: numbers(16) },
  Digest31: { in: numbers(31) },
  Configuration4: Object.fromEntries(
    ["feedSetId", "reporterCount", "feedCount", "minSigners", "quorum", "key", "parameters"].map((name) => [
      name,
      round[name] ?? 0n,
    ]),
  ),
  State4: { epoch: 999n, level: numbers(4), scale: numbers(4) },
  Statement6: { v: numbers(6), challenge: 987_654_321n },
  InRange3: { in: [0n, 255n, 77n] },
  Packed1: { in: [200n] },
  Packed5: { in: [(1n << 100n) - 1n, 3n, 0n, 1n << 99n, 12_345n] },
  Committed1: { salt: 123_456_789n, in: [(1n << 248n) - 1n] },
  Committed40: { salt: reduce(-5n), in: numbers(40).map((one) => one % 256n) },
  Parameters2: { salt: 987_654_321n, weight: signed(-4n, 3n), bias: signed(-9n) },
  Parameters3: { salt: 987_654_321n, weight: signed(-128n, 127n, -1n), bias: signed(-(1n << 31n), 77n) },
  Parameters40: { salt: 1n, weight: numbers(40).map((one) => reduce((one % 256n) - 128n)), bias: signed(-2048n) },
  Sum1: { in: signed(-9n) },
  Sum40: { in: numbers(40) },
  WeightedSum2: { in: signed(-5n, 9n), weight: signed(-128n, 31n) },
  Rectified2: { in: 0n },
  Rectified5: { in: reduce(-11n) },
  Rectified8: { in: 77n },
  Rescaled3: { in: 14n },
  Rescaled8: { in: reduce(-37n) },
  Larger1: { a: 4n, b: 5n },
  Larger8: { a: reduce(-20n), b: 113n },
  IndexOfLargest1: { in: signed(-4n) },
  IndexOfLargest2: { in: signed(-12n, 7n) },
  IndexOfLargest5: { in: signed(100n, -7n, 333n, 12n, 250n) },
  // Of two indicators that are 0 the second is the root of a square, which a Jacobian does not see: all but one are 1.
  Thresholds1: { in: reduce(-5n) },
  Thresholds2: { in: 1n },
  Thresholds3: { in: 5n },
  Thresholds20: { in: 3000n },
  SignedObservation4: {
    signed: 1n,
    feedSetId: round.feedSetId ?? 0n,
    epoch: round.epoch ?? 0n,
    price: first<readonly bigint[]>(round.price),
    key: first<readonly bigint[]>(round.key),
    r8: first<readonly bigint[]>(round.r8),
    s: first<bigint>(round.s),
  },
};
