// `assay model compile`: the circuit of a job, its keys, and a manifest of both.

import { readFile } from "node:fs/promises";
import { modelOf } from "../../inference/inference.ts";
import { manifestOf } from "../../inference/manifest.ts";
import { printable } from "../../lib/printable.ts";
import type { Environment } from "../environment.ts";
import { columns } from "../text.ts";
import { requireRoom, writeOnce } from "./files.ts";
import { loadModel, type SecretsOptions, saltsFrom } from "./given.ts";
import { ensureModel } from "./prover.ts";

export type CompileOptions = SecretsOptions & {
  readonly manifest?: string;
  readonly verificationKey?: string;
  readonly force: boolean;
  readonly json: boolean;
};

export async function compileCommand(path: string, options: CompileOptions, environment: Environment): Promise<void> {
  const { out, err } = environment;
  const outputs = [options.manifest, options.verificationKey];
  await requireRoom(outputs, options.force, [path, options.secrets]);
  const model = await loadModel(path, outputs);
  const salts = await saltsFrom(options);
  const element = salts === undefined ? model.compiled.model : modelOf(model.compiled, salts);
  const artifacts = await ensureModel(model.compiled, environment);
  const manifest = manifestOf(model, artifacts, element);
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  if (options.manifest !== undefined) await writeOnce(options.manifest, text, options.force);
  if (options.verificationKey !== undefined) {
    const key = await readFile(artifacts.paths["verification_key.json"], "utf8");
    await writeOnce(options.verificationKey, key, options.force);
  }
  if (options.json) {
    out(`${JSON.stringify(manifest)}\n`);
    return;
  }
  const { circuit, constraints, keyHash, layout, files, notes } = manifest;
  const lines = columns([
    ["circuit", circuit],
    ["model", manifest.model ?? "a commitment to private parameters: with --secrets it is here"],
    ["constraints", String(constraints)],
    ["proving key", `${files["proving.zkey"].bytes} bytes`],
    ["key hash", keyHash],
    [
      "statement",
      `${layout.inputElements} of inputs, ${layout.outputWords} of outputs, ${layout.outputStride} bits each`,
    ],
  ]);
  out(`${[...lines, ...notes.map((note) => `note: ${printable(note, 500)}`)].join("\n")}\n`);
  err(`assay: ${manifest.keys} keys: whoever made them can forge proofs\n`);
}
