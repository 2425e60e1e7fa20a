// Widths of integers that are held as JavaScript numbers.

/** True when `value` is an integer in [-2^(bits - 1), 2^(bits - 1)). */
export function fits(value: number, bits: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1);
}

/** The least b with value < 2^b, for a value >= 0. */
export function bitLength(value: number): number {
  return value === 0 ? 0 : value.toString(2).length; // exact below 2^53, where a logarithm is not
}
