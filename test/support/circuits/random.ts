// A seeded source of choices for tests: SplitMix64. The seed stands in every test's output, so that a failure can be had again.

const MASK_64 = (1n << 64n) - 1n;

export type Random = {
  readonly seed: bigint;
  /** `bits` random bits. */
  readonly bits: (bits: number) => bigint;
  /** An integer in [0, bound). */
  readonly below: (bound: number) => number;
  /** True once in `times`. */
  readonly oneIn: (times: number) => boolean;
  readonly pick: <T>(choices: readonly T[]) => T;
};

export function random(seed: bigint): Random {
  let state = seed & MASK_64;
  const word = (): bigint => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK_64;
    let mixed = state;
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return mixed ^ (mixed >> 31n);
  };
  const bits = (count: number): bigint => {
    let value = 0n;
    for (let have = 0; have < count; have += 64) value = (value << 64n) | word();
    return value & ((1n << BigInt(count)) - 1n);
  };
  // The modulo's bias is below 2^-32 for bounds of 32 bits: of no concern to a test.
  const below = (bound: number): number => Number(word() % BigInt(bound));
  const pick = <T>(choices: readonly T[]): T => {
    if (choices.length === 0) throw new RangeError("got no choices, want at least one");
    return choices[below(choices.length)] as T; // the index is below the length
  };
  return { seed, bits, below, oneIn: (times) => below(times) === 0, pick };
}

/** The seed of this run: ASSAY_TEST_SEED, or a fixed one, so that two runs of the suite try the same. */
export function seedOfRun(): bigint {
  return BigInt(process.env.ASSAY_TEST_SEED ?? "20260101");
}
