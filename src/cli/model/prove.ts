// `assay model prove`: a proof of a row's inference as a file.

import * as ProofFile from "../../inference/proofFile.ts";
import { prove } from "../../inference/prove.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Environment } from "../environment.ts";
import { requireRoom, writeOnce } from "./files.ts";
import { type BindingOptions, bindingFrom, loadModel, type RowOptions, type SecretsOptions } from "./given.ts";
import { modelProver } from "./prover.ts";
import { witnessOfRow } from "./row.ts";
import { bindingText, readingLines } from "./show.ts";

export type ProveOptions = BindingOptions &
  RowOptions &
  SecretsOptions & { readonly out?: string; readonly force: boolean };

/** The proof file, to `out` or to stdout. */
export async function proveCommand(path: string, options: ProveOptions, environment: Environment): Promise<void> {
  const { signal, out, err } = environment;
  const binding = bindingFrom(options);
  if (binding === undefined) {
    throw new AssayError(
      "usage.binding",
      "got no --chain-id, --gate, --consumer, --caller and --nonce, want all of them",
    );
  }
  await requireRoom([options.out], options.force, [path, options.data, options.secrets]);
  const model = await loadModel(path, [options.out]);
  const witness = await witnessOfRow(options, model, binding);
  const tools = await modelProver(model.compiled, environment);
  const { file, witnessMs, proveMs } = await prove(model.compiled, witness, binding, tools, signal);
  const text = ProofFile.render(file);
  if (options.out !== undefined) await writeOnce(options.out, text, options.force);
  else out(text);
  err(`${readingLines(witness.readings).join("\n")}\n`);
  err(`assay: ${bindingText(binding)}\n`);
  err(`assay: proven: witness ${witnessMs} ms, proof ${proveMs} ms\n`);
}
