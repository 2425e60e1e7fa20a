// Ticks once an epoch, at its start, driven by node-cron.

import cron from "node-cron";
import { cronOf } from "../job/period.ts";
import { type Clock, nowSeconds } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";

export type Tick = (epoch: number, signal: AbortSignal) => Promise<void>;

/**
 * Runs `tick` at the start of every period until the signal aborts. A tick that comes while one is running is dropped,
 * not queued; one that fails ends the schedule with its error. Throws `schedule.period` for a period that no cron
 * expression meets: it must divide a minute, an hour or a day.
 */
export async function everyEpoch(
  tick: Tick,
  { periodSeconds, clock, log }: { readonly periodSeconds: number; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const expression = cronExpression(periodSeconds);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let running: Promise<void> | undefined;
  const task = cron.schedule(
    expression,
    () => {
      const epoch = Math.floor(nowSeconds(clock) / periodSeconds);
      if (running !== undefined) {
        log.warn("tick dropped", { epoch, reason: "the last one is still running" });
        return;
      }
      running = tick(epoch, signal)
        .catch(reject)
        .finally(() => {
          running = undefined;
        });
    },
    { timezone: "Etc/UTC" },
  );
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    await task.destroy();
    await running;
  }
}

/** Throws `schedule.period`; a job with such a period is refused when it is loaded. */
export function cronExpression(periodSeconds: number): string {
  const expression = cronOf(periodSeconds);
  if (expression === undefined) {
    throw new AssayError(
      "schedule.period",
      `got a period of ${periodSeconds} s, want a divisor of a minute, an hour or a day`,
    );
  }
  return expression;
}
