// What a file is that was to be JSON, in one line.

import { printable } from "./printable.ts";

/** Of a model's bytes the parser's own message would show a few. */
const NO_TEXT = /(?![\t\n\r])\p{Cc}|\ufffd/u;

/** `cause`: what JSON.parse threw at the text. */
export function whyNoJson(text: string, cause: unknown): string {
  if (NO_TEXT.test(text)) return "it is no text";
  return `it is no JSON: ${printable(cause instanceof Error ? cause.message : String(cause), 200)}`;
}
