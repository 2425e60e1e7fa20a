// `deployments/<chainId>.json`: which contracts were made on a chain, or are about to be. Written before anything is
// sent, so that whoever comes after a crash knows where to look.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { AssayError } from "../lib/errors.ts";
import { readIfThere, writeDurably } from "../lib/file.ts";

export const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** A contract's address follows from its deployer and the transaction's nonce: two transactions of one nonce make one. */
export const making = z.strictObject({
  address,
  deployer: address,
  nonce: z.int().nonnegative(),
  /** The contract was not there before this block. */
  sinceBlock: z.int().nonnegative(),
  initCodeHash: hash,
  /** Every transaction that was ever signed for this nonce. */
  transactions: z.array(hash).min(1),
  /** The last of them, to be sent again, until the contract has been seen. */
  signed: z
    .string()
    .regex(/^0x[0-9a-f]+$/)
    .optional(),
});

const deployedSet = z.strictObject({
  name: z.string(),
  environment: z.string(),
  jobId: hash,
  circuit: z.string(),
  keys: z.string(),
  keyHash: hash,
  config: z.string().regex(/^[0-9]+$/),
  /** "timelock", "verifier", "feedSet", "feed BTC/USD". */
  contracts: z.record(z.string(), making),
});

const schema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  /** Hash of block 0: a local chain that was begun anew is another one. */
  genesis: hash,
  /** By feed set id. */
  sets: z.record(hash, deployedSet),
});

export type Making = z.infer<typeof making>;
export type DeployedSet = z.infer<typeof deployedSet>;
export type Deployments = z.infer<typeof schema>;
export type Chain = Pick<Deployments, "chainId" | "genesis">;

/** The makings of one set, and what others of its chain have that it could share. */
export type Book = {
  readonly find: (contract: string) => Making | undefined;
  /** On the disk when it resolves. */
  readonly put: (contract: string, making: Making) => Promise<void>;
  /** Contracts of other sets that were seen on the chain and came of the same code and arguments. */
  readonly alike: (initCodeHash: string) => readonly Making[];
  /**
   * The least nonce of this deployer beyond those of contracts that were seen. What is only planned has none for sure: its
   * transaction may never have been sent, and a gap would keep every later one waiting.
   */
  readonly freeNonce: (deployer: string) => number;
};

export const pathOf = (directory: string, chainId: number): string => join(directory, `${chainId}.json`);

export const idText = (feedSetId: bigint): string => `0x${feedSetId.toString(16).padStart(64, "0")}`;

/** Undefined where there is none. Throws `deploy.record` for a file that is none, or is of another chain of this id. */
export async function read(path: string, { chainId, genesis }: Chain): Promise<Deployments | undefined> {
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

/** Nobody else writes the file until it is closed; a process that dies lets go of it. Throws `deploy.busy`. */
export async function openBook(
  path: string,
  chain: Chain,
  feedSetId: bigint,
  about: Omit<DeployedSet, "contracts">,
): Promise<Book & { readonly close: () => void }> {
  const id = idText(feedSetId);
  await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AssayError("deploy.record", `got ${why}, want a directory for ${path}`, { cause });
  });
  const release = hold(`${path}.lock`);
  try {
    const known = (await read(path, chain)) ?? { version: 1, ...chain, sets: {} };
    const set = known.sets[id];
    const book = createBook(set?.contracts ?? {}, known.sets, (contracts) => {
      const sets = { ...known.sets, [id]: { ...(set ?? about), contracts } };
      return writeDurably(path, `${JSON.stringify({ ...known, sets }, undefined, 2)}\n`);
    });
    return { ...book, close: release };
  } catch (error) {
    release();
    throw error;
  }
}

export function createBook(
  known: Readonly<Record<string, Making>>,
  sets: Deployments["sets"],
  write: (contracts: Record<string, Making>) => Promise<void>,
): Book {
  const contracts = { ...known };
  const others = Object.values(sets).flatMap((set) => Object.values(set.contracts));
  return {
    find: (contract) => contracts[contract],
    put: async (contract, made) => {
      await write({ ...contracts, [contract]: made });
      contracts[contract] = made;
    },
    alike: (initCodeHash) => others.filter((made) => made.initCodeHash === initCodeHash && made.signed === undefined),
    freeNonce: (deployer) =>
      [...others, ...Object.values(contracts)]
        .filter((made) => made.deployer === deployer && made.signed === undefined)
        .reduce((free, { nonce }) => Math.max(free, nonce + 1), 0),
  };
}

/** An operating system's lock, by way of SQLite: it ends with the process, however that ends. */
export function hold(path: string): () => void {
  const database = openLock(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    throw new AssayError("deploy.busy", `got another process at work on ${path}, want one at a time`, {
      cause,
      disposition: "retry",
    });
  }
  return () => database.close();
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AssayError("deploy.record", `got ${why} for ${path}, want a directory that can be written to`, { cause });
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
  return new AssayError("deploy.record", `${path} is no record of this chain's deployments\n${why}`);
}
