import { AbiCoder, keccak256 } from "ethers";
import { describe, expect, it } from "vitest";
import { AssayError } from "../../../src/lib/errors.ts";
import { parse } from "../../../src/lib/field.ts";
import { PARAMETER_NAMES, PARAMETER_RANGES } from "../../../src/model/hampelChart.ts";
import * as Configuration from "../../../src/round/configuration.ts";
import { digest } from "../../../src/statement/digest.ts";
import { TAGS } from "../../../src/statement/tags.ts";
import { CONFIGURATION, IDENTITY, PARAMETERS, SECRETS } from "../../support/feedSetFixture.ts";

const [first, second] = IDENTITY.feeds as readonly [Configuration.Feed, Configuration.Feed];
const keys = CONFIGURATION.keys;

describe("feedSetId", () => {
  it("is the low 248 bits of the hash of the ABI-encoded identity", () => {
    const types = ["string", "string", "tuple(string,uint8)[]", "uint64", "bytes32"];
    const salt = `0x${"0".repeat(63)}5`;
    const values = [
      "test",
      "fixture",
      [
        ["A/USD", 8],
        ["B/USD", 2],
      ],
      60,
      salt,
    ];
    const hash = keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
    expect(Configuration.feedSetId(IDENTITY)).toBe(BigInt(`0x${hash.slice(4)}`));
  });

  it.each<[string, Partial<Configuration.Identity>]>([
    ["environment", { environment: "production" }],
    ["name", { name: "other" }],
    ["a feed's pair", { feeds: [{ ...first, pair: "C/USD" }, second] }],
    ["a feed's decimals", { feeds: [{ ...first, decimals: 9 }, second] }],
    ["the order of the feeds", { feeds: [second, first] }],
    ["the number of feeds", { feeds: [first] }],
    ["period", { periodSeconds: 61 }],
    ["salt", { salt: 6n }],
    ["where environment ends and name begins", { environment: "testf", name: "ixture" }],
  ])("changes with %s", (_name, change) => {
    expect(Configuration.feedSetId({ ...IDENTITY, ...change })).not.toBe(Configuration.feedSetId(IDENTITY));
  });

  it("is the same for the same identity written anew", () => {
    expect(Configuration.feedSetId(structuredClone(IDENTITY))).toBe(Configuration.feedSetId(IDENTITY));
  });
});

function problemsOf(change: Partial<Configuration.Configuration>): unknown {
  try {
    Configuration.check({ ...CONFIGURATION, ...change });
  } catch (error) {
    if (error instanceof AssayError && error.code === "configuration.invalid") return error.data.problems;
    throw error;
  }
  return [];
}

describe("check", () => {
  it("lets a good configuration through as it is", () => {
    expect(Configuration.check(CONFIGURATION)).toBe(CONFIGURATION);
  });

  it("lets every number stand at its edge", () => {
    expect(problemsOf({ quorum: 1, minSigners: 1, feedCount: 1, keys: keys.slice(0, 1) })).toEqual([]);
    expect(problemsOf({ quorum: 4, minSigners: 4, feedCount: 4 })).toEqual([]);
  });

  it.each<[string, Partial<Configuration.Configuration>, string]>([
    ["no feed", { feedCount: 0 }, "feedCount: got 0, want 1 to 4"],
    ["more feeds than the circuit has", { feedCount: 5 }, "feedCount: got 5, want 1 to 4"],
    [
      "more reporters than the circuit has",
      { capacity: { reporters: 3, feeds: 4 } },
      "reporters: got 4, want at most 3",
    ],
    ["a quorum of none", { quorum: 0 }, "quorum: got 0, want 1 to minSigners (3)"],
    ["a quorum above minSigners", { quorum: 4 }, "quorum: got 4, want 1 to minSigners (3)"],
    ["minSigners above the reporters", { minSigners: 5 }, "minSigners: got 5, want at most 4 reporters"],
    ["a key off the curve", { keys: keys.with(2, [parse(1n), parse(1n)]) }, "keys.2: the point is not on Baby Jubjub"],
    ["the identity as a key", { keys: keys.with(0, [parse(0n), parse(1n)]) }, "keys.0: the point has order 1 or 2"],
  ])("refuses %s", (_name, change, problem) => {
    expect(problemsOf(change)).toEqual([problem]);
  });

  it("refuses a key that stands in two slots", () => {
    expect(problemsOf({ keys: keys.with(3, keys[1] ?? [parse(0n), parse(0n)]) })).toEqual([
      "keys.3: the same key as slot 1",
    ]);
  });

  it("reports every problem at once, in the message too", () => {
    const bad: Partial<Configuration.Configuration> = {
      feedCount: 9,
      quorum: 7,
      minSigners: 6,
      keys: keys.with(1, [parse(0n), parse(1n)]),
    };
    const problems = [
      "feedCount: got 9, want 1 to 4",
      "quorum: got 7, want 1 to minSigners (6)",
      "minSigners: got 6, want at most 4 reporters",
      "keys.1: the point has order 1 or 2",
    ];
    expect(problemsOf(bad)).toEqual(problems);
    for (const problem of problems) {
      expect(() => Configuration.check({ ...CONFIGURATION, ...bad })).toThrow(problem);
    }
  });

  it("refuses a model parameter out of its range", () => {
    expect(problemsOf({ parameters: { ...PARAMETERS, kQ8: 255n } })).toEqual(["kQ8: got 255, want 256 to 65535"]);
  });

  it.each(["feedCount", "quorum", "minSigners"] as const)("refuses a fraction as %s", (name) => {
    expect(problemsOf({ [name]: 2.5 })).toHaveLength(1);
  });
});

describe("digestOf", () => {
  it("is the digest of identity, counts, keys and model in the protocol's order", () => {
    const padded = digest(TAGS.keys, keys.flat());
    const model = digest(TAGS.model, [1328n, 2500n, 2048n, 20_000n, 500_000n, 1000n].map(parse));
    const counts = [4n, 2n, 3n, 3n].map(parse); // reporters, feeds, minSigners, quorum
    expect(Configuration.digestOf(CONFIGURATION)).toBe(
      digest(TAGS.config, [CONFIGURATION.feedSetId, ...counts, padded, model]),
    );
  });

  it("changes with each member", () => {
    const changes: readonly Partial<Configuration.Configuration>[] = [
      { feedSetId: parse(1n) },
      { feedCount: 1 },
      { feedCount: 3 },
      { minSigners: 4 },
      { quorum: 2 },
      { keys: keys.slice(0, 3) },
      { keys: keys.toReversed() },
      { capacity: { reporters: 8, feeds: 4 } },
      ...PARAMETER_NAMES.map((name) => ({ parameters: { ...PARAMETERS, [name]: PARAMETERS[name] + 1n } })),
    ];
    const digests = [{}, ...changes].map((change) => Configuration.digestOf({ ...CONFIGURATION, ...change }));
    expect(new Set(digests).size).toBe(digests.length);
  });

  it.each(PARAMETER_NAMES)("refuses %s outside its range and takes both edges", (name) => {
    const [low, high] = PARAMETER_RANGES[name];
    const of = (value: bigint) => () =>
      Configuration.digestOf({ ...CONFIGURATION, parameters: { ...PARAMETERS, [name]: value } });
    for (const edge of [low, high]) expect(of(edge)).not.toThrow();
    for (const beyond of [low - 1n, high + 1n]) {
      expect(of(beyond)).toThrow(expect.objectContaining({ code: "model.parameter" }));
    }
  });
});

describe("paddedKeys", () => {
  it("gives unused slots the key (0, 0)", () => {
    const padded = Configuration.paddedKeys({ ...CONFIGURATION, keys: keys.slice(0, 2) });
    expect(padded).toEqual([SECRETS[0]?.publicKey, SECRETS[1]?.publicKey, [0n, 0n], [0n, 0n]]);
  });
});

describe("parametersFrom", () => {
  it("takes the job's numbers by name", () => {
    const numbers = { initialScalePpm: 6, hardPpm: 5, jumpFloorPpm: 4, kappaQ8: 3, floorPpm: 2, kQ8: 256 };
    expect(Configuration.parametersFrom(numbers)).toEqual({
      kQ8: 256n,
      floorPpm: 2n,
      kappaQ8: 3n,
      jumpFloorPpm: 4n,
      hardPpm: 5n,
      initialScalePpm: 6n,
    });
  });
});
