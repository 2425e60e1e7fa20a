// A circuit's witness, and whether it satisfies every constraint: no keys, no proof.

import { readFile } from "node:fs/promises";
import { AssayError } from "../lib/errors.ts";
import { parse as parseField } from "../lib/field.ts";
import { locate } from "./artifactStore.ts";
import * as Artifacts from "./artifacts.ts";
import * as Code from "./circuitCode.ts";
import type { CircuitInput, CircuitValue } from "./prover.ts";
import * as R1cs from "./r1cs.ts";

export type CircuitCode = { readonly r1cs: R1cs.R1cs; readonly wasm: Uint8Array };

export type Checked = {
  /** In the circuit's order: outputs, then public inputs. */
  readonly publicSignals: readonly bigint[];
  /** Indices of the constraints that do not hold. */
  readonly unsatisfied: readonly number[];
};

/** From the artifacts where they are in the cache, else compiled, and kept for whoever makes keys. */
export async function codeOf(name: string, options: Artifacts.ArtifactOptions): Promise<CircuitCode> {
  try {
    const { paths, wasm } = await Artifacts.load(name, options);
    return { r1cs: R1cs.parse(await readFile(paths["circuit.r1cs"])), wasm };
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== "prove.artifact") throw error;
  }
  const { r1cs, wasm } = await Code.ensure(await locate(name, options.root), options);
  return { r1cs: R1cs.parse(r1cs), wasm };
}

/** Throws `field.range` for an input that is no element, `prove.witness` for inputs that have no witness. */
export async function check({ r1cs, wasm }: CircuitCode, input: CircuitInput): Promise<Checked> {
  for (const value of Object.values(input)) requireRange(value);
  const snarkjs = await import("snarkjs");
  const file = { type: "mem" as const };
  // The memory it is offered stays unused, circom 2's code brings its own; by default that would reserve 2 GB.
  await snarkjs.wtns.calculate(input, wasm, file, { memorySize: 1 }).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new AssayError(
      "prove.witness",
      `got inputs without a witness, want ones that the circuit accepts\n${message}`,
      {
        cause,
        disposition: "reject",
      },
    );
  });
  const witness = await snarkjs.wtns.exportJson(file);
  return {
    publicSignals: witness.slice(1, 1 + r1cs.publicOutputCount + r1cs.publicInputCount),
    unsatisfied: R1cs.unsatisfied(r1cs, witness),
  };
}

/** circom's runtime would reduce silently. */
function requireRange(value: CircuitValue): void {
  if (typeof value === "bigint") parseField(value);
  else for (const element of value) requireRange(element);
}
