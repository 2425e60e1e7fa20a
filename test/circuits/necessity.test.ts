// Each constraint of an inference's templates left out in turn: then something wrong is accepted, or the table below says why
// not. So the templates enforce what they say with no constraint too many, and the search that finds nothing in the whole
// ones is one that finds.

import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PRIME, reduce } from "../../src/lib/field.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { type Level, ROOT } from "../support/circuits/compile.ts";
import * as Forge from "../support/circuits/forge.ts";
import { FORGINGS } from "../support/circuits/forgings.ts";
import { GENERIC } from "../support/circuits/generic.ts";
import { accepted } from "../support/circuits/search.ts";

const tally: string[] = [];
afterAll(() => void process.stdout.write(`constraints left out in turn:\n${tally.join("\n")}\n`));

type Subject = {
  readonly main: string;
  /** What is proved, where left out. O0 has every constraint of the source, O1 digests that a search can go through. */
  readonly level?: Level;
  /** Constraints of no wires but these are left in. */
  readonly elsewhere?: RegExp;
  /** Inputs that have a witness, beside the generic ones. */
  readonly inputs?: readonly Circuit.Inputs[];
  /** Inputs that have none. */
  readonly beyond?: readonly Circuit.Inputs[];
  /** Constraints without which the same inputs have other outputs, and those without which inputs beyond have a witness. */
  readonly finds: readonly [outputs: number, beyond: number];
  /** Constraints without which nothing wrong is accepted, and why they stay. */
  readonly redundant?: { readonly rows: readonly string[]; readonly because: string };
};

const one = (...values: readonly (bigint | number)[]): readonly Circuit.Inputs[] =>
  values.map((value) => ({ in: reduce(BigInt(value)) }));
const pair = (a: bigint | number, b: bigint | number): Circuit.Inputs => ({
  a: reduce(BigInt(a)),
  b: reduce(BigInt(b)),
});
const row = (...values: readonly number[]): Circuit.Inputs => ({ in: values.map((value) => reduce(BigInt(value))) });

/** The generic input with one element of an array replaced, each in turn. */
const replaced = (main: string, name: string, ...lies: readonly bigint[]): readonly Circuit.Inputs[] => {
  const list = GENERIC[main]?.[name] as readonly bigint[]; // an array input
  return list.flatMap((_, k) => lies.map((lie) => ({ ...GENERIC[main], [name]: list.with(k, reduce(lie)) })));
};

const FAR = [-1n << 100n, 1n << 100n, PRIME / 2n];

const SUBJECTS: readonly Subject[] = [
  { main: "Sum1", finds: [1, 0] },
  { main: "Sum40", finds: [1, 0] },
  { main: "WeightedSum2", finds: [2, 0] },
  { main: "Packed5", finds: [3, 0] },
  { main: "InRange3", beyond: replaced("InRange3", "in", 256n, -1n, ...FAR), finds: [0, 24] },
  { main: "Rectified2", inputs: one(-3, -1, 0), beyond: one(-4, 1, ...FAR), finds: [1, 2] },
  { main: "Rectified5", level: "O0", inputs: one(-16, 0, 15), beyond: one(-17, 16, ...FAR), finds: [13, 0] },
  { main: "Rectified5", inputs: one(-16, 0, 15), beyond: one(-17, 16, ...FAR), finds: [6, 0] },
  { main: "Rectified8", inputs: one(-132, -4, 123), beyond: one(-133, 124, ...FAR), finds: [9, 0] },
  { main: "Rescaled3", inputs: one(12, 19), beyond: one(11, 20, ...FAR), finds: [1, 3] },
  { main: "Rescaled8", inputs: one(-44, 211), beyond: one(-45, 212, ...FAR), finds: [8, 0] },
  {
    main: "Larger1",
    inputs: [pair(0, 0), pair(0, 2), pair(1, 0)],
    beyond: [pair(2, 0), pair(0, 3), pair(PRIME / 2n, 0)],
    finds: [3, 0],
  },
  {
    main: "Larger8",
    inputs: [pair(0, 0), pair(0, 256), pair(255, 0)],
    beyond: [pair(256, 0), pair(0, 257)],
    finds: [10, 0],
  },
  {
    main: "IndexOfLargest2",
    level: "O0",
    inputs: [row(3, 3), row(9, 3)],
    beyond: [row(0, 33), row(33, 0)],
    finds: [22, 0],
  },
  { main: "IndexOfLargest2", inputs: [row(3, 3), row(9, 3)], beyond: [row(0, 33), row(33, 0)], finds: [14, 0] },
  { main: "Thresholds1", inputs: one(-8, -4, -3, 7), beyond: one(-9, 8, ...FAR), finds: [9, 0] },
  {
    main: "Thresholds2",
    inputs: one(0, 2),
    beyond: one(-1, 3, ...FAR),
    finds: [2, 0],
    redundant: {
      rows: ["0 = -out[0] - out[1] + in", "0 = -in + out[0] + out[1]"],
      because: "neighbours are 1 apart, so both range checks are of 0 bits and say the same; linear ones cost nothing",
    },
  },
  { main: "Thresholds3", inputs: one(-20, -19, -4, -3, 10, 11, 20), beyond: one(-21, 21, ...FAR), finds: [11, 0] },
  { main: "Committed1", level: "O1", finds: [605, 0] },
  {
    main: "Parameters2",
    level: "O1",
    elsewhere: /^Digest#0\.hash/, // Poseidon's own, as in Committed1
    beyond: [...replaced("Parameters2", "weight", 4n, -5n, ...FAR), ...replaced("Parameters2", "bias", 16n, ...FAR)],
    finds: [8, 14],
  },
];

describe.each(SUBJECTS.map((subject) => ({ level: "O2" as const, ...subject })))(
  "of $main at $level",
  ({ finds: [outputs, beyond], redundant, ...subject }) => {
    it("each constraint is needed, or named", async () => {
      const prepared = await prepare(subject);
      const tried = triedRows(prepared.circuit, subject.elsewhere);
      expect(gain(prepared, undefined), "with all constraints").toBeUndefined();
      const found = tried.map((without) => gain(prepared, without));
      const count = (kind: Gain | undefined): number => found.filter((gained) => gained === kind).length;
      const needless = tried.filter((_, i) => found[i] === undefined).map((index) => text(prepared.circuit, index));
      tally.push(
        `  ${subject.main} at ${subject.level}: ${tried.length} left out; then ${count("outputs")} times other outputs, ${count("beyond")} times inputs beyond, ${needless.length} times nothing`,
      );
      expect(needless).toEqual(redundant?.rows ?? []);
      expect([count("outputs"), count("beyond")]).toEqual([outputs, beyond]);
    });
  },
);

function triedRows(circuit: Circuit.Circuit, elsewhere: RegExp | undefined): readonly number[] {
  const { nameOf } = circuit.names();
  const { rows } = circuit.system();
  const isElsewhere = (wire: number): boolean => wire === 0 || elsewhere?.test(nameOf[wire] ?? "") === true;
  return [...rows.keys()].filter((index) => !rows[index]?.every(({ wires }) => wires.every(isElsewhere)));
}

/** `usual`: witnesses that a liar begins from. The first is honest where there is an honest one. */
type Case = { readonly given: ReadonlyMap<number, bigint>; readonly usual: readonly (readonly bigint[])[] };

type Prepared = {
  readonly circuit: Circuit.Circuit;
  readonly good: readonly Case[];
  readonly beyond: readonly Case[];
};

/** One after another: a witness generator has one memory. */
async function prepare(subject: Omit<Subject, "finds"> & { readonly level: Level }): Promise<Prepared> {
  const { main, level, inputs = [], beyond = [] } = subject;
  const circuit = await Circuit.main(main, level);
  const forged = await forgeries(main, circuit);
  const [good, refused, honest]: [Case[], Case[], (readonly bigint[])[]] = [[], [], []];
  for (const one of [GENERIC[main] ?? {}, ...inputs]) {
    const witness = await circuit.witness(one);
    honest.push(witness);
    good.push({ given: givenWires(circuit, one), usual: [witness, ...(await forged(one))] });
  }
  for (const one of beyond) {
    await expect(circuit.witness(one), "an input beyond").rejects.toThrow(/Error in template/);
    refused.push({ given: givenWires(circuit, one), usual: [...honest, ...(await forged(one))] });
  }
  return { circuit, good, beyond: refused };
}

const FORGERIES = 40;

/** Witnesses in which the template's hints are forged, everything else computed on; none of a template without hints. */
async function forgeries(main: string, circuit: Circuit.Circuit) {
  const { template } = Forge.templateOf(main);
  const forgings = Object.entries(FORGINGS).filter(([hint]) => hint.startsWith(`${template}.`));
  if (forgings.length === 0) return async () => [];
  const forger = await Forge.forger(join(ROOT, "test/circuits/mains", `${main}.circom`));
  return async (inputs: Circuit.Inputs): Promise<readonly (readonly bigint[])[]> => {
    const wires = await forger.witness(inputs, {});
    const value = (name: string): bigint => {
      const wire = forger.circuit.names().wireOf.get(name);
      if (wire === undefined) throw new RangeError(`got ${name}, want a signal of ${main}`);
      return wires(wire);
    };
    const made = new Map<string, readonly bigint[]>();
    for (const lie of [{}, ...forgings.flatMap(([, lies]) => lies({ inputs, value }))]) {
      const witness = forger.layOut(await forger.witness(inputs, lie), circuit);
      made.set(witness.join(), witness);
    }
    return [...made.values()].slice(0, FORGERIES);
  };
}

function givenWires(circuit: Circuit.Circuit, inputs: Circuit.Inputs): ReadonlyMap<number, bigint> {
  const { wireOf } = circuit.names();
  return new Map(
    Object.entries(inputs).flatMap(([name, value]) => {
      const values = [value].flat() as readonly bigint[]; // arrays of these mains have one dimension
      return Circuit.flatNames(name, value).map((flat, i) => [wireOf.get(flat) ?? 0, values[i] ?? 0n] as const);
    }),
  );
}

type Gain = "outputs" | "beyond";

function gain({ circuit, good, beyond }: Prepared, without: number | undefined): Gain | undefined {
  const system = circuit.system();
  const outputs = (witness: readonly bigint[]): string => witness.slice(1, 1 + system.publicOutputCount).join();
  for (const { given, usual } of good) {
    const want = outputs(usual[0] ?? []);
    for (const [i, start] of usual.entries()) {
      const reach = i === 0 ? { deviations: 2, steps: 300 } : { deviations: 1, steps: 60 };
      const all = accepted(system, { without, given, usual: start, ...reach });
      let isHonest = i > 0;
      for (const witness of all) {
        if (outputs(witness) !== want) return "outputs";
        isHonest = true;
      }
      // The search goes all the way.
      expect(isHonest).toBe(true);
    }
  }
  for (const { given, usual } of beyond) {
    for (const start of usual) {
      const { done } = accepted(system, { without, given, usual: start, deviations: 1, steps: 150 }).next();
      if (done !== true) return "beyond";
    }
  }
  return undefined;
}

/** `a * b = c` in names, or `0 = c`. */
function text(circuit: Circuit.Circuit, index: number): string {
  const { nameOf } = circuit.names();
  const [a = "0", b = "0", c = "0"] = (circuit.system().rows[index] ?? []).map(({ wires, coefficients }) =>
    wires
      .map((wire, i) => `${coefficients[i]} ${wire === 0 ? "" : nameOf[wire]}`.replace(/^(-?)1 (?=\w)/, "$1").trim())
      .sort()
      .reduce(
        (sum, term) => (sum === "" ? term : `${sum} ${term.startsWith("-") ? "-" : "+"} ${term.replace("-", "")}`),
        "",
      ),
  );
  return a === "" || b === "" ? `0 = ${c}` : `(${a}) * (${b}) = ${c === "" ? "0" : c}`;
}
