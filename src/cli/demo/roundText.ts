// One accepted round as a person reads it: who said what, who was rejected and by how much, and what consumers see.

import type { FeedReader, RoundData } from "../../chain/feedReader.ts";
import type { Job } from "../../job/job.ts";
import * as Decimal from "../../lib/decimal.ts";
import { countText, isoSeconds, percentOf, scoreText } from "../text.ts";
import { type Accepted, outliers, type Tampering } from "./run.ts";

export type Shown = {
  readonly accepted: Accepted;
  /** What consumers read after the round, for the feeds where that is worth a line. */
  readonly consumed: readonly { readonly feed: number; readonly data: RoundData }[];
  readonly consumer: Awaited<ReturnType<FeedReader["consumerPrice"]>> | undefined;
  readonly notes: readonly string[];
  /** What was tried before the round was submitted. */
  readonly tampering?: Tampering;
};

const ROUND_ID = (1n << 64n) - 1n;

/** The lines of the n-th round; remembers what was held, so that its acceptance can be told. */
export function createRoundText({ spec }: Job): (shown: Shown) => readonly string[] {
  const { feeds, reporters, periodSeconds, quorum } = spec;
  /** By feed: the round in which it was held last, while it still is. */
  const heldIn = new Map<number, bigint>();
  const price = (value: bigint, feed: number): string => Decimal.format(value, feeds[feed]?.decimals ?? 0);

  const said = (accepted: Accepted, feed: number, median: bigint, tolerance: bigint): string => {
    const rejected = new Set(outliers(accepted, feed));
    const each = accepted.observations.map(({ slot, prices }) => {
      const name = reporters[slot]?.name ?? `slot ${slot}`;
      const value = prices[feed] ?? 0n;
      if (value === 0n) return `${name} -`;
      if (!rejected.has(slot)) return `${name} ${price(value, feed)}`;
      const [away, allowed] = [percentOf(value - median, median), percentOf(tolerance, median)];
      return `${name} ${price(value, feed)} REJECTED (${away} from the median, allowed ${allowed})`;
    });
    return each.join(", ");
  };

  const outcome = (status: string, feed: number, roundId: bigint): string => {
    const since = heldIn.get(feed);
    if (status === "HELD") {
      heldIn.set(feed, roundId);
      return since === undefined ? "  a jump: held until it persists" : "  still held";
    }
    if (status !== "OK" || since === undefined) return "";
    heldIn.delete(feed);
    return `  the jump of round ${since} persisted: accepted`;
  };

  const feedLines = (accepted: Accepted, feed: number, pair: string): readonly string[] => {
    const report = accepted.round.reports[feed];
    const detail = accepted.round.details[feed];
    if (report === undefined || detail === undefined) return [];
    const head = `  ${pair.padEnd(9)} ${report.status.padEnd(9)} `;
    const tail = `            ${said(accepted, feed, detail.median, detail.tolerance)}`;
    if (report.status === "NO_QUORUM") return [`${head} ${countText(detail.observers, "price")} of ${quorum}`, tail];
    const figures = `dispersion ${report.dispersion * 10n} ppm, score ${scoreText(report.score)}`;
    const why = outcome(report.status, feed, accepted.receipt.roundId);
    return [`${head} ${price(report.answer, feed).padEnd(15)} ${figures}${why}`, tail];
  };

  const consumerLine = ({ feed, data }: Shown["consumed"][number]): string => {
    const answered = data.answeredInRound & ROUND_ID;
    const carried = answered < (data.roundId & ROUND_ID) ? `carried from round ${answered}, ` : "";
    const updated = isoSeconds(Number(data.updatedAt));
    return `  consumer  latestRoundData() of ${feeds[feed]?.pair}: ${price(data.answer, feed)} (${carried}updated ${updated})`;
  };

  return ({ accepted, consumed, consumer, notes, tampering }) => {
    const { round, proven, receipt } = accepted;
    return [
      "",
      `round ${receipt.roundId}  ${isoSeconds(round.epoch * periodSeconds)}, epoch ${round.epoch}`,
      ...notes.map((text) => `  * ${text}`),
      ...(tampering === undefined ? [] : [`  * ${tamperText(tampering, (value) => price(value, 0))}`]),
      ...feeds.flatMap(({ pair }, feed) => feedLines(accepted, feed, pair)),
      `  proof     ${proven.proveMs} ms, witness ${proven.witnessMs} ms, gas ${receipt.gasUsed}, tx ${receipt.txHash}`,
      ...consumed.map(consumerLine),
      ...(consumer === undefined ? [] : [`  consumer  PriceConsumer.price(): ${price(consumer.answer, 0)}`]),
    ];
  };
}

export function tamperText({ honest, forged, refusal }: Tampering, price: (value: bigint) => string): string {
  return `tampered report: ${price(forged)} instead of ${price(honest)}: refused by the contract, ${refusal}`;
}
