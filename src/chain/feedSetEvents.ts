// What a FeedSet has said of itself: its identity, its configurations and its rounds, from its events.

import type { Result } from "ethers";
import type * as Configuration from "../round/configuration.ts";
import type { Preimage } from "../round/preimage.ts";
import type { AcceptedRound } from "../round/restore.ts";
import type { ContractReader } from "./contractReader.ts";

export type Created = { readonly feedSetId: bigint; readonly identity: Configuration.Identity };

export type Configured = {
  /** Where the event stands among the set's events. */
  readonly block: number;
  readonly index: number;
  readonly config: bigint;
  readonly preimage: Preimage;
};

export type Accepted = AcceptedRound & { readonly roundId: bigint; readonly block: number; readonly index: number };

/** One for every FeedSetCreated event: there is exactly one, if the contract is what it says. */
export async function readCreated(set: ContractReader): Promise<readonly Created[]> {
  const events = await set.events("FeedSetCreated");
  return events.map(({ args }) => {
    // `as`: the types of the contract's event.
    const { environment, name, salt, period, feeds } = args as {
      readonly environment: string;
      readonly name: string;
      readonly salt: string;
      readonly period: bigint;
      readonly feeds: readonly Result[];
    };
    const identity: Configuration.Identity = {
      environment,
      name,
      salt: BigInt(salt),
      periodSeconds: Number(period),
      feeds: feeds.map((feed) => ({ pair: String(feed.description), decimals: Number(feed.decimals) })),
    };
    return { feedSetId: args.feedSetId as bigint, identity };
  });
}

/** Oldest first. */
export async function readConfigs(set: ContractReader): Promise<readonly Configured[]> {
  const events = await set.events("ConfigChanged");
  return events.map(({ args, block, index }) => {
    // `as`: the types of the contract's event.
    const { newConfig, preimage } = args as { readonly newConfig: bigint; readonly preimage: Result };
    return { block, index, config: newConfig, preimage: toPreimage(preimage) };
  });
}

/** Oldest first. */
export async function readRounds(set: ContractReader): Promise<readonly Accepted[]> {
  const events = await set.events("RoundAccepted");
  return events.map(({ args, block, index }) => {
    // `as`: the types of the contract's event.
    const { roundId, header, nextState, words } = args as Record<"roundId" | "header" | "nextState", bigint> & {
      readonly words: readonly bigint[];
    };
    return { block, index, roundId, header, nextState, words: [...words] };
  });
}

/** A decoded IFeedSet.ConfigPreimage, from an event or from a call's arguments. */
export function toPreimage(decoded: Result): Preimage {
  // `as`: the types of the contract's struct.
  const { feedSetId, reporterCount, feedCount, minSigners, quorum, keys, possessions, model } =
    decoded.toObject() as Record<"feedSetId" | "reporterCount" | "feedCount" | "minSigners" | "quorum", bigint> & {
      readonly keys: readonly (readonly [bigint, bigint])[];
      readonly possessions: readonly (readonly [bigint, bigint, bigint])[];
      readonly model: readonly bigint[];
    };
  return {
    ...{ feedSetId, reporterCount, feedCount, minSigners, quorum },
    keys: keys.map(([x, y]) => [x, y] as const),
    possessions: possessions.map(([x, y, s]) => [x, y, s] as const),
    model: [...model],
  };
}
