// All prices of one reporter for one epoch: asked at once, cut off at the deadline, each failure on its own.

import type { Clock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { FeedSource } from "./registry.ts";
import { type Observation, type Options, type Request, refusal, type SourceCode } from "./source.ts";

export type ObserveRequest = Request & {
  /** What is not there by then is left out. From the call, not from the start of the epoch. */
  readonly deadlineMs: number;
};

export type Outcome =
  | { readonly pair: string; readonly ok: true; readonly observation: Observation }
  | { readonly pair: string; readonly ok: false; readonly code: SourceCode | "source.absent"; readonly reason: string };

export type Observed = {
  /** In the order of the job's feeds; 0n means none. */
  readonly prices: readonly bigint[];
  readonly outcomes: readonly Outcome[];
};

export type ObserveLog = Pick<Log, "info" | "warn" | "debug">;

export type Observe = (request: ObserveRequest, options: Options) => Promise<Observed>;

/** The function never throws for a source; it throws the signal's reason when the caller aborts. */
export function createObserve(
  feeds: readonly FeedSource[],
  { clock, log }: { clock: Clock; log: ObserveLog },
): Observe {
  const failing = new Map<string, string>();

  const report = (outcome: Outcome, error: unknown, epoch: number): void => {
    const { pair } = outcome;
    const before = failing.get(pair);
    if (outcome.ok) {
      failing.delete(pair);
      if (before !== undefined) {
        log.info("source recovered", { pair, epoch });
      }
    } else if (outcome.code !== "source.absent") {
      failing.set(pair, outcome.code);
      // Once for each episode and cause: a venue that is down is one warning, not one a minute.
      const line = { pair, epoch, code: outcome.code, reason: outcome.reason };
      if (before === outcome.code) {
        log.debug("price left out", line);
      } else {
        // A refusal says all in its reason; only a bug needs its stack.
        log.warn("price left out", line, outcome.code === "source.failed" ? error : undefined);
      }
    }
  };

  return async ({ epoch, periodSeconds, deadlineMs }, { signal }) => {
    signal.throwIfAborted();
    const deadline = new AbortController();
    const done = new AbortController();
    const own = AbortSignal.any([signal, deadline.signal]);
    clock.sleep(deadlineMs, done.signal).then(
      () =>
        deadline.abort(
          refusal("source.deadline", `got no price yet, want one within ${deadlineMs} ms`, { data: { deadlineMs } }),
        ),
      () => {}, // All sources ended first.
    );
    try {
      const outcomes = await Promise.all(
        feeds.map(async (feed) => {
          const [outcome, error] = await settle(feed, { epoch, periodSeconds }, own);
          signal.throwIfAborted();
          report(outcome, error, epoch);
          return outcome;
        }),
      );
      return { prices: outcomes.map((outcome) => (outcome.ok ? outcome.observation.valueScaled : 0n)), outcomes };
    } finally {
      // Ends the deadline's timer; when the caller aborted, the sources have the same signal.
      done.abort();
    }
  };
}

async function settle(
  { pair, source }: FeedSource,
  request: Request,
  signal: AbortSignal,
): Promise<[Outcome, unknown]> {
  if (source === undefined) {
    return [{ pair, ok: false, code: "source.absent", reason: "the job gives this reporter no source" }, undefined];
  }
  try {
    // Raced, so that a source that does not heed its signal delays nobody; its late answer is dropped.
    const observation = await Promise.race([source(request, { signal }), rejectOnAbort(signal)]);
    return [{ pair, ok: true, observation }, undefined];
  } catch (error) {
    return [
      { pair, ok: false, code: codeOf(error), reason: error instanceof Error ? error.message : String(error) },
      error,
    ];
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
    }
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function codeOf(error: unknown): SourceCode {
  // `as`: sources throw AssayErrors of these codes only; whatever else is a bug in a source, and still only its own price.
  return error instanceof AssayError && error.code.startsWith("source.") ? (error.code as SourceCode) : "source.failed";
}
