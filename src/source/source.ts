// What a source is: asked for one epoch's price, it answers with an observation or throws why not.

import { createHash } from "node:crypto";
import * as Decimal from "../lib/decimal.ts";
import { AssayError, type Disposition } from "../lib/errors.ts";

/** `epoch * periodSeconds` is the start of the epoch, in unix seconds. */
export type Request = { readonly epoch: number; readonly periodSeconds: number };

export type Options = { readonly signal: AbortSignal };

/** A price as the source gave it, exact: a quotient is rounded once, from two of these. */
export type Reading = {
  readonly value: Decimal.Decimal;
  /** When the venue says the price was made; absent when it does not say. */
  readonly observedAtMs?: number;
  readonly origin: string;
  /** SHA-256, hex, of the bytes that the price was read from. */
  readonly rawDigest: string;
  /** Requests that were sent for it; 0 for a file. */
  readonly attempts: number;
};

/** A reading at the feed's decimals, in the range of a price that can be signed. */
export type Observation = Omit<Reading, "value"> & { readonly valueScaled: bigint; readonly decimals: number };

export type Reader = (request: Request, options: Options) => Promise<Reading>;
export type Source = (request: Request, options: Options) => Promise<Observation>;

/** Rounds a reading down to the feed's decimals. Throws `source.range`. */
export function toObservation({ value, ...rest }: Reading, decimals: number): Observation {
  return { ...rest, valueScaled: toPrice(value, decimals), decimals };
}

/** An implied price, rounded down to `decimals` places, of two that could be signed themselves. Throws `source.range`. */
export function divide(dividend: Decimal.Decimal, divisor: Decimal.Decimal, decimals: number): Decimal.Decimal {
  toPrice(dividend, decimals);
  toPrice(divisor, decimals);
  return { coefficient: Decimal.divideDown(dividend, divisor, decimals), places: decimals };
}

/** A price from the digits that a body or file gave. Throws `source.value`. */
export function parseValue(text: string): Decimal.Decimal {
  try {
    return Decimal.parse(text);
  } catch (cause) {
    throw refusal("source.value", `got ${show(text)}, want a decimal price without a sign`, { cause });
  }
}

/** SHA-256 in hex of the parts one after the other. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest("hex");
}

/** What a stranger sent, short and escaped, fit for a message. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}… (${text.length} characters)`;
}

function toPrice(value: Decimal.Decimal, decimals: number): bigint {
  try {
    return Decimal.checkPrice(Decimal.scaleDown(value, decimals));
  } catch (cause) {
    throw refusal("source.range", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Why a price was left out. Public: docs/errors.md. */
export type SourceCode =
  | "source.timeout"
  | "source.network"
  | "source.status"
  | "source.type"
  | "source.size"
  | "source.body"
  | "source.path"
  | "source.mismatch"
  | "source.value"
  | "source.range"
  | "source.time"
  | "source.stale"
  | "source.future"
  | "source.file"
  | "source.none"
  | "source.deadline"
  | "source.failed";

type RefusalOptions = {
  readonly disposition?: Disposition;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
};

export function refusal(code: SourceCode, message: string, options: RefusalOptions = {}): AssayError {
  return new AssayError(code, message, { disposition: "reject", ...options });
}
