// What an attacker would try on whole models, each with what it would gain. Everything that follows from a lie is computed on,
// so that equalities hold as far as they can; the constraints that are proved judge. Tried elsewhere, not again here: inputs
// and parameters out of their ranges or lent between the parts of a word, another salt, hashed inputs that change places,
// outputs and contexts of another statement (inference.test.ts).

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Inference from "../../src/inference/inference.ts";
import { type Field, PRIME, parse, reduce } from "../../src/lib/field.ts";
import { entry, stepAt } from "../../src/program/program.ts";
import * as Statement from "../../src/statement/statement.ts";
import type * as Circuit from "../support/circuits/circuit.ts";
import { invert } from "../support/circuits/constraints.ts";
import type { Forcings } from "../support/circuits/forge.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";
import { type Attacker, attacker } from "../support/inference/attacker.ts";
import { type Integers, randomIntegers } from "../support/inference/randomModel.ts";
import * as Specimens from "../support/inference/specimens.ts";

const seed = seedOfRun();
const tally: string[] = [];
afterAll(() => void process.stdout.write(`attacks on whole models, seed ${seed}:\n${tally.join("\n")}\n`));

const specimens = {
  perceptron: Specimens.perceptron(),
  convolution: Specimens.convolution(),
  forest: Specimens.forest(),
  curves: Specimens.curves(),
  powers: Specimens.powers(),
} as const;
type Name = keyof typeof specimens;
const names = Object.keys(specimens) as Name[]; // its own keys

const salts: Inference.Salts = {
  inputs: new Map(["x", "a", "b", "v", "w"].map((name, i) => [name, parse(BigInt(1000 + i))])),
  parameters: parse(77n),
};

/** An honest row with all that a liar needs. */
type Row = {
  readonly prover: Attacker;
  readonly inputs: Circuit.Inputs;
  readonly inference: Inference.Inference;
  readonly value: (name: string) => bigint;
};

const provers = new Map<Name, Attacker>();
beforeAll(async () => {
  for (const name of names) provers.set(name, await attacker(specimens[name].compiled));
});

async function rowOf(name: Name, integers?: Integers): Promise<Row> {
  const { compiled } = specimens[name];
  const prover = provers.get(name);
  if (prover === undefined) throw new RangeError(`got ${name}, want a specimen`);
  const row = integers ?? randomIntegers(compiled.program, random(seed));
  const inference = Inference.infer(compiled, row, parse(0xabcdefn), salts);
  const inputs = inference.circuitInput;
  const made = { prover, inputs, inference, value: await prover.values(inputs) };
  expect(await prover.attempt(inputs, {})).toMatchObject({ refused: false, publicSignals: publicSignals(inference) });
  return made;
}

const publicSignals = ({ statement }: Inference.Inference): readonly bigint[] => Statement.publicSignals(statement);
const sum = (list: readonly bigint[]): bigint => list.reduce((total, one) => total + one, 0n);

/** Gives how many constraints refuse it. */
async function refused({ prover, inputs }: Row, forcings: Forcings, edits: Forcings = {}): Promise<number> {
  const reduced = Object.fromEntries(Object.entries(forcings).map(([name, lie]) => [name, reduce(lie)]));
  const { broken } = await prover.attempt(inputs, reduced, edits);
  const text = JSON.stringify(reduced, (_, one: unknown) => (typeof one === "bigint" ? `${one}` : one));
  expect(broken, text).toBeGreaterThan(0);
  return broken;
}

const elementsOf = ({ prover }: Row, array: string): readonly string[] =>
  prover.places.filter((place) => place.replace(/\[\d+\]$/, "") === array);

describe.each(names)("of the %s an attacker", (name) => {
  it("cannot change any element of any step, with all that follows, which would be any output it likes", async () => {
    const row = await rowOf(name);
    const counts = { tried: 0, refused: 0 };
    for (const place of row.prover.places) {
      for (const by of [1n, -1n, 1n << 50n]) {
        const lie = { [place]: reduce(row.value(place) + by) };
        const { refused: isRefused, publicSignals: signals } = await row.prover.attempt(row.inputs, lie);
        counts.tried++;
        if (isRefused) counts.refused++;
        else expect(signals, `${place} and ${by}`).toEqual(publicSignals(row.inference));
      }
    }
    tally.push(
      `  ${name}: ${counts.tried} forged elements, ${counts.refused} refused, the rest change no public signal`,
    );
    expect(counts.refused).toBeGreaterThan(counts.tried / 2);
  });

  it("cannot move an output by one and its packed word with it, which would be a score that the model did not give", async () => {
    const row = await rowOf(name);
    for (const output of elementsOf(row, "y")) {
      for (const by of [1n, -1n]) await refused(row, { [output]: row.value(output) + by });
    }
  });

  it("cannot have an output beyond its stride, positive or negative, which would be read as its neighbour's value", async () => {
    const row = await rowOf(name);
    const { outputStride, outputWords } = specimens[name].compiled.layout;
    const stride = 1n << BigInt(outputStride);
    const outputs = elementsOf(row, "y");
    for (const [k, output] of outputs.entries()) {
      for (const lie of [row.value(output) + stride, row.value(output) - stride, -1n])
        await refused(row, { [output]: lie });
      const next = outputs[k + 1];
      if (next === undefined || outputWords > 1) continue;
      // Lent to the next one and paid back the word is what it was: so are all public signals, and each part of it.
      const lent = { [output]: reduce(row.value(output) + stride), [next]: reduce(row.value(next) - 1n) };
      expect(await row.prover.attempt(row.inputs, lent)).toMatchObject({
        refused: false,
        publicSignals: publicSignals(row.inference),
      });
    }
    for (const word of elementsOf(row, "words")) await refused(row, { [word]: row.value(word) ^ stride });
  });

  it("has outputs within their stride at both ends of all inputs, so that packed words are read one way", async () => {
    const { compiled } = specimens[name];
    for (const side of ["low", "high"] as const) {
      const ends = compiled.program.inputs.map(
        (input) => [input.name, Float64Array.from(stepAt(compiled.program, input.step).bounds[side])] as const,
      );
      const row = await rowOf(name, new Map(ends));
      for (const output of elementsOf(row, "y")) {
        expect(row.value(output)).toBeLessThan(1n << BigInt(compiled.layout.outputStride));
      }
    }
  });

  it("cannot compute on other elements than the digest or the words are of, which would be a decision about nobody's data", async () => {
    const row = await rowOf(name);
    const { program } = specimens[name].compiled;
    for (const [i, { step, bits }] of program.inputs.entries()) {
      const elements = elementsOf(row, `t${step}`);
      for (const [j, element] of elements.entries()) {
        const lie = row.value(element) ^ 1n;
        expect(lie).toBeLessThan(1n << BigInt(entry(bits, j)));
        const { refused: isRefused, publicSignals: signals } = await row.prover.attempt(row.inputs, { [element]: lie });
        if (!isRefused) expect(signals, `input ${i}, element ${j}`).toEqual(publicSignals(row.inference));
      }
      for (const bound of [`hash${i}`, ...elementsOf(row, `words${i}`)]) {
        if (row.prover.places.includes(bound)) await refused(row, { [bound]: row.value(bound) + 1n });
      }
    }
  });

  it("cannot choose the challenge first and two elements that cancel at it, which would be any statement it likes", async () => {
    const { inference, prover, inputs } = await rowOf(name);
    const { vector, statement } = inference;
    const challenge = parse(12_345n);
    const { publicSignals: at, refused: isRefused } = await prover.attempt({ ...inputs, challenge }, {});
    expect(isRefused).toBe(false);
    // The last element one more, the context less by as much at this challenge.
    const last = vector.length - 1;
    let power = 1n;
    for (let k = 1; k < last; k++) power = reduce(power * challenge);
    const other = vector.map((one, k): Field => (k === last ? reduce(one + 1n) : k === 1 ? reduce(one - power) : one));
    expect(Statement.evaluate(other, challenge)).toBe(at[1]);
    // The contract takes no challenge: it derives its own from both, and there they differ.
    const derived = Statement.challengeOf(statement.commitment, other);
    expect(derived).not.toBe(challenge);
    const { publicSignals: there } = await prover.attempt({ ...inputs, challenge: derived }, {});
    expect(there[0]).toBe(statement.commitment);
    expect(there[1]).not.toBe(Statement.evaluate(other, derived));
  });
});

describe("a ReLU", () => {
  it("cannot have its sign flipped and the quotient put right by the field's prime, which would let any unit fire", async () => {
    const row = await rowOf("perceptron");
    const { program } = specimens.perceptron.compiled;
    const id = program.steps.findIndex(({ step }) => step.kind === "rectified");
    const { step } = program.steps[id] ?? {};
    if (step?.kind !== "rectified") throw new TypeError("want a ReLU");
    let flipped = 0;
    for (const [j, place] of elementsOf(row, `t${id}`).entries()) {
      const component = `Rectified#0[${j}]`;
      const bits = bitsOf(row, component);
      if (bits.length === 0) continue;
      const [top, shift] = [bits.length - 1, Number(step.shifts[j])];
      // The top bit turned; the one below takes what that leaves, an element of the field that is no bit.
      const sign = row.value(`${component}.bits[${top}]`);
      const below = reduce(row.value(`${component}.bits[${top - 1}]`) + (sign === 1n ? 2n : -2n));
      const lied = bits.with(top, 1n - sign).with(top - 1, below);
      expect(reduce(weighed(lied))).toBe(reduce(weighed(bits)));
      const quotient = weighed(lied.slice(shift, top));
      const edits = Object.fromEntries(lied.map((bit, k) => [`${component}.bits[${k}]`, bit]));
      // Nothing but the one constraint that says of it that it is a bit.
      expect(await refused(row, { [place]: (1n - sign) * quotient }, edits)).toBe(1);
      // Or the sign alone, with the honest low bits as the quotient.
      const turned = { [`${component}.bits[${top}]`]: 1n - sign };
      await refused(row, { [place]: (1n - sign) * weighed(bits.slice(shift, top)) }, turned);
      flipped++;
    }
    expect(flipped).toBeGreaterThan(1);
  });
});

describe("a rescaling", () => {
  it("cannot have a remainder of 2^k or of -1, which would round as the attacker likes", async () => {
    const row = await rowOf("powers");
    const { program } = specimens.powers.compiled;
    let tried = 0;
    const ids = [...program.steps.keys()].filter((id) => program.steps[id]?.step.kind === "rescaled");
    for (const [rank, id] of ids.entries()) {
      const { step } = program.steps[id] ?? {};
      if (step?.kind !== "rescaled") continue;
      for (const [j, place] of elementsOf(row, `t${id}`).entries()) {
        const component = `Rescaled#${rank}[${j}]`;
        const bits = bitsOf(row, component);
        const shift = Number(step.shifts[j]);
        if (bits.length <= shift || shift === 0) continue;
        for (const by of [1n, -1n]) {
          // The lowest bit of the quotient gives or takes 2^shift, the highest of the remainder twice its own 2^(shift - 1).
          const lied = bits.with(shift, (bits[shift] ?? 0n) + by).with(shift - 1, (bits[shift - 1] ?? 0n) - 2n * by);
          expect(weighed(lied)).toBe(weighed(bits));
          const edits = Object.fromEntries(lied.map((bit, k) => [`${component}.bits[${k}]`, bit]));
          expect(await refused(row, { [place]: row.value(place) + by }, edits)).toBeLessThanOrEqual(2);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThan(1);
  });
});

describe("an index of the largest", () => {
  it("of equals cannot be another than the first, which would let the prover choose the class", async () => {
    // The perceptron's first two scores are the same layer twice; of this input they are above the third.
    const row = await rowOf("perceptron", new Map([["x", Float64Array.of(15, 0, 15, 0, 0, 0)]]));
    expect(row.value("IndexOfLargest#0.in[0]")).toBe(row.value("IndexOfLargest#0.in[1]"));
    expect(row.value("IndexOfLargest#0.chosen[0]")).toBe(1n);
    const keys = [0, 1, 2].map((i) => reduce(row.value(`IndexOfLargest#0.in[${i}]`) * 3n + 2n - BigInt(i)));
    const chosen = (marks: readonly bigint[]): Forcings =>
      Object.fromEntries(marks.map((mark, i) => [`IndexOfLargest#0.chosen[${i}]`, mark]));
    const half = invert(2n);
    for (const largest of keys) {
      for (const marks of [
        [0n, 1n, 0n],
        [half, half, 0n],
        [2n, reduce(-1n), 0n],
        [0n, 0n, 0n],
      ]) {
        await refused(row, { ...chosen(marks), "IndexOfLargest#0.largest": largest });
      }
    }
  });
});

describe("thresholds of trees", () => {
  it("cannot have indicators with a gap, or a fraction, which would take two branches of a tree at once", async () => {
    const row = await rowOf("forest");
    let tried = 0;
    for (let rank = 0; rank < 4; rank++) {
      const size = elementsOfComponent(row, `Thresholds#${rank}.out`);
      const honest = Array.from({ length: size }, (_, i) => row.value(`Thresholds#${rank}.out[${i}]`));
      const patterns = Array.from({ length: 1 << size }, (_, set) => honest.map((__, i) => BigInt((set >> i) & 1)));
      const torn = honest.flatMap((_, i) => [invert(2n), 2n, reduce(-1n)].map((lie) => honest.with(i, lie)));
      for (const pattern of [...patterns, ...torn]) {
        if (pattern.join() === honest.join()) continue;
        await refused(row, Object.fromEntries(pattern.map((bit, i) => [`Thresholds#${rank}.out[${i}]`, bit])));
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(20);
  });
});

describe("private parameters", () => {
  it("cannot be committed to as other ones, which would pass the prover's own model for the registered one", async () => {
    const row = await rowOf("convolution");
    for (const lie of [row.value("model") + 1n, 0n, 1n]) await refused(row, { model: lie });
  });

  it("cannot be fractions that make a sum what the attacker likes, or a sum wrap around the field", async () => {
    // At any x that is not 0 the weight target / x gives the target; 2^50 and p / 2 are beyond every sum's bound.
    const row = await rowOf("convolution");
    const { prover, inputs } = row;
    const list = inputs.weight as readonly bigint[]; // an array input
    const [at, x] = [0, 1, 2].map((k) => [k, row.value(`t0[${k}]`)] as const).find(([, value]) => value > 1n) ?? [
      0,
      3n,
    ];
    for (const target of [1n, -1n, 1n << 50n, PRIME / 2n]) {
      const weight = list.with(at, reduce(target * invert(x)));
      expect((await prover.attempt({ ...inputs, weight }, {})).refused, `target ${target}`).toBe(true);
    }
  });
});

describe("a sum", () => {
  it.each(names)(
    "of the %s cannot be off by 2^50 or by half of p, as if it had wrapped around, which would be any value at a gadget",
    async (name) => {
      const row = await rowOf(name);
      const { program } = specimens[name].compiled;
      const read = program.steps.flatMap(({ step }) =>
        step.kind === "rectified" || step.kind === "rescaled" ? [step] : [],
      );
      let tried = 0;
      for (const { source } of read) {
        for (const place of elementsOf(row, `t${source}`)) {
          // An element that is 0 or stays as it is has no gadget.
          const one = await row.prover.attempt(row.inputs, { [place]: reduce(row.value(place) + 1n) });
          if (!one.refused) continue;
          for (const by of [(1n << 50n) + 1n, -(1n << 50n), PRIME / 2n + 1n]) {
            await refused(row, { [place]: row.value(place) + by });
          }
          // Off by what leaves the gadget's bits as they are (p is 1 more than a multiple of 2^28) nothing differs.
          for (const by of [1n << 50n, -(1n << 50n) - 1n, PRIME / 2n]) {
            const round = { [place]: reduce(row.value(place) + by) };
            const { publicSignals: signals, refused: isRefused } = await row.prover.attempt(row.inputs, round);
            if (!isRefused) expect(signals).toEqual(publicSignals(row.inference));
          }
          tried++;
        }
      }
      tally.push(`  ${name}: ${tried} sums of gadgets`);
    },
  );
});

const weighed = (bits: readonly bigint[]): bigint => sum(bits.map((bit, k) => bit << BigInt(k)));

function elementsOfComponent({ value }: Row, array: string): number {
  for (let size = 0; ; size++) {
    try {
      value(`${array}[${size}]`);
    } catch {
      return size;
    }
  }
}

function bitsOf(row: Row, component: string): readonly bigint[] {
  const size = elementsOfComponent(row, `${component}.bits`);
  return Array.from({ length: size }, (_, k) => row.value(`${component}.bits[${k}]`));
}
