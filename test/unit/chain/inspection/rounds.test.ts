import { describe, expect, it } from "vitest";
import type { Accepted, Configured } from "../../../../src/chain/feedSetEvents.ts";
import { roundFindings } from "../../../../src/chain/inspection/rounds.ts";
import type { Subject } from "../../../../src/chain/inspection/subject.ts";
import type { Finding } from "../../../../src/lib/finding.ts";
import type { Configuration } from "../../../../src/round/configuration.ts";
import * as Preimage from "../../../../src/round/preimage.ts";
import * as Round from "../../../../src/round/round.ts";
import * as State from "../../../../src/round/state.ts";
import { CONFIGURATION, unsigned } from "../../../support/feedSetFixture.ts";

const WILDER: Configuration = {
  ...CONFIGURATION,
  parameters: { ...CONFIGURATION.parameters, jumpFloorPpm: 200_000n, initialScalePpm: 5_000n },
};

/** Rounds of one feed's prices, `changeAfter` of them under the first configuration and the others under the second. */
function subjectOf(prices: readonly bigint[], changeAfter: number, change: Partial<Subject> = {}): Subject {
  let state = State.genesis(4);
  const rounds: Accepted[] = prices.map((price, i) => {
    const configuration = i < changeAfter ? CONFIGURATION : WILDER;
    const epoch = i + 1;
    const observations = [0, 1, 2].map((slot) => unsigned(slot, epoch, [price, price * 2n, 0n, 0n]));
    const round = Round.compute({ configuration, state, epoch, resetMask: 0, observations });
    state = round.next;
    const { header, nextState, words } = round;
    // The change shares a block with the round before it.
    return { roundId: BigInt(i + 1), block: 10 + i, index: 0, header, nextState, words };
  });
  const configured = (configuration: Configuration, block: number, index: number): Configured => {
    return { block, index, config: 0n, preimage: Preimage.of(configuration, []) };
  };
  const subject = {
    rounds,
    configs: [configured(CONFIGURATION, 1, 3), configured(WILDER, 10 + changeAfter - 1, 1)],
    state: State.digestOf(state),
    latestRound: BigInt(prices.length),
    wordCount: 2n,
    ...change,
  };
  return subject as Subject; // what roundFindings looks at
}

const PRICES = [1000n, 1100n, 1300n, 1310n, 1500n, 1490n];
const verdicts = (findings: readonly Finding[]) => findings.map(({ check, verdict }) => `${check} ${verdict}`);
const AGREES = ["rounds.ids ok", "rounds.state ok"];

describe("roundFindings", () => {
  it.each([1, 2, 3, 4, 5, 6])("replays each round under the configuration of its time: a change after %d", (after) => {
    expect(verdicts(roundFindings(subjectOf(PRICES, after)))).toEqual(AGREES);
  });

  it("takes a set without rounds to be at genesis, whether its circuit fills its last word or not", () => {
    expect(verdicts(roundFindings(subjectOf([], 1)))).toEqual(AGREES);
    const three = { state: State.digestOf(State.genesis(3)) };
    expect(verdicts(roundFindings(subjectOf([], 1, three)))).toEqual(AGREES);
    const [, state] = roundFindings(subjectOf([], 1, { state: 7n }));
    expect(state).toMatchObject({ verdict: "differs", text: expect.stringContaining("got 7, want ") });
  });

  it("finds a state that the rounds do not give", () => {
    expect(verdicts(roundFindings(subjectOf(PRICES, 3, { state: 7n })))).toEqual([
      "rounds.ids ok",
      "rounds.state differs",
    ]);
  });

  it("finds a missing round, first, last or between", () => {
    const subject = subjectOf(PRICES, 3);
    for (const missing of [0, 2]) {
      const [ids, state] = roundFindings({ ...subject, rounds: subject.rounds.toSpliced(missing, 1) });
      expect([ids?.verdict, state?.verdict]).toEqual(["differs", "differs"]);
      expect(ids?.text).toBe(`got round ${missing + 2} where ${missing + 1} is due: one is missing`);
    }
    const [ids] = roundFindings({ ...subject, rounds: subject.rounds.slice(0, -1) });
    expect(ids?.text).toBe("got 5, want 6");
  });

  it("finds a round whose words were changed, and one of too few words", () => {
    const subject = subjectOf(PRICES, 3);
    const [first, ...others] = subject.rounds as [Accepted, ...Accepted[]];
    for (const words of [first.words.with(0, (first.words[0] ?? 0n) ^ 1n), first.words.slice(0, 1)]) {
      expect(verdicts(roundFindings({ ...subject, rounds: [{ ...first, words }, ...others] }))).toEqual([
        "rounds.ids ok",
        "rounds.state differs",
      ]);
    }
  });

  it("does not judge rounds of another model, nor what no set has", () => {
    const subject = subjectOf(PRICES, 3);
    const configs = subject.configs.map((one) => ({ ...one, preimage: { ...one.preimage, model: [1n] } }));
    expect(verdicts(roundFindings({ ...subject, configs }))).toEqual(["rounds.ids ok", "rounds.state unchecked"]);
    expect(verdicts(roundFindings({ ...subject, wordCount: 2n ** 255n }))).toEqual(["rounds.words differs"]);
  });
});
