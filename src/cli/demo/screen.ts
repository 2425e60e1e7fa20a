// How a demo is shown: rounds as a person reads them, or one JSON object a round; what goes where.

import type { Deployment } from "../../chain/deploy.ts";
import type { Outcome } from "../../daemon/attestor.ts";
import type { Job } from "../../job/job.ts";
import * as Decimal from "../../lib/decimal.ts";
import { countText } from "../text.ts";
import { roundObject } from "./roundObject.ts";
import { createRoundText, type Shown, tamperText } from "./roundText.ts";
import type { Tally } from "./run.ts";

/** A round that was due and did not come about. */
export type Failed = { readonly kind: "failed"; readonly reason: string };

type Skipped = Exclude<Outcome, { kind: "accepted" }> | Failed;

export type Screen = {
  readonly opening: (deployment: Deployment) => void;
  readonly round: (shown: Shown) => void;
  readonly skipped: (epoch: number, outcome: Skipped) => void;
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

export function createScreen({ job, json, write, note }: ScreenOptions): Screen {
  const { feeds, reporters } = job.spec;
  const roundText = createRoundText(job);
  const showJson = ({ accepted, tampering }: Shown): void => {
    if (tampering !== undefined) {
      note(`assay: ${tamperText(tampering, (value) => Decimal.format(value, feeds[0]?.decimals ?? 0))}\n`);
    }
    write(`${JSON.stringify(roundObject(accepted, job))}\n`);
  };
  return {
    opening: ({ chainId, feedSet, verifier }) =>
      note(
        [
          `assay: chain ${chainId}, FeedSet ${feedSet}, verifier ${verifier}`,
          `assay: ${reporters.length} reporters: ${reporters.map((reporter) => reporter.name).join(", ")}`,
          "assay: score: the jump over what the chart expects; above 1 an answer is held until it persists\n",
        ].join("\n"),
      ),
    round: (shown) => (json ? showJson(shown) : write(`${roundText(shown).join("\n")}\n`)),
    skipped: (epoch, outcome) => note(`\nepoch ${epoch}: ${whySkipped(outcome)}\n`),
    summary: (tally) =>
      note(`\n${summaryLines(tally, (slot) => reporters[slot]?.name ?? `slot ${slot}`).join("\n")}\n`),
  };
}

function whySkipped(outcome: Skipped): string {
  switch (outcome.kind) {
    case "not due":
      return "no round is due";
    case "too few signers":
      return `no round, ${countText(outcome.got, "signer")} of ${outcome.want}`;
    case "too late":
      return `no round, the contract wants epoch ${outcome.want} or later`;
    case "failed":
      return `no round, ${outcome.reason}`;
  }
}

function summaryLines(tally: Tally, name: (slot: number) => string): readonly string[] {
  const { accepted, gasUsed, statuses, rejected, proveMs, tampered } = tally;
  const counts = (map: ReadonlyMap<unknown, number>, label: (key: unknown) => string): string =>
    [...map].map(([key, count]) => `${label(key)} ${count}`).join(", ") || "none";
  const sorted = proveMs.toSorted((a, b) => a - b);
  return [
    `summary   ${countText(accepted, "round")} accepted${accepted === 0 ? "" : ", each with its proof"}`,
    `          reports: ${counts(statuses, String)}`,
    `          prices rejected: ${counts(rejected, (slot) => name(Number(slot)))}`,
    ...(tampered === 0 ? [] : [`          ${countText(tampered, "tampered report")} refused by the contract`]),
    ...(accepted === 0
      ? []
      : [`          median proof ${sorted[sorted.length >> 1]} ms, mean gas ${gasUsed / BigInt(accepted)}`]),
  ];
}
