// Whether a contract that is on a chain is the one that is wanted: its code, and what its code does not say.

import type { Provider } from "ethers";
import { compare, type Finding, unless } from "../lib/finding.ts";
import * as Preimage from "../round/preimage.ts";
import type { ContractReader } from "./contractReader.ts";
import type { FeedSetSettings, FeedSettings, TimelockSettings } from "./creations.ts";
import { readConfigs } from "./feedSetEvents.ts";
import { accounts, ROLES, readHolders } from "./roles.ts";

/**
 * Whether the code there is what this creation leaves, immutables included: the node is asked to create it without
 * anything being sent. Storage is what the others here look at.
 */
export async function codeFinding(
  provider: Provider,
  address: string,
  initCode: string,
  blockTag: number | "latest" = "latest",
): Promise<Finding> {
  const [got, want] = await Promise.all([
    provider.getCode(address, blockTag),
    provider.call({ data: initCode, blockTag }),
  ]);
  const problem = got === "0x" ? "got none" : "got another contract's, or that of another version of this package";
  return unless("code", got === want ? [] : [problem], "as this package makes it");
}

export async function timelockFindings(lock: ContractReader, want: TimelockSettings): Promise<Finding[]> {
  const holders = await readHolders(lock);
  const { delaySeconds, proposers, executors } = want;
  return [
    compare("delaySeconds", (await lock.call("getMinDelay")) as bigint, BigInt(delaySeconds)),
    compare("proposers", accounts(holders(ROLES.proposer)), accounts(proposers)),
    compare("cancellers", accounts(holders(ROLES.canceller)), accounts(proposers)),
    compare("executors", accounts(holders(ROLES.executor)), accounts(executors)),
    compare("administrators", accounts(holders(ROLES.admin)), accounts([lock.address])),
  ];
}

export async function verifierFindings(verifier: ContractReader, keyHash: string): Promise<Finding[]> {
  return [compare("keyHash", String(await verifier.call("keyHash")), keyHash)];
}

export async function feedSetFindings(set: ContractReader, want: FeedSetSettings): Promise<Finding[]> {
  const number = async (name: string): Promise<bigint> => BigInt((await set.call(name)) as bigint);
  const holders = await readHolders(set);
  const guardians = want.guardian === undefined ? [] : [want.guardian];
  return [
    compare("feedSetId", await number("feedSetId"), want.preimage.feedSetId),
    ...(await configFindings(set, want)),
    compare("verifier", String(await set.call("verifier")), want.verifier),
    compare("maxAgeEpochs", await number("maxAge"), BigInt(want.maxAgeEpochs)),
    compare("circuit's words", await number("wordCount"), BigInt(Math.ceil(want.capacity / 2))),
    compare("governance.history", await number("nextHistory"), BigInt(want.history)),
    compare("admin", String(await set.call("defaultAdmin")), want.admin),
    compare("governance.adminDelaySeconds", await number("defaultAdminDelay"), BigInt(want.adminDelaySeconds)),
    compare("governance.guardian", accounts(holders(ROLES.guardian)), accounts(guardians)),
  ];
}

/** Digests that are the same say it all; where they are not, the event shows in what. */
async function configFindings(set: ContractReader, want: FeedSetSettings): Promise<Finding[]> {
  const digest = compare("config", (await set.call("config")) as bigint, want.config);
  if (digest.verdict === "ok") return [digest];
  const newest = (await readConfigs(set)).at(-1);
  const problems = newest === undefined ? ["got no ConfigChanged event"] : differencesOf(newest.preimage, want);
  return [digest, unless("configuration", problems, "")];
}

function differencesOf(got: Preimage.Preimage, { preimage }: FeedSetSettings): readonly string[] {
  const found = Preimage.differencesOf(got, preimage);
  return found.length > 0 ? found : ["its digest is not that of what it shows, which is what is wanted"];
}

export async function feedFindings(feed: ContractReader, want: FeedSettings): Promise<Finding[]> {
  // `as`: the types of the contract's functions.
  const phase = (await feed.call("phase", await feed.call("phaseId"))) as [string, bigint];
  const number = async (name: string): Promise<bigint> => (await feed.call(name)) as bigint;
  const { tolerancePpm, confirmDelaySeconds, overrideDelaySeconds } = want.bounds;
  return [
    compare("feedSet", phase[0], want.feedSet),
    compare("feed", phase[1], BigInt(want.index)),
    compare("governance.feed.tolerancePpm", await number("tolerancePpm"), BigInt(tolerancePpm)),
    compare("governance.feed.confirmDelaySeconds", await number("confirmDelay"), BigInt(confirmDelaySeconds)),
    compare("governance.feed.overrideDelaySeconds", await number("overrideDelay"), BigInt(overrideDelaySeconds)),
    compare("owner", String(await feed.call("owner")), want.owner),
  ];
}
