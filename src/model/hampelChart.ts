// The first model in integers: Hampel filter, clamped mean, robust control chart. Total and deterministic.
// Mirrors circuits/models/HampelChart.circom bit for bit; pinned by test/vectors/model.json. Steps as in docs/protocol.md.

import { MAX_PRICE } from "../lib/decimal.ts";
import { AssayError } from "../lib/errors.ts";
import { type Field, fits, parse } from "../lib/field.ts";

/** Parameters in their committed order. Q8 values count in 1/256, ppm values in 10^-6. */
export type Parameters = {
  readonly kQ8: bigint;
  readonly floorPpm: bigint;
  readonly kappaQ8: bigint;
  readonly jumpFloorPpm: bigint;
  readonly hardPpm: bigint;
  readonly initialScalePpm: bigint;
};

export type ParameterName = keyof Parameters;

/** What the model remembers of a feed: both below 2^80; level 0 = never set. */
export type FeedState = { readonly level: bigint; readonly scale: bigint };

export type Status = "OK" | "HELD" | "REFUSED" | "NO_QUORUM";

export const STATUSES: readonly Status[] = ["OK", "HELD", "REFUSED", "NO_QUORUM"];

/** One feed's report. Below quorum everything but the status is 0; a feed that is not live has status "OK" and zeros. */
export type Report = {
  /** Scaled by the feed's decimals, below 2^80. */
  readonly answer: bigint;
  /** Units of 10 ppm of the median, at most 4095. */
  readonly dispersion: bigint;
  /** 256 = at the threshold, at most 16383. */
  readonly score: bigint;
  /** Bit i: slot i's price counted. */
  readonly inliers: bigint;
  readonly status: Status;
};

/** How the answer came about, for people and logs: not part of the statement. */
export type Detail = {
  readonly observers: number;
  readonly median: bigint;
  readonly spread: bigint;
  readonly tolerance: bigint;
  readonly threshold: bigint;
};

export type FeedInput = {
  /** One price a slot, 0n = none; each below 2^80. */
  readonly prices: readonly bigint[];
  readonly quorum: number;
  readonly live: boolean;
  readonly reset: boolean;
  readonly state: FeedState;
};

export type FeedOutput = { readonly report: Report; readonly next: FeedState; readonly detail: Detail };

export { MAX_PRICE };

const PPM = 1_000_000n;

/** Inclusive bounds of each parameter, in the committed order. */
export const PARAMETER_RANGES: Readonly<Record<ParameterName, readonly [bigint, bigint]>> = {
  kQ8: [256n, 65_535n],
  floorPpm: [0n, PPM],
  kappaQ8: [0n, 65_535n],
  jumpFloorPpm: [0n, PPM],
  hardPpm: [0n, PPM],
  initialScalePpm: [0n, PPM],
};

export const PARAMETER_NAMES = Object.keys(PARAMETER_RANGES) as readonly ParameterName[];

/** What is out of range, one sentence each. */
export function parameterProblems(parameters: Parameters): readonly string[] {
  return PARAMETER_NAMES.flatMap((name) => {
    const [low, high] = PARAMETER_RANGES[name];
    const value = parameters[name];
    return value < low || value > high ? [`${name}: got ${value}, want ${low} to ${high}`] : [];
  });
}

/** The parameters as the list that the configuration commits to. Throws `model.parameter` for one out of range. */
export function encodeParameters(parameters: Parameters): readonly Field[] {
  const [problem] = parameterProblems(parameters);
  if (problem !== undefined) throw new AssayError("model.parameter", problem);
  return PARAMETER_NAMES.map((name) => parse(parameters[name]));
}

/** One feed's report and next state. Throws `model.price` for a price of more than 80 bits. */
export function evaluate(input: FeedInput, parameters: Parameters): FeedOutput {
  const bad = input.prices.find((price) => !fits(price, 80));
  if (bad !== undefined) {
    throw new AssayError("model.price", `got price ${bad}, want 0 to 2^80 - 1`, { disposition: "reject" });
  }
  const filtered = filter(input.prices, parameters);
  const observers = input.prices.filter((price) => price !== 0n).length;
  const detail = { observers, median: filtered.median, spread: filtered.spread, tolerance: filtered.tolerance };
  if (!input.live || observers < input.quorum) {
    const status: Status = input.live ? "NO_QUORUM" : "OK";
    const report = { answer: 0n, dispersion: 0n, score: 0n, inliers: 0n, status };
    return { report, next: input.state, detail: { ...detail, threshold: 0n } };
  }
  const answer = clampedMean(input.prices, filtered);
  const chart = controlChart(answer, input.reset, input.state, parameters);
  const inliers = filtered.inlier.reduce((bits, counts, slot) => (counts ? bits | (1n << BigInt(slot)) : bits), 0n);
  return {
    report: {
      answer,
      dispersion: min(4095n, (filtered.spread * 100_000n) / filtered.median),
      score: chart.score,
      inliers,
      status: chart.status,
    },
    next: chart.next,
    detail: { ...detail, threshold: chart.threshold },
  };
}

/** The state that an accepted report left: what `evaluate` called `next`, from public data alone. */
export function advance(report: Report, reset: boolean, state: FeedState, parameters: Parameters): FeedState {
  return report.status === "NO_QUORUM" ? state : controlChart(report.answer, reset, state, parameters).next;
}

/** Slots whose price was there and did not count. None below quorum: nothing was judged. One price a slot, 0n = none. */
export function outliers({ status, inliers }: Report, prices: readonly bigint[]): readonly number[] {
  if (status === "NO_QUORUM") return [];
  return prices.flatMap((price, slot) => (price !== 0n && ((inliers >> BigInt(slot)) & 1n) === 0n ? [slot] : []));
}

type Filtered = {
  readonly median: bigint;
  readonly spread: bigint;
  readonly tolerance: bigint;
  readonly inlier: readonly boolean[];
};

/** Steps 2 and 3. Without prices everything is 0. */
function filter(prices: readonly bigint[], parameters: Parameters): Filtered {
  const present = prices.filter((price) => price !== 0n);
  const count = present.length;
  if (count === 0) {
    return { median: 0n, spread: 0n, tolerance: 0n, inlier: prices.map(() => false) };
  }
  const median = ranked(present, Math.floor((count - 1) / 2));
  const distances = present.map((price) => abs(price - median));
  const spread = ranked(distances, Math.floor(count / 2));
  const wanted = max((parameters.kQ8 * spread) / 256n, (median * parameters.floorPpm) / PPM);
  const tolerance = min(wanted, min(median - 1n, MAX_PRICE - median));
  const inlier = prices.map((price) => price !== 0n && abs(price - median) <= tolerance);
  return { median, spread, tolerance, inlier };
}

/** Step 4. The median itself is always an inlier. */
function clampedMean(prices: readonly bigint[], { median, spread, inlier }: Filtered): bigint {
  const counted = prices.filter((_, slot) => inlier[slot]);
  const mean = counted.reduce((sum, price) => sum + price, 0n) / BigInt(counted.length);
  return max(median - spread, min(median + spread, mean));
}

/** Step 5. */
function controlChart(answer: bigint, reset: boolean, state: FeedState, parameters: Parameters) {
  const { level, scale } = state;
  if (level === 0n || reset) {
    const next = { level: answer, scale: (answer * parameters.initialScalePpm) / PPM };
    return { status: "OK" as const, score: 0n, next, threshold: 0n };
  }
  const jump = abs(answer - level);
  const wanted = max((parameters.kappaQ8 * scale) / 256n, (level * parameters.jumpFloorPpm) / PPM);
  const threshold = max(1n, min(wanted, level / 4n));
  const score = min(16_383n, (256n * jump) / threshold);
  if (min(answer, level) * PPM < max(answer, level) * (PPM - parameters.hardPpm)) {
    return { status: "REFUSED" as const, score, next: state, threshold };
  }
  const nextScale = (7n * scale + min(jump, threshold / 4n)) / 8n;
  if (jump <= threshold) {
    return { status: "OK" as const, score, next: { level: answer, scale: nextScale }, threshold };
  }
  const nextLevel = answer > level ? level + threshold : level - threshold;
  return { status: "HELD" as const, score, next: { level: nextLevel, scale: nextScale }, threshold };
}

/** The rank-th smallest, 0-indexed. */
function ranked(values: readonly bigint[], rank: number): bigint {
  const value = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))[rank];
  if (value === undefined) {
    throw new AssayError("model.rank", `got rank ${rank} of ${values.length} values`);
  }
  return value;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
