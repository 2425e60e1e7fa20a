// Whole circuits of small models: what the evaluator computes has a witness with the statement's public signals, and nothing
// else has.

import { afterAll, describe, expect, it } from "vitest";
import type { CompiledModel } from "../../src/inference/compiledModel.ts";
import * as Inference from "../../src/inference/inference.ts";
import { PRIME, parse, reduce } from "../../src/lib/field.ts";
import { entry, stepAt } from "../../src/program/program.ts";
import * as Statement from "../../src/statement/statement.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import * as Constraints from "../support/circuits/constraints.ts";
import { invert } from "../support/circuits/constraints.ts";
import * as Forge from "../support/circuits/forge.ts";
import { type Random, random, seedOfRun } from "../support/circuits/random.ts";
import { hintLies } from "../support/inference/hintLies.ts";
import { inParts } from "../support/inference/inParts.ts";
import { type Integers, randomIntegers } from "../support/inference/randomModel.ts";
import * as Specimens from "../support/inference/specimens.ts";

const seed = seedOfRun();
const tally: string[] = [];
afterAll(() => void process.stdout.write(`whole models, seed ${seed}:\n${tally.join("\n")}\n`));

const ROWS = 60;
const CONTEXT = parse(0xabcdefn);

const models = {
  perceptron: Specimens.perceptron(),
  convolution: Specimens.convolution(),
  forest: Specimens.forest(),
  curves: Specimens.curves(),
  powers: Specimens.powers(),
  "perceptron in parts": cut(Specimens.perceptron()),
  "convolution in parts": cut(Specimens.convolution()),
  "curves in parts": cut(Specimens.curves()),
  "powers in parts": cut(Specimens.powers()),
} as const;

/** Into templates of a few terms: sums are cut, and no step is whole but the smallest. */
function cut(specimen: Specimens.Specimen): Specimens.Specimen {
  return { ...specimen, compiled: inParts(specimen.compiled, 4) };
}
const names = Object.keys(models) as (keyof typeof models)[]; // its own keys

const salts: Inference.Salts = {
  inputs: new Map(["x", "a", "b", "v", "w"].map((name, i) => [name, parse(BigInt(1000 + i))])),
  parameters: parse(77n),
};

const infer = ({ compiled }: Specimens.Specimen, integers: Integers): Inference.Inference =>
  Inference.infer(compiled, integers, CONTEXT, salts);

const publicSignals = ({ statement }: Inference.Inference): readonly bigint[] => Statement.publicSignals(statement);

/** Every element at one end: the highest. */
const highest = ({ program }: CompiledModel): Integers =>
  new Map(program.inputs.map(({ name, step }) => [name, Float64Array.from(stepAt(program, step).bounds.high)]));

describe("the models", () => {
  it("have every kind of step, of parameters and of visibility between them", () => {
    const all = Object.values(models).map(({ compiled }) => compiled);
    const kinds = new Set(all.flatMap(({ program }) => program.steps.map(({ step }) => step.kind)));
    const every = ["affine", "indexOfLargest", "input", "largest", "product", "rectified", "rescaled", "thresholds"];
    expect([...kinds].sort()).toEqual(every);
    expect(new Set(all.map(({ model }) => model === undefined))).toEqual(new Set([true, false]));
    const visibilities = all.flatMap(({ layout }) => layout.visibilities);
    expect([...new Set(visibilities)].sort()).toEqual(["hashed", "private", "public"]);
    for (const special of [/never above 0/, /narrow enough/, /the only one/, /<== -?\d+;/]) {
      expect(all.some(({ entry: text }) => special.test(text))).toBe(true);
    }
  });
});

describe.each(names)("the circuit of the %s", (name) => {
  const specimen = models[name];

  it("has a witness for every row, with the public signals of what the evaluator computes", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    const source = random(seed);
    const seen = new Set<string>();
    for (let row = 0; row < ROWS; row++) {
      const inference = infer(specimen, randomIntegers(specimen.compiled.program, source));
      seen.add(inference.outputs.join());
      const witness = await circuit.witness(inference.circuitInput);
      expect(witness.slice(1, 4), `row ${row}`).toEqual(publicSignals(inference));
      expect(Constraints.refuses(circuit.system(), witness), `row ${row}`).toBe(false);
    }
    tally.push(`  ${name}: ${circuit.system().rows.length} constraints, ${ROWS} rows, ${seen.size} different outputs`);
    expect(seen.size).toBeGreaterThan(10);
  });

  it("refuses every wire of a good witness changed alone, but for an input that no step uses", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    const source = random(seed + 1n);
    const rows = [highest(specimen.compiled), randomIntegers(specimen.compiled.program, source)];
    const { nameOf } = circuit.names();
    const system = circuit.system();
    for (const integers of rows) {
      const witness = await circuit.witness(infer(specimen, integers).circuitInput);
      const evaluated = Constraints.evaluate(system, witness);
      let tried = 0;
      const accepted = new Set<string>();
      for (const [wire, value] of witness.entries()) {
        if (wire === 0) continue;
        for (const lie of [value + 1n, value - 1n, 0n, 1n, 1n - value, PRIME - 1n, source.bits(253)]) {
          if ((lie - value) % PRIME === 0n) continue;
          tried++;
          if (!Constraints.refusesEdit(system, evaluated, wire, lie - value)) accepted.add(nameOf[wire] ?? `${wire}`);
        }
      }
      tally.push(`  ${name}: ${tried} single edits tried, ${accepted.size} wires of an input in no use accepted`);
      expect([...accepted].filter((wire) => !name.startsWith("curves") || !wire.startsWith("x3["))).toEqual([]);
    }
  });

  it("proves no output that is one more or less, no other context, no other element of the statement at all", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    const inference = infer(specimen, randomIntegers(specimen.compiled.program, random(seed + 2n)));
    const { outputStride, outputWords } = specimen.compiled.layout;
    const { vector } = inference;
    const perWord = Math.floor(248 / outputStride);
    const outputs = inference.outputs.flatMap((list) => [...list]).keys();
    const changes = [...outputs].flatMap((k): readonly Change[] => {
      const element = vector.length - outputWords + Math.floor(k / perWord);
      const one = 1n << BigInt(outputStride * (k % perWord));
      return [one, -one].map((by) => ({ element, by }));
    });
    for (const { element, by } of [...changes, ...vector.map((_, k) => ({ element: k, by: 1n }))]) {
      const other = vector.map((one, k) => (k === element ? reduce(one + by) : one));
      const claimed = Statement.of(other);
      const at = async (challenge: bigint) =>
        (await circuit.witness({ ...inference.circuitInput, challenge })).slice(1, 4);
      expect(await at(claimed.challenge), `element ${element}`).not.toEqual(Statement.publicSignals(claimed));
      // With the circuit's own commitment the contract's challenge and evaluation are still of its own vector.
      const { commitment } = inference.statement;
      const mixed = Statement.challengeOf(commitment, other);
      const [first, evaluation] = await at(mixed);
      expect(first).toBe(commitment);
      expect(evaluation, `element ${element}`).not.toBe(Statement.evaluate(other, mixed));
    }
  });

  it("has another context in another statement, and the evaluator's in each", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    const integers = highest(specimen.compiled);
    const [one, other] = [CONTEXT, parse(CONTEXT + 1n)].map((context) =>
      Inference.infer(specimen.compiled, integers, context, salts),
    );
    expect(one?.statement.commitment).not.toBe(other?.statement.commitment);
    for (const inference of [one, other]) {
      if (inference === undefined) continue;
      expect((await circuit.witness(inference.circuitInput)).slice(1, 4)).toEqual(publicSignals(inference));
      const moved = { ...inference.circuitInput, context: 5n };
      expect((await circuit.witness(moved))[1]).not.toBe(inference.statement.commitment);
    }
  });

  it("refuses elements out of their range, those too that leave every packed word as it was", async () => {
    const { circuit, forger } = await attackable(specimen);
    const inference = infer(specimen, randomIntegers(specimen.compiled.program, random(seed + 3n)));
    const honest = forger.layOut(await forger.witness(inference.circuitInput, {}), circuit);
    expect(Forge.refused(circuit, honest)).toBe(false);
    for (const [i, { bits }] of specimen.compiled.program.inputs.entries()) {
      const list = inference.circuitInput[`x${i}`] as readonly bigint[]; // an array input
      const stride = BigInt(Math.max(...bits));
      for (const [j, value] of list.entries()) {
        const width = BigInt(entry(bits, j));
        const beyond = [1n << width, (1n << width) + value, PRIME - 1n, PRIME - value - 1n, 1n << 253n];
        for (const lie of beyond) {
          const changed = { ...inference.circuitInput, [`x${i}`]: list.with(j, reduce(lie)) };
          expect(Forge.refused(circuit, forger.layOut(await forger.witness(changed, {}), circuit))).toBe(true);
        }
        const next = list[j + 1];
        if (next === undefined) continue;
        // x_j + 2^stride * x_(j + 1) stays the same, in the integers or in the field.
        for (const by of [1n, -1n, 2n ** (stride - 1n), 3n]) {
          const lent = list.with(j, reduce(value + (by << stride))).with(j + 1, reduce(next - by));
          const owed = list.with(j, reduce(value + by)).with(j + 1, reduce(next - by * invert(1n << stride)));
          for (const elements of [lent, owed]) {
            const changed = { ...inference.circuitInput, [`x${i}`]: elements };
            expect(Forge.refused(circuit, forger.layOut(await forger.witness(changed, {}), circuit))).toBe(true);
          }
        }
      }
    }
  });

  it("refuses forged hints anywhere in it, or they change no public signal", async () => {
    const { circuit, forger } = await attackable(specimen);
    const source = random(seed + 4n);
    const rows = [highest(specimen.compiled), ...[0, 1].map(() => randomIntegers(specimen.compiled.program, source))];
    const counts = { tried: 0, refused: 0 };
    for (const integers of rows) {
      const { circuitInput } = infer(specimen, integers);
      const good = await forger.witness(circuitInput, {});
      const laidOut = forger.layOut(good, circuit);
      for (const forcings of lies(forger, good, source)) {
        counts.tried++;
        const forged = forger.layOut(await forger.witness(circuitInput, forcings), circuit);
        if (Forge.refused(circuit, forged)) counts.refused++;
        else expect(forged.slice(1, 4), JSON.stringify(forcings, shown)).toEqual(laidOut.slice(1, 4));
      }
    }
    tally.push(
      `  ${name}: ${counts.tried} forged hints tried, ${counts.refused} refused, the rest change no public signal`,
    );
    const hints = specimen.compiled.program.steps.some(({ step }) => /thresholds|indexOfLargest/.test(step.kind));
    expect(counts.refused > 0).toBe(hints);
  });
});

type Change = { readonly element: number; readonly by: bigint };

const shown = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

async function attackable({ compiled }: Specimens.Specimen) {
  return {
    circuit: await Circuit.generated(compiled),
    forger: await Forge.forger(await Circuit.generatedPath(compiled)),
  };
}

/** Every forging of every template for each of its places, and some of two places at once. */
function* lies(forger: Forge.Forger, good: Circuit.Wires, source: Random): Generator<Forge.Forcings> {
  const { wireOf } = forger.circuit.names();
  const value = (name: string): bigint => {
    const wire = wireOf.get(name);
    if (wire === undefined) throw new RangeError(`got ${name}, want a signal of ${forger.circuit.name}`);
    return good(wire);
  };
  const all = forger.sites.flatMap((site) => hintLies(site, wireOf, value));
  yield* all;
  for (let pair = 0; pair < 100 && all.length > 0; pair++) {
    const both = { ...source.pick(all), ...source.pick(all) };
    if (Object.keys(both).length <= 32) yield both;
  }
}

describe("private parameters", () => {
  const specimen = models.convolution;
  const inference = infer(specimen, randomIntegers(specimen.compiled.program, random(seed + 5n)));
  const { commitment } = inference.statement;
  const signals = ["weight", "bias"] as const;

  it("changed by one, any of them, are another model", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    for (const signal of signals) {
      const list = inference.circuitInput[signal] as readonly bigint[]; // an array input
      for (const [k, value] of list.entries()) {
        const by = value === 15n ? -1n : 1n;
        const changed = { ...inference.circuitInput, [signal]: list.with(k, reduce(value + by)) };
        expect((await circuit.witness(changed))[1], `${signal} ${k}`).not.toBe(commitment);
      }
    }
    expect((await circuit.witness({ ...inference.circuitInput, parameterSalt: 78n }))[1]).not.toBe(commitment);
  });

  it("out of their range are refused, those too that leave the packed words as they were", async () => {
    const { circuit, forger } = await attackable(specimen);
    const { weightBits, biasBits } = specimen.compiled.program.parameters;
    for (const [signal, bits] of [
      ["weight", weightBits],
      ["bias", biasBits],
    ] as const) {
      const half = 1n << BigInt(bits - 1);
      const list = inference.circuitInput[signal] as readonly bigint[]; // an array input
      const lists = [...list.keys()].flatMap((k): readonly (readonly bigint[])[] => {
        const beyond = [half, -half - 1n, half * 2n, -half * 2n].map((lie) => list.with(k, lie));
        const [one = 0n, next] = [list[k], list[k + 1]];
        if (next === undefined) return beyond;
        const lent = [1n, -1n].map((by) => list.with(k, one + 2n * by * half).with(k + 1, next - by));
        const owed = [1n, -1n].map((by) => list.with(k, one + by).with(k + 1, next - by * invert(2n * half)));
        return [...beyond, ...lent, ...owed];
      });
      for (const elements of lists) {
        const changed = { ...inference.circuitInput, [signal]: elements.map(reduce) };
        const witness = forger.layOut(await forger.witness(changed, {}), circuit);
        expect(Forge.refused(circuit, witness), `${signal} ${elements}`).toBe(true);
      }
    }
  });

  it("at either end of their range have a witness and the evaluator's outputs", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    const { weights, biases } = specimen.compiled.parameters;
    const { weightBits, biasBits } = specimen.compiled.program.parameters;
    for (const end of [(bits: number) => -(2 ** (bits - 1)), (bits: number) => 2 ** (bits - 1) - 1]) {
      const parameters = { weights: weights.map(() => end(weightBits)), biases: biases.map(() => end(biasBits)) };
      const compiled = { ...specimen.compiled, parameters };
      for (const integers of [highest(compiled), randomIntegers(compiled.program, random(seed))]) {
        const extreme = Inference.infer(compiled, integers, CONTEXT, salts);
        expect((await circuit.witness(extreme.circuitInput)).slice(1, 4)).toEqual(publicSignals(extreme));
      }
    }
  });

  it("of another version have the same circuit, and another commitment", () => {
    const { units, program } = specimen.compiled;
    const { biasBits } = program.parameters;
    const next = Specimens.convolution([0.25, 0.75, -0.5], { units: { ...units }, biasBits });
    expect(next.compiled.entry).toBe(specimen.compiled.entry);
    expect(Inference.modelOf(next.compiled, salts)).not.toBe(Inference.modelOf(specimen.compiled, salts));
  });
});

describe("hashed inputs", () => {
  const specimen = models.curves;
  const integers = randomIntegers(specimen.compiled.program, random(seed + 6n));
  const inference = infer(specimen, integers);

  it("changed by one, or of another salt, have another digest in the statement", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    const [first = 0n, second = 0n] = inference.circuitInput.x1 as readonly bigint[]; // an array input
    const changes = [{ x1: [first ^ 1n, second] }, { x1: [first, second ^ 1n] }, { salt1: 1n }, { salt2: 1n }];
    for (const change of changes) {
      const witness = await circuit.witness({ ...inference.circuitInput, ...change });
      expect(witness[1]).not.toBe(inference.statement.commitment);
    }
  });

  it("have one place each in the statement: two alike cannot change places", async () => {
    const circuit = await Circuit.generated(specimen.compiled);
    const { x1 = [], x2 = [], salt1 = 0n, salt2 = 0n } = inference.circuitInput;
    const swapped = { ...inference.circuitInput, x1: x2, x2: x1, salt1: salt2, salt2: salt1 };
    expect((await circuit.witness(swapped))[1]).not.toBe(inference.statement.commitment);
    const [model, context, words, v, w, ...rest] = inference.vector;
    const other = Statement.of([model, context, words, w, v, ...rest].map((one) => parse(one ?? 0n)));
    const witness = await circuit.witness({ ...inference.circuitInput, challenge: other.challenge });
    expect(witness.slice(1, 4)).not.toEqual(Statement.publicSignals(other));
  });
});
