// What the model remembers between rounds, and the digest of it that the contract holds.
// Mirrors circuits/lib/State.circom; pinned by test/vectors/state.json.

import { type Field, parse } from "../lib/field.ts";
import type { FeedState } from "../model/hampelChart.ts";
import { digest } from "../statement/digest.ts";
import { TAGS } from "../statement/tags.ts";

export type State = {
  /** Of the round that left this state; 0 at genesis. */
  readonly epoch: number;
  /** One a feed of the circuit. */
  readonly feeds: readonly FeedState[];
};

export function genesis(feeds: number): State {
  return { epoch: 0, feeds: Array.from({ length: feeds }, () => ({ level: 0n, scale: 0n })) };
}

/** digest(STATE, [epoch, level + scale * 2^80 ...]). */
export function digestOf({ epoch, feeds }: State): Field {
  const packed = feeds.map(({ level, scale }) => parse(level + (scale << 80n)));
  return digest(TAGS.state, [parse(BigInt(epoch)), ...packed]);
}
