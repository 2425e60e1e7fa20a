// Tries again what may pass by itself: a bounded number of times, after a jittered and bounded wait.

import type { Clock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";

export type RetryDeps = {
  readonly clock: Clock;
  /** Uniform in [0, 1). Only jitters the wait. */
  readonly random: () => number;
};

/** First wait before the jitter of 50 % to 150 %; doubled each time. */
const BASE_WAIT_MS = 200;
/** Nothing is waited for longer than this; a server that asks for more is not asked again. */
export const MAX_WAIT_MS = 5_000;

/** Runs `work` again after an error of disposition "retry", up to `retries` times. The error carries data.attempts. */
export async function withRetry<T>(
  work: (attempt: number) => Promise<T>,
  retries: number,
  { clock, random }: RetryDeps,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const waitMs = waitAfter(error, attempt, random);
      if (!(error instanceof AssayError) || signal.aborted) {
        throw error;
      }
      if (attempt > retries || error.disposition !== "retry" || waitMs > MAX_WAIT_MS) {
        throw new AssayError(error.code, error.message, {
          cause: error.cause,
          disposition: error.disposition,
          data: { ...error.data, attempts: attempt },
        });
      }
      await clock.sleep(waitMs, signal).catch((cause: unknown) => {
        signal.throwIfAborted(); // The reason of the abort rather than how this clock tells it.
        throw cause;
      });
    }
  }
}

function waitAfter(error: unknown, attempt: number, random: () => number): number {
  const backoffMs = Math.min(MAX_WAIT_MS, BASE_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random()));
  const asked = error instanceof AssayError ? error.data.retryAfterMs : undefined;
  return typeof asked === "number" ? Math.max(backoffMs, asked) : backoffMs;
}
