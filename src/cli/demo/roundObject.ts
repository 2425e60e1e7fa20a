// One accepted round as --json prints it.

import type { Job } from "../../job/job.ts";
import * as Decimal from "../../lib/decimal.ts";
import { type Accepted, outliers } from "./run.ts";

export function roundObject(accepted: Accepted, job: Job) {
  const { round, proven, receipt, observations } = accepted;
  return {
    type: "round",
    roundId: Number(receipt.roundId),
    epoch: round.epoch,
    tx: receipt.txHash,
    gasUsed: Number(receipt.gasUsed),
    witnessMs: proven.witnessMs,
    proveMs: proven.proveMs,
    signers: round.signers,
    feeds: job.spec.feeds.flatMap(({ pair, decimals }, feed) => {
      const report = round.reports[feed];
      if (report === undefined) return [];
      return [
        {
          pair,
          answer: Decimal.format(report.answer, decimals),
          status: report.status,
          observers: observations.filter(({ prices }) => (prices[feed] ?? 0n) !== 0n).length,
          outliers: outliers(accepted, feed),
          dispersionPpm: Number(report.dispersion) * 10,
          score: Number(report.score),
        },
      ];
    }),
  };
}
