import { poseidon3, poseidon4 } from "poseidon-lite";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/lib/field.ts";
import * as Observation from "../../../src/observation/observation.ts";
import { TAGS } from "../../../src/statement/tags.ts";

const feedSetId = parse(7n);

describe("packPrices", () => {
  it("puts three prices into an element, low first, at a stride of 84 bits", () => {
    expect(Observation.packPrices([1n, 2n, 3n])).toEqual([1n + 2n * 2n ** 84n + 3n * 2n ** 168n]);
  });

  it("keeps the widest prices apart: 80 bits and 4 clear ones between them", () => {
    const widest = 2n ** 80n - 1n;
    const [packed = 0n, ...rest] = Observation.packPrices([widest, widest, widest]);
    expect(rest).toEqual([]);
    expect(packed.toString(16)).toBe(`${"f".repeat(20)}0${"f".repeat(20)}0${"f".repeat(20)}`);
  });

  it("ends with an element of what is left over: four prices make two, five make two, seven make three", () => {
    expect(Observation.packPrices([1n, 2n, 3n, 4n])[1]).toBe(4n);
    expect(Observation.packPrices([1n, 2n, 3n, 4n, 5n])[1]).toBe(4n + 5n * 2n ** 84n);
    expect(Observation.packPrices([0n, 0n, 0n, 0n, 0n, 0n, 9n])).toEqual([0n, 0n, 9n]);
    expect(Observation.packPrices([])).toEqual([]);
  });

  it("gives different elements when a price moves to the neighbouring feed", () => {
    expect(Observation.packPrices([5n, 0n, 0n])).not.toEqual(Observation.packPrices([0n, 5n, 0n]));
    expect(Observation.packPrices([0n, 0n, 5n, 0n])).not.toEqual(Observation.packPrices([0n, 0n, 0n, 5n]));
  });
});

describe("message", () => {
  it("is the digest of feed set, epoch and packed prices under the observation tag", () => {
    const one = { feedSetId, epoch: 3, prices: [1n, 2n, 3n] };
    const packed = 1n + 2n * 2n ** 84n + 3n * 2n ** 168n;
    expect(Observation.message(one)).toBe(poseidon4([TAGS.observation, 7n, 3n, packed]));
    expect(Observation.message({ ...one, prices: [] })).toBe(poseidon3([TAGS.observation, 7n, 3n]));
  });

  it("changes with the feed set, the epoch and each price", () => {
    const base = { feedSetId, epoch: 3, prices: [1n, 2n, 3n, 4n] };
    const others: readonly Observation.Observation[] = [
      { ...base, feedSetId: parse(8n) },
      { ...base, epoch: 4 },
      ...base.prices.map((_, feed) => ({ ...base, prices: base.prices.with(feed, 9n) })),
    ];
    const messages = [base, ...others].map(Observation.message);
    expect(new Set(messages).size).toBe(messages.length);
  });
});
