// How a demo is shown: rounds as a person reads them, or one JSON object a round.

import type { Deployment } from "../../chain/deploy.ts";
import type { FeedReader, RoundData } from "../../chain/feedReader.ts";
import type { Outcome } from "../../daemon/attestor.ts";
import type { Job } from "../../job/job.ts";
import * as Decimal from "../../lib/decimal.ts";
import type { SignedObservation } from "../../observation/observation.ts";
import { isoSeconds, percentOf } from "../text.ts";
import type { Tampering } from "./recorded.ts";
import { type Accepted, outliers, type Tally } from "./run.ts";

export type Shown = {
  readonly accepted: Accepted;
  readonly observations: readonly SignedObservation[];
  /** What consumers read after the round, for the feeds where that is worth a line. */
  readonly consumed: readonly { readonly feed: number; readonly data: RoundData }[];
  readonly consumer: Awaited<ReturnType<FeedReader["consumerPrice"]>> | undefined;
  readonly notes: readonly string[];
};

/** A round that was due and did not come about. */
export type Failed = { readonly kind: "failed"; readonly reason: string };

export type Screen = {
  readonly opening: (deployment: Deployment) => void;
  readonly round: (shown: Shown) => void;
  readonly skipped: (epoch: number, outcome: Exclude<Outcome, { kind: "accepted" }> | Failed) => void;
  readonly tampered: (tampering: Tampering) => void;
  readonly summary: (tally: Tally) => void;
};

export type ScreenOptions = {
  readonly job: Job;
  readonly json: boolean;
  /** Rounds. */
  readonly write: (text: string) => void;
  /** Everything else. */
  readonly note: (text: string) => void;
};

const ROUND_ID = (1n << 64n) - 1n;

export function createScreen({ job, json, write, note }: ScreenOptions): Screen {
  const { feeds, reporters, periodSeconds } = job.spec;
  const name = (slot: number): string => reporters[slot]?.name ?? `slot ${slot}`;
  const price = (value: bigint, feed: number): string => Decimal.format(value, feeds[feed]?.decimals ?? 0);

  const roundLines = ({ accepted, observations, consumed, consumer, notes }: Shown): string[] => {
    const { round, proven, receipt } = accepted;
    const lines = [
      "",
      `round ${receipt.roundId}  epoch ${round.epoch} (${isoSeconds(round.epoch * periodSeconds)})  ` +
        `witness ${proven.witnessMs} ms, proof ${proven.proveMs} ms, gas ${receipt.gasUsed}, tx ${receipt.txHash}`,
      ...notes.map((text) => `  * ${text}`),
    ];
    feeds.forEach(({ pair }, feed) => {
      const report = round.reports[feed];
      const detail = round.details[feed];
      if (report === undefined || detail === undefined) return;
      const rejected = new Set(outliers(accepted, feed));
      const said = observations.flatMap(({ slot, prices }) => {
        const value = prices[feed] ?? 0n;
        if (value === 0n) return [`${name(slot)} -`];
        const away = rejected.has(slot)
          ? ` REJECTED (${percentOf(value - detail.median, detail.median)} from the median, allowed ${percentOf(detail.tolerance, detail.median)})`
          : "";
        return [`${name(slot)} ${price(value, feed)}${away}`];
      });
      const answer = report.status === "NO_QUORUM" ? `${detail.observers} prices` : price(report.answer, feed);
      lines.push(
        `  ${pair.padEnd(9)} ${report.status.padEnd(9)} ${answer.padEnd(16)} ` +
          `dispersion ${report.dispersion * 10n} ppm, score ${report.score}/256`,
        `            ${said.join(", ")}`,
      );
    });
    for (const { feed, data } of consumed) {
      const answered = data.answeredInRound & ROUND_ID;
      const carried = answered < (data.roundId & ROUND_ID) ? `carried from round ${answered}, ` : "";
      lines.push(
        `  consumer  latestRoundData() of ${feeds[feed]?.pair}: ${price(data.answer, feed)} ` +
          `(${carried}updated ${isoSeconds(Number(data.updatedAt))})`,
      );
    }
    if (consumer !== undefined) lines.push(`  consumer  PriceConsumer.price(): ${price(consumer.answer, 0)}`);
    return lines;
  };

  return {
    opening: ({ chainId, feedSet, verifier }) =>
      note(
        `assay: chain ${chainId}, FeedSet ${feedSet}, verifier ${verifier}, ${reporters.length} reporters: ` +
          `${reporters.map((reporter) => reporter.name).join(", ")}\n`,
      ),
    round: (shown) =>
      write(json ? `${JSON.stringify(roundObject(shown.accepted, job))}\n` : `${roundLines(shown).join("\n")}\n`),
    skipped: (epoch, outcome) => note(`\nepoch ${epoch}: ${whySkipped(outcome)}\n`),
    tampered: ({ honest, forged, refusal }) =>
      note(
        `\n  * tampered report: ${price(forged, 0)} instead of ${price(honest, 0)}: refused by the contract, ${refusal}\n`,
      ),
    summary: (tally) => note(`\n${summaryLines(tally, name).join("\n")}\n`),
  };
}

function whySkipped(outcome: Exclude<Outcome, { kind: "accepted" }> | Failed): string {
  switch (outcome.kind) {
    case "not due":
      return "no round is due";
    case "too few signers":
      return `no round, ${outcome.got} signers of ${outcome.want}`;
    case "too late":
      return `no round, the contract wants epoch ${outcome.want} or later`;
    case "failed":
      return `no round, ${outcome.reason}`;
  }
}

/** One accepted round as --json prints it. */
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

function summaryLines(
  { accepted, gasUsed, statuses, rejected, proveMs }: Tally,
  name: (slot: number) => string,
): string[] {
  const counts = (map: ReadonlyMap<unknown, number>, label: (key: unknown) => string): string =>
    [...map].map(([key, count]) => `${label(key)} ${count}`).join(", ") || "none";
  const sorted = proveMs.toSorted((a, b) => a - b);
  return [
    `summary   ${accepted} rounds accepted, each with its proof`,
    `          reports: ${counts(statuses, String)}`,
    `          prices rejected: ${counts(rejected, (slot) => name(Number(slot)))}`,
    ...(accepted === 0
      ? []
      : [`          median proof ${sorted[sorted.length >> 1]} ms, mean gas ${gasUsed / BigInt(accepted)}`]),
  ];
}
