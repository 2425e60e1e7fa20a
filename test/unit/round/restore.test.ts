import { describe, expect, it } from "vitest";
import type { Configuration } from "../../../src/round/configuration.ts";
import { type AcceptedRound, restore } from "../../../src/round/restore.ts";
import * as Round from "../../../src/round/round.ts";
import * as State from "../../../src/round/state.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";
import { CONFIGURATION, unsigned } from "../../support/feedSetFixture.ts";

const SEED = seedOfRun();
const FEEDS: Configuration = { ...CONFIGURATION, feedCount: 3 };

type History = {
  readonly accepted: readonly AcceptedRound[];
  readonly state: State.State;
  /** Last OK answer of each feed, kept while the rounds were made. */
  readonly answers: readonly (bigint | undefined)[];
  readonly statuses: ReadonlySet<string>;
};

/** Rounds of a market that drifts, jumps, doubts and falls silent, some of them under a reset. */
function history(seed: bigint, count: number): History {
  const { below, oneIn, pick } = random(seed);
  const accepted: AcceptedRound[] = [];
  const statuses = new Set<string>();
  let state = State.genesis(4);
  let answers: readonly (bigint | undefined)[] = [undefined, undefined, undefined, undefined];
  const market = [1_000_000, 70, 2 ** 40];
  for (let n = 0; n < count; n++) {
    const epoch = state.epoch + 1 + below(3);
    market.forEach((price, feed) => {
      market[feed] = Math.max(1, Math.floor(price * pick([1, 1.001, 0.98, 1.05, 0.7, 3])));
    });
    const signers = oneIn(3) ? [0, 1, 2, 3] : [0, 1, 2, 3].filter((slot) => slot !== n % 4);
    const observations = signers.map((slot) => {
      const prices = market.map((price) => (oneIn(7) ? 0n : BigInt(price + below(3))));
      return unsigned(slot, epoch, [...prices, 0n]);
    });
    const resetMask = oneIn(5) ? below(8) : 0;
    const round = Round.compute({ configuration: FEEDS, state, epoch, resetMask, observations });
    accepted.push({ header: round.header, nextState: round.nextState, words: round.words });
    state = round.next;
    answers = answers.map((before, feed) => {
      const report = round.reports[feed];
      return feed < 3 && report?.status === "OK" ? report.answer : before;
    });
    for (const { status } of round.reports.slice(0, 3)) statuses.add(status);
  }
  return { accepted, state, answers, statuses };
}

describe("restore", () => {
  const { accepted, state, answers, statuses } = history(SEED, 60);

  it(`rebuilds state and answers from what the contract logged (seed ${SEED})`, () => {
    expect(restore(FEEDS, accepted)).toEqual({ state, answers });
  });

  it(`does so after every round of the history (seed ${SEED})`, () => {
    for (const count of [1, 2, 10, 59]) {
      const prefix = history(SEED, count);
      expect(restore(FEEDS, prefix.accepted)).toEqual({ state: prefix.state, answers: prefix.answers });
    }
  });

  it(`was tried on every status (seed ${SEED})`, () => {
    expect([...statuses].sort()).toEqual(["HELD", "NO_QUORUM", "OK", "REFUSED"]);
  });

  it(`goes on from what it restored before (seed ${SEED})`, () => {
    const half = restore(FEEDS, accepted.slice(0, 30));
    expect(restore(FEEDS, accepted.slice(30), half)).toEqual({ state, answers });
  });

  it("starts from genesis, without answers, when there was no round", () => {
    expect(restore(FEEDS, [])).toEqual({ state: State.genesis(4), answers: Array(4).fill(undefined) });
  });

  it("refuses a history with a gap: each round here moves a level that the next one goes on from", () => {
    const rounds: Round.Round[] = [];
    for (const price of [1000n, 1300n, 1300n, 1300n, 1300n]) {
      const state = rounds.at(-1)?.next ?? State.genesis(4);
      const epoch = state.epoch + 1;
      const observations = [0, 1, 2].map((slot) => unsigned(slot, epoch, [price, 0n, 0n, 0n]));
      rounds.push(Round.compute({ configuration: FEEDS, state, epoch, resetMask: 0, observations }));
    }
    expect(rounds.map(({ reports }) => reports[0]?.status)).toEqual(["OK", "HELD", "HELD", "HELD", "HELD"]);
    expect(restore(FEEDS, rounds).state).toEqual(rounds.at(-1)?.next);
    for (const missing of [0, 1, 2, 3]) {
      expect(() => restore(FEEDS, rounds.toSpliced(missing, 1))).toThrow(
        expect.objectContaining({ code: "round.history" }),
      );
    }
  });

  it("refuses two rounds that changed places", () => {
    const [first, second] = accepted as readonly [AcceptedRound, AcceptedRound];
    expect(() => restore(FEEDS, [second, first])).toThrow(expect.objectContaining({ code: "round.history" }));
  });

  it("refuses an answer that was changed in a word", () => {
    const [first] = accepted as readonly [AcceptedRound];
    const words = first.words.with(0, (first.words[0] ?? 0n) ^ 1n);
    expect(() => restore(FEEDS, [{ ...first, words }])).toThrow(expect.objectContaining({ code: "round.history" }));
  });

  it("refuses a changed epoch", () => {
    const [first] = accepted as readonly [AcceptedRound];
    expect(() => restore(FEEDS, [{ ...first, header: first.header + 1n }])).toThrow(
      expect.objectContaining({ code: "round.history" }),
    );
  });

  it("refuses a reset mask that the round had not", () => {
    // A held feed's level would be another, had its chart started anew.
    const at = accepted.findIndex(({ words }) => ((words[0] ?? 0n) >> 122n) % 4n === 1n);
    const changed = accepted.map((round, n) => (n === at ? { ...round, header: round.header | (1n << 56n) } : round));
    expect(at).toBeGreaterThan(0);
    expect(() => restore(FEEDS, changed)).toThrow(expect.objectContaining({ code: "round.history" }));
  });

  it("refuses the history of another configuration's parameters", () => {
    const parameters = { ...FEEDS.parameters, initialScalePpm: 2000n };
    expect(() => restore({ ...FEEDS, parameters }, accepted)).toThrow(
      expect.objectContaining({ code: "round.history" }),
    );
  });

  it("refuses a round of too few words as part of a broken history", () => {
    const [first] = accepted as readonly [AcceptedRound];
    expect(() => restore(FEEDS, [{ ...first, words: first.words.slice(0, 1) }])).toThrow();
  });
});
