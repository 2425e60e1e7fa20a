import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PRIME, parse } from "../../../src/lib/field.ts";
import * as Observation from "../../../src/observation/observation.ts";
import { CONFIGURATION, SECRETS } from "../../support/feedSetFixture.ts";

// Its CommonJS build, for the reason that src/observation/key.ts states.
const { subOrder } = createRequire(import.meta.url)("@zk-kit/baby-jubjub") as typeof import("@zk-kit/baby-jubjub");

const { feedSetId, feedCount, keys } = CONFIGURATION;
const EPOCH = 29_000_000;
const SLOT = 1;
const SEED = Number(process.env.ASSAY_TEST_SEED ?? 20_260_101);
const expected: Observation.Expectation = { feedSetId, epoch: EPOCH, capacity: 4, feedCount, keys };

function signedBy(slot: number, prices: readonly bigint[], epoch = EPOCH): Observation.SignedObservation {
  const key = SECRETS[slot];
  if (key === undefined) throw new RangeError(`got slot ${slot}, want one of the fixture's`);
  return Observation.sign(key, slot, { feedSetId, epoch, prices });
}

const observation = signedBy(SLOT, [2_314_693_000_000n, 2n ** 80n - 1n, 0n, 0n]);
const body = Observation.toJson(observation);

/** The body with members replaced, as JSON that `toJson` would never write. */
function changed(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...JSON.parse(body), ...members });
}

function reasonOf(text: string, expectation = expected): string {
  const received = Observation.receive(text, expectation);
  return received.ok ? "accepted" : received.reason;
}

const strings = observation.prices.map(String);
const signature = JSON.parse(body).signature as { r8: [string, string]; s: string };

describe("receive", () => {
  it("accepts its own JSON and gives back the same observation", () => {
    expect(Observation.receive(body, expected)).toEqual({ ok: true, observation });
  });

  it.each([
    ["what is not JSON", "prices, please"],
    ["nothing", ""],
    ["half of a body", body.slice(0, -1)],
    ["two bodies", body + body],
    ["null", "null"],
    ["a number", "5"],
    ["a text", JSON.stringify(body)],
    ["an array", `[${body}]`],
    ["ten thousand brackets", "[".repeat(10_000)],
    ["an empty object", "{}"],
  ])("refuses %s with a reason", (_name, text) => {
    expect(reasonOf(text)).toMatch(/^(body|feedSetId): ./);
  });

  it.each(["feedSetId", "epoch", "slot", "prices", "signature"])("refuses a body without %s", (member) => {
    const rest = Object.entries(JSON.parse(body)).filter(([name]) => name !== member);
    expect(reasonOf(JSON.stringify(Object.fromEntries(rest)))).toMatch(new RegExp(`^${member}: `));
  });

  it.each([
    ["another member", changed({ note: "x" }), 'Unrecognized key: "note"'],
    ["another member of the signature", changed({ signature: { ...signature, v: "1" } }), "signature: Unrecognized"],
    ["__proto__", body.replace("{", '{"__proto__":{"epoch":1},'), 'Unrecognized key: "__proto__"'],
    ["__proto__ in the signature", body.replace('"r8"', '"__proto__":null,"r8"'), "signature: Unrecognized"],
    ["constructor", body.replace("{", '{"constructor":{},'), 'Unrecognized key: "constructor"'],
  ])("refuses %s", (_name, text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  it.each([
    ["a feed set as a number", changed({ feedSetId: 7 }), "feedSetId: "],
    ["an epoch as a text", changed({ epoch: String(EPOCH) }), "epoch: "],
    ["a fraction of an epoch", changed({ epoch: EPOCH + 0.5 }), "epoch: "],
    ["a negative epoch", changed({ epoch: -1 }), "epoch: "],
    ["an epoch of 41 bits", changed({ epoch: 2 ** 40 }), "epoch: "],
    ["a slot as a text", changed({ slot: "1" }), "slot: "],
    ["slot -1", changed({ slot: -1 }), "slot: "],
    ["slot 16", changed({ slot: 16 }), "slot: "],
    ["prices as numbers", changed({ prices: [1, 2, 0, 0] }), "prices.0: "],
    ["a price that is null", changed({ prices: ["1", null, "0", "0"] }), "prices.1: "],
    ["prices as an object", changed({ prices: { 0: "1", length: 4 } }), "prices: "],
    ["a leading zero", changed({ prices: ["01", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["a negative price", changed({ prices: ["-1", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["a plus", changed({ prices: ["+1", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["hexadecimal", changed({ prices: ["0x1", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["an exponent", changed({ prices: ["1e3", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["a space", changed({ prices: [" 1", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["a newline after the digits", changed({ prices: ["1\n", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["digits of another script", changed({ prices: ["١", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["an empty text", changed({ prices: ["", "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["79 digits", changed({ prices: ["1".repeat(79), "2", "0", "0"] }), "prices.0: want a decimal integer"],
    ["33 prices", changed({ prices: Array(33).fill("0") }), "prices: "],
    ["p as a feed set", changed({ feedSetId: String(PRIME) }), "feedSetId: want an element below p"],
    ["p as a price", changed({ prices: [String(PRIME), "2", "0", "0"] }), "prices.0: want an element below p"],
    ["p as S", changed({ signature: { ...signature, s: String(PRIME) } }), "signature.s: want an element below p"],
    [
      "a coordinate of R8 plus p",
      changed({ signature: { ...signature, r8: [String(BigInt(signature.r8[0]) + PRIME), signature.r8[1]] } }),
      "signature.r8.0: want an element below p",
    ],
    ["an R8 of one element", changed({ signature: { ...signature, r8: [signature.r8[0]] } }), "signature.r8"],
    ["an R8 of three", changed({ signature: { ...signature, r8: [...signature.r8, "1"] } }), "signature.r8"],
  ])("refuses %s", (_name, text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  // Signed by the slot's key, so that nothing but the named check stands in the way.
  it.each([
    ["a price of 2^80", [2n ** 80n, 2n, 0n, 0n], `prices.0: got ${2n ** 80n}, want 80 bits`],
    ["a price of p - 1", [1n, PRIME - 1n, 0n, 0n], `prices.1: got ${PRIME - 1n}, want 80 bits`],
    ["a price of a feed that the set has not", [1n, 2n, 3n, 0n], "prices.2: got 3, want 0"],
    ["a price of the last feed that the set has not", [1n, 2n, 0n, 1n], "prices.3: got 1, want 0"],
    ["three prices", [1n, 2n, 0n], "prices: got 3, want 4"],
    ["five prices", [1n, 2n, 0n, 0n, 0n], "prices: got 5, want 4"],
    ["no prices", [], "prices: got 0, want 4"],
  ])("refuses %s though the slot's key signed it", (_name, prices, reason) => {
    // A price beyond 80 bits cannot be packed, so such a body carries the signature of another one.
    const packable = prices.every((price) => price <= 2n ** 80n);
    const text = packable ? Observation.toJson(signedBy(SLOT, prices)) : changed({ prices: prices.map(String) });
    expect(reasonOf(text)).toBe(reason);
  });

  it("refuses the observation of another epoch, before and after", () => {
    expect(reasonOf(body, { ...expected, epoch: EPOCH + 1 })).toBe(`epoch: got ${EPOCH}, want ${EPOCH + 1}`);
    expect(reasonOf(body, { ...expected, epoch: EPOCH - 1 })).toBe(`epoch: got ${EPOCH}, want ${EPOCH - 1}`);
  });

  it("refuses the observation of another feed set", () => {
    expect(reasonOf(body, { ...expected, feedSetId: parse(7n) })).toBe(`feedSetId: got ${feedSetId}, want 7`);
  });

  it("refuses a slot that the set has not", () => {
    expect(reasonOf(changed({ slot: 4 }))).toBe("slot: got 4, want below 4");
  });

  it("refuses an observation moved to the slot of another key", () => {
    expect(reasonOf(changed({ slot: 0 }))).toBe("signature: not by the key of slot 0");
  });

  it.each([
    ["an altered S", { ...signature, s: String(BigInt(signature.s) ^ 1n) }],
    ["S plus the subgroup's order", { ...signature, s: String(BigInt(signature.s) + subOrder) }],
    ["an S of zero", { ...signature, s: "0" }],
    ["an R8 off the curve", { ...signature, r8: ["1", "1"] }],
    ["R8 with its coordinates swapped", { ...signature, r8: [signature.r8[1], signature.r8[0]] }],
    ["an R8 of zeros", { ...signature, r8: ["0", "0"] }],
    ["the signature of another slot", JSON.parse(Observation.toJson(signedBy(0, observation.prices))).signature],
    ["the signature of another vector", JSON.parse(Observation.toJson(signedBy(SLOT, [1n, 2n, 0n, 0n]))).signature],
  ])("refuses %s", (_name, bad) => {
    expect(reasonOf(changed({ signature: bad }))).toBe(`signature: not by the key of slot ${SLOT}`);
  });

  it.each([
    ["digits", changed({ prices: ["1".repeat(10_000_000), "2", "0", "0"] })],
    ["prices", changed({ prices: Array(3_000_000).fill("0") })],
    ["blanks", `${" ".repeat(10_000_000)}x`],
  ])("refuses a body of ten megabytes of %s with a reason of a line", (_name, text) => {
    expect(reasonOf(text).length).toBeLessThan(1000);
    expect(reasonOf(text)).not.toBe("accepted");
  });

  it("keeps its reason to a line, however many members a stranger invents", () => {
    const members = Array.from({ length: 20_000 }, (_, i) => [`member${i}`, 0]);
    expect(reasonOf(changed(Object.fromEntries(members))).length).toBeLessThan(1000);
  });

  it(`refuses any text with a reason and never throws (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => changed({ prices: value })),
        ),
        (text) => {
          expect(reasonOf(text)).not.toBe("accepted");
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  it(`refuses a valid body with one character changed, unless it says the same (seed ${SEED})`, () => {
    const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(
        fc.nat(body.length - 1),
        fc.oneof(printable, fc.integer({ min: 0, max: 9 }).map(String)),
        (at, character) => {
          const received = Observation.receive(body.slice(0, at) + character + body.slice(at + 1), expected);
          if (received.ok) expect(received.observation).toEqual(observation);
          else expect(received.reason).not.toBe("");
        },
      ),
      { seed: SEED, numRuns: 120 },
    );
  });
});

describe("toJson", () => {
  it("writes integers as decimal strings, and the same observation as the same bytes", () => {
    expect(JSON.parse(body)).toEqual({
      feedSetId: String(feedSetId),
      epoch: EPOCH,
      slot: SLOT,
      prices: strings,
      signature,
    });
    expect(Observation.toJson(signedBy(SLOT, observation.prices))).toBe(body);
  });
});
