// A registered model and those that it descends from, each against the files that are here. Reads only.

import { stat } from "node:fs/promises";
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
import type { CompiledModel } from "./compiledModel.ts";
import { modelOf, NO_SALTS, type Salts } from "./inference.ts";
import { type LocalModel, localModel, reasonOf } from "./localModel.ts";
import { fileDigest, trainingRoot } from "./provenance.ts";
import type { ProvenanceFiles } from "./registration.ts";

/** Paths of what a registration's digests are of. */
export type LocalFiles = ProvenanceFiles & { readonly job?: string | undefined };

export type LineageRequest = {
  readonly id: string;
  readonly registry: ContractReader;
  readonly moment: Moment;
  /** Undefined where nothing is here of a model. */
  readonly filesOf: (id: string) => LocalFiles | undefined;
  /** Of a model whose parameters are private, where they are here. */
  readonly saltsOf: (id: string) => Promise<Salts | undefined>;
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
  /** Paths of files that are to be here and are not. */
  readonly missing: readonly string[];
};

/** The model first, then its parent, and so on. Throws `usage.model` for one that is not registered. */
export async function lineageOf(request: LineageRequest): Promise<readonly LineageEntry[]> {
  const { id, registry, limit } = request;
  if ((await registry.call("isRegistered", id)) !== true) throw unknown(id, registry.address);
  const found: LineageEntry[] = [];
  for (let next = id; next !== ZeroHash && found.length < limit; ) {
    const entry = await readEntry(registry, next);
    found.push(await entryOf(next, entry, request));
    next = entry.registration.parent;
  }
  return found;
}

async function entryOf(id: string, entry: RegisteredEntry, request: LineageRequest): Promise<LineageEntry> {
  const { registrar, registration, keyHash: registeredKeyHash } = entry;
  const files = request.filesOf(id) ?? {};
  const { digest, local, refused, missing } = await localModel(files.job);
  const { job: _, ...digested } = files;
  const findings = [
    ...(refused === undefined ? [] : [differs("job", refused)]),
    compare("id", idOf(registrar, registration), id),
    digest === undefined
      ? absent("modelFile", registration.provenance, reasonOf(local))
      : digestFinding("modelFile", registration.provenance, digest),
    ...(await digestFindings(registration.provenance, files)),
    ...modelFindings(entry, local, await request.saltsOf(id)),
    ...(await verifierFindings(registration.verifier, registeredKeyHash, local, request)),
    note("parent", registration.parent === ZeroHash ? "none" : registration.parent),
  ];
  return { id, entry, findings, missing: [...missing, ...(await absentOf(Object.values(digested)))] };
}

/** Those of the paths at which there is nothing. */
async function absentOf(paths: readonly (string | undefined)[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      if (path === undefined) return [];
      return await stat(path).then(
        () => [],
        (error: unknown) => (isAbsence(error) ? [path] : []), // what else is wrong with it, its check says
      );
    }),
  );
  return found.flat();
}

async function digestFindings(registered: Provenance, files: LocalFiles): Promise<readonly Finding[]> {
  return [
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
    if (!(error instanceof AssayError && error.code === "inference.file")) throw error;
    // No system's refusal: it is there, and nothing like it was ever registered.
    const said = registered[name] === ZeroHash ? "none" : registered[name];
    if (error.cause === undefined) return differs(name, `${error.message}; registered is ${said}`);
    return absent(name, registered, error.message);
  }
}

function digestFinding(name: keyof Provenance, registered: Provenance, local: string): Finding {
  const want = registered[name];
  if (want === local) return ok(name, want);
  return differs(name, `got ${local}, want ${want === ZeroHash ? "none: none is registered" : want}`);
}

/** Nothing to compare with, and nothing registered: a registrar need not say. */
function absent(name: keyof Provenance, registered: Provenance, why: string | undefined): Finding {
  if (registered[name] === ZeroHash) return note(name, "the registrar does not say");
  return unchecked(name, `${registered[name]}: ${why ?? "no file is given"}`);
}

function modelFindings(
  { registration }: RegisteredEntry,
  local: LocalModel["local"],
  salts: Salts | undefined,
): readonly Finding[] {
  const element = toBeHex(registration.model, 32);
  if (typeof local !== "object") return [unchecked("model", `${element}: ${reasonOf(local)}`)];
  const { inputElements, outputWords, outputStride } = local.layout;
  const isKnown = local.model !== undefined || salts?.parameters !== undefined;
  return [
    isKnown
      ? compare("model", toBeHex(modelOf(local, salts ?? NO_SALTS), 32), element)
      : unchecked("model", `${element}: a commitment to private parameters, no salt is given`),
    compare("inputElements", BigInt(inputElements), registration.inputElements),
    compare("outputWords", BigInt(outputWords), registration.outputWords),
    compare("outputStride", BigInt(outputStride), registration.outputStride),
  ];
}

async function verifierFindings(
  address: string,
  registered: string,
  local: LocalModel["local"],
  { moment, keyOf }: LineageRequest,
): Promise<readonly Finding[]> {
  const verifier = createContractReader(address, [KEY_HASH], moment);
  const now = compare("verifier.keyHash", String(await verifier.call("keyHash")), registered);
  if (typeof local !== "object") return [now, unchecked("verifier.code", reasonOf(local))];
  const key = await keyOf(local);
  if (key === undefined) {
    return [now, unchecked("verifier.code", `no keys of ${local.circuit} are here, and none are made for a look`)];
  }
  const initCode = Creations.initCode(key.contracts, Creations.modelVerifier());
  const code = await codeFinding(moment.provider, address, initCode, moment.block);
  return [now, { ...code, check: "verifier.code" }, compare("verifier.key", keyHash(key.verificationKey), registered)];
}

const KEY_HASH = "function keyHash() view returns (bytes32)";

function unknown(id: string, registry: string): AssayError {
  return new AssayError("usage.model", `got ${id}, want a model that is registered in ${registry}`);
}
