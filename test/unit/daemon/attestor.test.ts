import { describe, expect, it } from "vitest";
import { type AttestorOptions, createAttestor, type Outcome, type Prepared } from "../../../src/daemon/attestor.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import * as Observation from "../../../src/observation/observation.ts";
import { decodeHeader } from "../../../src/round/encoding.ts";
import { restore } from "../../../src/round/restore.ts";
import * as Round from "../../../src/round/round.ts";
import * as State from "../../../src/round/state.ts";
import { createFakeFeedSet, type FakeFeedSet } from "../../support/fakeFeedSet.ts";
import { createFakeProver, type FakeProverOptions } from "../../support/fakeProver.ts";
import { CONFIGURATION, SECRETS } from "../../support/feedSetFixture.ts";
import { createFixedClock } from "../../support/fixedClock.ts";
import { createMemoryLog } from "../../support/memoryLog.ts";

const PERIOD = 60;
const GENESIS = State.genesis(4);
const { signal } = new AbortController();

/** Signing takes its time, so that bodies are made once. */
const memory = new Map<string, string>();
function body(slot: number, epoch: number, price: bigint, second = 50n): string {
  const name = `${slot}/${epoch}/${price}/${second}`;
  const known = memory.get(name);
  if (known !== undefined) return known;
  const key = SECRETS[slot];
  if (key === undefined) throw new RangeError(`got slot ${slot}, want one of the fixture's`);
  const prices = [price, second, 0n, 0n];
  const made = Observation.toJson(Observation.sign(key, slot, { feedSetId: CONFIGURATION.feedSetId, epoch, prices }));
  memory.set(name, made);
  return made;
}
const bodies = (epoch: number, price: bigint, slots = [0, 1, 2]): readonly string[] =>
  slots.map((slot) => body(slot, epoch, price));

type SetUp = {
  /** What is collected, by epoch. */
  readonly collected: Readonly<Record<number, readonly string[]>>;
  readonly prover?: FakeProverOptions;
  /** One that has rounds already. */
  readonly on?: FakeFeedSet;
} & Partial<AttestorOptions>;

function setUp({ collected, prover: proving, on, ...change }: SetUp) {
  const clock = createFixedClock(1000 * PERIOD);
  const log = createMemoryLog();
  const prover = createFakeProver(proving);
  const feedSet = on ?? createFakeFeedSet(State.digestOf(GENESIS));
  const collect = async (epoch: number) => collected[epoch] ?? [];
  const options: AttestorOptions = {
    configuration: CONFIGURATION,
    periodSeconds: PERIOD,
    due: { deviationPpm: 5000, heartbeatSeconds: 3600 },
    ...change,
  };
  const attestor = createAttestor({ clock, log, collect, prover, feedSet }, options);
  return { attestor, clock, log, prover, feedSet };
}

function prepared(outcome: Prepared | Exclude<Outcome, { kind: "accepted" }>): Prepared {
  if ("kind" in outcome) throw new Error(`got ${outcome.kind}, want a prepared round`);
  return outcome;
}

describe("attest", () => {
  it("collects, runs the model, proves the round's witness and submits what was proven", async () => {
    const { attestor, prover, feedSet, log } = setUp({ collected: { 1000: bodies(1000, 1_000_000n, [2, 0, 1]) } });
    const outcome = await attestor.attest(1000, signal);
    if (outcome.kind !== "accepted") throw new Error(outcome.kind);
    expect(outcome.observations.map(({ slot }) => slot)).toEqual([0, 1, 2]);

    const input: Round.RoundInput = {
      configuration: CONFIGURATION,
      state: GENESIS,
      epoch: 1000,
      resetMask: 0,
      observations: outcome.observations,
    };
    const round = Round.compute(input);
    expect(outcome.round).toEqual(round);
    expect(prover.inputs).toEqual([Round.circuitInput(input, round.statement.challenge)]);
    expect(feedSet.submissions).toEqual([
      {
        proof: [1n, 2n, 4n, 3n, 6n, 5n, 7n, 8n],
        commitment: round.statement.commitment,
        prevState: State.digestOf(GENESIS),
        nextState: round.nextState,
        header: round.header,
        words: round.words,
      },
    ]);
    expect(outcome.receipt.roundId).toBe(1n);
    expect(log.lines).toEqual([
      { level: "debug", message: "round due", context: { epoch: 1000, reason: "first round" } },
    ]);
  });

  it("leaves out what it refuses, logs each with its reason, and goes on with the rest", async () => {
    const good = bodies(1000, 1_000_000n);
    const collected = {
      1000: ["not JSON", body(3, 999, 1_000_000n), ...good, good[0]?.replace('"slot":0', '"slot":3') ?? ""],
    };
    const { attestor, log } = setUp({ collected });
    const outcome = await attestor.attest(1000, signal);
    expect(outcome).toMatchObject({ kind: "accepted", round: { signers: [0, 1, 2] } });
    const warnings = log.lines.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message, context }) => [message, context.epoch])).toEqual(
      Array(3).fill(["observation refused", 1000]),
    );
    expect(warnings.map(({ context }) => context.reason)).toEqual([
      "body: not JSON",
      "epoch: got 999, want 1000",
      "signature: not by the key of slot 3",
    ]);
  });

  it("takes the first observation of a slot and refuses the second, though both are signed", async () => {
    const collected = { 1000: [...bodies(1000, 1_000_000n), body(0, 1000, 7_000_000n)] };
    const { attestor, log } = setUp({ collected });
    const outcome = await attestor.attest(1000, signal);
    if (outcome.kind !== "accepted") throw new Error(outcome.kind);
    expect(outcome.observations.map(({ prices }) => prices[0])).toEqual([1_000_000n, 1_000_000n, 1_000_000n]);
    expect(log.lines).toContainEqual({
      level: "warn",
      message: "observation refused",
      context: { epoch: 1000, reason: "slot 0 has one already" },
    });
  });

  it("says how many signers it got when they are too few, and proves nothing", async () => {
    const collected = { 1000: [...bodies(1000, 1_000_000n, [0, 1]), body(1, 1000, 1_000_000n), "rubbish"] };
    const { attestor, prover, feedSet } = setUp({ collected });
    expect(await attestor.attest(1000, signal)).toEqual({ kind: "too few signers", got: 2, want: 3 });
    expect([prover.inputs, feedSet.submissions]).toEqual([[], []]);
  });

  it("proves nothing that is not due, and goes on from the accepted round when something is", async () => {
    const collected = {
      1000: bodies(1000, 1_000_000n),
      1001: bodies(1001, 1_004_999n),
      1002: bodies(1002, 1_005_000n),
    };
    const { attestor, clock, prover, feedSet } = setUp({ collected });
    await attestor.attest(1000, signal);
    clock.setSeconds(1001 * PERIOD);
    expect(await attestor.attest(1001, signal)).toEqual({ kind: "not due" });
    expect(prover.inputs).toHaveLength(1);
    clock.setSeconds(1002 * PERIOD);
    expect(await attestor.attest(1002, signal)).toMatchObject({ kind: "accepted", receipt: { roundId: 2n } });
    // The chart went on from the first round: had it not, the contract would have refused the state.
    const { state, answers } = restore(CONFIGURATION, await feedSet.history());
    expect(State.digestOf(state)).toBe(await feedSet.stateDigest());
    expect(answers).toEqual([1_005_000n, 50n, undefined, undefined]);
  });

  it("counts the heartbeat from the start of the last accepted epoch", async () => {
    const heartbeat = { deviationPpm: 5000, heartbeatSeconds: 120 };
    const same = (epoch: number) => bodies(epoch, 1_000_000n);
    const { attestor, clock } = setUp({
      collected: { 1000: same(1000), 1001: same(1001), 1002: same(1002) },
      due: heartbeat,
    });
    clock.setSeconds(1000 * PERIOD + 59);
    await attestor.attest(1000, signal);
    clock.setSeconds(1002 * PERIOD - 1);
    expect(await attestor.attest(1001, signal)).toEqual({ kind: "not due" });
    clock.setSeconds(1002 * PERIOD);
    expect(await attestor.attest(1002, signal)).toMatchObject({ kind: "accepted" });
  });

  it("keeps the answer that consumers read while a feed is held: it stays due", async () => {
    const collected = {
      1000: bodies(1000, 1_000_000n),
      1001: bodies(1001, 1_300_000n),
      1002: bodies(1002, 1_300_000n),
    };
    const { attestor, log } = setUp({ collected });
    await attestor.attest(1000, signal);
    for (const epoch of [1001, 1002]) {
      const outcome = await attestor.attest(epoch, signal);
      if (outcome.kind !== "accepted") throw new Error(outcome.kind);
      expect(outcome.round.reports[0]?.status).toBe("HELD");
    }
    expect(log.lines.map(({ context }) => context.reason)).toEqual([
      "first round",
      "deviation: feed 0",
      "deviation: feed 0",
    ]);
  });

  it("puts the contract's reset mask into the statement and leaves it out of the calldata", async () => {
    const { attestor, feedSet, prover } = setUp({ collected: { 1000: bodies(1000, 1_000_000n) } });
    feedSet.setResetMask(0b0011);
    const outcome = await attestor.attest(1000, signal);
    if (outcome.kind !== "accepted") throw new Error(outcome.kind);
    expect(decodeHeader(outcome.round.header)).toEqual({ epoch: 1000, signers: 0b111, resetMask: 0b0011 });
    expect(prover.inputs[0]?.reset).toEqual([1n, 1n, 0n, 0n]);
    const [submitted] = feedSet.submissions;
    expect(decodeHeader(submitted?.header ?? 0n)).toEqual({ epoch: 1000, signers: 0b111, resetMask: 0 });
    expect((await feedSet.history())[0]?.header).toBe(outcome.round.header);
  });
});

describe("submit", () => {
  it("never sends a proof that is not of the round's own statement", async () => {
    const { attestor, feedSet } = setUp({
      collected: { 1000: bodies(1000, 1_000_000n) },
      prover: { publicSignals: [1n, 2n, 3n] },
    });
    await expect(attestor.attest(1000, signal)).rejects.toMatchObject({ code: "attestor.proof" });
    expect(feedSet.submissions).toEqual([]);
  });

  it("leaves the state when the contract refuses, and goes on from the same one", async () => {
    const { attestor, feedSet } = setUp({
      collected: { 1000: bodies(1000, 1_000_000n), 1001: bodies(1001, 1_000_000n) },
    });
    const refusal = new AssayError("chain.refused", "FeedSet_BlockHasRound(7)", { disposition: "reject" });
    feedSet.refuseNext(refusal);
    await expect(attestor.attest(1000, signal)).rejects.toBe(refusal);
    // Were the state taken over, this round would build on one that the contract has not; were the answers, it would
    // not be due.
    expect(await attestor.attest(1001, signal)).toMatchObject({
      kind: "accepted",
      round: { previousState: State.digestOf(GENESIS) },
    });
  });

  it("does not move the state with a round that was only prepared", async () => {
    const { attestor } = setUp({ collected: { 1000: bodies(1000, 1_000_000n), 1001: bodies(1001, 1_000_000n) } });
    const first = prepared(await attestor.prepare(1000, signal));
    const second = prepared(await attestor.prepare(1001, signal));
    expect(second.round.previousState).toBe(first.round.previousState);
    await attestor.submit(second, signal);
    await expect(attestor.submit(first, signal)).rejects.toMatchObject({ code: "chain.refused" });
  });

  it("sends nothing under an aborted signal", async () => {
    const { attestor, feedSet } = setUp({ collected: { 1000: bodies(1000, 1_000_000n) } });
    const round = prepared(await attestor.prepare(1000, signal));
    const reason = new Error("enough");
    await expect(attestor.submit(round, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(feedSet.submissions).toEqual([]);
  });
});

describe("prepare", () => {
  it("ends with the signal's reason while it proves, and can prepare again", async () => {
    const { attestor, prover, feedSet, log } = setUp({
      collected: { 1000: bodies(1000, 1_000_000n) },
      prover: { hang: true },
    });
    const controller = new AbortController();
    const proving = attestor.attest(1000, controller.signal);
    await log.wrote("round due");
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(proving).rejects.toBe(reason);
    expect([prover.inputs.length <= 1, feedSet.submissions]).toEqual([true, []]);
  });

  it("hands its signal to those who collect", async () => {
    const log = createMemoryLog();
    const reason = new Error("enough");
    const attestor = createAttestor(
      {
        clock: createFixedClock(0),
        log,
        prover: createFakeProver(),
        feedSet: createFakeFeedSet(0n),
        collect: async (_epoch, given) => {
          given.throwIfAborted();
          return [];
        },
      },
      {
        configuration: CONFIGURATION,
        periodSeconds: PERIOD,
        due: { deviationPpm: 1, heartbeatSeconds: 1 },
      },
    );
    await expect(attestor.prepare(1000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("that starts on a set with rounds goes on from its state, and takes its answers for what consumers read", async () => {
    const first = setUp({ collected: { 1000: bodies(1000, 1_000_000n) } });
    await first.attestor.attest(1000, signal);
    const collected = { 1001: bodies(1001, 1_000_001n), 1002: bodies(1002, 1_009_000n) };
    const second = setUp({ collected, on: first.feedSet });
    second.clock.setSeconds(1001 * PERIOD);
    expect(await second.attestor.attest(1001, signal)).toEqual({ kind: "not due" });
    second.clock.setSeconds(1002 * PERIOD);
    expect(await second.attestor.attest(1002, signal)).toMatchObject({ kind: "accepted", receipt: { roundId: 2n } });
  });

  it("goes on from a round that landed although its receipt was lost", async () => {
    const collected = { 1000: bodies(1000, 1_000_000n), 1001: bodies(1001, 1_009_000n) };
    const { attestor, feedSet, clock } = setUp({ collected });
    feedSet.loseNextReceipt(new Error("connection reset"));
    await expect(attestor.attest(1000, signal)).rejects.toThrow("connection reset");
    clock.setSeconds(1001 * PERIOD);
    expect(await attestor.attest(1001, signal)).toMatchObject({ kind: "accepted", receipt: { roundId: 2n } });
  });

  it("does not prove a round of an epoch that the contract has already", async () => {
    const collected = { 1000: bodies(1000, 1_000_000n), 999: bodies(999, 1_009_000n) };
    const { attestor, prover } = setUp({ collected });
    await attestor.attest(1000, signal);
    expect(await attestor.attest(999, signal)).toEqual({ kind: "too late", got: 999, want: 1001 });
    expect(prover.inputs).toHaveLength(1);
  });

  it("stops before it proves when the contract's state does not follow from its rounds", async () => {
    const { attestor, prover } = setUp({ collected: { 1000: bodies(1000, 1_000_000n) }, on: createFakeFeedSet(7n) });
    await expect(attestor.attest(1000, signal)).rejects.toMatchObject({ code: "attestor.state", disposition: "fatal" });
    expect(prover.inputs).toEqual([]);
  });
});
