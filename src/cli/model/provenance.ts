// `assay model provenance`: what a registry says of a model and of those that it descends from, against the files here.

import { stat } from "node:fs/promises";
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
import { isAbsence, readText } from "../../lib/file.ts";
import type { Finding } from "../../lib/finding.ts";
import type { Environment } from "../environment.ts";
import { findingLine } from "../inspect/show.ts";
import { countText, isoSeconds } from "../text.ts";
import { type SecretsOptions, saltsFrom } from "./given.ts";
import type { ChainOptions } from "./register.ts";

/** Secrets are no file that a registration says anything of, and no record has them. */
type Files = LocalFiles & SecretsOptions;

export type ProvenanceOptions = ChainOptions &
  Files & {
    readonly registry?: string;
    readonly files?: string;
    readonly json: boolean;
  };

/** Models of a lineage that are looked at. */
const LIMIT = 1000;

/** Throws `usage.file` before anything; `inspect.differs` after everything was shown, if something does. */
export async function provenanceCommand(
  id: string,
  options: ProvenanceOptions,
  environment: Environment,
): Promise<void> {
  const { root, signal, closers, out } = environment;
  await requireNamed(options);
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
    ...{ id, registry, moment, limit: LIMIT },
    filesOf: (one) => files[one],
    saltsOf: async (one) => await saltsFrom(files[one] ?? {}),
    keyOf: (compiled) => keyOf(compiled, environment),
  });
  const head = { chainId, block: moment.block, registry: address };
  out(options.json ? asJson(head, code, lineage) : asText(head, code, lineage));
  requireAgreement([code, ...lineage.flatMap(({ findings }) => findings)]);
}

/** What a record or a list names may be elsewhere; what the command line names is meant to be here. */
async function requireNamed(options: ProvenanceOptions): Promise<void> {
  const { job, secrets, files } = options;
  const { trainingData, trainingConfig, metrics, licence } = options;
  const named = {
    ...{ "--job": job, "--secrets": secrets, "--files": files, "--training-data": trainingData },
    ...{ "--training-config": trainingConfig, "--metrics": metrics, "--licence": licence },
  };
  const given = Object.entries(named).flatMap(([flag, path]) => (path === undefined ? [] : [{ flag, path }]));
  for (const { flag, path } of given) {
    await stat(path).catch((cause: unknown) => {
      if (!isAbsence(cause)) return; // what else is wrong with it, its check says
      throw new AssayError("usage.file", `got ${flag} ${path}, want one that is there`, { cause });
    });
  }
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
    secrets: z.string().optional(),
  }),
);

/** By id: what the record names, over it what `files` names, over it for the one model what the options name. */
async function filesFrom(
  id: string,
  options: ProvenanceOptions,
  record: ModelRecord | undefined,
  { chainId }: Endpoint,
): Promise<Readonly<Record<string, Files>>> {
  const { job, trainingData, trainingConfig, metrics, licence, secrets } = options;
  const recorded = Object.fromEntries(Object.entries(record?.models ?? {}).map(([one, model]) => [one, model.files]));
  const path = options.files === undefined ? undefined : await filesPath(options.files);
  const all = below(dirname(pathOf(options.deployments, chainId)), recorded);
  const listed = path === undefined ? {} : below(dirname(path), await readFiles(path));
  for (const [one, paths] of Object.entries(listed)) all[one] = { ...all[one], ...paths };
  const named = Object.entries({ job, trainingData, trainingConfig, metrics, licence, secrets });
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

function below(directory: string, files: Readonly<Record<string, Files>>): Record<string, Files> {
  const moved = (paths: Files): Files =>
    Object.fromEntries(
      Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [[name, resolve(directory, path)]])),
    );
  return Object.fromEntries(Object.entries(files).map(([id, paths]) => [id, moved(paths)]));
}

async function readFiles(path: string): Promise<z.infer<typeof filesSchema>> {
  const value: unknown = await readText(path)
    .then(JSON.parse)
    .catch((cause: Error) => {
      throw noFiles(path, cause.message, cause);
    });
  const parsed = filesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw noFiles(path, z.prettifyError(parsed.error));
}

function noFiles(path: string, why: string, cause?: unknown): AssayError {
  return new AssayError("inference.file", `got ${path}, want files by model id\n${why}`, { cause });
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
  const { agree, differ, unchecked } = countsOf(code, lineage);
  const missing = lineage.flatMap(({ missing }) => missing).map((path) => `  ${path}`);
  return [
    `registry ${registry} on chain ${chainId}, block ${block}`,
    ...[findingLine(code), ...models, ""],
    `checks of ${countText(lineage.length, "model")}: ${agree} agree, ${differ} differ, ${unchecked} unchecked`,
    ...(missing.length === 0 ? [] : [`not here, of the files that are named for them:`, ...missing]),
    "",
  ].join("\n");
}

function countsOf(code: Finding, lineage: readonly LineageEntry[]) {
  const all = [code, ...lineage.flatMap(({ findings }) => findings)];
  const count = (verdict: Finding["verdict"]): number => all.filter((one) => one.verdict === verdict).length;
  return { agree: count("ok"), differ: count("differs"), unchecked: count("unchecked") };
}

function asJson(head: Head, code: Finding, lineage: readonly LineageEntry[]): string {
  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
  const counts = countsOf(code, lineage);
  const agrees = counts.differ === 0;
  return `${JSON.stringify({ type: "provenance", ...head, agrees, counts, findings: [code], lineage }, plain)}\n`;
}

function requireAgreement(findings: readonly Finding[]): void {
  const checked = findings.filter(({ verdict }) => verdict === "ok" || verdict === "differs");
  const wrong = checked.filter(({ verdict }) => verdict === "differs");
  if (wrong.length === 0) return;
  const message = `got ${wrong.length} of ${checked.length} checks that differ, want none`;
  throw new AssayError("inspect.differs", message, { data: { checks: wrong.map(({ check }) => check) } });
}
