// From a job's settings to the sources of one reporter, feed by feed.

import type { Job } from "../job/job.ts";
import type { Source as Setting } from "../job/schema.ts";
import type { Clock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import { createHttpJson } from "./httpJson.ts";
import { createQuotient } from "./quotient.ts";
import { createReadTable, createReplay, type ReadTable } from "./replay.ts";
import { type Reader, type Source, toObservation } from "./source.ts";
import type { Get } from "./transport.ts";

export type RegistryDeps = {
  readonly get: Get;
  readonly clock: Clock;
  readonly readFile: (path: string) => Promise<string>;
};

/** One feed of the job, in its order; no source when this reporter has none for the pair. */
export type FeedSource = { readonly pair: string; readonly decimals: number; readonly source?: Source };

/** Throws `source.reporter` when the job has no reporter of that name. */
export function createFeedSources(job: Job, reporterName: string, deps: RegistryDeps): readonly FeedSource[] {
  const reporter = job.spec.reporters.find(({ name }) => name === reporterName);
  if (reporter === undefined) {
    const names = job.spec.reporters.map(({ name }) => name).join(", ");
    throw new AssayError("source.reporter", `got reporter ${JSON.stringify(reporterName)}, want one of ${names}`);
  }
  const readTable = createReadTable({ readFile: deps.readFile, directory: job.directory });
  const settings = new Map(reporter.sources.map((setting) => [setting.pair, setting]));
  const readers = new Map<string, Reader>();

  // A pair that is a feed and an operand is one request: the implied price is made of the prices that are signed.
  const readerOf = (pair: string, decimals: number): Reader => {
    const setting = settings.get(pair);
    if (setting === undefined) {
      // Job.load refuses it: crossChecks.operandsAreFetched.
      throw new AssayError("source.reporter", `got no source of ${reporterName} for ${pair}, want one`);
    }
    const reader = readers.get(pair) ?? onceAnEpoch(createReader(setting, decimals, { ...deps, readTable, readerOf }));
    readers.set(pair, reader);
    return reader;
  };

  return job.spec.feeds.map(({ pair, decimals }) => {
    if (!settings.has(pair)) {
      return { pair, decimals };
    }
    const reader = readerOf(pair, decimals);
    return {
      pair,
      decimals,
      source: async (request, options) => toObservation(await reader(request, options), decimals),
    };
  });
}

type ReaderDeps = RegistryDeps & {
  readonly readTable: ReadTable;
  readonly readerOf: (pair: string, decimals: number) => Reader;
};

function createReader(setting: Setting, decimals: number, deps: ReaderDeps): Reader {
  switch (setting.kind) {
    case "http-json":
      return createHttpJson(setting, deps);
    case "replay":
      return createReplay(setting, decimals, deps.readTable);
    case "quotient":
      return createQuotient(
        { dividend: deps.readerOf(setting.dividend, decimals), divisor: deps.readerOf(setting.divisor, decimals) },
        decimals,
      );
  }
}

/** Callers that share a signal and an epoch share one reading, failed or not; the memory goes with the signal. */
function onceAnEpoch(reader: Reader): Reader {
  const begun = new WeakMap<AbortSignal, { readonly epoch: number; readonly reading: ReturnType<Reader> }>();
  return (request, options) => {
    const known = begun.get(options.signal);
    if (known?.epoch === request.epoch) {
      return known.reading;
    }
    const reading = reader(request, options);
    begun.set(options.signal, { epoch: request.epoch, reading });
    return reading;
  };
}
