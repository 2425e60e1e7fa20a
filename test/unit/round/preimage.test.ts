import { describe, expect, it } from "vitest";
import { PRIME, parse } from "../../../src/lib/field.ts";
import * as Key from "../../../src/observation/key.ts";
import * as Configuration from "../../../src/round/configuration.ts";
import * as Preimage from "../../../src/round/preimage.ts";
import { CONFIGURATION, SECRETS } from "../../support/feedSetFixture.ts";

const possessions = SECRETS.map((key) => Key.provePossession(CONFIGURATION.feedSetId, key));
const good = Preimage.of(CONFIGURATION, possessions);
const config = Configuration.digestOf(CONFIGURATION);
const { feedSetId } = CONFIGURATION;
const [first, second, ...others] = good.keys as [Key.PublicKey, Key.PublicKey, ...Key.PublicKey[]];
const negative = [PRIME - first[0], first[1]] as const;

/** Check to text, of what differs. */
const wrongIn = (preimage: Preimage.Preimage, digest: bigint = Preimage.digestOf(preimage) ?? 0n) =>
  Object.fromEntries(
    Preimage.scrutinize(preimage, { config: digest, feedSetId }).flatMap(({ check, verdict, text }) =>
      verdict === "differs" ? [[check, text]] : [],
    ),
  );

describe("digestOf", () => {
  it("is the configuration's, also where slots are unused", () => {
    expect(Preimage.digestOf(good)).toBe(config);
    const three = { ...CONFIGURATION, keys: CONFIGURATION.keys.slice(0, 3) };
    expect(Preimage.digestOf(Preimage.of(three, possessions.slice(0, 3)))).toBe(Configuration.digestOf(three));
  });

  it.each<[string, Partial<Preimage.Preimage>]>([
    ["a count of p", { quorum: PRIME }],
    ["a parameter of 2^256 - 1", { model: [...good.model.slice(1), 2n ** 256n - 1n] }],
    ["no keys", { keys: [] }],
    ["no parameters", { model: [] }],
  ])("is none of %s", (_what, change) => {
    expect(Preimage.digestOf({ ...good, ...change })).toBeUndefined();
    expect(wrongIn({ ...good, ...change })).toHaveProperty(["config.digest"]);
  });
});

describe("scrutinize", () => {
  it("finds nothing wrong in a configuration that was checked", () => {
    const findings = Preimage.scrutinize(good, { config, feedSetId });
    expect(findings.map(({ verdict }) => verdict)).toEqual(findings.map(() => "ok"));
  });

  it.each<[string, Partial<Preimage.Preimage>, Record<string, string>]>([
    ["another set's id", { feedSetId: 1n }, { "config.feedSetId": "got 1, want", "config.possessions": "slot 0" }],
    ["a quorum beyond the signers", { quorum: 4n }, { "config.counts": "quorum 4, want 1 to minSigners, 3" }],
    ["more signers than reporters", { minSigners: 5n }, { "config.counts": "minSigners 5, want at most 4" }],
    ["a key with its negative", { keys: [first, negative, ...others] }, { "config.keys": "the same key as slot 0" }],
    ["a key off the curve", { keys: [[1n, 1n], second, ...others] }, { "config.keys": "slot 0: the point is not on" }],
    ["a key of order 2", { keys: [[0n, PRIME - 1n], second, ...others] }, { "config.keys": "has order 1 or 2" }],
    ["a key beyond p", { keys: [[PRIME, 1n], second, ...others] }, { "config.keys": "no pair of field elements" }],
    ["a key beyond the reporters", { reporterCount: 3n }, { "config.keys": "slot 3: a key beyond reporterCount" }],
    ["proofs in another order", { possessions: good.possessions.toReversed() }, { "config.possessions": "slot 0" }],
    ["a proof too few", { possessions: good.possessions.slice(1) }, { "config.counts": "3 possession proofs" }],
    ["an S that wraps around", { possessions: [[1n, 2n, PRIME]] }, { "config.possessions": "no field elements" }],
    ["a parameter out of range", { model: [255n, ...good.model.slice(1)] }, { "config.model": "kQ8: got 255" }],
    ["a parameter too few", { model: good.model.slice(1) }, { "config.model": "got 5 parameters, want 6" }],
  ])("finds %s under a digest that is right", (_what, change, want) => {
    const wrong = wrongIn({ ...good, ...change });
    for (const [check, text] of Object.entries(want)) expect(wrong[check]).toContain(text);
    if (!("keys" in change && change.keys?.[0]?.[0] === PRIME)) expect(wrong).not.toHaveProperty(["config.digest"]);
  });

  it("finds a digest of something else, and nothing else wrong", () => {
    expect(wrongIn(good, parse(3n))).toEqual({ "config.digest": `got 3, want ${config}` });
  });
});

describe("differencesOf", () => {
  it("names by the job's paths what is not as wanted, and is empty for the same", () => {
    expect(Preimage.differencesOf(good, good)).toEqual([]);
    const other = { ...good, quorum: 2n, keys: [second, first, ...others], model: [...good.model.slice(0, 5), 7n] };
    expect(Preimage.differencesOf(good, other)).toEqual([
      "quorum: got 3, want 2",
      ...[0, 1].flatMap((slot) =>
        ["x", "y"].map((axis) => expect.stringMatching(`^reporters\\[${slot}\\]\\.registration\\.${axis}: got `)),
      ),
      "model.initialScalePpm: got 1000, want 7",
    ]);
  });

  it("does not look at proofs: they are no part of what is in force", () => {
    expect(Preimage.differencesOf({ ...good, possessions: [] }, good)).toEqual([]);
  });
});
