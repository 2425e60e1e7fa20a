// Random inputs of our templates, within what each assumes, with the edges over-represented.

import { COMMITTED_MODEL } from "../../../src/job/schema.ts";
import * as Model from "../../../src/model/hampelChart.ts";
import * as Configuration from "../../../src/round/configuration.ts";
import type { Inputs } from "./circuit.ts";
import type { Random } from "./random.ts";

export type ModelCase = { readonly input: Model.FeedInput; readonly parameters: Model.Parameters };

const MAX = Model.MAX_PRICE;
const EDGES = [1n, 2n, 3n, 255n, 1n << 79n, (1n << 79n) - 1n, (1n << 79n) + 1n, MAX - 1n, MAX];
const USUAL: Model.Parameters = Configuration.parametersFrom(COMMITTED_MODEL);

export function parameters(random: Random): Model.Parameters {
  if (random.oneIn(2)) return USUAL;
  const entries = Model.PARAMETER_NAMES.map((name) => {
    const [low, high] = Model.PARAMETER_RANGES[name];
    const inside = low + (random.bits(40) % (high - low + 1n));
    return [name, random.pick([low, high, USUAL[name], inside, inside])] as const;
  });
  return Object.fromEntries(entries) as Model.Parameters; // one entry a name
}

export function amount(random: Random): bigint {
  return random.pick([
    () => random.pick(EDGES),
    () => random.bits(1 + random.below(80)),
    () => random.bits(44),
    () => BigInt(random.below(12)),
  ])();
}

/** Prices of `n` slots around one centre, at steps and thresholds of it, or anywhere. */
export function prices(random: Random, n: number, model: Model.Parameters): readonly bigint[] {
  const centre = amount(random) || 1n;
  const step = random.pick([
    0n,
    1n,
    2n,
    centre / 1000n,
    (centre * model.floorPpm) / 1_000_000n,
    centre / 3n,
    centre / 2n,
  ]);
  const tolerance = (model.kQ8 * step) / 256n;
  const missing = random.pick([0, 0, 0, 2, 3, n + 1]);
  return Array.from({ length: n }, () => {
    if (missing > n || (missing > 0 && random.oneIn(missing))) return 0n;
    const away = random.pick([
      0n,
      step,
      step,
      -step,
      2n * step,
      tolerance,
      tolerance + 1n,
      -tolerance,
      -tolerance - 1n,
    ]);
    const price = random.oneIn(6) ? amount(random) : centre + away + BigInt(random.pick([0, 0, 0, 1, -1]));
    return within(price);
  });
}

/** A state near the answer: equal, at each threshold and one beside it, or anywhere. */
export function state(random: Random, answer: bigint, model: Model.Parameters): Model.FeedState {
  const scale = random.pick([0n, 1n, answer / 100n, amount(random), MAX]);
  const ppm = 1_000_000n;
  const level = random.pick([
    () => 0n,
    () => answer,
    () => answer + random.pick([1n, -1n, 2n, -2n, 4n]),
    () => (answer * 4n) / random.pick([3n, 5n]),
    () => (answer * ppm) / (ppm + random.pick([1n, -1n]) * model.jumpFloorPpm || 1n),
    () => (answer * ppm) / (ppm - model.hardPpm || 1n) + BigInt(random.below(3) - 1),
    () => (answer * (ppm - model.hardPpm)) / ppm + BigInt(random.below(3) - 1),
    () => amount(random),
  ])();
  return { level: within(level), scale: within(scale) };
}

export function modelCase(random: Random, n: number): ModelCase {
  const model = parameters(random);
  const list = prices(random, n, model);
  const observers = list.filter((price) => price !== 0n).length;
  const quorum = random.pick([1, 3, 3, Math.max(1, observers), Math.min(16, observers + 1)]);
  const before = { prices: list, quorum, live: true, reset: true, state: { level: 0n, scale: 0n } };
  const { answer } = Model.evaluate(before, model).report;
  const input = { ...before, live: observers > 0 || !random.oneIn(4), reset: random.oneIn(8) };
  return { input: { ...input, state: state(random, answer, model) }, parameters: model };
}

export function feedModel({ input, parameters: model }: ModelCase): Inputs {
  const observers = BigInt(input.prices.filter((price) => price !== 0n).length);
  return {
    price: input.prices,
    present: input.prices.map((price) => (price === 0n ? 0n : 1n)),
    observers,
    quorate: observers >= BigInt(input.quorum) ? 1n : 0n,
    live: input.live ? 1n : 0n,
    reset: input.reset ? 1n : 0n,
    level: input.state.level,
    scale: input.state.scale,
    parameters: Model.encodeParameters(model),
  };
}

export function hampelFilter(modelCase: ModelCase): Inputs {
  const { price, present, observers } = feedModel(modelCase) as {
    price: bigint[];
    present: bigint[];
    observers: bigint;
  };
  const { kQ8, floorPpm } = modelCase.parameters;
  return { price, present, observers, any: observers > 0n ? 1n : 0n, kQ8, floorPpm };
}

export function clampedMean(modelCase: ModelCase): Inputs {
  const { median, spread, tolerance } = Model.evaluate(modelCase.input, modelCase.parameters).detail;
  const price = modelCase.input.prices;
  const inlier = price.map((one) => (one !== 0n && abs(one - median) <= tolerance ? 1n : 0n));
  return { price, inlier, any: median > 0n ? 1n : 0n, median, spread };
}

/** Answers and their present distances from a median, as no filter would leave them: wide spreads, all kinds of means. */
export function anyMean(random: Random, n: number): Inputs {
  const price = Array.from({ length: n }, () => amount(random) || 1n);
  const inlier = price.map((_, slot) => (slot === 0 || !random.oneIn(4) ? 1n : 0n));
  return {
    price,
    inlier,
    any: 1n,
    median: random.pick(price),
    spread: random.oneIn(3) ? amount(random) : random.bits(8),
  };
}

export function controlChart(random: Random): Inputs {
  const model = parameters(random);
  const answer = amount(random) || 1n;
  const { level, scale } = state(random, answer, model);
  const { kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm } = model;
  const active = random.oneIn(6) ? 0n : 1n;
  const reset = random.oneIn(6) ? 1n : 0n;
  return { answer, active, reset, level, scale, kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm };
}

export function cappedThreshold(random: Random): Inputs {
  const factorQ8 = random.pick([0n, 256n, 1328n, 65_535n, random.bits(16)]);
  const ppm = random.pick([0n, 1n, 2500n, 1_000_000n, random.bits(19)]);
  const base = amount(random);
  // Both fractions equal where 15625 * factor * spread = 4 * base * ppm.
  const equal = factorQ8 === 0n ? 0n : (4n * base * ppm) / (15_625n * factorQ8);
  const spread = random.pick([equal > MAX ? 0n : equal, amount(random)]);
  const [a, b] = [(factorQ8 * spread) / 256n, (base * ppm) / 1_000_000n];
  const floor = a > b ? a : b;
  const cap = random.pick([floor, floor + 1n, floor - 1n, amount(random), 0n, MAX]);
  return { factorQ8, spread, base, ppm, cap: cap < 0n || cap > MAX ? MAX : cap };
}

export function saturatingRatio(random: Random, bits: number, numeratorBits: number, denominatorBits: number): Inputs {
  const most = 1n << BigInt(numeratorBits);
  const denominator =
    random.pick([1n, 2n, random.bits(denominatorBits), random.bits(20), (1n << BigInt(denominatorBits)) - 1n]) || 1n;
  const max = (1n << BigInt(bits)) - 1n;
  const quotient = random.pick([0n, 1n, max - 1n, max, max + 1n, 2n * max, random.bits(bits)]);
  const rest = random.pick([0n, denominator - 1n, random.bits(denominatorBits) % denominator]);
  const numerator = random.oneIn(5) ? random.bits(numeratorBits) : quotient * denominator + rest;
  return { numerator: numerator % most, denominator };
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Cut to what a price, a level or a scale may be. */
function within(value: bigint): bigint {
  if (value < 0n) return 0n;
  return value > MAX ? MAX : value;
}
