// `assay model prove` and `assay model verify`: a proof of a row's inference as a file, and whether such a file holds.

import { readFile } from "node:fs/promises";
import { toBeHex } from "ethers";
import { modelOf } from "../../inference/inference.ts";
import { load } from "../../inference/modelArtifacts.ts";
import * as ProofFile from "../../inference/proofFile.ts";
import { prove } from "../../inference/prove.ts";
import { verify } from "../../inference/verification.ts";
import { witnessOf } from "../../inference/witness.ts";
import { AssayError } from "../../lib/errors.ts";
import { parse as parseField } from "../../lib/field.ts";
import * as VerificationKey from "../../prove/verificationKey.ts";
import type { Environment } from "../environment.ts";
import { writeOnce } from "./files.ts";
import {
  type BindingOptions,
  bindingFrom,
  loadModel,
  type Model,
  type RowOptions,
  readRow,
  type SecretsOptions,
  saltsFrom,
} from "./given.ts";
import { modelProver } from "./prover.ts";
import { bindingJson, bindingText, readingLines, shownJson, shownLines } from "./show.ts";

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
  const model = await loadModel(path);
  const witness = witnessOf(model.compiled, await readRow(options, model), binding, await saltsFrom(options));
  const tools = await modelProver(model.compiled, environment);
  const { file, witnessMs, proveMs } = await prove(model.compiled, witness, binding, tools, signal);
  const text = ProofFile.render(file);
  if (options.out !== undefined) await writeOnce(options.out, text, options.force);
  else out(text);
  err(`${readingLines(witness.readings).join("\n")}\n`);
  err(`assay: ${bindingText(binding)}\n`);
  err(`assay: proven: witness ${witnessMs} ms, proof ${proveMs} ms\n`);
}

export type VerifyOptions = BindingOptions &
  SecretsOptions & {
    readonly proof: string;
    /** Element of the statement. */
    readonly model?: bigint;
    readonly verificationKey?: string;
    readonly json: boolean;
  };

/** Throws `inference.refused` with the reason. */
export async function verifyCommand(path: string, options: VerifyOptions, environment: Environment): Promise<void> {
  const { signal, out, err } = environment;
  const file = await ProofFile.read(options.proof);
  const model = await loadModel(path);
  const { chainId, gate, consumer, caller, nonce } = options;
  const given = { chainId, gate, consumer, caller, nonce };
  const verified = await verify(
    model.compiled,
    file,
    {
      verificationKey: await keyFrom(options, model, environment),
      model: await wantedModel(options, model),
      binding: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    },
    signal,
  );
  if (!verified.ok) throw refused(options.proof, verified.reason);
  const { readings, inputs } = verified;
  const element = toBeHex(file.model, 32);
  if (options.json) {
    const value = { type: "verified", circuit: file.circuit, model: element, binding: bindingJson(file.binding) };
    out(`${JSON.stringify({ ...value, inputs: shownJson(inputs), outputs: readings })}\n`);
    return;
  }
  const lines = [
    `proven of model ${element}, circuit ${file.circuit}, key ${file.keyHash}:`,
    ...shownLines(inputs),
    ...readingLines(readings),
    bindingText(file.binding),
  ];
  out(`${lines.join("\n")}\n`);
  const isKnown = model.compiled.model !== undefined || options.model !== undefined || options.secrets !== undefined;
  if (!isKnown) {
    err("assay: the model is a commitment to private parameters: --model or --secrets says which one it must be\n");
  }
}

/** Nothing is built to verify: keys made anew here would be others than the prover's. */
async function keyFrom(
  { verificationKey: path }: VerifyOptions,
  { compiled }: Model,
  { root, signal }: Environment,
): Promise<VerificationKey.VerificationKey> {
  if (path === undefined) {
    const artifacts = await load(compiled, { root, signal }).catch((cause: unknown) => {
      throw cause instanceof AssayError && cause.code === "prove.artifact" ? noKeys(compiled.circuit, cause) : cause;
    });
    return artifacts.verificationKey;
  }
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw badKey(path, cause.code ?? "a failure", cause);
  });
  const key = VerificationKey.parse(text);
  if (key === undefined) throw badKey(path, "something else");
  return key;
}

async function wantedModel(options: VerifyOptions, { compiled }: Model) {
  const salts = await saltsFrom(options);
  const own = salts === undefined ? undefined : modelOf(compiled, salts);
  const named = options.model === undefined ? undefined : parseField(options.model);
  if (own !== undefined && named !== undefined && own !== named) {
    throw new AssayError("usage.model", `got --model ${named} and the secrets of ${own}, want the same`);
  }
  return own ?? named;
}

function refused(path: string, reason: string): AssayError {
  return new AssayError("inference.refused", `${path} is refused: ${reason}`, { disposition: "reject" });
}

function noKeys(circuit: string, cause: unknown): AssayError {
  const hint = "the prover's are wanted: --verification-key names a copy of the file that `assay model compile` writes";
  return new AssayError("inference.key", `got no keys of ${circuit} here, want its verification key\n${hint}`, {
    cause,
    disposition: "reject",
  });
}

function badKey(path: string, got: string, cause?: unknown): AssayError {
  return new AssayError("inference.key", `${path}: got ${got}, want a verification key`, {
    cause,
    disposition: "reject",
  });
}
