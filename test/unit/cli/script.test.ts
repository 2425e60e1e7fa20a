import { describe, expect, it } from "vitest";
import { type Staged, staged, tap } from "../../../src/cli/demo/script.ts";
import { fixedObserve } from "../../support/fixedObserve.ts";

const CAST = {
  feeds: [{ pair: "AA/BB" }, { pair: "CC/DD" }],
  reporters: ["ann", "ben", "cay", "dee"].map((name) => ({ name })),
};
const { signal } = new AbortController();
const REQUEST = { epoch: 1, periodSeconds: 60, deadlineMs: 1000 };

describe("staged", () => {
  it("stages a lie in round 2, a tampered report in round 3, a jump from round 5 on, and nothing else", () => {
    const rounds = [1, 2, 3, 4, 5, 6, 40].map((round) => staged(round, CAST));
    expect(rounds.map(({ liar }) => liar)).toEqual([
      undefined,
      2,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(rounds.map(({ tamper }) => tamper)).toEqual([false, false, true, false, false, false, false]);
    expect(rounds.map(({ jumpPercent }) => jumpPercent)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      3n,
      3n,
      3n,
    ]);
  });

  it("says of all that it stages that it is injected, and names the liar and the feeds", () => {
    for (const round of [2, 3, 5, 6]) expect(staged(round, CAST).notes).toEqual([expect.stringMatching(/^injected: /)]);
    for (const round of [1, 4]) expect(staged(round, CAST).notes).toEqual([]);
    expect(staged(2, CAST).notes[0]).toContain("cay lies about AA/BB, by +13 %");
    for (const round of [5, 6]) expect(staged(round, CAST).notes[0]).toContain("+3 % for CC/DD");
  });
});

describe("tap", () => {
  const pricesOf = async (slot: number, present: Staged) =>
    (await tap(fixedObserve([1000n, 2009n, 0n]), slot, () => present)(REQUEST, { signal })).prices;
  const nothing: Staged = { tamper: false, notes: [] };

  it("passes on what the sources say when nothing is staged", async () => {
    expect(await pricesOf(2, nothing)).toEqual([1000n, 2009n, 0n]);
  });

  it("falsifies the liar's first feed and nobody else's", async () => {
    expect(await pricesOf(2, { ...nothing, liar: 2 })).toEqual([1130n, 2009n, 0n]);
    expect(await pricesOf(1, { ...nothing, liar: 2 })).toEqual([1000n, 2009n, 0n]);
  });

  it("moves everybody's second feed, rounded down, and makes no price out of none", async () => {
    for (const slot of [0, 1, 2, 3]) {
      expect(await pricesOf(slot, { ...nothing, jumpPercent: 3n })).toEqual([1000n, 2069n, 0n]);
    }
  });

  it("asks what is staged at each observation anew", async () => {
    let present: Staged = nothing;
    const observe = tap(fixedObserve([1000n, 0n]), 2, () => present);
    await observe(REQUEST, { signal });
    present = { ...nothing, liar: 2 };
    expect((await observe(REQUEST, { signal })).prices).toEqual([1130n, 0n]);
  });
});
