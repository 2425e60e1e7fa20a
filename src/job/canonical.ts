// One byte string for one JSON value: keys sorted by code unit, no whitespace (RFC 8785 for the values a job can hold).

import { createHash } from "node:crypto";

/** Assumes plain data of strings, booleans, null, integers, arrays and objects; undefined members are left out. */
export function stringify(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(stringify).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${stringify(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** 0x-prefixed SHA-256 of the canonical form. */
export function digest(value: unknown): `0x${string}` {
  return `0x${createHash("sha256").update(stringify(value)).digest("hex")}`;
}
