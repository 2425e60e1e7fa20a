// The attestor: collects observations, runs the model, has the round proven, submits it.

import type { FeedSetClient, Receipt } from "../chain/feedSetClient.ts";
import { type Submission, submissionOf } from "../chain/submission.ts";
import { type Clock, nowSeconds } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import * as Observation from "../observation/observation.ts";
import type { Proven, Prover } from "../prove/prover.ts";
import type { Configuration } from "../round/configuration.ts";
import { restore } from "../round/restore.ts";
import * as Round from "../round/round.ts";
import * as State from "../round/state.ts";
import * as Statement from "../statement/statement.ts";
import { type Due, isDue, type Published, type Threshold } from "./due.ts";

/** Where observations come from: each is JSON from somewhere else, and may be anything. */
export type Collect = (epoch: number, signal: AbortSignal) => Promise<readonly string[]>;

export type Prepared = {
  readonly observations: readonly Observation.SignedObservation[];
  readonly round: Round.Round;
  readonly proven: Proven;
  readonly submission: Submission;
};

export type Outcome =
  | ({ readonly kind: "accepted"; readonly receipt: Receipt } & Prepared)
  | { readonly kind: "too few signers"; readonly got: number; readonly want: number }
  /** The contract has a round of this epoch or of a later one. */
  | { readonly kind: "too late"; readonly got: number; readonly want: number }
  | { readonly kind: "not due" };

export type Attestor = {
  /**
   * Everything up to the submission: observations, the chain's state, model, due, proof. Throws `attestor.proof` for a
   * proof of something else, `attestor.state` or
   * `round.history` when the contract's state does not follow from its rounds under this configuration.
   */
  readonly prepare: (epoch: number, signal: AbortSignal) => Promise<Prepared | Exclude<Outcome, { kind: "accepted" }>>;
  /** Sends a prepared round; when the contract has accepted it, the attestor goes on from its state. */
  readonly submit: (prepared: Prepared, signal: AbortSignal) => Promise<Receipt>;
  /** Both. */
  readonly attest: (epoch: number, signal: AbortSignal) => Promise<Outcome>;
};

export type AttestorDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly collect: Collect;
  readonly prover: Prover;
  readonly feedSet: FeedSetClient;
};

export type AttestorOptions = {
  readonly configuration: Configuration;
  readonly periodSeconds: number;
  readonly due: Threshold;
};

export function createAttestor(deps: AttestorDeps, options: AttestorOptions): Attestor {
  const { clock, log, collect, prover, feedSet } = deps;
  const { configuration, periodSeconds } = options;
  let state = State.genesis(configuration.capacity.feeds);
  let published: Published = { answers: [], observedAtSeconds: undefined };

  // Another attestor's round, or one of our own whose receipt was lost, or a start over an old set: the chain knows.
  const follow = async (): Promise<void> => {
    let held = await feedSet.stateDigest();
    if (held === State.digestOf(state)) return;
    const { state: next, answers } = restore(configuration, await feedSet.history());
    // A round may have come between the two readings; it is in the history then, and the digest is read again.
    if (held !== State.digestOf(next)) held = await feedSet.stateDigest();
    if (held !== State.digestOf(next)) {
      throw new AssayError("attestor.state", `got state ${State.digestOf(next)} from the rounds, want ${held}`);
    }
    state = next;
    published = { answers, observedAtSeconds: state.epoch * periodSeconds };
    log.info("state restored from the chain", { epoch: state.epoch });
  };

  const receiveAll = async (epoch: number, signal: AbortSignal): Promise<readonly Observation.SignedObservation[]> => {
    const expected = {
      feedSetId: configuration.feedSetId,
      epoch,
      capacity: configuration.capacity.feeds,
      feedCount: configuration.feedCount,
      keys: configuration.keys,
    };
    const bySlot = new Map<number, Observation.SignedObservation>();
    for (const body of await collect(epoch, signal)) {
      const received = Observation.receive(body, expected);
      if (!received.ok) {
        log.warn("observation refused", { epoch, reason: received.reason });
      } else if (bySlot.has(received.observation.slot)) {
        log.warn("observation refused", { epoch, reason: `slot ${received.observation.slot} has one already` });
      } else {
        bySlot.set(received.observation.slot, received.observation);
      }
    }
    return [...bySlot.values()].sort((a, b) => a.slot - b.slot);
  };

  const due = (round: Round.Round): Due =>
    isDue({ reports: round.reports, nowSeconds: nowSeconds(clock) }, published, options.due);

  const prepare: Attestor["prepare"] = async (epoch, signal) => {
    const observations = await receiveAll(epoch, signal);
    if (observations.length < configuration.minSigners) {
      return { kind: "too few signers", got: observations.length, want: configuration.minSigners };
    }
    await follow();
    if (epoch <= state.epoch) {
      return { kind: "too late", got: epoch, want: state.epoch + 1 };
    }
    const resetMask = await feedSet.resetMask();
    const input = { configuration, state, epoch, resetMask, observations };
    const round = Round.compute(input);
    const decision = due(round);
    if (!decision.due) {
      return { kind: "not due" };
    }
    log.debug("round due", { epoch, reason: decision.reason });
    const proven = await prover.prove(Round.circuitInput(input, round.statement.challenge), signal);
    if (!Statement.isProvenBy(round.statement, proven.publicSignals)) {
      throw new AssayError(
        "attestor.proof",
        `got a proof of ${proven.publicSignals}, want one of ${Statement.publicSignals(round.statement)}`,
      );
    }
    return { observations, round, proven, submission: submissionOf(round, proven) };
  };

  const submit: Attestor["submit"] = async ({ round, submission }, signal) => {
    const receipt = await feedSet.submit(submission, signal);
    state = round.next;
    published = {
      answers: round.reports.map(({ status, answer }, feed) =>
        status === "OK" && feed < configuration.feedCount ? answer : published.answers[feed],
      ),
      observedAtSeconds: round.epoch * periodSeconds,
    };
    return receipt;
  };

  const attest: Attestor["attest"] = async (epoch, signal) => {
    const prepared = await prepare(epoch, signal);
    if ("kind" in prepared) return prepared;
    return { kind: "accepted", ...prepared, receipt: await submit(prepared, signal) };
  };

  return { prepare, submit, attest };
}
