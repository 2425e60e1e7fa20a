// `deployments/<chainId>.models.json`: the registry, the gate and the verifiers that were made on a chain, and which models
// were registered there. Written before anything is sent, as the feed sets' record is.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { AssayError } from "../lib/errors.ts";
import { readIfThere, writeDurably } from "../lib/file.ts";
import { address, type Book, type Chain, createBook, hash, hold, making } from "./deployments.ts";

/** Relative to the record. */
const files = z.strictObject({
  job: z.string(),
  trainingData: z.string().optional(),
  trainingConfig: z.string().optional(),
  metrics: z.string().optional(),
  licence: z.string().optional(),
});

const registered = z.strictObject({
  registry: address,
  registrar: address,
  verifier: address,
  circuit: z.string(),
  keyHash: hash,
  /** First element of the statement. */
  model: hash,
  /** What the registration's digests are of. */
  files,
});

const schema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  /** Hash of block 0: a local chain that was begun anew is another one. */
  genesis: hash,
  /** "registry", "gate", "verifier 0x...", by the hash of its key. */
  contracts: z.record(z.string(), making),
  /** By id. */
  models: z.record(hash, registered),
});

export type ModelFiles = z.infer<typeof files>;
export type RegisteredModel = z.infer<typeof registered>;
export type ModelRecord = z.infer<typeof schema>;

export type ModelBook = Book & {
  /** On the disk when it resolves. */
  readonly putModel: (id: string, model: RegisteredModel) => Promise<void>;
  readonly close: () => void;
};

/** Names of the contracts in the record. */
export const NAMES = { registry: "registry", gate: "gate" } as const;
export const verifierName = (keyHash: string): string => `verifier ${keyHash}`;

export const pathOf = (directory: string, chainId: number): string => join(directory, `${chainId}.models.json`);

/** Undefined where there is none. Throws `deploy.record` for a file that is none, or is of another chain of this id. */
export async function read(path: string, { chainId, genesis }: Chain): Promise<ModelRecord | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw unreadable(path, z.prettifyError(parsed.error));
  if (parsed.data.chainId !== chainId || parsed.data.genesis !== genesis) {
    const got = `chain ${parsed.data.chainId} with genesis ${parsed.data.genesis}`;
    throw unreadable(path, `got ${got}, want ${chainId} with ${genesis}: for another chain, move the file away`);
  }
  return parsed.data;
}

/** Nobody else writes the file until it is closed. Throws `deploy.busy`. */
export async function openModelBook(path: string, chain: Chain): Promise<ModelBook> {
  await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AssayError("deploy.record", `got ${why}, want a directory for ${path}`, { cause });
  });
  const release = hold(`${path}.lock`);
  try {
    const { chainId, genesis } = chain;
    let known: ModelRecord = (await read(path, chain)) ?? { version: 1, chainId, genesis, contracts: {}, models: {} };
    const write = async (next: ModelRecord): Promise<void> => {
      await writeDurably(path, `${JSON.stringify(next, undefined, 2)}\n`);
      known = next;
    };
    return {
      ...createBook(known.contracts, {}, (contracts) => write({ ...known, contracts })),
      putModel: (id, model) => write({ ...known, models: { ...known.models, [id]: model } }),
      close: release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

function unreadable(path: string, why: string): AssayError {
  return new AssayError("deploy.record", `${path} is no record of this chain's models\n${why}`);
}
