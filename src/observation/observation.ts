// A reporter's signed vector of prices for one epoch: its message, its signature, and its JSON form as untrusted input.
// Mirrors circuits/lib/SignedObservation.circom; pinned by test/vectors/observation.json.

import { z } from "zod";
import { type Field, fits, PRIME, parse as parseField } from "../lib/field.ts";
import { digest } from "../statement/digest.ts";
import { TAGS } from "../statement/tags.ts";
import * as Key from "./key.ts";

export type Observation = {
  readonly feedSetId: Field;
  /** floor(unixSeconds / period). */
  readonly epoch: number;
  /** One price a feed of the circuit, scaled by the feed's decimals, below 2^80; 0n = none. */
  readonly prices: readonly bigint[];
};

export type SignedObservation = Observation & { readonly slot: number; readonly signature: Key.Signature };

/** What the receiver knows and an observation must match. */
export type Expectation = {
  readonly feedSetId: Field;
  readonly epoch: number;
  /** Feeds of the circuit; prices beyond `feedCount` must be 0. */
  readonly capacity: number;
  readonly feedCount: number;
  /** Registered keys by slot. */
  readonly keys: readonly Key.PublicKey[];
};

export type Received =
  | { readonly ok: true; readonly observation: SignedObservation }
  | { readonly ok: false; readonly reason: string };

/** Characters of a refusal: a stranger's body must not fill the log. */
const MAX_REASON = 300;
const PRICES_PER_ELEMENT = 3;
const PRICE_STRIDE = 84n;

/** digest(OBSERVATION, [feedSetId, epoch, packed prices]): the message that is signed. */
export function message({ feedSetId, epoch, prices }: Observation): Field {
  return digest(TAGS.observation, [feedSetId, parseField(BigInt(epoch)), ...packPrices(prices)]);
}

/** Three prices to an element at a stride of 84 bits, low first; the last element may hold fewer. */
export function packPrices(prices: readonly bigint[]): readonly Field[] {
  const packed: Field[] = [];
  for (let start = 0; start < prices.length; start += PRICES_PER_ELEMENT) {
    const chunk = prices.slice(start, start + PRICES_PER_ELEMENT);
    packed.push(parseField(chunk.reduce((sum, price, k) => sum + (price << (PRICE_STRIDE * BigInt(k))), 0n)));
  }
  return packed;
}

export function sign(key: Key.SecretKey, slot: number, observation: Observation): SignedObservation {
  return { ...observation, slot, signature: key.sign(message(observation)) };
}

const decimal = z.string().regex(/^(0|[1-9][0-9]{0,77})$/, "want a decimal integer");
const element = decimal.transform((text) => BigInt(text)).refine((value) => value < PRIME, "want an element below p");
const wire = z.strictObject({
  feedSetId: element,
  epoch: z
    .int()
    .min(0)
    .lt(2 ** 40),
  slot: z.int().min(0).max(15),
  prices: z.array(element).max(32),
  signature: z.strictObject({ r8: z.tuple([element, element]), s: element }),
});

/** The JSON form that travels between reporter and attestor; integers as decimal strings. */
export function toJson(observation: SignedObservation): string {
  return JSON.stringify(observation, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** Checks shape, ranges, expectation and signature of a body from anywhere. Never throws. */
export function receive(body: string, expected: Expectation): Received {
  const refuse = (reason: string): Received => ({ ok: false, reason });
  const json = parseJson(body);
  if (!json.ok) return refuse("body: not JSON");
  const parsed = wire.safeParse(json.value);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
    return refuse(issues.join("; ").slice(0, MAX_REASON));
  }
  const { feedSetId, epoch, slot, prices, signature } = parsed.data;
  const key = expected.keys[slot];
  if (feedSetId !== expected.feedSetId) return refuse(`feedSetId: got ${feedSetId}, want ${expected.feedSetId}`);
  if (epoch !== expected.epoch) return refuse(`epoch: got ${epoch}, want ${expected.epoch}`);
  if (key === undefined) return refuse(`slot: got ${slot}, want below ${expected.keys.length}`);
  if (prices.length !== expected.capacity) return refuse(`prices: got ${prices.length}, want ${expected.capacity}`);
  const wide = prices.findIndex((price, feed) => !fits(price, feed < expected.feedCount ? 80 : 0));
  if (wide >= 0)
    return refuse(`prices.${wide}: got ${prices[wide]}, want ${wide < expected.feedCount ? "80 bits" : "0"}`);
  const observation: SignedObservation = {
    feedSetId: parseField(feedSetId),
    epoch,
    slot,
    prices,
    signature: { r8: [parseField(signature.r8[0]), parseField(signature.r8[1])], s: parseField(signature.s) },
  };
  return Key.verify(key, message(observation), observation.signature)
    ? { ok: true, observation }
    : refuse(`signature: not by the key of slot ${slot}`);
}

/** A peer has no use for the parser's position: that it is not JSON is all that is kept. */
function parseJson(body: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(body) };
  } catch {
    return { ok: false };
  }
}
