// An implied price: one reading of a venue over another of the same venue and epoch.

import { divide, type Reader, sha256 } from "./source.ts";

export type Operands = { readonly dividend: Reader; readonly divisor: Reader };

/** Fails with the first operand that fails. `decimals` are the places of the result. */
export function createQuotient({ dividend, divisor }: Operands, decimals: number): Reader {
  return async (request, options) => {
    const [above, below] = await Promise.all([dividend(request, options), divisor(request, options)]);
    const times = [above.observedAtMs, below.observedAtMs].filter((time) => time !== undefined);
    return {
      value: divide(above.value, below.value, decimals),
      // As old as the older of the two.
      ...(times.length === 0 ? {} : { observedAtMs: Math.min(...times) }),
      origin: `${above.origin} / ${below.origin}`,
      rawDigest: sha256(`${above.rawDigest}/${below.rawDigest}`),
      attempts: above.attempts + below.attempts,
    };
  };
}
