// A feed set without a chain. Why a fake: only a test can make a contract refuse on request, or hold any reset mask.

import type { AcceptedRound, FeedSetClient } from "../../src/chain/feedSetClient.ts";
import type { Submission } from "../../src/chain/submission.ts";
import { AssayError } from "../../src/lib/errors.ts";

export type FakeFeedSet = FeedSetClient & {
  readonly submissions: readonly Submission[];
  readonly setResetMask: (mask: number) => void;
  /** The next submission throws this instead of being accepted. */
  readonly refuseNext: (error: unknown) => void;
  /** The next submission is accepted, and throws this all the same. */
  readonly loseNextReceipt: (error: unknown) => void;
};

/** Like the contract it accepts a round only on the state that it holds, and adds the reset mask to the header. */
export function createFakeFeedSet(genesisState: bigint): FakeFeedSet {
  const submissions: Submission[] = [];
  const rounds: AcceptedRound[] = [];
  let state = genesisState;
  let mask = 0;
  let lost: { readonly error: unknown } | undefined;
  let refusal: { readonly error: unknown } | undefined;
  return {
    address: "0x0000000000000000000000000000000000000001",
    submissions,
    setResetMask: (next) => {
      mask = next;
    },
    refuseNext: (error) => {
      refusal = { error };
    },
    loseNextReceipt: (error) => {
      lost = { error };
    },
    stateDigest: async () => state,
    resetMask: async () => mask,
    history: async () => rounds,
    simulate: async () => {},
    submit: async (submission, signal) => {
      signal.throwIfAborted();
      const now = refusal;
      refusal = undefined;
      if (now !== undefined) throw now.error;
      if (submission.prevState !== state) {
        throw new AssayError("chain.refused", `FeedSet_StaleState(${submission.prevState}, ${state})`, {
          disposition: "reject",
        });
      }
      submissions.push(submission);
      state = submission.nextState;
      const roundId = BigInt(submissions.length);
      const header = submission.header | (BigInt(mask) << 56n);
      rounds.push({ roundId, header, nextState: submission.nextState, words: submission.words });
      const gone = lost;
      lost = undefined;
      if (gone !== undefined) throw gone.error;
      return { txHash: `0x${roundId.toString(16).padStart(64, "0")}`, gasUsed: 1n, roundId };
    },
  };
}
