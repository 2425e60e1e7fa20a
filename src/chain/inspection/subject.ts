// A FeedSet as it stands on a chain: every view and every event that an inspection judges, of one block.

import { AssayError } from "../../lib/errors.ts";
import type { Feed } from "../../round/configuration.ts";
import type { ContractReader } from "../contractReader.ts";
import {
  type Accepted,
  type Configured,
  type Created,
  readConfigs,
  readCreated,
  readRounds,
} from "../feedSetEvents.ts";
import { type Holders, readHolders } from "../roles.ts";

const NUMBERS = [
  ...["feedSetId", "config", "state", "feedCount", "reporterCount", "wordCount", "period", "maxAge", "history"],
  ...["nextHistory", "latestRound", "resetMask", "deniedMask", "defaultAdminDelay"],
] as const;
type NumberName =
  | ("feedSetId" | "config" | "state" | "feedCount" | "reporterCount" | "wordCount" | "period" | "maxAge" | "history")
  | ("nextHistory" | "latestRound" | "resetMask" | "deniedMask" | "defaultAdminDelay");

export type Subject = Readonly<Record<NumberName, bigint>> & {
  readonly set: ContractReader;
  readonly verifier: string;
  readonly paused: boolean;
  readonly admin: string;
  /** Whom the admin is passing its role on to, and from when on it may be taken. */
  readonly pendingAdmin: { readonly account: string; readonly fromSeconds: bigint };
  /** As the views have them. */
  readonly feeds: readonly Feed[];
  readonly created: readonly Created[];
  readonly configs: readonly Configured[];
  readonly rounds: readonly Accepted[];
  readonly holders: Holders;
};

/** No set has more, so whoever says so is none. */
const MAX_FEEDS = 32n;

/** Throws `usage.feedSet` for an address where no FeedSet answers. */
export async function readSubject(set: ContractReader): Promise<Subject> {
  try {
    return await readAll(set);
  } catch (cause) {
    if (!(cause instanceof AssayError) || cause.code !== "chain.answer") throw cause;
    throw new AssayError("usage.feedSet", `got ${set.address}, want a FeedSet: ${cause.message}`, { cause });
  }
}

async function readAll(set: ContractReader): Promise<Subject> {
  const version = String(await set.call("typeAndVersion"));
  if (!version.startsWith("AssayFeedSet ")) {
    throw new AssayError("usage.feedSet", `got ${JSON.stringify(version)} at ${set.address}, want a FeedSet`);
  }
  const numbers = {} as Record<NumberName, bigint>; // filled by the loop: one value a name
  for (const name of NUMBERS) numbers[name as NumberName] = (await set.call(name)) as bigint;
  const feedCount = numbers.feedCount < MAX_FEEDS ? numbers.feedCount : MAX_FEEDS;
  const feeds: Feed[] = [];
  for (let feed = 0n; feed < feedCount; feed++) {
    feeds.push({
      pair: String(await set.call("description", feed)),
      decimals: Number(await set.call("decimals", feed)),
    });
  }
  // `as`: the types of the contract's function.
  const [account, fromSeconds] = (await set.call("pendingDefaultAdmin")) as [string, bigint];
  return {
    ...numbers,
    ...{ set, feeds, pendingAdmin: { account, fromSeconds } },
    verifier: String(await set.call("verifier")),
    paused: (await set.call("paused")) === true,
    admin: String(await set.call("defaultAdmin")),
    created: await readCreated(set),
    configs: await readConfigs(set),
    rounds: await readRounds(set),
    holders: await readHolders(set),
  };
}
