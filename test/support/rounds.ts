// Rounds of a feed set that exists for tests and benchmarks: keys from a seed, prices near a level, state carried on.

import { createHash } from "node:crypto";
import { COMMITTED_MODEL } from "../../src/job/schema.ts";
import type { ModelName } from "../../src/model/models.ts";
import * as Key from "../../src/observation/key.ts";
import * as Observation from "../../src/observation/observation.ts";
import * as Configuration from "../../src/round/configuration.ts";
import * as Round from "../../src/round/round.ts";
import type * as State from "../../src/round/state.ts";

export type Sizes = {
  readonly capacity: Configuration.Capacity;
  /** The first one without it. */
  readonly model?: ModelName;
  readonly feedCount: number;
  readonly minSigners: number;
  readonly quorum: number;
};

export type Feeds = {
  readonly identity: Configuration.Identity;
  readonly configuration: Configuration.Configuration;
  readonly keys: readonly Key.SecretKey[];
  readonly possessions: readonly Key.Signature[];
};

export const PARAMETERS = Configuration.parametersFrom(COMMITTED_MODEL);

/** One key a slot of the circuit. */
export function createFeeds(
  seed: string,
  { capacity, model = "HampelChart", feedCount, minSigners, quorum }: Sizes,
): Feeds {
  const secret = (slot: number) => createHash("sha256").update(`${seed}/${slot}`).digest();
  const keys = Array.from({ length: capacity.reporters }, (_, slot) => Key.fromSecret(secret(slot)));
  const identity = {
    environment: "test",
    name: seed,
    feeds: Array.from({ length: feedCount }, (_, feed) => ({ pair: `FEED${feed}/USD`, decimals: 8 })),
    periodSeconds: 60,
    salt: 1n,
  };
  const configuration = Configuration.check({
    feedSetId: Configuration.feedSetId(identity),
    capacity,
    model,
    feedCount,
    keys: keys.map(({ publicKey }) => publicKey),
    minSigners,
    quorum,
    parameters: PARAMETERS,
  });
  const possessions = keys.map((key) => Key.provePossession(configuration.feedSetId, key));
  return { identity, configuration, keys, possessions };
}

export type Made = { readonly input: Round.RoundInput; readonly round: Round.Round };

export type Asked = {
  readonly state: State.State;
  readonly epoch: number;
  /** What slot `slot` says of feed `feed`; near 100.00000000 * (feed + 1) without it. */
  readonly price?: (slot: number, feed: number) => bigint;
  readonly resetMask?: number;
  /** Slots that sign; all without it. */
  readonly signers?: readonly number[];
};

/** The next round from `state`. */
export function makeRound({ configuration, keys }: Feeds, asked: Asked): Made {
  const { state, epoch, price = nearLevel(epoch), resetMask = 0 } = asked;
  const { feedSetId, feedCount, capacity } = configuration;
  const observations = (asked.signers ?? keys.map((_, slot) => slot)).map((slot) => {
    const key = keys[slot];
    if (key === undefined) throw new RangeError(`got slot ${slot}`);
    const prices = Array.from({ length: capacity.feeds }, (_, feed) => (feed < feedCount ? price(slot, feed) : 0n));
    return Observation.sign(key, slot, { feedSetId, epoch, prices });
  });
  const input = { configuration, state, epoch, resetMask, observations };
  return { input, round: Round.compute(input) };
}

function nearLevel(epoch: number) {
  return (slot: number, feed: number): bigint =>
    10_000_000_000n * BigInt(feed + 1) + 100_000n * BigInt((slot * 7 + feed * 3 + epoch) % 11);
}
