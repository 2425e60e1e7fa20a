// A circuit's witness, and whether it satisfies every constraint: no keys, no proof.

import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { AssayError } from "../lib/errors.ts";
import { parse as parseField } from "../lib/field.ts";
import * as Artifacts from "./artifacts.ts";
import * as Compile from "./compile.ts";
import type { CircuitInput, CircuitValue } from "./prover.ts";
import * as R1cs from "./r1cs.ts";

export type CircuitCode = { readonly r1cs: R1cs.R1cs; readonly wasm: Uint8Array };

export type Checked = {
  /** In the circuit's order: outputs, then public inputs. */
  readonly publicSignals: readonly bigint[];
  /** Indices of the constraints that do not hold. */
  readonly unsatisfied: readonly number[];
};

/** From the artifacts where they are in the cache, else compiled for this once. */
export async function codeOf(name: string, options: Artifacts.ArtifactOptions): Promise<CircuitCode> {
  const { root, signal, onProgress } = options;
  try {
    const { paths, wasm } = await Artifacts.load(name, options);
    return { r1cs: R1cs.parse(await readFile(paths["circuit.r1cs"])), wasm };
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== "prove.artifact") throw error;
  }
  onProgress?.({ step: "compile", fraction: 0 });
  const parent = path.join(root, ".assay");
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(path.join(parent, "checking-"));
  try {
    const outDir = path.relative(root, directory).replaceAll("\\", "/");
    await Compile.compile(name, { root, outDir, outputs: ["r1cs", "wasm"], signal });
    return {
      r1cs: R1cs.parse(await readFile(path.join(directory, `${name}.r1cs`))),
      wasm: await readFile(path.join(directory, `${name}_js`, `${name}.wasm`)),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
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
