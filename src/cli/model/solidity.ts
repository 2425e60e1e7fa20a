// `assay model export-verifier` and `assay model calldata`: what a contract's author and a transaction's sender take along.

import { encode, type GateFunction } from "../../chain/inferenceCall.ts";
import { renderVerifier } from "../../chain/verifierTemplate.ts";
import * as ProofFile from "../../inference/proofFile.ts";
import type { Environment } from "../environment.ts";
import { requireRoom, writeOnce } from "./files.ts";
import { loadModel } from "./given.ts";
import { ensureModel } from "./prover.ts";
import { bindingText } from "./show.ts";

export type ExportOptions = {
  readonly out?: string;
  readonly name: string;
  readonly import?: string;
  readonly force: boolean;
};

export async function exportVerifierCommand(
  path: string,
  options: ExportOptions,
  environment: Environment,
): Promise<void> {
  await requireRoom([options.out], options.force, [path]);
  const { compiled } = await loadModel(path, [options.out]);
  const { verificationKey, manifest } = await ensureModel(compiled, environment);
  const text = renderVerifier(verificationKey, {
    ...{ contractName: options.name, base: "StatementVerifier" },
    ...(options.import === undefined ? {} : { importPath: options.import }),
  });
  if (options.out === undefined) environment.out(text);
  else await writeOnce(options.out, text, options.force);
  environment.err(`assay: ${manifest.keys} keys: whoever made them can forge proofs\n`);
}

export type CalldataOptions = { readonly proof: string; readonly modelId: string; readonly function: GateFunction };

/**
 * Who has to send it stands on stderr: from anybody else the proof is of another context. Throws `inference.refused` for a
 * file that was changed: the gate would revert, after its sender has paid.
 */
export async function calldataCommand(
  options: CalldataOptions,
  { out, err }: Pick<Environment, "out" | "err">,
): Promise<void> {
  const file = await ProofFile.read(options.proof);
  const { binding, proof, commitment, inputs, outputs } = file;
  const problem = ProofFile.commitmentProblem(file, ProofFile.statementOf(file));
  if (problem !== undefined) throw ProofFile.refused(options.proof, problem);
  const { nonce, consumer, caller } = binding;
  const inference = { nonce, proof, commitment, inputs, outputs };
  out(`${encode({ function: options.function, modelId: options.modelId, consumer, caller, inference })}\n`);
  err(`assay: ${bindingText(binding)}\n`);
  err(
    `assay: to be sent to the gate by ${options.function === "consume" ? `the consumer ${consumer}` : `the caller ${caller}`}\n`,
  );
}
