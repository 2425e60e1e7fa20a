// `assay demo`: which job, which clock, which epochs; then rounds until they are enough.

import { join } from "node:path";
import * as Job from "../../job/job.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Log } from "../../lib/log.ts";
import type { Environment } from "../environment.ts";
import { createProgress } from "../progress.ts";
import { runLive } from "./live.ts";
import { runRecorded } from "./recorded.ts";
import { createScreen } from "./screen.ts";

export type DemoOptions = {
  readonly live: boolean;
  readonly json: boolean;
  readonly rounds?: number;
  readonly job?: string;
};

export type DemoEnvironment = Environment & { readonly log: Log };

/** Ends by itself with the recorded window, after `rounds` accepted rounds, or when the signal aborts. */
export async function demo(options: DemoOptions, environment: DemoEnvironment): Promise<void> {
  const { root, clock, out, err } = environment;
  const path = options.job ?? join(root, "jobs", options.live ? "live-btc.json" : "demo-btc.json");
  const job = await Job.load(path);
  const recorded = job.spec.reporters.some(({ sources }) => sources.some(({ kind }) => kind === "replay"));
  if (recorded === options.live) {
    throw new AssayError(
      "usage.job",
      `got ${options.live ? "a recorded job with" : "a live job without"} --live: ${path}`,
    );
  }
  const run = {
    ...environment,
    job,
    progress: createProgress(clock, err),
    screen: createScreen({ job, json: options.json, write: out, note: options.json ? err : out }),
    ...(options.rounds === undefined ? {} : { rounds: options.rounds }),
  };
  await (options.live ? runLive(run) : runRecorded(run));
}
