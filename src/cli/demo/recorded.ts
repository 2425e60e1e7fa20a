// The demo over recorded minutes: its clock and the chain's follow the recording.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Prepared } from "../../daemon/attestor.ts";
import type { Clock } from "../../lib/clock.ts";
import { AssayError } from "../../lib/errors.ts";
import { createReadTable } from "../../source/replay.ts";
import { createPanel } from "./panel.ts";
import { createTally, type Run, showAccepted, type Tampering } from "./run.ts";
import { type Staged, staged, tap } from "./script.ts";
import { createWorld, type World } from "./world.ts";

/** Accepted rounds when nothing else is asked for. */
const DEFAULT_ROUNDS = 12;

export async function runRecorded(run: Run): Promise<void> {
  const { job, signal, screen } = run;
  const { periodSeconds } = job.spec;
  const epochs = await recordedEpochs(run);
  const wanted = run.rounds ?? DEFAULT_ROUNDS;
  if (wanted > epochs.length) {
    throw new AssayError("usage.rounds", `got --rounds ${wanted}, want at most the ${epochs.length} recorded minutes`);
  }

  // A minute's closing price is known at its end: the demo stands in the last seconds of each epoch.
  let nowSeconds = (epochs[0] ?? 0) * periodSeconds - 60;
  const clock: Clock = { nowMs: () => nowSeconds * 1000, sleep: run.clock.sleep };
  let present: Staged = { tamper: false, notes: [] };
  const panel = await createPanel({ ...run, clock, tap: (observe, slot) => tap(observe, slot, () => present) });
  const world = await run.progress.during(() => createWorld(panel, { ...run, clock, genesisSeconds: nowSeconds }));
  screen.opening(world.deployment);

  const tally = createTally();
  for (const epoch of epochs) {
    if (tally.accepted >= wanted) break;
    signal.throwIfAborted();
    present = staged(tally.accepted + 1, job.spec);
    nowSeconds = (epoch + 1) * periodSeconds - 5;
    await world.moveChainTo(nowSeconds);
    const prepared = await world.attestor.prepare(epoch, signal);
    if ("kind" in prepared) {
      screen.skipped(epoch, prepared);
      continue;
    }
    const tampering = present.tamper ? await offerTampered(world, prepared) : undefined;
    const receipt = await world.attestor.submit(prepared, signal);
    const shown = { accepted: { kind: "accepted", ...prepared, receipt } as const, notes: present.notes };
    await showAccepted(run, world, tally, tampering === undefined ? shown : { ...shown, tampering });
  }
  if (tally.accepted < wanted) {
    throw new AssayError("demo.rounds", `got ${tally.accepted} accepted rounds, want ${wanted}`);
  }
  screen.summary(tally);
}

/** Offers the round with the first feed's answer raised by a percent: what the contract says to it. */
async function offerTampered({ feedSet }: World, { submission, round }: Prepared): Promise<Tampering> {
  const honest = round.reports[0]?.answer ?? 0n;
  const forged = honest + honest / 100n;
  const words = submission.words.map((word, index) => (index === 0 ? word - honest + forged : word));
  try {
    await feedSet.simulate({ ...submission, words });
  } catch (error) {
    if (error instanceof AssayError && error.code === "chain.refused") {
      return { honest, forged, refusal: String(error.data.error) };
    }
    throw error;
  }
  throw new AssayError("demo.tampered", "the contract accepted a tampered report");
}

/** Epochs for which a replay file of the job has a row, in order. Throws `job.recording` for a file that is none. */
async function recordedEpochs({ job }: Run): Promise<readonly number[]> {
  const readTable = createReadTable({ readFile: (path) => readFile(path, "utf8"), directory: job.directory });
  const files = new Set(
    job.spec.reporters.flatMap(({ sources }) =>
      sources.flatMap((source) => (source.kind === "replay" ? [source.file] : [])),
    ),
  );
  const epochs = new Set<number>();
  for (const file of files) {
    const { rows } = await readTable(file).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AssayError("job.recording", `${join(job.directory, file)}: ${why}`, { cause });
    });
    for (const ts of rows.keys()) epochs.add(Math.floor(ts / job.spec.periodSeconds));
  }
  return [...epochs].sort((a, b) => a - b);
}
