// The demo against the exchanges' public APIs, in real time, until stopped.

import type { Outcome } from "../../daemon/attestor.ts";
import { everyEpoch } from "../../daemon/schedule.ts";
import { nowSeconds } from "../../lib/clock.ts";
import { AssayError } from "../../lib/errors.ts";
import { Interrupted } from "../shutdown.ts";
import { createPanel, type Panel } from "./panel.ts";
import { createTally, type Run, showAccepted } from "./run.ts";
import type { Failed } from "./screen.ts";
import { createWorld } from "./world.ts";

/** Ends with `live.unreachable` when fewer reporters than a round needs can reach their venues at the start. */
export async function runLive(run: Run): Promise<void> {
  const { job, signal, screen, clock, log, rounds } = run;
  const { periodSeconds } = job.spec;
  const panel = await createPanel(run);
  await requireReachable(run, panel);
  const world = await run.progress.during(() => createWorld(panel, run));
  screen.opening(world.deployment);

  const tally = createTally();
  const enough = new AbortController();
  const until = AbortSignal.any([signal, enough.signal]);
  // A round that fails for a reason that may pass is said and left; the next epoch is another one.
  const attest = async (epoch: number): Promise<Outcome | Failed> => {
    try {
      return await world.attestor.attest(epoch, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AssayError) || error.disposition === "fatal") throw error;
      log.error("round failed", { epoch, code: error.code }, error);
      return { kind: "failed", reason: error.message };
    }
  };
  const tick = async (epoch: number): Promise<void> => {
    const outcome = await attest(epoch);
    if (outcome.kind !== "accepted") {
      screen.skipped(epoch, outcome);
      return;
    }
    await showAccepted(run, world, tally, { accepted: outcome, notes: [] });
    if (rounds !== undefined && tally.accepted >= rounds) enough.abort();
  };
  run.progress.say(`waiting for the next epoch, every ${periodSeconds} s`);
  try {
    await everyEpoch(tick, { periodSeconds, clock, log }, until);
  } catch (error) {
    // Being stopped is how this run ends.
    if (!(signal.reason instanceof Interrupted)) throw error;
  }
  screen.summary(tally);
}

async function requireReachable(
  { job, clock, progress, signal }: Run,
  { reporters, configuration }: Panel,
): Promise<void> {
  progress.step("asking the exchanges");
  const epoch = Math.floor(nowSeconds(clock) / job.spec.periodSeconds);
  const asked = await progress.during(() =>
    Promise.allSettled(reporters.map((reporter) => reporter.report(epoch, signal))),
  );
  signal.throwIfAborted();
  const unreached = asked.flatMap((result) => (result.status === "rejected" ? [String(result.reason?.message)] : []));
  const reached = asked.length - unreached.length;
  if (reached >= configuration.minSigners) return;
  throw new AssayError(
    "live.unreachable",
    [
      `got prices from ${reached} of ${asked.length} reporters, want ${configuration.minSigners}: the exchanges cannot be reached`,
      ...unreached.map((reason) => `  ${reason.replaceAll("\n", "\n  ")}`),
    ].join("\n"),
    { disposition: "retry" },
  );
}
