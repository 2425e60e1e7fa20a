// One round: from observations and state to reports, next state, statement and the circuit's input. Pure.

import { AssayError } from "../lib/errors.ts";
import { type Field, parse } from "../lib/field.ts";
import * as Model from "../model/hampelChart.ts";
import { modelOf } from "../model/models.ts";
import type { SignedObservation } from "../observation/observation.ts";
import * as Statement from "../statement/statement.ts";
import * as Configuration from "./configuration.ts";
import { encodeHeader, encodeReports, hasBit } from "./encoding.ts";
import * as State from "./state.ts";

export type RoundInput = {
  readonly configuration: Configuration.Configuration;
  readonly state: State.State;
  readonly epoch: number;
  /** Bit j: governance starts feed j's chart anew. */
  readonly resetMask: number;
  /** Received and verified, at most one a slot, all of this epoch. */
  readonly observations: readonly SignedObservation[];
};

export type Round = {
  readonly epoch: number;
  readonly signers: readonly number[];
  /** One a feed of the circuit. */
  readonly reports: readonly Model.Report[];
  readonly details: readonly Model.Detail[];
  readonly next: State.State;
  readonly config: Field;
  readonly previousState: Field;
  readonly nextState: Field;
  /** With the reset mask, as the statement carries it. */
  readonly header: Field;
  readonly words: readonly Field[];
  readonly statement: Statement.Statement;
};

/**
 * Runs the circuit's model on the observations. Throws `round.signers` below minSigners or for a slot that signs
 * twice, `round.resetMask` for a bit and `round.price` for a price that the circuit has no place for, `model.price` as
 * the model does.
 */
export function compute(input: RoundInput): Round {
  const { configuration, state, epoch, resetMask, observations } = input;
  const { feeds } = configuration.capacity;
  const elsewhere = observations.find((seen) => seen.epoch !== epoch || seen.feedSetId !== configuration.feedSetId);
  if (elsewhere !== undefined) {
    throw new AssayError(
      "round.epoch",
      `got epoch ${elsewhere.epoch} from slot ${elsewhere.slot}, want ${epoch} of this set`,
      {
        disposition: "reject",
      },
    );
  }
  const signers = observations.map(({ slot }) => slot).sort((a, b) => a - b);
  if (signers.length < configuration.minSigners || new Set(signers).size !== signers.length) {
    throw new AssayError(
      "round.signers",
      `got signers ${signers.join(", ") || "none"}, want at least ${configuration.minSigners} different ones`,
      { disposition: "reject" },
    );
  }
  if (BigInt(resetMask) >> BigInt(feeds) !== 0n) {
    throw new AssayError("round.resetMask", `got reset mask ${resetMask}, want bits below feed ${feeds} only`);
  }
  const stray = observations.find(({ prices }) =>
    prices.some((price, j) => j >= configuration.feedCount && price !== 0n),
  );
  if (stray !== undefined) {
    throw new AssayError(
      "round.price",
      `got a price from slot ${stray.slot} beyond feed ${configuration.feedCount - 1}`,
      {
        disposition: "reject",
      },
    );
  }
  const model = modelOf(configuration.model);
  const outputs = state.feeds.map((feed, j) =>
    model.evaluate(
      {
        prices: pricesOf(input, j),
        quorum: configuration.quorum,
        live: j < configuration.feedCount,
        reset: hasBit(resetMask, j),
        state: feed,
      },
      configuration.parameters,
    ),
  );
  const next = { epoch, feeds: outputs.map((output) => output.next) };
  const bitmap = signers.reduce((bits, slot) => bits | (1 << slot), 0);
  const reports = outputs.map((output) => output.report);
  const vector = {
    config: Configuration.digestOf(configuration),
    previousState: State.digestOf(state),
    nextState: State.digestOf(next),
    header: encodeHeader({ epoch, signers: bitmap, resetMask }),
    words: encodeReports(reports),
  };
  const { config, previousState, nextState, header, words } = vector;
  const statement = Statement.of([config, previousState, nextState, header, ...words]);
  return { epoch, signers, reports, details: outputs.map((output) => output.detail), next, ...vector, statement };
}

/** The signals of PriceRound(N, M) that make this round's witness, and the challenge. */
export function circuitInput(input: RoundInput, challenge: Field) {
  const { configuration, state, epoch, resetMask, observations } = input;
  const { reporters, feeds } = configuration.capacity;
  const slots = Array.from({ length: reporters }, (_, slot) => observations.find((seen) => seen.slot === slot));
  return {
    challenge,
    feedSetId: configuration.feedSetId,
    reporterCount: BigInt(configuration.keys.length),
    feedCount: BigInt(configuration.feedCount),
    minSigners: BigInt(configuration.minSigners),
    quorum: BigInt(configuration.quorum),
    key: Configuration.paddedKeys(configuration),
    parameters: Model.encodeParameters(configuration.parameters),
    previousEpoch: BigInt(state.epoch),
    level: state.feeds.map((feed) => feed.level),
    scale: state.feeds.map((feed) => feed.scale),
    epoch: BigInt(epoch),
    reset: Array.from({ length: feeds }, (_, j) => (hasBit(resetMask, j) ? 1n : 0n)),
    signed: slots.map((seen) => (seen ? 1n : 0n)),
    price: slots.map((seen) => seen?.prices ?? Array.from({ length: feeds }, () => 0n)),
    r8: slots.map((seen) => seen?.signature.r8 ?? [parse(0n), parse(0n)]),
    s: slots.map((seen) => seen?.signature.s ?? 0n),
  };
}

function pricesOf({ configuration, observations }: RoundInput, feed: number): readonly bigint[] {
  return Array.from(
    { length: configuration.capacity.reporters },
    (_, slot) => observations.find((seen) => seen.slot === slot)?.prices[feed] ?? 0n,
  );
}
