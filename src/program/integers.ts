// Widths of integers that are held as JavaScript numbers, and powers of two. Nothing here asks Math.log2, which engines may
// round in ways of their own: a circuit has to be the same on every machine.

/** True when `value` is an integer in [-2^(bits - 1), 2^(bits - 1)). */
export function fits(value: number, bits: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1);
}

/** The least b with value < 2^b, for a value >= 0. */
export function bitLength(value: number): number {
  return value === 0 ? 0 : value.toString(2).length; // exact below 2^53, where a logarithm is not
}

/** The least bits of two's complement that hold an integer: 1 for 0 and -1. */
export function signedBits(value: number): number {
  return 1 + bitLength(value >= 0 ? value : -value - 1);
}

/** The greatest k with 2^k <= value: -Infinity for 0. Exact: a double is halved and doubled without rounding. */
export function floorLog2(value: number): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) return value === 0 ? Number.NEGATIVE_INFINITY : value;
  let [rest, exponent] = [value, 0];
  for (; rest >= 2; rest /= 2) exponent++;
  for (; rest < 1; rest *= 2) exponent--;
  return exponent;
}

/** The least k with value <= 2^k. */
export function ceilLog2(value: number): number {
  const floor = floorLog2(value);
  return 2 ** floor === value ? floor : floor + 1;
}
