// Every hashed and packed byte: the Python reference's vectors against TypeScript and against the circuits.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Field, parse } from "../../src/lib/field.ts";
import * as Key from "../../src/observation/key.ts";
import * as Observation from "../../src/observation/observation.ts";
import * as Configuration from "../../src/round/configuration.ts";
import * as Round from "../../src/round/round.ts";
import * as State from "../../src/round/state.ts";
import { digest } from "../../src/statement/digest.ts";
import * as Statement from "../../src/statement/statement.ts";
import { TAGS } from "../../src/statement/tags.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { ROOT } from "../support/circuits/compile.ts";
import { OUTPUTS } from "../support/circuits/differential.ts";
import {
  type ConfigurationVector,
  configuration,
  type Integers,
  type Outputs,
  read,
} from "../support/circuits/vectors.ts";

const fields = (list: Integers): readonly Field[] => list.map((text) => parse(BigInt(text)));
const field = (text: string): Field => parse(BigInt(text));

describe("tags", () => {
  it("in the circuits are those of TypeScript and of the reference", () => {
    const files = ["circuits/lib/tags.circom", "circuits/inference/inferenceTags.circom"];
    const source = files.map((file) => readFileSync(join(ROOT, file), "utf8")).join("");
    const found = [...source.matchAll(/function TAG_(\w+)\(\) \{\s*return (\d+);/g)].map(
      ([, name = "", value = ""]) => [name.toLowerCase(), BigInt(value)],
    );
    const { possession, ...inCircuits } = TAGS;
    expect(Object.fromEntries(found)).toEqual(inCircuits);
    const { tags } = read<{ tags: Record<string, string> }>("digest");
    expect(Object.fromEntries(Object.entries(tags).map(([name, tag]) => [name, BigInt(tag)]))).toEqual({
      ...inCircuits,
      possession,
    });
  });
});

describe("digest", () => {
  type Vectors = {
    readonly poseidon: readonly { readonly inputs: Integers; readonly out: string }[];
    readonly cases: readonly { readonly list: Integers; readonly digest: string }[];
  };
  const vectors = read<Vectors>("digest");

  it("stands on the same Poseidon as the reference makes from its own constants", () => {
    // The CommonJS build, as in src/statement/digest.ts.
    const poseidons = createRequire(import.meta.url)("poseidon-lite") as Record<string, (inputs: bigint[]) => bigint>;
    for (const { inputs, out } of vectors.poseidon) {
      expect(poseidons[`poseidon${inputs.length}`]?.(inputs.map(BigInt))).toBe(BigInt(out));
    }
  });

  it("agrees with the vectors in TypeScript and in the circuit", async () => {
    for (const { list, digest: want } of vectors.cases) {
      expect(digest(TAGS.statement, fields(list)), `${list.length} elements`).toBe(BigInt(want));
      if (![1, 15, 16, 31].includes(list.length)) continue;
      const circuit = await Circuit.main(`Digest${list.length}`, "O2");
      expect((await circuit.witness({ in: fields(list) }))[1], `${list.length} elements`).toBe(BigInt(want));
    }
  });
});

describe("statement", () => {
  type Case = {
    readonly commitment: string;
    readonly vector: Integers;
    readonly challenge: string;
    readonly evaluation: string;
  };
  const { cases } = read<{ cases: readonly Case[] }>("statement");

  it("agrees with the vectors in TypeScript and in the circuit", async () => {
    const circuit = await Circuit.main("Statement6", "O2");
    for (const { vector, ...want } of cases) {
      const statement = {
        commitment: field(want.commitment),
        evaluation: field(want.evaluation),
        challenge: field(want.challenge),
      };
      expect(Statement.of(fields(vector))).toEqual(statement);
      if (vector.length !== 6) continue;
      const witness = await circuit.witness({ v: fields(vector), challenge: statement.challenge });
      expect(witness.slice(1, 3)).toEqual([statement.commitment, statement.evaluation]);
    }
  });
});

describe("observation", () => {
  type Case = {
    readonly feedSetId: string;
    readonly epoch: string;
    readonly slot: string;
    readonly prices: Integers;
    readonly r8: Integers;
    readonly s: string;
    readonly key: Integers;
    readonly packed: Integers;
    readonly message: string;
  };
  type Packing = { readonly prices: Integers; readonly packed: Integers };
  const { cases, packings } = read<{ cases: readonly Case[]; packings: readonly Packing[] }>("observation");
  const point = (list: Integers): Key.Point => [field(list[0] ?? ""), field(list[1] ?? "")];

  it("packs, hashes and verifies like the reference, whose signatures the circuit accepts", async () => {
    const circuit = await Circuit.main("SignedObservation4", "O2");
    for (const one of cases) {
      const observation = { feedSetId: field(one.feedSetId), epoch: Number(one.epoch), prices: one.prices.map(BigInt) };
      const signature = { r8: point(one.r8), s: field(one.s) };
      expect(Observation.packPrices(observation.prices)).toEqual(fields(one.packed));
      expect(Observation.message(observation)).toBe(BigInt(one.message));
      expect(Key.verify(point(one.key), field(one.message), signature)).toBe(true);
      const { feedSetId, epoch, prices } = observation;
      const inputs = { signed: 1n, feedSetId, epoch: BigInt(epoch), price: prices, key: point(one.key), ...signature };
      await circuit.witness(inputs);
      await expect(circuit.witness({ ...inputs, epoch: BigInt(epoch) + 1n })).rejects.toThrow(/Error in template/);
    }
  });

  it("packs any number of prices three to an element", () => {
    for (const { prices, packed } of packings)
      expect(Observation.packPrices(prices.map(BigInt))).toEqual(fields(packed));
  });
});

describe("configuration", () => {
  type Identity = Omit<Configuration.Identity, "periodSeconds" | "salt" | "feeds"> & {
    readonly feeds: readonly (readonly [string, string])[];
    readonly periodSeconds: string;
    readonly salt: string;
    readonly feedSetId: string;
  };
  type Case = ConfigurationVector & { readonly digest: string };
  const { identities, cases } = read<{ identities: readonly Identity[]; cases: readonly Case[] }>("configuration");

  it("has the reference's feedSetId", () => {
    for (const { feedSetId, ...identity } of identities) {
      const feeds = identity.feeds.map(([pair, decimals]) => ({ pair, decimals: Number(decimals) }));
      const given = { ...identity, feeds, periodSeconds: Number(identity.periodSeconds), salt: BigInt(identity.salt) };
      expect(Configuration.feedSetId(given), identity.name).toBe(BigInt(feedSetId));
    }
  });

  it("agrees with the vectors in TypeScript and in the circuit", async () => {
    const circuit = await Circuit.main("Configuration4", "O2");
    for (const vector of cases) {
      const set = Configuration.check(configuration(vector));
      expect(Configuration.digestOf(set)).toBe(BigInt(vector.digest));
      const witness = await circuit.witness(inputsOf(set, vector));
      const live = [set.keys.length, set.feedCount].flatMap((count) => [0, 1, 2, 3].map((i) => (i < count ? 1n : 0n)));
      expect(witness.slice(1, 10)).toEqual([BigInt(vector.digest), ...live]);
    }
  });

  it("has no witness in the circuit where its numbers are out of order or an unused slot has a key", async () => {
    const circuit = await Circuit.main("Configuration4", "O2");
    const vector = cases[1];
    if (vector === undefined) throw new RangeError("want a vector of three reporters");
    const good = inputsOf(configuration(vector), vector);
    await circuit.witness(good);
    const bad: readonly Circuit.Inputs[] = [
      { quorum: 0n },
      { quorum: 2n },
      { minSigners: 4n },
      { minSigners: -1n },
      { reporterCount: 0n },
      { reporterCount: 5n },
      { feedCount: 5n },
      { feedCount: -1n },
      { key: Configuration.paddedKeys(configuration(vector)).map((key, slot) => (slot === 3 ? [0n, 1n] : key)) },
      { key: Configuration.paddedKeys(configuration(vector)).map((key, slot) => (slot === 3 ? [1n, 0n] : key)) },
    ];
    for (const change of bad)
      await expect(circuit.witness({ ...good, ...change })).rejects.toThrow(/Error in template/);
  });

  function inputsOf(set: Configuration.Configuration, vector: ConfigurationVector): Circuit.Inputs {
    return {
      feedSetId: set.feedSetId,
      reporterCount: BigInt(set.keys.length),
      feedCount: BigInt(set.feedCount),
      minSigners: BigInt(set.minSigners),
      quorum: BigInt(set.quorum),
      key: Configuration.paddedKeys(set),
      parameters: vector.parameters.map(BigInt),
    };
  }
});

describe("model parameters", () => {
  it("have a witness exactly in their ranges", async () => {
    const circuit = await Circuit.main("ModelParameters", "O2");
    const [low, high] = [
      [256n, 0n, 0n, 0n, 0n, 0n],
      [65_535n, 1_000_000n, 65_535n, 1_000_000n, 1_000_000n, 1_000_000n],
    ];
    await circuit.witness({ parameters: low });
    await circuit.witness({ parameters: high });
    for (let k = 0; k < 6; k++) {
      const beyond = [
        low.map((value, i) => (i === k ? value - 1n : value)),
        high.map((value, i) => (i === k ? value + 1n : value)),
      ];
      for (const parameters of beyond)
        await expect(circuit.witness({ parameters })).rejects.toThrow(/Error in template/);
    }
  });
});

describe("state", () => {
  type Case = { readonly epoch: string; readonly feeds: readonly Integers[]; readonly digest: string };
  const { cases } = read<{ cases: readonly Case[] }>("state");

  it("agrees with the vectors in TypeScript and in the circuit", async () => {
    const circuit = await Circuit.main("State4", "O2");
    for (const { epoch, feeds, digest: want } of cases) {
      const list = feeds.map(([level = "", scale = ""]) => ({ level: BigInt(level), scale: BigInt(scale) }));
      expect(State.digestOf({ epoch: Number(epoch), feeds: list })).toBe(BigInt(want));
      const inputs = {
        epoch: BigInt(epoch),
        level: list.map(({ level }) => level),
        scale: list.map(({ scale }) => scale),
      };
      expect((await circuit.witness(inputs))[1]).toBe(BigInt(want));
    }
  });
});

describe("round", () => {
  type Case = {
    readonly name: string;
    readonly configuration: ConfigurationVector;
    readonly previousEpoch: string;
    readonly state: readonly Integers[];
    readonly epoch: string;
    readonly resetMask: string;
    readonly observations: readonly {
      readonly slot: string;
      readonly prices: Integers;
      readonly r8: Integers;
      readonly s: string;
    }[];
    readonly reports: readonly Outputs[];
    readonly vector: Integers;
    readonly commitment: string;
    readonly evaluation: string;
    readonly challenge: string;
  };
  const { cases } = read<{ cases: readonly Case[] }>("round");

  it.each(cases)("$name agrees in TypeScript and in the whole circuit", async (one) => {
    const set = Configuration.check(configuration(one.configuration));
    const epoch = Number(one.epoch);
    const input: Round.RoundInput = {
      configuration: set,
      state: {
        epoch: Number(one.previousEpoch),
        feeds: one.state.map(([level = "", scale = ""]) => ({ level: BigInt(level), scale: BigInt(scale) })),
      },
      epoch,
      resetMask: Number(one.resetMask),
      observations: one.observations.map(({ slot, prices, r8: [x = "", y = ""], s }) => ({
        feedSetId: set.feedSetId,
        epoch,
        prices: prices.map(BigInt),
        slot: Number(slot),
        signature: { r8: [field(x), field(y)], s: field(s) },
      })),
    };
    const round = Round.compute(input);
    const { config, previousState, nextState, header, words, statement } = round;
    expect([config, previousState, nextState, header, ...words]).toEqual(fields(one.vector));
    const reports = round.reports.map(({ answer, dispersion, score, inliers }) => [answer, dispersion, score, inliers]);
    expect(reports).toEqual(one.reports.map((report) => OUTPUTS.slice(0, 4).map((name) => BigInt(report[name]))));
    const want = [one.commitment, one.evaluation, one.challenge].map(BigInt);
    expect([statement.commitment, statement.evaluation, statement.challenge]).toEqual(want);
    const circuit = await Circuit.entry("round-4x4", "O2");
    const witness = await circuit.witness(Round.circuitInput(input, statement.challenge));
    expect(witness.slice(1, 4)).toEqual(want);
  });
});
