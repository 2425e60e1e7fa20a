// Every wire of a good witness changed alone, and the rank of the Jacobian: nothing that a prover chooses is left loose.

import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PRIME } from "../../src/lib/field.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { ROOT } from "../support/circuits/compile.ts";
import * as Constraints from "../support/circuits/constraints.ts";
import * as Forge from "../support/circuits/forge.ts";
import { GENERIC } from "../support/circuits/generic.ts";
import { random, seedOfRun } from "../support/circuits/random.ts";
import * as Rounds from "../support/circuits/rounds.ts";

const seed = seedOfRun();
const tally: string[] = [];
afterAll(() => void process.stdout.write(`soundness by single edits, seed ${seed}:\n${tally.join("\n")}\n`));

/**
 * Wires that may take any value, by kind. IsZero's `inv` is the inverse of its input and meets nothing but `in * inv`: where
 * the input is 0 it is free, and the output is 1 whatever it is. Witnesses are chosen so that inputs are not 0, except:
 */
const HARMLESS: readonly { readonly name: RegExp; readonly because: string }[] = [
  {
    name: /verifier\.eqCheck[XY]\.isz\.inv$/,
    because: "a valid signature's two sides are equal, their difference is 0",
  },
];

const harmless = (name: string): boolean => HARMLESS.some((kind) => kind.name.test(name));

describe("the mains", () => {
  it("cover every template of the project", async () => {
    const own = Forge.ownTemplates().filter(
      ({ template }) => !template.startsWith("Broken") && template !== "PriceRound",
    );
    const covered = Object.keys(GENERIC).map(Forge.templateOf);
    const text = ({ template, file }: Forge.Placed): string => `${template} of ${file}`;
    expect([...new Set(covered.map(text))].sort()).toEqual(own.map(text).sort());
  });
});

const hinted = new Set(Forge.hints().map(({ template }) => template));

describe.each(Object.keys(GENERIC))("each wire of %s", (name) => {
  // Simplification can only drop wires: templates without hints of their own are tried in the form that is proved.
  const levels = hinted.has(Forge.templateOf(name).template) ? (["O0", "O2"] as const) : (["O2"] as const);
  it.each(levels)("is pinned by the constraints and the inputs at %s", async (level) => {
    const circuit = await Circuit.main(name, level);
    const inputs = GENERIC[name] as Circuit.Inputs; // the key is its own
    await pinned(circuit, inputs, Circuit.unknowns(circuit, inputs));
  });
});

describe("each wire of the whole round-4x4", () => {
  it("is pinned by the constraints that are proved", async () => {
    const circuit = await Circuit.entry("round-4x4", "O2");
    const { inputs } = Rounds.generic();
    // The inputs too: each of them meets a digest, a signature or the evaluation.
    const all = new Set(Array.from({ length: circuit.system().wireCount - 1 }, (_, i) => i + 1));
    await pinned(circuit, inputs, all);
  });
});

async function pinned(circuit: Circuit.Circuit, inputs: Circuit.Inputs, edited: ReadonlySet<number>): Promise<void> {
  const witness = await circuit.witness(inputs);
  const system = circuit.system();
  const { nameOf } = circuit.names();
  const evaluated = Constraints.evaluate(system, witness);
  expect(Constraints.violated(system, witness)).toEqual([]);

  const source = random(seed);
  const accepted = new Set<string>();
  let tried = 0;
  for (const wire of edited) {
    const lies = [(witness[wire] ?? 0n) + 1n, source.bits(253)];
    if (system.wireCount < 5000) lies.push((witness[wire] ?? 0n) - 1n, 0n, 1n, 1n - (witness[wire] ?? 0n), PRIME - 1n);
    for (const lie of lies) {
      const delta = lie - (witness[wire] ?? 0n);
      if (delta % PRIME === 0n) continue;
      tried++;
      if (!Constraints.refusesEdit(system, evaluated, wire, delta)) accepted.add(nameOf[wire] ?? `wire ${wire}`);
    }
  }
  expect([...accepted].filter((name) => !harmless(name))).toEqual([]);
  tally.push(`  ${circuit.name} at ${circuit.level}: ${tried} tried, ${accepted.size} harmless wires`);

  const loose = Constraints.loose(system, evaluated, Circuit.unknowns(circuit, inputs)).map(
    (wire) => nameOf[wire] ?? "",
  );
  expect(loose.filter((name) => !harmless(name))).toEqual([]);
}

describe("these tests", () => {
  const broken = (name: string): Promise<Circuit.Circuit> =>
    Circuit.load(join(ROOT, "test/circuits/broken/mains", `${name}.circom`), "O2", ["node_modules", "test/circuits"]);

  it("see a hint that no constraint names", async () => {
    const circuit = await broken("FreeHint");
    const inputs = { in: 5n };
    const evaluated = Constraints.evaluate(circuit.system(), await circuit.witness(inputs));
    const wire = circuit.names().wireOf.get("hint") ?? 0;
    expect(Constraints.refusesEdit(circuit.system(), evaluated, wire, 1n)).toBe(false);
    expect(Constraints.loose(circuit.system(), evaluated, Circuit.unknowns(circuit, inputs))).toEqual([wire]);
  });

  it("see a division that checks its equality and no range", async () => {
    const circuit = await broken("RemainderOnly");
    const inputs = { numerator: 1000n, denominator: 7n };
    const evaluated = Constraints.evaluate(circuit.system(), await circuit.witness(inputs));
    expect(Constraints.loose(circuit.system(), evaluated, Circuit.unknowns(circuit, inputs))).toHaveLength(1);
    const forger = await Forge.forger(join(ROOT, "test/circuits/broken/mains/RemainderOnly.circom"));
    const forged = await forger.witness(inputs, { quotient: 141n, remainder: 13n });
    expect(Forge.refused(circuit, forger.layOut(forged, circuit))).toBe(false);
  });

  it("see a threshold that is free at equality, which the Jacobian does not", async () => {
    const circuit = await broken("Threshold");
    const inputs = { in: [1000n, 1000n] };
    const evaluated = Constraints.evaluate(circuit.system(), await circuit.witness(inputs));
    expect(Constraints.loose(circuit.system(), evaluated, Circuit.unknowns(circuit, inputs))).toEqual([]);
    const forger = await Forge.forger(join(ROOT, "test/circuits/broken/mains/Threshold.circom"));
    const forged = await forger.witness(inputs, { less: 1n });
    expect(Forge.refused(circuit, forger.layOut(forged, circuit))).toBe(false);
  });
});
