// A proven round as FeedSet.submit takes it: the fields of IFeedSet.Submission.

import type { Proven } from "../prove/prover.ts";
import { words } from "../prove/solidityCalldata.ts";
import { CALLDATA_HEADER_MASK } from "../round/encoding.ts";
import type { Round } from "../round/round.ts";

export type Submission = {
  /** Eight words in the precompiles' order. */
  readonly proof: readonly bigint[];
  readonly commitment: bigint;
  readonly prevState: bigint;
  readonly nextState: bigint;
  /** Epoch and signers: the contract adds the reset mask from its own storage. */
  readonly header: bigint;
  readonly words: readonly bigint[];
};

export function submissionOf(round: Round, { proof }: Pick<Proven, "proof">): Submission {
  return {
    proof: words(proof),
    commitment: round.statement.commitment,
    prevState: round.previousState,
    nextState: round.nextState,
    header: round.header & CALLDATA_HEADER_MASK,
    words: round.words,
  };
}
