// Exact decimals: text to integers and back, never through a float. The one rounding is down (floor), as in the model.

import { AssayError } from "./errors.ts";

/** The exact value `coefficient * 10^-places`. Never negative: no price of this project is. */
export type Decimal = { readonly coefficient: bigint; readonly places: number };

/** Longest text accepted, in characters. Bounds the work on a hostile body; a double's shortest form has at most 24. */
export const MAX_LENGTH = 128;
/** Largest absolute exponent accepted. */
export const MAX_EXPONENT = 64;
/** Most decimals a scaled integer may have. */
export const MAX_DECIMALS = 18;
/** Largest price that can be signed (80 bits); the smallest is 1, because 0 means "none". */
export const MAX_PRICE = 2n ** 80n - 1n;

// JSON's number grammar without the minus sign: no plus, no hex, no leading zeros, no bare dot, no whitespace.
const GRAMMAR = /^(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Parses "73346.14000000", "7109000" or "1e-08". Throws `decimal.syntax` or `decimal.size`. */
export function parse(text: string): Decimal {
  if (text.length > MAX_LENGTH) {
    throw tooLarge(`${text.length} characters`, `at most ${MAX_LENGTH}`);
  }
  const match = GRAMMAR.exec(text);
  if (match === null) {
    throw new AssayError(
      "decimal.syntax",
      `got ${JSON.stringify(text)}, want a plain or exponent decimal without a sign`,
      {
        disposition: "reject",
      },
    );
  }
  const [, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > MAX_EXPONENT) {
    throw tooLarge(`exponent ${exponent}`, `between -${MAX_EXPONENT} and ${MAX_EXPONENT}`);
  }
  const digits = BigInt(whole + fraction);
  const places = fraction.length - exponent;
  return places < 0 ? { coefficient: digits * power(-places), places: 0 } : { coefficient: digits, places };
}

/** floor(value * 10^decimals). */
export function scaleDown(value: Decimal, decimals: number): bigint {
  checkDecimals(decimals);
  const shift = decimals - value.places;
  return shift >= 0 ? value.coefficient * power(shift) : value.coefficient / power(-shift);
}

/** floor(dividend / divisor * 10^decimals), from the exact operands: one rounding. Throws `decimal.zero`. */
export function divideDown(dividend: Decimal, divisor: Decimal, decimals: number): bigint {
  checkDecimals(decimals);
  if (divisor.coefficient === 0n) {
    throw new AssayError("decimal.zero", "got a divisor of 0, want more than 0", { disposition: "reject" });
  }
  const shift = decimals + divisor.places - dividend.places;
  return shift >= 0
    ? (dividend.coefficient * power(shift)) / divisor.coefficient
    : dividend.coefficient / (divisor.coefficient * power(-shift));
}

/** Lets a scaled integer through when it can be signed as a price, 1 .. 2^80-1. Throws `decimal.range`. */
export function checkPrice(scaled: bigint): bigint {
  if (scaled < 1n || scaled > MAX_PRICE) {
    throw new AssayError("decimal.range", `got ${scaled}, want a scaled price from 1 to 2^80-1`, {
      disposition: "reject",
    });
  }
  return scaled;
}

/** 2314693000000 at 8 decimals is "23146.93": no trailing zeros, no exponent. */
export function format(scaled: bigint, decimals: number): string {
  checkDecimals(decimals);
  const sign = scaled < 0n ? "-" : "";
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, "0");
  const split = digits.length - decimals;
  const fraction = digits.slice(split).replace(/0+$/, "");
  return `${sign}${digits.slice(0, split)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Bounded: exponents stay below MAX_LENGTH + 2 * MAX_EXPONENT + MAX_DECIMALS. */
function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

function checkDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > MAX_DECIMALS) {
    throw new AssayError("decimal.decimals", `got ${decimals} decimals, want an integer from 0 to ${MAX_DECIMALS}`);
  }
}

function tooLarge(got: string, want: string): AssayError {
  return new AssayError("decimal.size", `got a decimal of ${got}, want ${want}`, { disposition: "reject" });
}
