// `assay model verify`: whether a proof file holds, by the job and its model or by the manifest of what was compiled.

import { toBeHex } from "ethers";
import { keyHash } from "../../chain/verifierTemplate.ts";
import { modelOf } from "../../inference/inference.ts";
import * as Manifest from "../../inference/manifest.ts";
import { load } from "../../inference/modelArtifacts.ts";
import * as ProofFile from "../../inference/proofFile.ts";
import { circuitProblem, type Verifiable, verify } from "../../inference/verification.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Field } from "../../lib/field.ts";
import { readText } from "../../lib/file.ts";
import * as VerificationKey from "../../prove/verificationKey.ts";
import type { Environment } from "../environment.ts";
import { type BindingOptions, loadModel, type Model, type SecretsOptions, saltsFrom } from "./given.ts";
import { bindingJson, bindingText, readingLines, shownJson, shownLines } from "./show.ts";

export type VerifyOptions = BindingOptions &
  SecretsOptions & {
    readonly proof: string;
    /** Instead of the job and its .onnx file. */
    readonly manifest?: string;
    /** Element of the statement. */
    readonly model?: Field;
    readonly verificationKey?: string;
    readonly json: boolean;
  };

/** What a proof is checked by, and whose word it is. */
type Subject = {
  readonly model: Verifiable;
  readonly verificationKey: VerificationKey.VerificationKey;
  /** Of private parameters, from their salt. */
  readonly salted?: Field | undefined;
};

/** Throws `inference.refused` with the reason, `usage.model` where nothing says which private parameters it must be of. */
export async function verifyCommand(
  path: string | undefined,
  options: VerifyOptions,
  environment: Environment,
): Promise<void> {
  const { signal, out, err } = environment;
  const file = await ProofFile.read(options.proof);
  const { model, verificationKey, salted } =
    path === undefined ? await byManifest(options, file) : await byJob(path, options, file, environment);
  const wanted = wantedModel(options, model, salted);
  const { chainId, gate, consumer, caller, nonce } = options;
  const binding = Object.entries({ chainId, gate, consumer, caller, nonce }).filter(([, value]) => value !== undefined);
  const verified = await verify(
    model,
    file,
    { verificationKey, model: wanted, binding: Object.fromEntries(binding) },
    signal,
  );
  if (!verified.ok) throw ProofFile.refused(options.proof, verified.reason);
  const { readings, inputs } = verified;
  const element = toBeHex(file.model, 32);
  if (options.json) {
    const value = { type: "verified", circuit: file.circuit, model: element, keyHash: file.keyHash };
    const binding = bindingJson(file.binding);
    out(`${JSON.stringify({ ...value, binding, inputs: shownJson(inputs), outputs: readings })}\n`);
    return;
  }
  const lines = [
    `proven of model ${element}, circuit ${file.circuit}, key ${file.keyHash}:`,
    ...shownLines(inputs),
    ...readingLines(readings),
    bindingText(file.binding),
  ];
  out(`${lines.join("\n")}\n`);
  if (path === undefined)
    err("assay: key, names, units and labels are as the manifest says: it is as good as its source\n");
}

async function byJob(
  path: string,
  options: VerifyOptions,
  file: ProofFile.ProofFile,
  environment: Environment,
): Promise<Subject> {
  if (options.manifest !== undefined) throw jobOrManifest("both");
  const model = await loadModel(path);
  requireCircuit(model.compiled, file, options.proof);
  const salts = await saltsFrom(options);
  return {
    model: model.compiled,
    verificationKey: await keyFrom(options, model, environment),
    salted: salts === undefined ? undefined : modelOf(model.compiled, salts),
  };
}

async function byManifest(
  { manifest: path, verificationKey, secrets, proof }: VerifyOptions,
  file: ProofFile.ProofFile,
): Promise<Subject> {
  if (path === undefined) throw jobOrManifest("neither");
  if (verificationKey === undefined || secrets !== undefined) {
    const hint = "a manifest has neither a key nor parameters: --model says which parameters it must be";
    throw new AssayError(
      "usage.manifest",
      `got --manifest, want --verification-key beside it and no --secrets\n${hint}`,
    );
  }
  const manifest = await Manifest.read(path);
  requireCircuit(manifest, file, proof);
  const { key, hash } = await readKey(verificationKey);
  if (hash !== manifest.keyHash) throw badKey(verificationKey, hash, `${manifest.keyHash}, which ${path} names`);
  return { model: Manifest.verifiable(manifest), verificationKey: key };
}

/** Before its key is looked for, which need not be here for a circuit that nobody proved with. */
function requireCircuit(model: Pick<Verifiable, "circuit">, file: ProofFile.ProofFile, path: string): void {
  const problem = circuitProblem(model, file);
  if (problem !== undefined) throw ProofFile.refused(path, problem);
}

/** Of fixed parameters the circuit has the element in it, so the key says which model it is; of private ones it says nothing. */
function wantedModel(options: VerifyOptions, { model }: Verifiable, salted: Field | undefined): Field | undefined {
  const named = options.model;
  const known = salted ?? model;
  if (known !== undefined && named !== undefined && known !== named) {
    const whose = salted === undefined ? `${options.manifest ?? "the job"}'s model` : "the secrets'";
    throw new AssayError(
      "usage.model",
      `got --model ${toBeHex(named, 32)} and ${whose} ${toBeHex(known, 32)}, want the same`,
    );
  }
  const wanted = named ?? known;
  if (wanted !== undefined) return wanted;
  const hint = "the registry's entry has the element; the prover's word for it proves nothing";
  throw new AssayError(
    "usage.model",
    `got private parameters, which whoever proves may choose, want --model or --secrets to say which\n${hint}`,
  );
}

/** Nothing is built to verify: keys made anew here would be others than the prover's. */
async function keyFrom(
  { verificationKey: path }: VerifyOptions,
  { compiled }: Model,
  { root, signal }: Environment,
): Promise<VerificationKey.VerificationKey> {
  if (path !== undefined) return (await readKey(path)).key;
  const artifacts = await load(compiled, { root, signal }).catch((cause: unknown) => {
    throw cause instanceof AssayError && cause.code === "prove.artifact" ? noKeys(compiled.circuit, cause) : cause;
  });
  return artifacts.verificationKey;
}

async function readKey(
  path: string,
): Promise<{ readonly key: VerificationKey.VerificationKey; readonly hash: string }> {
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    throw badKey(path, cause.code ?? "a failure", "a verification key", cause);
  });
  const key = VerificationKey.parse(text);
  if (key === undefined) throw badKey(path, "something else", "a verification key");
  try {
    return { key, hash: keyHash(key) };
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    throw badKey(path, "a key that no proof is to be checked with", `a sound one\n${cause.message}`, cause);
  }
}

function jobOrManifest(got: string): AssayError {
  return new AssayError("usage.manifest", `got ${got} of a job and --manifest, want one of them`);
}

function noKeys(circuit: string, cause: unknown): AssayError {
  const hint = "the prover's are wanted: --verification-key names a copy of the file that `assay model compile` writes";
  return new AssayError("inference.key", `got no keys of ${circuit} here, want its verification key\n${hint}`, {
    cause,
    disposition: "reject",
  });
}

function badKey(path: string, got: string, want: string, cause?: unknown): AssayError {
  return new AssayError("inference.key", `${path}: got ${got}, want ${want}`, { cause, disposition: "reject" });
}
