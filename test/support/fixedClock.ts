// A clock that a test sets. Why a fake: what depends on the time must be the same whenever the suite runs.

import type { Clock } from "../../src/lib/clock.ts";

export type FixedClock = Clock & { readonly setSeconds: (seconds: number) => void };

/** Stands at `seconds` until it is set. A sleep ends by its signal only. */
export function createFixedClock(seconds: number): FixedClock {
  let nowMs = seconds * 1000;
  return {
    nowMs: () => nowMs,
    setSeconds: (next) => {
      nowMs = next * 1000;
    },
    sleep: (_ms, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
}
