// A prover of a whole model who computes what it likes: every element of every step can be forced, and everything that
// follows is computed on from it. The constraints that are proved judge.

import { join } from "node:path";
import type { CompiledModel } from "../../../src/inference/compiledModel.ts";
import { reduce } from "../../../src/lib/field.ts";
import { writeWhole } from "../../../src/lib/file.ts";
import * as Circuit from "../circuits/circuit.ts";
import { CACHE } from "../circuits/compile.ts";
import * as Constraints from "../circuits/constraints.ts";
import * as Forge from "../circuits/forge.ts";
import type { Random } from "../circuits/random.ts";
import { hintLies } from "./hintLies.ts";

/** `broken`: how many constraints stand in its way. */
export type Attempt = {
  readonly refused: boolean;
  readonly broken: number;
  readonly publicSignals: readonly bigint[];
};

export type Attacker = {
  readonly circuit: Circuit.Circuit;
  /** Elements of steps, outputs, words and digests: `t3[1]`, `y[0]`, `hash0`. */
  readonly places: readonly string[];
  /** The honest value of any signal. */
  readonly values: (inputs: Circuit.Inputs) => Promise<(name: string) => bigint>;
  /** `edits`: of single wires, by name, once all is computed; a name that simplification has dropped is passed over. */
  readonly attempt: (inputs: Circuit.Inputs, forcings: Forge.Forcings, edits?: Forge.Forcings) => Promise<Attempt>;
  /** Every forging of every hint of every template for each of its places. */
  readonly hintLies: (inputs: Circuit.Inputs) => Promise<readonly Forge.Forcings[]>;
};

export async function attacker(compiled: CompiledModel): Promise<Attacker> {
  const circuit = await Circuit.generated(compiled);
  const path = join(CACHE, "exposed", `${compiled.circuit}.circom`);
  await writeWhole(path, exposed(compiled.entry));
  const forger = await Forge.forger(path);
  const { wireOf } = forger.circuit.names();
  const values = async (inputs: Circuit.Inputs) => {
    const wires = await forger.witness(inputs, {});
    return (name: string): bigint => {
      const wire = wireOf.get(name);
      if (wire === undefined) throw new RangeError(`got ${name}, want a signal of ${circuit.name}`);
      return wires(wire);
    };
  };
  return {
    circuit,
    places: [...wireOf.keys()].filter((name) => wireOf.has(honest(name))),
    values,
    attempt: async (inputs, forcings, edits = {}) => {
      const made = [...forger.layOut(await forger.witness(inputs, forcings), circuit)];
      for (const [name, value] of Object.entries(edits)) {
        const wire = circuit.names().wireOf.get(name);
        if (wire !== undefined) made[wire] = reduce(value);
      }
      const broken = Constraints.violated(circuit.system(), made).length;
      return { refused: broken > 0, broken, publicSignals: made.slice(1, 4) };
    },
    hintLies: async (inputs) => {
      const value = await values(inputs);
      return forger.sites.flatMap((site) => hintLies(site, wireOf, value));
    },
  };
}

/** One place forced to a value beside its own, near it or anywhere. */
export function placeLie(place: string, value: bigint, random: Random): Forge.Forcings {
  const lies = [value + 1n, value - 1n, 0n, 1n - value, -value, value + (1n << 50n), random.bits(253)];
  return { [place]: reduce(random.pick(lies.filter((lie) => reduce(lie) !== value))) };
}

/* SOURCE */

/** The name under which an exposed signal's own value stands: honest_t3[1] of t3[1]. */
const honest = (name: string): string => `honest_${name}`;

/** Every signal of the entry becomes a hint of what it is: statements stand one a line. */
function exposed(entry: string): string {
  return entry
    .split("\n")
    .map((line) => {
      const [, declared = "", size, , computed] =
        /^\s*signal (?!input|output)(\w+)(\[\d+\])?( <== ([^;]+))?;/.exec(line) ?? [];
      if (declared !== "") return declaration(declared, size, computed);
      const [, name = "", index = "", value = ""] = /^\s*(\w+)(\[[^\]]*\]) <== ([^;]+);/.exec(line) ?? [];
      return name === "" ? line : `${honest(name)}${index} <== ${value}; ${name}${index} <-- ${honest(name)}${index};`;
    })
    .join("\n");
}

function declaration(name: string, size: string | undefined, computed: string | undefined): string {
  if (computed === undefined) return `signal ${name}${size ?? ""}; signal ${honest(name)}${size ?? ""};`;
  if (size === undefined) return `signal ${honest(name)} <== ${computed}; signal ${name} <-- ${honest(name)};`;
  const each = `for (var j = 0; j < ${size.slice(1, -1)}; j++) { ${name}[j] <-- ${honest(name)}[j]; }`;
  return `signal ${honest(name)}${size} <== ${computed}; signal ${name}${size}; ${each}`;
}
