// `assay model provenance`: what a registry says of a model and of those that it descends from, against the files here.

import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { codeFinding } from "../../chain/agreement.ts";
import { createContractReader } from "../../chain/contractReader.ts";
import * as Creations from "../../chain/creations.ts";
import { connect, type Endpoint } from "../../chain/endpoint.ts";
import { type ModelRecord, NAMES, pathOf, read } from "../../chain/modelRecord.ts";
import * as Solidity from "../../chain/solidity.ts";
import type { CompiledModel } from "../../inference/compiledModel.ts";
import { type LineageEntry, type LocalFiles, type LocalKey, lineageOf } from "../../inference/lineage.ts";
import { load } from "../../inference/modelArtifacts.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Finding } from "../../lib/finding.ts";
import type { Environment } from "../environment.ts";
import { findingLine } from "../inspect/show.ts";
import { isoSeconds } from "../text.ts";
import { type SecretsOptions, saltsFrom } from "./given.ts";
import type { ChainOptions } from "./register.ts";

export type ProvenanceOptions = ChainOptions &
  SecretsOptions &
  LocalFiles & {
    readonly registry?: string;
    readonly files?: string;
    readonly json: boolean;
  };

/** Models of a lineage that are looked at. */
const LIMIT = 1000;

/** Throws `inspect.differs` after everything was shown, if something does. */
export async function provenanceCommand(
  id: string,
  options: ProvenanceOptions,
  environment: Environment,
): Promise<void> {
  const { root, signal, closers, out } = environment;
  const endpoint = await connect(options.rpcUrl);
  closers.add(() => endpoint.provider.destroy());
  const { provider, chainId } = endpoint;
  const record = await read(pathOf(options.deployments, chainId), endpoint);
  const address = options.registry ?? registryOf(record, options, endpoint);
  const files = await filesFrom(id, options, record, endpoint);
  const contracts = await Creations.compile({ root, names: ["ModelRegistry"] }, signal);
  const moment = { provider, block: await provider.getBlockNumber(), fromBlock: 0 };
  const registry = createContractReader(address, Solidity.get(contracts, "ModelRegistry").abi, moment);
  const initCode = Creations.initCode(contracts, Creations.modelRegistry());
  const code: Finding = {
    ...(await codeFinding(provider, address, initCode, moment.block)),
    check: "registry.code",
  };
  const lineage = await lineageOf({
    ...{ id, registry, moment, salts: await saltsFrom(options), limit: LIMIT },
    filesOf: (one) => files[one],
    keyOf: (compiled) => keyOf(compiled, environment),
  });
  const head = { chainId, block: moment.block, registry: address };
  out(options.json ? asJson(head, code, lineage) : asText(head, code, lineage));
  requireAgreement([code, ...lineage.flatMap(({ findings }) => findings)]);
}

function registryOf(
  record: ModelRecord | undefined,
  { deployments }: ProvenanceOptions,
  { chainId }: Endpoint,
): string {
  const made = record?.contracts[NAMES.registry];
  if (made !== undefined) return made.address;
  throw new AssayError(
    "usage.registry",
    `got no registry on chain ${chainId} in ${deployments}, want one or --registry`,
  );
}

const filesSchema = z.record(
  z.string().regex(/^0x[0-9a-f]{64}$/),
  z.strictObject({
    job: z.string().optional(),
    trainingData: z.string().optional(),
    trainingConfig: z.string().optional(),
    metrics: z.string().optional(),
    licence: z.string().optional(),
  }),
);

/** By id: what the record names, over it what `files` names, over it for the one model what the options name. */
async function filesFrom(
  id: string,
  options: ProvenanceOptions,
  record: ModelRecord | undefined,
  { chainId }: Endpoint,
): Promise<Readonly<Record<string, LocalFiles>>> {
  const { job, trainingData, trainingConfig, metrics, licence } = options;
  const recorded = Object.fromEntries(Object.entries(record?.models ?? {}).map(([one, model]) => [one, model.files]));
  const path = options.files === undefined ? undefined : await filesPath(options.files);
  const all: Record<string, LocalFiles> = {
    ...below(dirname(pathOf(options.deployments, chainId)), recorded),
    ...(path === undefined ? {} : below(dirname(path), await readFiles(path))),
  };
  const named = Object.entries({ job, trainingData, trainingConfig, metrics, licence });
  const given = Object.fromEntries(named.filter(([, path]) => path !== undefined));
  return { ...all, [id]: { ...all[id], ...given } };
}

/** In a directory it has a name of its own. */
async function filesPath(path: string): Promise<string> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false, // said when it is read
  );
  return isDirectory ? join(path, "provenance.json") : path;
}

function below(directory: string, files: Readonly<Record<string, LocalFiles>>): Record<string, LocalFiles> {
  const moved = (paths: LocalFiles): LocalFiles =>
    Object.fromEntries(
      Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [[name, resolve(directory, path)]])),
    );
  return Object.fromEntries(Object.entries(files).map(([id, paths]) => [id, moved(paths)]));
}

async function readFiles(path: string): Promise<Readonly<Record<string, LocalFiles>>> {
  const value: unknown = await readFile(path, "utf8")
    .then(JSON.parse)
    .catch((error: unknown) => error);
  const parsed = filesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AssayError("inference.file", `got ${path}, want files by model id\n${z.prettifyError(parsed.error)}`);
}

async function keyOf(compiled: CompiledModel, { root, signal }: Environment): Promise<LocalKey | undefined> {
  try {
    const { verificationKey } = await load(compiled, { root, signal });
    return {
      verificationKey,
      contracts: await Creations.compile({ root, names: ["ModelVerifier"], verificationKey }, signal),
    };
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== "prove.artifact") throw error;
    return undefined;
  }
}

type Head = { readonly chainId: number; readonly block: number; readonly registry: string };

function asText({ chainId, block, registry }: Head, code: Finding, lineage: readonly LineageEntry[]): string {
  const models = lineage.flatMap(({ id, entry: { registrar, registeredAt }, findings }) => [
    "",
    `model ${id}, registered ${isoSeconds(Number(registeredAt))} by ${registrar}`,
    ...findings.map(findingLine),
  ]);
  return [`registry ${registry} on chain ${chainId}, block ${block}`, findingLine(code), ...models, ""].join("\n");
}

function asJson(head: Head, code: Finding, lineage: readonly LineageEntry[]): string {
  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
  const agrees = [code, ...lineage.flatMap(({ findings }) => findings)].every(({ verdict }) => verdict !== "differs");
  return `${JSON.stringify({ type: "provenance", ...head, agrees, findings: [code], lineage }, plain)}\n`;
}

function requireAgreement(findings: readonly Finding[]): void {
  const checked = findings.filter(({ verdict }) => verdict === "ok" || verdict === "differs");
  const wrong = checked.filter(({ verdict }) => verdict === "differs");
  if (wrong.length === 0) return;
  const message = `got ${wrong.length} of ${checked.length} checks that differ, want none`;
  throw new AssayError("inspect.differs", message, { data: { checks: wrong.map(({ check }) => check) } });
}
