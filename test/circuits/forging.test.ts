// A prover who chooses every hint freely: whatever is forced, the constraints refuse it or no output differs.

import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { reduce } from "../../src/lib/field.ts";
import * as Cases from "../support/circuits/cases.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { type Level, ROOT } from "../support/circuits/compile.ts";
import * as Forge from "../support/circuits/forge.ts";
import { FORGINGS, usualLies } from "../support/circuits/forgings.ts";
import { type Random, random, seedOfRun } from "../support/circuits/random.ts";

type Subject = {
  readonly main: string;
  readonly template: string;
  readonly inputs: (random: Random) => Circuit.Inputs;
  /** Tried first, whatever the seed. */
  readonly always?: readonly Circuit.Inputs[];
  /** Good witnesses to lie about, and random bundles of lies for each. */
  readonly witnesses: number;
  readonly bundles: number;
  /** Of the constraints that judge; what is proved where left out. */
  readonly level?: Level;
};

const feed = (n: number) => (random: Random) => Cases.modelCase(random, n);
const SUBJECTS: readonly Subject[] = [
  { main: "Unary4", template: "Unary", inputs: (r) => ({ in: BigInt(r.below(5)) }), witnesses: 6, bundles: 5 },
  ratio("SaturatingRatio12", 12, 97, 80),
  ratio("SaturatingRatio14", 14, 88, 78),
  { main: "CappedThreshold", template: "CappedThreshold", inputs: Cases.cappedThreshold, witnesses: 20, bundles: 10 },
  { main: "ClampedMean4", template: "ClampedMean", inputs: (r) => mean(r, 4), witnesses: 16, bundles: 10 },
  { main: "ClampedMean5", template: "ClampedMean", inputs: (r) => mean(r, 5), witnesses: 8, bundles: 10 },
  { main: "ControlChart", template: "ControlChart", inputs: Cases.controlChart, witnesses: 16, bundles: 20 },
  {
    main: "HampelFilter4",
    template: "HampelFilter",
    inputs: (r) => Cases.hampelFilter(feed(4)(r)),
    always: sparse(4),
    witnesses: 6,
    bundles: 20,
  },
  {
    main: "HampelFilter5",
    template: "HampelFilter",
    inputs: (r) => Cases.hampelFilter(feed(5)(r)),
    always: sparse(5),
    witnesses: 2,
    bundles: 20,
  },
  // Of one element simplification leaves nothing: the other levels' constraints are judged.
  { ...largest("IndexOfLargest1", 1, 1), level: "O0" },
  largest("IndexOfLargest2", 2, 31),
  largest("IndexOfLargest5", 5, 818),
  thresholds("Thresholds1", [-8, -3, 7]),
  thresholds("Thresholds2", [0, 1, 2, 2]),
  thresholds("Thresholds3", [-20, -19, -3, 11, 20]),
  thresholds("Thresholds20", [-1000, -497, -474, -59, 84, 247, 1948, 2271, 2977, 3360, 4000]),
  { main: "FeedModel4", template: "FeedModel", inputs: (r) => Cases.feedModel(feed(4)(r)), witnesses: 6, bundles: 60 },
  {
    main: "LearnedFeedModel4",
    template: "FeedModel",
    inputs: (r) => Cases.feedModel(feed(4)(r)),
    witnesses: 3,
    bundles: 60,
  },
];

/** An empty slot that could be counted as below or nearer; a tolerance no wider than the spread; nothing at all. */
function sparse(n: number): readonly Circuit.Inputs[] {
  const lists = [
    [100n, 101n, 103n, 0n],
    [0n, 100n, 0n, 107n],
    [2n, 5n, 1n, 0n],
    [0n, 0n, 0n, 0n],
  ];
  const filled = lists.map((list) => Array.from({ length: n }, (_, slot) => list[slot] ?? 0n));
  return [1328n, 256n].flatMap((kQ8) =>
    filled.map((price) => {
      const present = price.map((one) => (one === 0n ? 0n : 1n));
      const observers = present.reduce<bigint>((sum, one) => sum + one, 0n);
      return { price, present, observers, any: observers > 0n ? 1n : 0n, kQ8, floorPpm: 0n };
    }),
  );
}

/** Elements at most `apart` from each other, around 0 and far below it, equal ones among them. */
function largest(main: string, size: number, apart: number): Subject {
  const inputs = (r: Random): Circuit.Inputs => {
    const least = r.pick([0n, -BigInt(r.below(apart)), -(1n << 50n), (1n << 50n) - BigInt(apart)]);
    const near = Array.from({ length: size }, () => BigInt(r.below(r.pick([1, 2, apart]))));
    return { in: near.map((one) => reduce(least + one)) };
  };
  return { main, template: "IndexOfLargest", inputs, witnesses: 12, bundles: 10 };
}

/** At each edge, beside it, and anywhere between the first and the last. */
function thresholds(main: string, edges: readonly number[]): Subject {
  const [low = 0, high = 0] = [edges[0], edges.at(-1)];
  const near = edges.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((one) => one >= low && one <= high);
  const always = [...new Set(near)].map((one) => ({ in: reduce(BigInt(one)) }));
  const inputs = (r: Random): Circuit.Inputs => ({ in: reduce(BigInt(low + r.below(high - low + 1))) });
  return { main, template: "Thresholds", inputs, always, witnesses: 4, bundles: 10 };
}

const seed = seedOfRun();
const tally: string[] = [];
afterAll(() => void process.stdout.write(`soundness by forged hints, seed ${seed}:\n${tally.join("\n")}\n`));

describe("hints", () => {
  it("has a forging entry for every hinted signal of our templates, and none that is gone", () => {
    const found = Forge.hints().map(({ template, signal }) => `${template}.${signal}`);
    const ours = found.filter((name) => !name.startsWith("Broken"));
    expect([...new Set(ours)].sort()).toEqual(Object.keys(FORGINGS).sort());
  });

  it("forges every template that has hints", () => {
    const templates = new Set(SUBJECTS.map(({ template }) => template));
    const missing = Object.keys(FORGINGS).filter((name) => !templates.has(name.split(".")[0] ?? ""));
    expect(missing).toEqual([]);
  });
});

describe.each(SUBJECTS)("forged hints of $main", (subject) => {
  it("are refused, or change no output", async () => {
    const path = join(ROOT, "test/circuits/mains", `${subject.main}.circom`);
    // Simplified constraints follow from the others: what they refuse is refused by all.
    const [forger, proved] = [await Forge.forger(path), await Circuit.main(subject.main, subject.level ?? "O2")];
    const source = random(seed);
    const counts = { tried: 0, refused: 0 };
    const refusedSites = new Set<string>();
    const always = subject.always ?? [];
    for (let round = 0; round < always.length + subject.witnesses; round++) {
      const inputs = always[round] ?? subject.inputs(source);
      const good = await forger.witness(inputs, {});
      const goodLaidOut = forger.layOut(good, proved);
      expect(Forge.refused(proved, goodLaidOut), `an honest witness of ${render(inputs)}`).toBe(false);
      for (const forcings of lies(subject, forger, inputs, good, source)) {
        const forged = await forger.witness(inputs, forcings);
        counts.tried++;
        const laidOut = forger.layOut(forged, proved);
        if (Forge.refused(proved, laidOut)) {
          counts.refused++;
          const sites = new Set(Object.keys(forcings).map((site) => site.replace(/\[\d+\]$/, "")));
          if (sites.size === 1) for (const site of sites) refusedSites.add(site);
          continue;
        }
        const outputs = proved.system().publicOutputCount;
        const context = `forced ${render(forcings)} at ${render(inputs)}`;
        expect(laidOut.slice(1, outputs + 1), context).toEqual(goodLaidOut.slice(1, outputs + 1));
      }
    }
    tally.push(`  ${subject.main}: ${counts.tried} tried, ${counts.refused} refused, the rest change no output`);
    expect([...refusedSites].sort()).toEqual([...forger.sites].sort());
  });
});

function* lies(
  { template, bundles }: Subject,
  forger: Forge.Forger,
  inputs: Circuit.Inputs,
  good: Circuit.Wires,
  source: Random,
): Generator<Forge.Forcings> {
  const value = (name: string): bigint => {
    const wire = forger.circuit.names().wireOf.get(name);
    if (wire === undefined) throw new RangeError(`got ${name}, want a signal of ${forger.circuit.name}`);
    return good(wire);
  };
  const sites = indexedSites(forger);
  for (const site of sites) {
    const honest = value(site);
    for (const lie of usualLies(honest, source.bits(253))) if (lie !== honest) yield { [site]: lie };
  }
  for (const [hint, forgings] of Object.entries(FORGINGS)) {
    if (hint.startsWith(`${template}.`)) yield* forgings({ inputs, value });
  }
  // Any few hints at once, of values that occur in the witness or stand beside one.
  const { wireOf } = forger.circuit.names();
  const names = [...wireOf.keys()].filter((name) => !/Num2Bits|forge|RangeCheck|Boolean|n2b/.test(name));
  for (let bundle = 0; bundle < bundles; bundle++) {
    const chosen = Array.from({ length: 1 + source.below(5) }, () => source.pick(sites));
    const entries = chosen.map((site) => {
      const lie = value(source.oneIn(3) ? site : source.pick(names)) + BigInt(source.below(3) - 1);
      return [site, value(site) <= 1n && !source.oneIn(4) ? BigInt(source.below(2)) : lie < 0n ? 0n : lie] as const;
    });
    yield Object.fromEntries(entries);
  }
}

/** `below` of four slots is below[0] to below[3]. */
function indexedSites(forger: Forge.Forger): readonly string[] {
  const { wireOf } = forger.circuit.names();
  return forger.sites.flatMap((site) => {
    if (wireOf.has(site)) return [site];
    const found: string[] = [];
    while (wireOf.has(`${site}[${found.length}]`)) found.push(`${site}[${found.length}]`);
    return found;
  });
}

function ratio(main: string, bits: number, numerator: number, denominator: number): Subject {
  const inputs = (r: Random): Circuit.Inputs => Cases.saturatingRatio(r, bits, numerator, denominator);
  return { main, template: "SaturatingRatio", inputs, witnesses: 20, bundles: 5 };
}

function mean(source: Random, n: number): Circuit.Inputs {
  return source.oneIn(2) ? Cases.anyMean(source, n) : Cases.clampedMean(Cases.modelCase(source, n));
}

const render = (inputs: unknown): string =>
  JSON.stringify(inputs, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
