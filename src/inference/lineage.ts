// A registered model and those that it descends from, each against the files that are here. Reads only.

import { toBeHex, ZeroHash } from "ethers";
import { codeFinding } from "../chain/agreement.ts";
import { type ContractReader, createContractReader, type Moment } from "../chain/contractReader.ts";
import * as Creations from "../chain/creations.ts";
import { idOf, type Provenance, type RegisteredEntry, readEntry } from "../chain/modelRegistry.ts";
import type * as Solidity from "../chain/solidity.ts";
import { keyHash } from "../chain/verifierTemplate.ts";
import { AssayError } from "../lib/errors.ts";
import { isAbsence } from "../lib/file.ts";
import { compare, differs, type Finding, note, ok, unchecked } from "../lib/finding.ts";
import type { VerificationKey } from "../prove/verificationKey.ts";
import { type CompiledModel, compile } from "./compiledModel.ts";
import { modelOf, NO_SALTS, type Salts } from "./inference.ts";
import * as ModelJob from "./modelJob.ts";
import { digestOf, fileDigest, trainingRoot } from "./provenance.ts";
import type { ProvenanceFiles } from "./registration.ts";

/** Paths of what a registration's digests are of. */
export type LocalFiles = ProvenanceFiles & { readonly job?: string | undefined };

export type LineageRequest = {
  readonly id: string;
  readonly registry: ContractReader;
  readonly moment: Moment;
  /** Undefined where nothing is here of a model. */
  readonly filesOf: (id: string) => LocalFiles | undefined;
  /** Of the model that is asked for, if its parameters are private. */
  readonly salts?: Salts | undefined;
  /** Keys that are here, and ModelVerifier compiled with them. Nothing is built for a look. */
  readonly keyOf: (compiled: CompiledModel) => Promise<LocalKey | undefined>;
  /** How many models at most. */
  readonly limit: number;
};

export type LocalKey = { readonly verificationKey: VerificationKey; readonly contracts: Solidity.Contracts };

export type LineageEntry = {
  readonly id: string;
  readonly entry: RegisteredEntry;
  readonly findings: readonly Finding[];
};

/** The model first, then its parent, and so on. Throws `usage.model` for one that is not registered. */
export async function lineageOf(request: LineageRequest): Promise<readonly LineageEntry[]> {
  const { id, registry, limit } = request;
  if ((await registry.call("isRegistered", id)) !== true) throw unknown(id, registry.address);
  const found: LineageEntry[] = [];
  for (let next = id; next !== ZeroHash && found.length < limit; ) {
    const entry = await readEntry(registry, next);
    const salts = next === id ? request.salts : undefined;
    found.push({ id: next, entry, findings: await findingsOf(next, entry, salts, request) });
    next = entry.registration.parent;
  }
  return found;
}

async function findingsOf(
  id: string,
  entry: RegisteredEntry,
  salts: Salts | undefined,
  request: LineageRequest,
): Promise<readonly Finding[]> {
  const { registrar, registration, keyHash: registeredKeyHash } = entry;
  const files = request.filesOf(id) ?? {};
  const { local, refused } = await localModel(files);
  return [
    ...(refused === undefined ? [] : [differs("job", refused)]),
    compare("id", idOf(registrar, registration), id),
    ...(await digestFindings(registration.provenance, files, local)),
    ...modelFindings(entry, local, salts),
    ...(await verifierFindings(registration.verifier, registeredKeyHash, local, request)),
    note("parent", registration.parent === ZeroHash ? "none" : registration.parent),
  ];
}

type LocalModel = { readonly onnx: Uint8Array; readonly job: ModelJob.ModelJob; readonly compiled: CompiledModel };

/**
 * Undefined without a job; the reason where it cannot be used. Files that are there and cannot be used are not those that
 * were registered: a job without its model, or with a damaged one, does not compile.
 */
async function localModel({
  job: path,
}: LocalFiles): Promise<{ readonly local: LocalModel | string | undefined; readonly refused?: string }> {
  if (path === undefined) return { local: undefined };
  try {
    const { job, onnx } = await ModelJob.load(path);
    return { local: { onnx, job, compiled: compile(onnx, job) } };
  } catch (error) {
    if (!(error instanceof AssayError && error.disposition === "reject")) throw error;
    const isThere = !(error.cause instanceof Error && isAbsence(error.cause));
    const [reason = ""] = error.message.split("\n");
    return { local: error.message, ...(isThere ? { refused: `${reason}, want the registered job and model` } : {}) };
  }
}

async function digestFindings(
  registered: Provenance,
  files: LocalFiles,
  local: LocalModel | string | undefined,
): Promise<readonly Finding[]> {
  return [
    typeof local === "object"
      ? digestFinding("modelFile", registered, digestOf(local.onnx))
      : absent("modelFile", registered, local),
    await fileFinding("trainingData", registered, files, trainingRoot),
    await fileFinding("trainingConfig", registered, files, fileDigest),
    await fileFinding("metrics", registered, files, fileDigest),
    await fileFinding("licence", registered, files, fileDigest),
  ];
}

async function fileFinding(
  name: keyof Provenance & keyof LocalFiles,
  registered: Provenance,
  files: LocalFiles,
  digest: (path: string) => Promise<string>,
): Promise<Finding> {
  const path = files[name];
  if (path === undefined) return absent(name, registered, undefined);
  try {
    return digestFinding(name, registered, await digest(path));
  } catch (error) {
    if (error instanceof AssayError && error.code === "inference.file") return absent(name, registered, error.message);
    throw error;
  }
}

function digestFinding(name: keyof Provenance, registered: Provenance, local: string): Finding {
  const got = registered[name];
  if (got === local) return ok(name, got);
  return differs(name, got === ZeroHash ? `got none registered, want ${local}` : `got ${got}, want ${local}`);
}

/** Nothing to compare with, and nothing registered: a registrar need not say. */
function absent(name: keyof Provenance, registered: Provenance, why: string | undefined): Finding {
  if (registered[name] === ZeroHash) return note(name, "the registrar does not say");
  return unchecked(name, `${registered[name]}: ${why ?? "no file is given"}`);
}

function modelFindings(
  { registration }: RegisteredEntry,
  local: LocalModel | string | undefined,
  salts: Salts | undefined,
): readonly Finding[] {
  const element = toBeHex(registration.model, 32);
  if (typeof local !== "object") return [unchecked("model", `${element}: ${local ?? "no job is given"}`)];
  const { compiled } = local;
  const { inputElements, outputWords, outputStride } = compiled.layout;
  const isKnown = compiled.model !== undefined || salts?.parameters !== undefined;
  return [
    isKnown
      ? compare("model", element, toBeHex(modelOf(compiled, salts ?? NO_SALTS), 32))
      : unchecked("model", `${element}: a commitment to private parameters, no salt is given`),
    compare("inputElements", registration.inputElements, BigInt(inputElements)),
    compare("outputWords", registration.outputWords, BigInt(outputWords)),
    compare("outputStride", registration.outputStride, BigInt(outputStride)),
  ];
}

async function verifierFindings(
  address: string,
  registered: string,
  local: LocalModel | string | undefined,
  { moment, keyOf }: LineageRequest,
): Promise<readonly Finding[]> {
  const verifier = createContractReader(address, [KEY_HASH], moment);
  const now = compare("verifier.keyHash", String(await verifier.call("keyHash")), registered);
  if (typeof local !== "object") return [now, unchecked("verifier.code", local ?? "no job is given")];
  const key = await keyOf(local.compiled);
  if (key === undefined) {
    return [
      now,
      unchecked("verifier.code", `no keys of ${local.compiled.circuit} are here, and none are made for a look`),
    ];
  }
  const initCode = Creations.initCode(key.contracts, Creations.modelVerifier());
  const code = await codeFinding(moment.provider, address, initCode, moment.block);
  return [now, { ...code, check: "verifier.code" }, compare("verifier.key", registered, keyHash(key.verificationKey))];
}

const KEY_HASH = "function keyHash() view returns (bytes32)";

function unknown(id: string, registry: string): AssayError {
  return new AssayError("usage.model", `got ${id}, want a model that is registered in ${registry}`);
}
