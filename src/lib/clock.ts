// Time comes from here and nowhere else, so that a test or a replay can own it.

import { setTimeout as delay } from "node:timers/promises";

export type Clock = {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? undefined : { signal });
  },
};

/** Whole seconds since the Unix epoch. */
export const nowSeconds = (clock: Clock): number => Math.floor(clock.nowMs() / 1000);
