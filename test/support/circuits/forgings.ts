// For each hinted signal, what a lying prover would try: values of its own, and together with its companions so that the
// equalities hold. A hint without an entry here fails test/circuits/forging.test.ts.

import { PRIME, reduce } from "../../../src/lib/field.ts";
import type { Inputs } from "./circuit.ts";
import { invert } from "./constraints.ts";
import type { Forcings } from "./forge.ts";

/** The honest value of any signal of the template, and its inputs. */
export type Context = { readonly inputs: Inputs; readonly value: (name: string) => bigint };

const MAX = (1n << 80n) - 1n;
const fraction = (numerator: bigint, denominator: bigint): bigint => reduce(numerator * invert(denominator));
const list = ({ inputs }: Context, name: string): readonly bigint[] => inputs[name] as readonly bigint[]; // an array input

/** Tried for every hint alone, beside its own entry. */
export function usualLies(honest: bigint, random: bigint): readonly bigint[] {
  return [
    honest + 1n,
    honest - 1n,
    0n,
    1n,
    1n - honest,
    -honest,
    random,
    1n << 80n,
    honest + (1n << 80n),
    PRIME - 1n,
  ].map(reduce);
}

export const FORGINGS: Readonly<Record<string, (context: Context) => readonly Forcings[]>> = {
  "Unary.out": ({ value }) => {
    const count = [0, 1, 2, 3].reduce((sum, i) => sum + value(`out[${i}]`), 0n);
    const flags = (bits: readonly bigint[]): Forcings => Object.fromEntries(bits.map((bit, i) => [`out[${i}]`, bit]));
    const subsets = Array.from({ length: 16 }, (_, set) => flags([0, 1, 2, 3].map((i) => BigInt((set >> i) & 1))));
    return [
      ...subsets,
      flags([count, 0n, 0n, 0n]),
      flags([1n, count - 1n, 0n, 0n]),
      flags([-1n, count + 1n, 0n, 0n].map(reduce)),
    ];
  },
  "SaturatingRatio.saturated": ratioLies,
  "SaturatingRatio.quotient": ratioLies,
  "CappedThreshold.baseIsLarger": ({ value }) =>
    [value("out"), value("out") + 1n, value("out") - 1n].flatMap((out) =>
      [0n, 1n].map((baseIsLarger) => ({ baseIsLarger, out: reduce(out) })),
    ),
  "CappedThreshold.capped": thresholdLies,
  "CappedThreshold.out": thresholdLies,
  "ClampedMean.mean": meanLies,
  "ClampedMean.isAbove": meanLies,
  "ClampedMean.isBelow": meanLies,
  "ControlChart.fell": ({ value }) => [
    { fell: 1n - value("fell") },
    { fell: fraction(1n - value("level"), 2n) },
    { fell: 1n - value("fell"), candidate: value("candidate") },
    { fell: 1n - value("fell"), "SaturatingRatio#0.saturated": 1n, "SaturatingRatio#0.quotient": 16_383n },
    { fell: 1n - value("fell"), "SaturatingRatio#0.saturated": 0n, "SaturatingRatio#0.quotient": 0n },
  ],
  "ControlChart.candidate": ({ value }) => {
    const fresh = value("fresh") === 1n;
    const divisor = fresh ? 1_000_000n : 32n;
    const candidates = [fraction(value("numerator"), divisor), value("scale"), value("answer"), MAX, 0n];
    return candidates.map((candidate) => ({ candidate }));
  },
  "IndexOfLargest.largest": largestLies,
  "IndexOfLargest.chosen": largestLies,
  "Thresholds.out": ({ value }) => {
    const size = countOf(value, "out");
    const honest = Array.from({ length: size }, (_, i) => value(`out[${i}]`));
    const reached = (count: number): readonly bigint[] => honest.map((_, i) => (i < count ? 1n : 0n));
    // Every other count; each of them with a last one that is no bit; ones that are not in front; a sum kept by two places.
    const counts = [...honest.keys(), size].map(reached);
    const halves = [fraction(1n, 2n), fraction(1n, 3n), 2n, PRIME - 1n];
    const torn = counts.flatMap((row, at) => (at < size ? halves.map((half) => row.with(at, half)) : []));
    const turned = honest.map((bit, i) => honest.with(i, 1n - bit));
    const subsets = Array.from({ length: size > 6 ? 0 : 1 << size }, (_, set) =>
      honest.map((__, i) => BigInt((set >> i) & 1)),
    );
    const sum = honest.reduce((total, bit) => total + bit, 0n);
    const lists = [...counts, ...torn, ...turned, ...subsets, ...(size > 6 ? [] : shifted(honest, sum))];
    return lists.map((bits) => indexed("out", bits));
  },
  "HampelFilter.median": medianLies,
  "HampelFilter.below": medianLies,
  "HampelFilter.spread": spreadLies,
  "HampelFilter.nearer": spreadLies,
  "HampelFilter.within": ({ inputs, value }) => {
    // Threshold decided the other way, alone and with the tolerance moved by one to match.
    const slots = (inputs.price as readonly bigint[]).keys();
    return [...slots].flatMap((slot): Forcings[] => {
      const other = { [`within[${slot}]`]: 1n - value(`within[${slot}]`) };
      const moved = [1n, -1n].map((by) => ({ ...other, "CappedThreshold#0.out": reduce(value("tolerance") + by) }));
      const reach = { ...other, "CappedThreshold#0.out": value(`distance[${slot}]`) };
      return [
        other,
        ...moved,
        reach,
        { ...reach, "CappedThreshold#0.capped": 1n },
        { ...reach, "CappedThreshold#0.capped": 0n },
      ];
    });
  },
};

function ratioLies({ inputs, value }: Context): readonly Forcings[] {
  const [numerator, denominator] = [inputs.numerator as bigint, inputs.denominator as bigint];
  const quotient = value("quotient");
  const bits = quotientBits(value);
  const most = (1n << bits) - 1n;
  const quotients = [quotient - 1n, quotient, quotient + 1n, 0n, most - 1n, most, most + 1n];
  // The remainder follows: quotient - 1 leaves remainder + denominator, quotient + 1 a negative one, the fraction none.
  const all = [...quotients, fraction(numerator, denominator), fraction(numerator - 1n, denominator)].map(reduce);
  return all.flatMap((lie) => [0n, 1n, fraction(1n, 2n)].map((saturated) => ({ quotient: lie, saturated })));
}

/** Of the quotient, from the number of its bit signals. */
function quotientBits(value: Context["value"]): bigint {
  return BigInt(countOf(value, "bits"));
}

/** How many elements an array of the template has. */
function countOf(value: Context["value"], name: string): number {
  for (let count = 0; ; count++) {
    try {
      value(`${name}[${count}]`);
    } catch {
      return count;
    }
  }
}

/** Every other element as the largest, with its mark; marks shared by several, moved apart or missing; numbers between keys. */
function largestLies(context: Context): readonly Forcings[] {
  const elements = list(context, "in");
  const size = BigInt(elements.length);
  const keys = elements.map((element, i) => reduce(element * size + size - 1n - BigInt(i)));
  const marks = (...places: readonly number[]): readonly bigint[] =>
    keys.map((_, i) => (places.includes(i) ? fraction(1n, BigInt(places.length)) : 0n));
  const pairs = keys.flatMap((_, i) => keys.flatMap((__, j) => (i < j ? [marks(i, j)] : [])));
  const honest = keys.map((_, i) => context.value(`chosen[${i}]`));
  const rows = [...keys.map((_, i) => marks(i)), ...pairs, marks(), ...shifted(honest, 1n)];
  const most = context.value("largest");
  const values = [...keys, most + 1n, most - 1n, most + size, 0n, ...elements].map(reduce);
  return values.flatMap((largest) => rows.map((chosen) => ({ largest, ...indexed("chosen", chosen) })));
}

function thresholdLies({ inputs, value }: Context): readonly Forcings[] {
  const cap = inputs.cap as bigint;
  const larger = value("larger");
  const floor = larger / 4_000_000n;
  const outs = [floor - 1n, floor, floor + 1n, cap - 1n, cap, cap + 1n, 0n, -1n, fraction(larger, 4_000_000n)].map(
    reduce,
  );
  return outs.flatMap((out) =>
    [0n, 1n].flatMap((capped) => [
      { out, capped },
      { out, capped, baseIsLarger: 1n - value("baseIsLarger") },
    ]),
  );
}

function meanLies(context: Context): readonly Forcings[] {
  const { inputs, value } = context;
  const [median, spread] = [inputs.median as bigint, inputs.spread as bigint];
  const inlier = list(context, "inlier");
  const total = list(context, "price").reduce((sum, price, slot) => sum + price * (inlier[slot] ?? 0n), 0n);
  const count = inlier.reduce((sum, one) => sum + one, 0n) || 1n;
  const mean = value("mean");
  const means = [mean - 1n, mean, mean + 1n, fraction(total, count), fraction(total - 1n, count)];
  const clamps = [median - spread, median + spread, median - spread - 1n, median + spread + 1n, median];
  return [...means, ...clamps]
    .map(reduce)
    .flatMap((lie) => [0n, 1n].flatMap((isAbove) => [0n, 1n].map((isBelow) => ({ mean: lie, isAbove, isBelow }))));
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Another price as the median, with signs that go with it, and both readings of ties; also numbers between prices. */
function medianLies(context: Context): readonly Forcings[] {
  const price = list(context, "price");
  const honest = context.value("median");
  const between = [honest + 1n, honest - 1n, price.reduce((sum, one) => sum + one, 0n) / BigInt(price.length)];
  return [...new Set([...price, ...between])].flatMap((median): Forcings[] => {
    const below = price.map((one) => (one !== 0n && one < median ? 1n : 0n));
    const tied = price.map((one) => (one !== 0n && one <= median ? 1n : 0n));
    const firstTied = price.map((one, slot) =>
      one !== 0n && (one < median || (one === median && slot === price.indexOf(one))) ? 1n : 0n,
    );
    return [below, tied, firstTied].flatMap((signs) => {
      const forced = { median: reduce(median), ...indexed("below", signs) };
      const distances = price.map((one) => (one === 0n ? 0n : abs(one - median)));
      const spreads = [...new Set(distances)].map((spread) => ({
        ...forced,
        spread,
        ...indexed("nearer", nearerThan(price, distances, spread)),
      }));
      const rank = (present(price) - 1n) / 2n;
      const counted = shifted(signs, rank).map((moved) => ({ median: reduce(median), ...indexed("below", moved) }));
      return [forced, ...spreads.slice(0, 4), ...counted];
    });
  });
}

/** A neighbouring distance as the spread, with marks that go with it, and both readings of ties. */
function spreadLies(context: Context): readonly Forcings[] {
  const price = list(context, "price");
  const distances = price.map((_, slot) => context.value(`distance[${slot}]`));
  const honest = context.value("spread");
  return [...new Set([...distances, honest + 1n, honest - 1n])].flatMap((spread): Forcings[] => {
    const strictly = nearerThan(price, distances, spread);
    const tied = price.map((one, slot) => (one === 0n || (distances[slot] ?? 0n) <= spread ? 1n : 0n));
    const oneTied = strictly.map((near, slot) => (near === 1n || slot === distances.indexOf(spread) ? 1n : 0n));
    const otherTied = strictly.map((near, slot) => (near === 1n || slot === distances.lastIndexOf(spread) ? 1n : 0n));
    const marks = [strictly, tied, oneTied, otherTied].map((nearer) => ({
      spread: reduce(spread),
      ...indexed("nearer", nearer),
    }));
    const absent = BigInt(price.length) - present(price);
    const counted = shifted(strictly, present(price) / 2n + absent).map((nearer) => ({
      spread: reduce(spread),
      ...indexed("nearer", nearer),
    }));
    return [{ spread: reduce(spread) }, ...marks, ...counted];
  });
}

const present = (price: readonly bigint[]): bigint => BigInt(price.filter((one) => one !== 0n).length);

/** Flags whose sum is put right by one slot that is no bit, or by two that are moved against each other. */
function shifted(flags: readonly bigint[], sum: bigint): readonly (readonly bigint[])[] {
  const lacking = sum - flags.reduce((total, flag) => total + flag, 0n);
  const moved = (slot: number, by: bigint): readonly bigint[] =>
    flags.map((flag, i) => reduce(i === slot ? flag + by : flag));
  if (lacking !== 0n) return flags.map((_, slot) => moved(slot, lacking));
  return flags.flatMap((_, slot) =>
    flags.map((flag, other) => (other === slot ? moved(slot, 0n) : moved(slot, 1n).with(other, reduce(flag - 1n)))),
  );
}

const nearerThan = (price: readonly bigint[], distances: readonly bigint[], spread: bigint): readonly bigint[] =>
  price.map((one, slot) => (one === 0n || (distances[slot] ?? 0n) < spread ? 1n : 0n));

const indexed = (name: string, values: readonly bigint[]): Forcings =>
  Object.fromEntries(values.map((value, i) => [`${name}[${i}]`, value]));
