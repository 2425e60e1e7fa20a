import { describe, expect, it } from "vitest";
import { countText, isoSeconds, percentOf, scoreText } from "../../../src/cli/text.ts";

describe("isoSeconds", () => {
  it("shows seconds in UTC, whatever the machine's zone", () => {
    expect(isoSeconds(1_678_397_040)).toBe("2023-03-09 21:24:00 UTC");
    expect(isoSeconds(0)).toBe("1970-01-01 00:00:00 UTC");
  });

  it("shows what a contract may say and no date has as the number", () => {
    expect(isoSeconds(Number(2n ** 256n - 1n))).toBe("second 1.157920892373162e+77");
  });
});

describe("percentOf", () => {
  it.each([
    [1299n, 10_000n, "+12.99 %"],
    [-1299n, 10_000n, "-12.99 %"],
    [0n, 5n, "+0.00 %"],
    [5n, 10_000n, "+0.05 %"],
    [-5n, 10_000n, "-0.05 %"],
    [199n, 1_000_000n, "+0.01 %"], // toward zero
    [-199n, 1_000_000n, "-0.01 %"],
    [-1n, 1_000_000n, "+0.00 %"],
    [5n, 5n, "+100.00 %"],
    [2n ** 80n, 1n, "+120892581961462917470617600.00 %"],
  ])("%s of %s is %s", (part, whole, text) => {
    expect(percentOf(part, whole)).toBe(text);
  });

  it("of nothing is n/a", () => {
    expect(percentOf(5n, 0n)).toBe("n/a");
  });
});

describe("scoreText", () => {
  it.each([
    [0n, "0.00"],
    [2n, "0.00"],
    [3n, "0.01"],
    [255n, "0.99"],
    [256n, "1.00"],
    [385n, "1.50"],
    [16_383n, "63.99"],
  ])("of %s is %s thresholds", (score, text) => {
    expect(scoreText(score)).toBe(text);
  });
});

describe("countText", () => {
  it("has a singular", () => {
    expect([0, 1, 2].map((count) => countText(count, "price"))).toEqual(["no price", "1 price", "2 prices"]);
  });
});
