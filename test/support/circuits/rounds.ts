// Rounds of the 4x4 circuit: a generic one whose every signal is alive, and random canonical ones.

import { COMMITTED_MODEL } from "../../../src/job/schema.ts";
import * as Model from "../../../src/model/hampelChart.ts";
import * as Key from "../../../src/observation/key.ts";
import * as Observation from "../../../src/observation/observation.ts";
import * as Configuration from "../../../src/round/configuration.ts";
import * as Round from "../../../src/round/round.ts";
import * as Cases from "./cases.ts";
import type { Inputs } from "./circuit.ts";
import type { Random } from "./random.ts";

export const KEYS = [1, 2, 3, 4].map((fill) => Key.fromSecret(new Uint8Array(32).fill(fill)));

export const FEED_SET_ID = Configuration.feedSetId({
  environment: "test",
  name: "rounds",
  feeds: [
    { pair: "BTC/USD", decimals: 8 },
    { pair: "ETH/USD", decimals: 8 },
  ],
  periodSeconds: 60,
  salt: 1n,
});

export const PARAMETERS: Model.Parameters = Configuration.parametersFrom(COMMITTED_MODEL);

export type Made = { readonly input: Round.RoundInput; readonly round: Round.Round; readonly inputs: Inputs };

export function configuration(changes: Partial<Configuration.Configuration> = {}): Configuration.Configuration {
  return Configuration.check({
    feedSetId: FEED_SET_ID,
    capacity: { reporters: 4, feeds: 4 },
    model: "HampelChart",
    feedCount: 4,
    keys: KEYS.map((key) => key.publicKey),
    minSigners: 3,
    quorum: 3,
    parameters: PARAMETERS,
    ...changes,
  });
}

export function make(input: Round.RoundInput): Made {
  const round = Round.compute(input);
  return { input, round, inputs: Round.circuitInput(input, round.statement.challenge) };
}

export function sign(slot: number, prices: readonly bigint[], epoch = 1000): Observation.SignedObservation {
  const key = KEYS[slot];
  if (key === undefined) throw new RangeError(`got slot ${slot}, want below ${KEYS.length}`);
  return Observation.sign(key, slot, { feedSetId: FEED_SET_ID, epoch, prices });
}

/** All sign, every price is there, every feed moves, no two numbers agree: no IsZero but the signatures' sees a 0. */
export function generic(): Made {
  const prices = [
    [6_543_210_987_654n, 6_549_876_543_210n, 6_551_234_567_890n, 6_538_888_888_888n],
    [123_456_789_012n, 123_987_654_321n, 123_111_111_111n, 124_222_222_222n],
    [99_987_654n, 100_012_345n, 99_999_111n, 100_234_567n],
    [7_777_777n, 7_812_345n, 7_765_432n, 7_799_999n],
  ];
  const observations = [0, 1, 2, 3].map((slot) =>
    sign(
      slot,
      prices.map((feed) => feed[slot] ?? 0n),
    ),
  );
  // Answers are 6 % to 9 % away from each level: held, so that every branch of the score is alive.
  const feeds = [
    { level: 6_050_505_050_505n, scale: 9_000_000_001n },
    { level: 134_343_434_343n, scale: 171_717_171n },
    { level: 92_345_678n, scale: 123_457n },
    { level: 8_456_789n, scale: 11_113n },
  ];
  return make({
    configuration: configuration(),
    state: { epoch: 999, feeds },
    epoch: 1000,
    resetMask: 0,
    observations,
  });
}

/** A canonical round at the edges: few reporters or feeds, missing prices, resets, levels at thresholds. */
export function anyRound(random: Random): Made {
  const reporters = random.pick([1, 3, 4, 4]);
  const feedCount = random.pick([1, 2, 3, 4, 4]);
  const minSigners = 1 + random.below(reporters);
  const quorum = 1 + random.below(minSigners);
  const parameters = Cases.parameters(random);
  const keys = KEYS.slice(0, reporters).map((key) => key.publicKey);
  const set = configuration({ feedCount, keys, minSigners, quorum, parameters });
  const columns = Array.from({ length: 4 }, (_, j) =>
    j < feedCount ? Cases.prices(random, 4, parameters) : [0n, 0n, 0n, 0n],
  );
  const feeds = columns.map((column, j) => {
    if (j >= feedCount) return { level: 0n, scale: 0n };
    const state = { level: 0n, scale: 0n };
    const probe = { prices: column, quorum: 1, live: true, reset: true, state };
    return Cases.state(random, Model.evaluate(probe, parameters).report.answer, parameters);
  });
  const epoch = random.pick([1, 2 ** 40 - 1, 29_000_000 + random.below(1000)]);
  const order = [0, 1, 2, 3].slice(0, reporters).sort(() => random.below(3) - 1);
  const observations = order.slice(0, minSigners + random.below(reporters - minSigners + 1)).map((slot) =>
    sign(
      slot,
      columns.map((column) => column[slot] ?? 0n),
      epoch,
    ),
  );
  const resetMask = random.oneIn(2) ? 0 : random.below(1 << feedCount);
  return make({ configuration: set, state: { epoch: random.below(epoch), feeds }, epoch, resetMask, observations });
}
