// Sources that give what a test says. Why a fake: real ones ask venues.

import type { Observe, ObserveRequest } from "../../src/source/observePrices.ts";

/** The same prices whenever it is asked; a price of 0 comes with a reason, as from a source that failed. */
export function fixedObserve(prices: readonly bigint[], requests: ObserveRequest[] = []): Observe {
  return async (request, { signal }) => {
    signal.throwIfAborted();
    requests.push(request);
    const outcomes = prices.map((price, feed) => {
      const pair = `FEED${feed}/USD`;
      if (price === 0n) return { pair, ok: false as const, code: "source.timeout" as const, reason: "too slow" };
      const observation = { valueScaled: price, decimals: 8, origin: "test", rawDigest: "00", attempts: 1 };
      return { pair, ok: true as const, observation };
    });
    return { prices, outcomes };
  };
}
