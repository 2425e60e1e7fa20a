// When a round is worth proving: a feed moved, or the last round is old. Pure.

import type { Report } from "../model/hampelChart.ts";

export type Threshold = {
  /** Parts per million of the last answer. */
  readonly deviationPpm: number;
  readonly heartbeatSeconds: number;
};

/** What consumers read now. */
export type Published = {
  /** Last accepted answer of each feed; undefined before its first. */
  readonly answers: readonly (bigint | undefined)[];
  /** Start of the last accepted round's epoch, unix seconds; undefined before the first round. */
  readonly observedAtSeconds: number | undefined;
};

export type Due = { readonly due: true; readonly reason: string } | { readonly due: false };

/** `reports`: what a round now would say; those without an answer do not make it due. */
export function isDue(
  { reports, nowSeconds }: { readonly reports: readonly Report[]; readonly nowSeconds: number },
  { answers, observedAtSeconds }: Published,
  { deviationPpm, heartbeatSeconds }: Threshold,
): Due {
  if (observedAtSeconds === undefined) return { due: true, reason: "first round" };
  const ageSeconds = nowSeconds - observedAtSeconds;
  if (ageSeconds >= heartbeatSeconds) return { due: true, reason: `heartbeat: the last round is ${ageSeconds} s old` };
  const moved = reports.findIndex(({ answer }, feed) => answer !== 0n && deviates(answer, answers[feed], deviationPpm));
  return moved < 0 ? { due: false } : { due: true, reason: `deviation: feed ${moved}` };
}

function deviates(answer: bigint, published: bigint | undefined, deviationPpm: number): boolean {
  if (published === undefined) return true;
  const distance = answer > published ? answer - published : published - answer;
  return distance * 1_000_000n >= published * BigInt(deviationPpm);
}
