// How much a file may hold. Counted as it is read, before anything is made of it, so that memory and time are bounded
// by these numbers and not by what a file claims.

import { tooLarge } from "./refusal.ts";

export const LIMITS = {
  /** Of the whole file: check a file's size against it before reading the file. */
  bytes: 1 << 24,
  /** Elements of all tensors and attributes together: 16 MiB of floats. */
  numbers: 1 << 22,
  /** Names, strings, and fields that are passed over. */
  texts: 1 << 18,
  /** Nodes, attributes, tensors, values, dimensions. */
  messages: 1 << 16,
  /** Dimensions of one tensor, and each of them. */
  rank: 32,
  dimension: 2 ** 31 - 1,
} as const;

export type Countable = "numbers" | "texts" | "messages";

/** What may still be read. Shared by all parts of one file. */
export type Budget = { [K in Countable]: number };

export function createBudget(): Budget {
  return { numbers: LIMITS.numbers, texts: LIMITS.texts, messages: LIMITS.messages };
}

/** Throws `model.size` once the whole file has more than its limit. */
export function spend(budget: Budget, what: Countable, count: number, where: string): void {
  budget[what] -= count;
  if (budget[what] >= 0) return;
  throw tooLarge({ got: `too many ${what}`, where, want: `at most ${LIMITS[what]} in a file` });
}
