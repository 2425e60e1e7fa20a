// Seeded real and whole numbers in a range.

import { random } from "../circuits/random.ts";

export type Random = {
  readonly between: (low: number, high: number) => number;
  /** From low to high, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly oneOf: <T>(choices: readonly T[]) => T;
};

export function seeded(seed: number): Random {
  const { below, pick } = random(BigInt(seed));
  return {
    between: (low, high) => low + (below(2 ** 32) / 2 ** 32) * (high - low),
    whole: (low, high) => low + below(high - low + 1),
    oneOf: pick,
  };
}
