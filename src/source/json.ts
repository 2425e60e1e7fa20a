// A stranger's JSON: numbers stay digits, keys stay own properties, nesting and ambiguity are refused.

import { isLosslessNumber, parse as parseLossless } from "lossless-json";
import { refusal, show } from "./source.ts";

/** Deeper bodies are refused before the recursive parser sees them. */
const MAX_DEPTH = 32;

export type Path = readonly (string | number)[];

/** Throws `source.body`: not UTF-8, not JSON, too deep, or a key given twice with two values. */
export function parse(body: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    checkDepth(text);
    return parseLossless(text);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message.slice(0, 120) : String(cause);
    throw refusal("source.body", `got ${show(got)}, want a JSON body`, { cause });
  }
}

/** The value at the path, by own members only. Throws `source.path`. */
export function at(body: unknown, path: Path): unknown {
  let value = body;
  for (const [depth, key] of path.entries()) {
    if (!hasMember(value, key)) {
      throw refusal("source.path", `got nothing at ${show(path.slice(0, depth + 1))}, want a value`, {
        data: { path },
      });
    }
    value = value[key];
  }
  return value;
}

/** The digits of a JSON number, or undefined for any other value. */
export function toDigits(value: unknown): string | undefined {
  return isLosslessNumber(value) ? value.value : undefined;
}

/** The name of a JSON value's type, for messages. */
export function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : isLosslessNumber(value) ? "number" : typeof value;
}

/** An index leads into arrays only, a key into objects only; a number's inner text is not a member of the body. */
function hasMember(value: unknown, key: string | number): value is Record<string | number, unknown> {
  if (typeof value !== "object" || value === null || isLosslessNumber(value)) {
    return false;
  }
  return Array.isArray(value) === (typeof key === "number") && Object.hasOwn(value, key);
}

function checkDepth(text: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"?|[[\]{}]/gs)) {
    depth += token === "[" || token === "{" ? 1 : token === "]" || token === "}" ? -1 : 0;
    if (depth > MAX_DEPTH) {
      throw new SyntaxError(`nesting deeper than ${MAX_DEPTH}`);
    }
  }
}
