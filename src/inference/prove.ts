// A proof of one inference, for one caller of one consumer at one gate.

import { keyHash } from "../chain/verifierTemplate.ts";
import { AssayError } from "../lib/errors.ts";
import type { Artifacts } from "../prove/artifacts.ts";
import type { Proven, Prover } from "../prove/prover.ts";
import { words } from "../prove/solidityCalldata.ts";
import * as Statement from "../statement/statement.ts";
import type { CompiledModel } from "./compiledModel.ts";
import type { Binding } from "./inference.ts";
import * as ProofFile from "./proofFile.ts";
import type { Witness } from "./witness.ts";

export type ProveTools = {
  readonly prover: Prover;
  readonly artifacts: Pick<Artifacts, "verificationKey">;
};

export type ProvenInference = Pick<Proven, "witnessMs" | "proveMs"> & { readonly file: ProofFile.ProofFile };

/** `witness` is of this binding. Throws what the prover throws, `inference.unsatisfied` if the circuit says something else. */
export async function prove(
  { circuit, layout }: Pick<CompiledModel, "circuit" | "layout">,
  { inference, readings }: Witness,
  binding: Binding,
  { prover, artifacts }: ProveTools,
  signal?: AbortSignal,
): Promise<ProvenInference> {
  const { statement, vector, circuitInput } = inference;
  const { proof, publicSignals, witnessMs, proveMs } = await prover.prove(circuitInput, signal);
  if (!Statement.isProvenBy(statement, publicSignals)) throw otherStatement();
  const [model] = vector;
  if (model === undefined) throw new TypeError("a statement begins with its model");
  const file: ProofFile.ProofFile = {
    ...{ circuit, keyHash: keyHash(artifacts.verificationKey), model, binding },
    ...{ proof: words(proof), commitment: statement.commitment },
    inputs: vector.slice(2, 2 + layout.inputElements),
    outputs: vector.slice(2 + layout.inputElements),
    readings: readings.map(ProofFile.kept),
  };
  return { file, witnessMs, proveMs };
}

function otherStatement(): AssayError {
  return new AssayError(
    "inference.unsatisfied",
    "got a proof of another statement than the evaluator's, want the same",
    { disposition: "reject" },
  );
}
