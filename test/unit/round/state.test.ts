import { poseidon4 } from "poseidon-lite";
import { describe, expect, it } from "vitest";
import * as State from "../../../src/round/state.ts";
import { TAGS } from "../../../src/statement/tags.ts";

const max = 2n ** 80n - 1n;

describe("genesis", () => {
  it("is epoch 0 and zeros for every feed", () => {
    const zero = { level: 0n, scale: 0n };
    expect(State.genesis(3)).toEqual({ epoch: 0, feeds: [zero, zero, zero] });
  });
});

describe("digestOf", () => {
  it("folds epoch, then level + scale * 2^80 of each feed", () => {
    const feeds = [
      { level: 5n, scale: 1n },
      { level: max, scale: max },
    ];
    expect(State.digestOf({ epoch: 9, feeds })).toBe(poseidon4([TAGS.state, 9n, 5n + 2n ** 80n, 2n ** 160n - 1n]));
  });

  it("changes with the epoch, each level, each scale, and their places", () => {
    const feeds = [
      { level: 5n, scale: 1n },
      { level: 6n, scale: 2n },
    ];
    const base = { epoch: 9, feeds };
    const states: readonly State.State[] = [
      base,
      { ...base, epoch: 10 },
      { ...base, feeds: feeds.toReversed() },
      ...feeds.flatMap((feed, j) => [
        { ...base, feeds: feeds.with(j, { ...feed, level: 7n }) },
        { ...base, feeds: feeds.with(j, { ...feed, scale: 7n }) },
        { ...base, feeds: feeds.with(j, { level: feed.scale, scale: feed.level }) },
      ]),
    ];
    expect(new Set(states.map(State.digestOf)).size).toBe(states.length);
  });
});
