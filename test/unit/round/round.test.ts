import { describe, expect, it } from "vitest";
import { parse } from "../../../src/lib/field.ts";
import * as Model from "../../../src/model/hampelChart.ts";
import * as Configuration from "../../../src/round/configuration.ts";
import * as Encoding from "../../../src/round/encoding.ts";
import * as Round from "../../../src/round/round.ts";
import * as State from "../../../src/round/state.ts";
import * as Statement from "../../../src/statement/statement.ts";
import { CONFIGURATION, PARAMETERS, unsigned } from "../../support/feedSetFixture.ts";

const EPOCH = 100;
/** Slots 3, 0 and 2 sign, in this order; slot 0 has no price for the second feed. */
const OBSERVATIONS = [
  unsigned(3, EPOCH, [1030n, 23n, 0n, 0n]),
  unsigned(0, EPOCH, [1000n, 0n, 0n, 0n]),
  unsigned(2, EPOCH, [1020n, 22n, 0n, 0n]),
];
const STATE: State.State = {
  epoch: 99,
  feeds: [
    { level: 2000n, scale: 10n },
    { level: 22n, scale: 1n },
    { level: 0n, scale: 0n },
    { level: 0n, scale: 0n },
  ],
};
const INPUT: Round.RoundInput = {
  configuration: CONFIGURATION,
  state: STATE,
  epoch: EPOCH,
  resetMask: 0,
  observations: OBSERVATIONS,
};

describe("compute", () => {
  const round = Round.compute(INPUT);

  it("lists the signers in the order of their slots, whatever order their observations came in", () => {
    expect(round.signers).toEqual([0, 2, 3]);
    expect(Encoding.decodeHeader(round.header)).toEqual({ epoch: EPOCH, signers: 0b1101, resetMask: 0 });
    expect(Round.compute({ ...INPUT, observations: OBSERVATIONS.toReversed() })).toEqual(round);
  });

  it("runs the model on each feed: slots keep their bits, feeds beyond the set's report nothing", () => {
    const feed = { quorum: 3, live: true, reset: false };
    const evaluated = [
      Model.evaluate({ ...feed, prices: [1000n, 0n, 1020n, 1030n], state: { level: 2000n, scale: 10n } }, PARAMETERS),
      Model.evaluate({ ...feed, prices: [0n, 0n, 22n, 23n], state: { level: 22n, scale: 1n } }, PARAMETERS),
    ];
    expect(round.reports.slice(0, 2)).toEqual(evaluated.map(({ report }) => report));
    expect(round.details.slice(0, 2)).toEqual(evaluated.map(({ detail }) => detail));
    expect(round.reports[0]).toMatchObject({ inliers: 0b1101n, status: "HELD" });
    expect(round.reports[1]?.status).toBe("NO_QUORUM");
    const nothing = { answer: 0n, dispersion: 0n, score: 0n, inliers: 0n, status: "OK" };
    expect(round.reports.slice(2)).toEqual([nothing, nothing]);
    expect(round.next).toEqual({
      epoch: EPOCH,
      feeds: [evaluated[0]?.next, STATE.feeds[1], STATE.feeds[2], STATE.feeds[3]],
    });
  });

  it("states config, both states, header and words, in this order", () => {
    const config = Configuration.digestOf(CONFIGURATION);
    const [before, after] = [State.digestOf(STATE), State.digestOf(round.next)];
    const words = Encoding.encodeReports(round.reports);
    expect([round.config, round.previousState, round.nextState, round.words]).toEqual([config, before, after, words]);
    expect(round.statement).toEqual(Statement.of([config, before, after, round.header, ...words]));
  });

  it("puts the reset mask into the header and starts the charts of its feeds anew, and of no other", () => {
    const reset = Round.compute({ ...INPUT, resetMask: 0b01 });
    expect(Encoding.decodeHeader(reset.header)).toEqual({ epoch: EPOCH, signers: 0b1101, resetMask: 1 });
    expect(reset.header).toBe(parse(round.header + (1n << 56n)));
    expect([round.reports[0]?.status, reset.reports[0]?.status]).toEqual(["HELD", "OK"]);
    expect(reset.next.feeds[0]?.level).toBe(reset.reports[0]?.answer);
    expect(Round.compute({ ...INPUT, resetMask: 0b10 }).reports[0]).toEqual(round.reports[0]);
  });

  it.each([
    ["nobody", [], "got signers none, want at least 3 different ones"],
    ["fewer than minSigners", OBSERVATIONS.slice(1), "got signers 0, 2, want at least 3 different ones"],
    ["a slot that signs twice", [...OBSERVATIONS, unsigned(2, EPOCH, [1n, 1n, 0n, 0n])], "got signers 0, 2, 2, 3"],
    ["two of a slot in place of a third signer", [...OBSERVATIONS.slice(1), unsigned(2, EPOCH, [])], "0, 2, 2"],
  ])("refuses %s", (_name, observations, message) => {
    const compute = () => Round.compute({ ...INPUT, observations });
    expect(compute).toThrow(expect.objectContaining({ code: "round.signers", disposition: "reject" }));
    expect(compute).toThrow(message);
  });
});

describe("circuitInput", () => {
  it("gives every slot and feed of the circuit, zeros where nobody signed", () => {
    const input = Round.circuitInput({ ...INPUT, resetMask: 0b10 }, parse(77n));
    expect(input).toMatchObject({ challenge: 77n, reporterCount: 4n, feedCount: 2n, minSigners: 3n, quorum: 3n });
    expect(input).toMatchObject({ feedSetId: CONFIGURATION.feedSetId, previousEpoch: 99n, epoch: 100n });
    expect(input.parameters).toEqual(Object.values(PARAMETERS));
    expect(input.key).toEqual(CONFIGURATION.keys);
    expect([input.level, input.scale]).toEqual([
      [2000n, 22n, 0n, 0n],
      [10n, 1n, 0n, 0n],
    ]);
    expect(input.reset).toEqual([0n, 1n, 0n, 0n]);
    expect(input.signed).toEqual([1n, 0n, 1n, 1n]);
    expect(input.price).toEqual([
      [1000n, 0n, 0n, 0n],
      [0n, 0n, 0n, 0n],
      [1020n, 22n, 0n, 0n],
      [1030n, 23n, 0n, 0n],
    ]);
    expect([input.r8[1], input.s[1]]).toEqual([[0n, 0n], 0n]);
    expect(input.r8[0]).toEqual(OBSERVATIONS[1]?.signature.r8);
  });
});
