// The job's reporters in this process, each with its sources and its journal; and how the attestor asks them.

import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Collect } from "../../daemon/attestor.ts";
import { createReporter, type Reporter } from "../../daemon/reporter.ts";
import type { Job } from "../../job/job.ts";
import { openJournal } from "../../journal/journal.ts";
import type { Clock } from "../../lib/clock.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Log } from "../../lib/log.ts";
import type { SecretKey } from "../../observation/key.ts";
import type { Configuration } from "../../round/configuration.ts";
import { createObserve, type Observe } from "../../source/observePrices.ts";
import { createFeedSources } from "../../source/registry.ts";
import { createGet } from "../../source/transport.ts";
import type { Closers } from "../shutdown.ts";

export type ReportersOptions = {
  readonly job: Job;
  readonly configuration: Configuration;
  /** By slot. */
  readonly keys: readonly SecretKey[];
  readonly clock: Clock;
  readonly log: Log;
  readonly closers: Closers;
  /** What comes between a reporter and its sources: where a demo lets one lie. */
  readonly tap?: (observe: Observe, slot: number) => Observe;
};

const RANDOM_STEPS = 2 ** 47;
/** In [0, 1): jitter of retries. */
const random = (): number => randomInt(RANDOM_STEPS) / RANDOM_STEPS;

/** Journals stand in a directory that is gone with the run, as the keys are. */
export async function createReporters(options: ReportersOptions): Promise<readonly Reporter[]> {
  const { job, configuration, keys, clock, log, closers, tap } = options;
  const { feedSetId, capacity } = configuration;
  const { periodSeconds, sourceDeadlineMs } = job.spec;
  const directory = await mkdtemp(join(tmpdir(), "assay-demo-"));
  // Also where a second signal leaves no time to close.
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const readers = { get: createGet({ clock, random }), clock, readFile: (path: string) => readFile(path, "utf8") };
  return job.spec.reporters.map(({ name }, slot) => {
    const key = keys[slot];
    if (key === undefined) throw new AssayError("reporter.key", `got ${keys.length} keys, want one for slot ${slot}`);
    const journal = openJournal(join(directory, `${name}.sqlite`));
    closers.add(() => journal.close());
    const observe = createObserve(createFeedSources(job, name, readers), { clock, log: log.child({ reporter: name }) });
    return createReporter(
      { clock, journal, key, observe: tap?.(observe, slot) ?? observe },
      { name, slot, feedSetId, periodSeconds, capacity: capacity.feeds, deadlineMs: sourceDeadlineMs },
    );
  });
}

/** Asks all reporters at once; one that has nothing is left out. */
export function collectFrom(reporters: readonly Reporter[], log: Log): Collect {
  return async (epoch, signal) => {
    const bodies = await Promise.all(
      reporters.map(async (reporter) => {
        try {
          return [await reporter.report(epoch, signal)];
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof AssayError)) throw error;
          log.warn("no observation", { reporter: reporter.name, epoch, code: error.code }, error);
          return [];
        }
      }),
    );
    return bodies.flat();
  };
}
