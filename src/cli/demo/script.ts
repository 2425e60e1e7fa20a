// What the recorded demo stages, and in which rounds: every line that shows it says that it is injected.

import type { Observe } from "../../source/observePrices.ts";

export type Staged = {
  /** Slot whose report of the first feed is falsified in this round. */
  readonly liar?: number;
  /** All reporters report the second feed moved by this. */
  readonly jumpPercent?: bigint;
  /** A tampered report is offered to the contract before the good one. */
  readonly tamper: boolean;
  /** For the reader. */
  readonly notes: readonly string[];
};

const LIAR_ROUND = 2;
const TAMPER_ROUND = 3;
const JUMP_FROM_ROUND = 5;
const LIAR_SLOT = 2;
const LIAR_PERCENT = 13n;
/** Beyond the control chart's 2 % and below its hard bound. */
const JUMP_PERCENT = 3n;

export type Cast = {
  readonly feeds: readonly { readonly pair: string }[];
  readonly reporters: readonly { readonly name: string }[];
};

/** What is staged in the n-th round of a run, counted from 1. */
export function staged(round: number, { feeds, reporters }: Cast): Staged {
  if (round === LIAR_ROUND) {
    const note = `injected: ${reporters[LIAR_SLOT]?.name} lies about ${feeds[0]?.pair}, by +${LIAR_PERCENT} %`;
    return { liar: LIAR_SLOT, tamper: false, notes: [note] };
  }
  if (round === TAMPER_ROUND) {
    return { tamper: true, notes: ["injected: first the round is offered with another answer than was proven"] };
  }
  if (round >= JUMP_FROM_ROUND) {
    const pair = feeds[1]?.pair ?? "a second feed, which this job has not";
    const how =
      round === JUMP_FROM_ROUND ? "all reporters agree on" : `still, since round ${JUMP_FROM_ROUND}, of all reporters:`;
    return { jumpPercent: JUMP_PERCENT, tamper: false, notes: [`injected: ${how} +${JUMP_PERCENT} % for ${pair}`] };
  }
  return { tamper: false, notes: [] };
}

/** Puts the staged falsehoods between a reporter and its sources. */
export function tap(observe: Observe, slot: number, present: () => Staged): Observe {
  return async (request, options) => {
    const observed = await observe(request, options);
    const { liar, jumpPercent } = present();
    const prices = observed.prices.map((price, feed) => {
      if (feed === 0 && liar === slot) return (price * (100n + LIAR_PERCENT)) / 100n;
      if (feed === 1 && jumpPercent !== undefined) return (price * (100n + jumpPercent)) / 100n;
      return price;
    });
    return { ...observed, prices };
  };
}
