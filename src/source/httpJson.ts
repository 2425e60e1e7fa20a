// A price read from one venue's JSON ticker. A float never holds it: the body's digits are parsed as they stand.

import * as z from "zod";
import type { HttpJson } from "../job/schema.ts";
import type { Clock } from "../lib/clock.ts";
import * as Decimal from "../lib/decimal.ts";
import * as Json from "./json.ts";
import { parseValue, type Reader, type Reading, refusal, sha256, show } from "./source.ts";
import type { Get } from "./transport.ts";

export type HttpJsonDeps = { readonly get: Get; readonly clock: Clock };

export function createHttpJson(setting: HttpJson, { get, clock }: HttpJsonDeps): Reader {
  return async (_request, options) => {
    const { body, attempts } = await get(setting, options);
    return { ...extract(body, setting, clock.nowMs()), origin: setting.url, attempts };
  };
}

/** What the body says under the setting, `nowMs` being when it arrived. Throws source.body, .path, .mismatch, .value, .time, .stale or .future. */
export function extract(
  body: Uint8Array,
  setting: Pick<HttpJson, "path" | "expect" | "require" | "time">,
  nowMs: number,
): Omit<Reading, "origin" | "attempts"> {
  const json = Json.parse(body);
  for (const { path, equals } of setting.require) {
    const got = Json.at(json, path);
    if (got !== equals) {
      throw refusal("source.mismatch", `got ${show(got)} at ${show(path)}, want ${show(equals)}`);
    }
  }
  const value = readPrice(Json.at(json, setting.path), setting.expect);
  const rawDigest = sha256(body);
  if (setting.time === undefined) {
    return { value, rawDigest };
  }
  const observedAtMs = readTime(Json.at(json, setting.time.path), setting.time.unit);
  checkAge(observedAtMs, nowMs, setting.time);
  return { value, observedAtMs, rawDigest };
}

function readPrice(got: unknown, expect: HttpJson["expect"]): Decimal.Decimal {
  const text = expect === "number" ? Json.toDigits(got) : got;
  if (typeof text !== "string") {
    throw refusal("source.value", `got a price of type ${Json.typeOf(got)}, want a ${expect}`);
  }
  return parseValue(text);
}

type Time = NonNullable<HttpJson["time"]>;

/** Milliseconds, rounded down. */
function readTime(got: unknown, unit: Time["unit"]): number {
  const text = unit === "s" || unit === "ms" ? Json.toDigits(got) : got;
  if (typeof text !== "string") {
    throw refusal("source.time", `got a time of type ${Json.typeOf(got)}, want ${unit}`);
  }
  if (unit === "iso8601") {
    if (!z.iso.datetime({ offset: true }).safeParse(text).success) {
      throw refusal("source.time", `got the time ${show(text)}, want ISO 8601 with a zone`);
    }
    return Date.parse(text);
  }
  try {
    const ms = Decimal.scaleDown(Decimal.parse(text), unit === "s" || unit === "s-string" ? 3 : 0);
    return Number(ms); // Beyond 2^53 it is inexact, and thousands of years in the future either way.
  } catch (cause) {
    throw refusal("source.time", `got the time ${show(text)}, want ${unit}`, { cause });
  }
}

function checkAge(observedAtMs: number, nowMs: number, { maxAgeSeconds, maxAheadSeconds }: Time): void {
  const ageMs = nowMs - observedAtMs;
  if (ageMs > maxAgeSeconds * 1000) {
    throw refusal("source.stale", `got a price ${ageMs} ms old, want at most ${maxAgeSeconds} s`, { data: { ageMs } });
  }
  if (-ageMs > maxAheadSeconds * 1000) {
    throw refusal("source.future", `got a price ${-ageMs} ms in the future, want at most ${maxAheadSeconds} s`, {
      data: { ageMs },
    });
  }
}
