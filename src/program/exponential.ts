// e^x by additions, multiplications and divisions alone, which every machine rounds alike. Math.exp and Math.tanh are any
// engine's own: a last digit off can turn a rounded slope, and that is another circuit.

/** ln 2 in two parts: the first with so few digits that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Terms of the series: beyond 0.35^16 / 16! nothing is left of a double. */
const TERMS = 16;

/** To within a few units of the last digit. 0 and Infinity where that is all a double can say. */
export function exp(x: number): number {
  if (x < -745) return 0;
  if (x > 710) return Number.POSITIVE_INFINITY;
  const exponent = Math.round(x / (LN2_HIGH + LN2_LOW));
  const rest = x - exponent * LN2_HIGH - exponent * LN2_LOW;
  let sum = 1;
  for (let n = TERMS; n > 0; n--) sum = 1 + (rest / n) * sum;
  // In two steps: 2^1024 is no double, and 2^-1074 the least.
  const half = Math.trunc(exponent / 2);
  return sum * 2 ** half * 2 ** (exponent - half);
}
