// A configuration in clear, as governance shows it on chain beside its digest, and what anyone can recompute of it. Any
// values are taken: a contract cannot compute Poseidon, so nothing here has been checked by it.

import { type Field, fits, PRIME, parse } from "../lib/field.ts";
import { compare, differences, differs, type Finding, unless } from "../lib/finding.ts";
import * as Model from "../model/hampelChart.ts";
import * as Key from "../observation/key.ts";
import * as Configuration from "./configuration.ts";

/** IFeedSet.ConfigPreimage. */
export type Preimage = {
  readonly feedSetId: bigint;
  readonly reporterCount: bigint;
  readonly feedCount: bigint;
  readonly minSigners: bigint;
  readonly quorum: bigint;
  /** One a slot of the circuit, (0, 0) from reporterCount on. */
  readonly keys: readonly (readonly [bigint, bigint])[];
  /** R8.x, R8.y, S, one a reporter. No part of the digest. */
  readonly possessions: readonly (readonly [bigint, bigint, bigint])[];
  readonly model: readonly bigint[];
};

export function of(configuration: Configuration.Configuration, possessions: readonly Key.Signature[]): Preimage {
  const { feedSetId, keys, feedCount, minSigners, quorum, parameters } = configuration;
  return {
    feedSetId,
    reporterCount: BigInt(keys.length),
    feedCount: BigInt(feedCount),
    minSigners: BigInt(minSigners),
    quorum: BigInt(quorum),
    keys: Configuration.paddedKeys(configuration),
    possessions: possessions.map(({ r8, s }) => [...r8, s] as const),
    model: Model.encodeParameters(parameters),
  };
}

/** The digest that belongs to it; undefined where a value is no field element, of which there is no digest. */
export function digestOf(preimage: Preimage): Field | undefined {
  const { feedSetId, reporterCount, feedCount, minSigners, quorum, keys, model } = preimage;
  const counts = [reporterCount, feedCount, minSigners, quorum];
  const values = [feedSetId, ...counts, ...keys.flat(), ...model];
  if (keys.length === 0 || model.length === 0 || values.some((value) => value < 0n || value >= PRIME)) return undefined;
  return Configuration.digestOfLists({
    feedSetId: parse(feedSetId),
    counts: counts.map(parse),
    keys: keys.map(([x, y]) => [parse(x), parse(y)]),
    model: model.map(parse),
  });
}

/** The model's parameters by name; undefined where their number is another model's. */
export function parametersOf({ model }: Preimage): Model.Parameters | undefined {
  if (model.length !== Model.PARAMETER_NAMES.length) return undefined;
  // `as`: one value a name, just counted.
  return Object.fromEntries(Model.PARAMETER_NAMES.map((name, i) => [name, model[i]])) as Model.Parameters;
}

/** Whether the digest is of this, and every key, proof of possession and parameter what it must be. */
export function scrutinize(
  preimage: Preimage,
  { config, feedSetId }: { config: bigint; feedSetId: bigint },
): Finding[] {
  const digest = digestOf(preimage);
  return [
    compare("config.feedSetId", preimage.feedSetId, feedSetId),
    digest === undefined
      ? differs("config.digest", "got a value that is no field element, of which there is no digest")
      : compare("config.digest", config, digest),
    unless("config.counts", countProblems(preimage), countsText(preimage)),
    unless("config.keys", keyProblems(preimage), `${preimage.reporterCount} keys, each of prime order and its own`),
    unless("config.possessions", possessionProblems(preimage), `${preimage.possessions.length} proofs hold`),
    modelFinding(preimage),
  ];
}

/** What of the one is not as in the other, by the job's names: "reporters[2].registration.x: got 1, want 2". */
export function differencesOf(got: Preimage, want: Preimage): readonly string[] {
  const slots = Array.from({ length: Math.max(got.keys.length, want.keys.length) }, (_, slot) => slot);
  return differences([
    compare("feed set id", got.feedSetId, want.feedSetId),
    compare("feeds", got.feedCount, want.feedCount),
    compare("reporters", got.reporterCount, want.reporterCount),
    compare("minSigners", got.minSigners, want.minSigners),
    compare("quorum", got.quorum, want.quorum),
    compare("circuit's slots", got.keys.length, want.keys.length),
    ...slots.flatMap((slot) => {
      const [one, other] = [got.keys[slot] ?? [0n, 0n], want.keys[slot] ?? [0n, 0n]];
      const path = `reporters[${slot}].registration`;
      return [compare(`${path}.x`, one[0], other[0]), compare(`${path}.y`, one[1], other[1])];
    }),
    compare("model's parameters", got.model.length, want.model.length),
    ...Model.PARAMETER_NAMES.map((name, i) => compare(`model.${name}`, got.model[i] ?? 0n, want.model[i] ?? 0n)),
  ]);
}

function countProblems({ reporterCount, minSigners, quorum, keys, possessions }: Preimage): string[] {
  const problems: string[] = [];
  const want = (holds: boolean, text: string): void => {
    if (!holds) problems.push(text);
  };
  want(
    reporterCount >= 1n && reporterCount <= BigInt(keys.length),
    `reporterCount ${reporterCount} of ${keys.length} slots`,
  );
  want(quorum >= 1n && quorum <= minSigners, `quorum ${quorum}, want 1 to minSigners, ${minSigners}`);
  want(minSigners <= reporterCount, `minSigners ${minSigners}, want at most ${reporterCount} reporters`);
  want(BigInt(possessions.length) === reporterCount, `${possessions.length} possession proofs`);
  return problems;
}

function countsText({ reporterCount, feedCount, minSigners, quorum }: Preimage): string {
  return `${reporterCount} reporters, ${feedCount} feeds, minSigners ${minSigners}, quorum ${quorum}`;
}

function keyProblems({ keys, reporterCount }: Preimage): string[] {
  return keys.flatMap((key, slot) => {
    const [x, y] = key;
    if (BigInt(slot) >= reporterCount) return x === 0n && y === 0n ? [] : [`slot ${slot}: a key beyond reporterCount`];
    if (!isKey(key)) return [`slot ${slot}: no pair of field elements`];
    const refusal = Key.refusal(key);
    // Equal y: the same key or its negative, which has the same secret up to its sign.
    const first = keys.findIndex((other) => other[1] === y);
    return [
      ...(refusal === undefined ? [] : [`slot ${slot}: ${refusal}`]),
      ...(first === slot ? [] : [`slot ${slot}: the same key as slot ${first}, up to its sign`]),
    ];
  });
}

function possessionProblems({ keys, possessions, reporterCount, feedSetId }: Preimage): string[] {
  return keys.slice(0, Number(reporterCount)).flatMap((key, slot) => {
    const signature = possessions[slot];
    if (signature === undefined) return [`slot ${slot}: no proof`];
    if (!isKey(key) || !signature.every((value) => value < PRIME) || feedSetId >= PRIME) {
      return [`slot ${slot}: no field elements`];
    }
    const [x, y, s] = signature;
    const proves = Key.provesPossession(parse(feedSetId), key, { r8: [parse(x), parse(y)], s: parse(s) });
    return proves ? [] : [`slot ${slot}: the proof is not the key's over this feed set`];
  });
}

function modelFinding(preimage: Preimage): Finding {
  const parameters = parametersOf(preimage);
  if (parameters === undefined) {
    return differs("config.model", `got ${preimage.model.length} parameters, want ${Model.PARAMETER_NAMES.length}`);
  }
  const said = Model.PARAMETER_NAMES.map((name) => `${name} ${parameters[name]}`).join(", ");
  return unless("config.model", Model.parameterProblems(parameters), said);
}

const isKey = (key: readonly [bigint, bigint]): key is Key.PublicKey =>
  key.every((value) => fits(value, 254) && value < PRIME);
