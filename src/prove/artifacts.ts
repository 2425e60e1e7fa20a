// Compiled circuits and their keys, cached by the hash of everything that they are made from.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Clock, systemClock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import type { Manifest } from "./artifactManifest.ts";
import * as ArtifactStore from "./artifactStore.ts";
import * as CircuitCode from "./circuitCode.ts";
import * as Compile from "./compile.ts";
import * as DevelopmentKeys from "./developmentKeys.ts";
import * as R1cs from "./r1cs.ts";

export type Artifacts = ArtifactStore.Artifacts;

export type Progress =
  | { readonly step: "compile" | DevelopmentKeys.KeyStep | "verify"; readonly fraction: number }
  /** An entry that was there is not used and gets built again: log it. */
  | { readonly step: "discard"; readonly reason: string };

export type ArtifactOptions = {
  /** The project: holds circuits/, node_modules/ and .assay/. */
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly clock?: Clock | undefined;
};

/** Other processes can remove or replace an entry between our steps; not for ever. */
const ATTEMPTS = 3;

/** Verified artifacts, built first where the cache has none that can be used. */
export async function ensure(name: string, options: ArtifactOptions): Promise<Artifacts> {
  const { onProgress = () => undefined, signal } = options;
  const place = await ArtifactStore.locate(name, options.root);
  await ArtifactStore.sweep(options.root, options.clock ?? systemClock);
  let reason = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const found = await ArtifactStore.read(place, options);
    if (found.ok) return found.artifacts;
    reason = found.reason;
    if (!found.absent) {
      onProgress({ step: "discard", reason });
      await ArtifactStore.discard(place);
    }
    await ArtifactStore.create(place, (temporary) => build(place, temporary, options), signal);
    await CircuitCode.discard(place);
  }
  throw unusable(name, reason);
}

/** Verified artifacts that are in the cache already; throws `prove.artifact` instead of building. */
export async function load(name: string, options: ArtifactOptions): Promise<Artifacts> {
  const place = await ArtifactStore.locate(name, options.root);
  const found = await ArtifactStore.read(place, options);
  if (!found.ok) throw unusable(name, found.reason);
  return found.artifacts;
}

/* BUILDING */

/** Makes every file in `temporary`, which is relative to the root, as the compiler wants it. */
async function build(place: ArtifactStore.Place, temporary: string, options: ArtifactOptions): Promise<Manifest> {
  const { root, signal, onProgress, clock = systemClock } = options;
  const directory = path.resolve(root, temporary);
  const compileMs = await CircuitCode.into(place, temporary, options);

  const compiledMs = clock.nowMs();
  const paths = ArtifactStore.pathsIn(directory);
  const r1cs = R1cs.parse(await readFile(paths["circuit.r1cs"]));
  const keys = await DevelopmentKeys.create(r1cs, { signal, onProgress });
  await writeFile(paths["proving.zkey"], keys.zkey, { signal });
  await writeFile(paths["verification_key.json"], `${JSON.stringify(keys.verificationKey, undefined, 2)}\n`);
  return {
    version: 1,
    circuit: place.name,
    keys: "development",
    sourceHash: place.sourceHash,
    compiler: Compile.compilerVersion(),
    files: {
      "circuit.r1cs": await ArtifactStore.describe(paths["circuit.r1cs"], signal),
      "circuit.wasm": await ArtifactStore.describe(paths["circuit.wasm"], signal),
      "circuit.sym": await ArtifactStore.describe(paths["circuit.sym"], signal),
      "proving.zkey": await ArtifactStore.describe(paths["proving.zkey"], signal),
      "verification_key.json": await ArtifactStore.describe(paths["verification_key.json"], signal),
    },
    constraints: r1cs.constraintCount,
    wires: r1cs.wireCount,
    publicOutputs: r1cs.publicOutputCount,
    publicInputs: r1cs.publicInputCount,
    domainPower: keys.domainPower,
    compileMs,
    keyMs: Math.max(0, clock.nowMs() - compiledMs),
  };
}

/* ERRORS */

function unusable(name: string, reason: string): AssayError {
  return new AssayError("prove.artifact", `got no usable artifacts for ${name}, want verified ones\n${reason}`, {
    data: { circuit: name, reason },
  });
}
