// What the recorded and the live demo share: the run's parts, its tally, and the showing of an accepted round.

import type { Outcome } from "../../daemon/attestor.ts";
import type { Job } from "../../job/job.ts";
import * as Model from "../../model/hampelChart.ts";
import type { Progress } from "../progress.ts";
import type { DemoEnvironment } from "./command.ts";
import type { Shown } from "./roundText.ts";
import type { Screen } from "./screen.ts";
import type { World } from "./world.ts";

export type Run = DemoEnvironment & {
  readonly job: Job;
  readonly progress: Progress;
  readonly screen: Screen;
  readonly rounds?: number;
};

export type Accepted = Extract<Outcome, { kind: "accepted" }>;

export type Tally = {
  accepted: number;
  gasUsed: bigint;
  /** Reports by status, over all feeds. */
  readonly statuses: Map<string, number>;
  /** Rejected prices by slot. */
  readonly rejected: Map<number, number>;
  readonly proveMs: number[];
  /** Tampered reports that the contract refused. */
  tampered: number;
};

export const createTally = (): Tally => ({
  accepted: 0,
  gasUsed: 0n,
  statuses: new Map(),
  rejected: new Map(),
  proveMs: [],
  tampered: 0,
});

/** What was offered to the contract instead of the honest answer of the first feed, and what it said. */
export type Tampering = { readonly honest: bigint; readonly forged: bigint; readonly refusal: string };

/** Counts the round and shows it, with what a consumer reads after it. */
export async function showAccepted(
  { job, screen }: Run,
  { reader }: World,
  tally: Tally,
  shown: Pick<Shown, "accepted" | "notes" | "tampering">,
): Promise<void> {
  const { accepted } = shown;
  const { round, receipt, proven } = accepted;
  tally.accepted += 1;
  tally.gasUsed += receipt.gasUsed;
  tally.proveMs.push(proven.proveMs);
  if (shown.tampering !== undefined) tally.tampered += 1;
  const consumed = [];
  for (const [feed, { pair }] of job.spec.feeds.entries()) {
    const report = round.reports[feed];
    if (report === undefined) continue;
    tally.statuses.set(report.status, (tally.statuses.get(report.status) ?? 0) + 1);
    for (const slot of outliers(accepted, feed)) tally.rejected.set(slot, (tally.rejected.get(slot) ?? 0) + 1);
    // A feed that was held or that has no quorum keeps its answer: that is worth showing.
    if (feed === 0 || report.status === "HELD") consumed.push({ feed, data: await reader.latestRoundData(pair) });
  }
  screen.round({ ...shown, consumed, consumer: await consumerPrice(reader, round.reports[0]?.status) });
}

/** Slots whose price of this feed did not count. */
export function outliers(
  { round, observations }: Pick<Accepted, "round" | "observations">,
  feed: number,
): readonly number[] {
  const report = round.reports[feed];
  const prices: bigint[] = [];
  for (const { slot, prices: said } of observations) prices[slot] = said[feed] ?? 0n;
  return report === undefined
    ? []
    : Model.outliers(
        report,
        Array.from(prices, (price) => price ?? 0n),
      );
}

async function consumerPrice(reader: World["reader"], status: string | undefined) {
  return status === "OK" ? await reader.consumerPrice() : undefined;
}
