// Rebuilds a feed set's state from its accepted rounds: what an attestor that starts anew goes on from. Pure.

import { AssayError } from "../lib/errors.ts";
import * as Model from "../model/hampelChart.ts";
import type { Configuration } from "./configuration.ts";
import { decodeHeader, decodeReport, hasBit } from "./encoding.ts";
import * as State from "./state.ts";

export type AcceptedRound = {
  /** With the reset mask. */
  readonly header: bigint;
  /** The digest that the round left. */
  readonly nextState: bigint;
  readonly words: readonly bigint[];
};

export type Restored = {
  readonly state: State.State;
  /** Last OK answer of each feed; undefined before its first. */
  readonly answers: readonly (bigint | undefined)[];
};

/** What of a configuration moves the state. */
export type Rules = Pick<Configuration, "capacity" | "feedCount" | "parameters">;

/** Before the first round. `feeds` is the circuit's. */
export function genesis(feeds: number): Restored {
  const state = State.genesis(feeds);
  return { state, answers: state.feeds.map(() => undefined) };
}

/**
 * All rounds since `from`, oldest first, under one configuration.
 * Throws `round.history` when a round does not leave the digest that it states: a gap, or another configuration.
 */
export function restore(
  configuration: Rules,
  rounds: readonly AcceptedRound[],
  from: Restored = genesis(configuration.capacity.feeds),
): Restored {
  let { state, answers } = from;
  for (const { header, words, nextState } of rounds) {
    const { epoch, resetMask } = decodeHeader(header);
    const reports = state.feeds.map((_, feed) => decodeReport(words, feed));
    state = {
      epoch,
      feeds: state.feeds.map((before, feed) => {
        const report = reports[feed];
        if (report === undefined || feed >= configuration.feedCount) return before;
        return Model.advance(report, hasBit(resetMask, feed), before, configuration.parameters);
      }),
    };
    answers = answers.map((before, feed) => {
      const report = reports[feed];
      return feed < configuration.feedCount && report?.status === "OK" ? report.answer : before;
    });
    const digest = State.digestOf(state);
    if (digest !== nextState) {
      throw new AssayError("round.history", `round of epoch ${epoch} leaves state ${digest}, want ${nextState}`);
    }
  }
  return { state, answers };
}
