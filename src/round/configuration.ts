// A feed set's configuration: its identity, its reporters, its thresholds, and the digest the contract holds.
// Mirrors circuits/lib/Configuration.circom; pinned by test/vectors/configuration.json.

import { AbiCoder, keccak256, toBeHex } from "ethers";
import { AssayError } from "../lib/errors.ts";
import { type Field, low248, parse } from "../lib/field.ts";
import * as Model from "../model/hampelChart.ts";
import type { ModelName } from "../model/models.ts";
import * as Key from "../observation/key.ts";
import { digest } from "../statement/digest.ts";
import { TAGS } from "../statement/tags.ts";

export type Feed = { readonly pair: string; readonly decimals: number };

/** What names a feed set for good: a change of any of it is another set. */
export type Identity = {
  /** "production", "staging": no staging observation counts in production. */
  readonly environment: string;
  readonly name: string;
  readonly feeds: readonly Feed[];
  readonly periodSeconds: number;
  /** 32 bytes. */
  readonly salt: bigint;
};

/** The circuit's size: slots for reporters, feeds. */
export type Capacity = { readonly reporters: number; readonly feeds: number };

/** What a configuration takes from its circuit. No part of the digest: the contract knows the circuit by its verifier's key. */
export type Circuit = {
  readonly capacity: Capacity;
  readonly model: ModelName;
};

export type Configuration = Circuit & {
  readonly feedSetId: Field;
  readonly feedCount: number;
  /** Reporters' keys by slot; as many as there are reporters. */
  readonly keys: readonly Key.PublicKey[];
  readonly minSigners: number;
  readonly quorum: number;
  readonly parameters: Model.Parameters;
};

const IDENTITY_TYPES = ["string", "string", "tuple(string,uint8)[]", "uint64", "bytes32"];

/** Low 248 bits of keccak256(abi.encode(environment, name, feeds with order and decimals, period, salt)). */
export function feedSetId({ environment, name, feeds, periodSeconds, salt }: Identity): Field {
  const tuples = feeds.map(({ pair, decimals }) => [pair, decimals]);
  const encoded = AbiCoder.defaultAbiCoder().encode(IDENTITY_TYPES, [
    environment,
    name,
    tuples,
    periodSeconds,
    toBeHex(salt, 32),
  ]);
  return low248(BigInt(keccak256(encoded)));
}

/** The job's plain numbers as the model's integers. */
export function parametersFrom(settings: Readonly<Record<Model.ParameterName, number>>): Model.Parameters {
  const { kQ8, floorPpm, kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm } = settings;
  return {
    kQ8: BigInt(kQ8),
    floorPpm: BigInt(floorPpm),
    kappaQ8: BigInt(kappaQ8),
    jumpFloorPpm: BigInt(jumpFloorPpm),
    hardPpm: BigInt(hardPpm),
    initialScalePpm: BigInt(initialScalePpm),
  };
}

/** Checks what the circuit and the contracts assume of a configuration. Throws `configuration.invalid`, every problem named. */
export function check(configuration: Configuration): Configuration {
  const { capacity, feedCount, keys, minSigners, quorum, parameters } = configuration;
  const problems: string[] = [];
  const want = (holds: boolean, text: string): void => {
    if (!holds) problems.push(text);
  };
  const isWhole = Number.isInteger;
  problems.push(...Model.parameterProblems(parameters));
  want(
    isWhole(feedCount) && feedCount >= 1 && feedCount <= capacity.feeds,
    `feedCount: got ${feedCount}, want 1 to ${capacity.feeds}`,
  );
  want(keys.length <= capacity.reporters, `reporters: got ${keys.length}, want at most ${capacity.reporters}`);
  want(
    isWhole(quorum) && quorum >= 1 && quorum <= Math.ceil(minSigners),
    `quorum: got ${quorum}, want 1 to minSigners (${minSigners})`,
  );
  want(
    isWhole(minSigners) && minSigners <= keys.length,
    `minSigners: got ${minSigners}, want at most ${keys.length} reporters`,
  );
  keys.forEach((key, slot) => {
    const refusal = Key.refusal(key);
    want(refusal === undefined, `keys.${slot}: ${refusal}`);
    // Equal y: the same key or its negative, which has the same secret up to its sign.
    const first = keys.findIndex((other) => other[1] === key[1]);
    want(first === slot, `keys.${slot}: the same key as slot ${first}`);
  });
  if (problems.length > 0) {
    throw new AssayError("configuration.invalid", ["the configuration is refused", ...problems].join("\n  "), {
      data: { problems },
    });
  }
  return configuration;
}

/** The digest that the contract holds. Throws `model.parameter` for parameters that the circuit would not take. */
export function digestOf(configuration: Configuration): Field {
  const { feedSetId, feedCount, minSigners, quorum, parameters } = configuration;
  return digestOfLists({
    feedSetId,
    counts: [configuration.keys.length, feedCount, minSigners, quorum].map((count) => parse(BigInt(count))),
    keys: paddedKeys(configuration),
    model: Model.encodeParameters(parameters),
  });
}

export type Lists = {
  readonly feedSetId: Field;
  /** reporterCount, feedCount, minSigners, quorum. */
  readonly counts: readonly Field[];
  readonly keys: readonly Key.PublicKey[];
  readonly model: readonly Field[];
};

/** digest(CONFIG, [feedSetId, reporterCount, feedCount, minSigners, quorum, digest(KEYS), digest(MODEL)]), of any values. */
export function digestOfLists({ feedSetId, counts, keys, model }: Lists): Field {
  return digest(TAGS.config, [feedSetId, ...counts, digest(TAGS.keys, keys.flat()), digest(TAGS.model, model)]);
}

/** One key a slot of the circuit; unused slots are (0, 0). */
export function paddedKeys({ keys, capacity }: Configuration): readonly Key.PublicKey[] {
  const none: Key.PublicKey = [parse(0n), parse(0n)];
  return Array.from({ length: capacity.reporters }, (_, slot) => keys[slot] ?? none);
}
