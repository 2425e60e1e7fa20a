import { describe, expect, it } from "vitest";
import { fits, PRIME, parse, reduce } from "../../../src/lib/field.ts";

describe("parse", () => {
  it("lets the canonical elements through, the edges included", () => {
    for (const value of [0n, 1n, PRIME - 1n]) expect(parse(value)).toBe(value);
  });

  it.each([-1n, PRIME, PRIME + 1n, 2n ** 256n])("refuses %s instead of reducing it", (value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: "field.range", disposition: "reject" }));
  });
});

describe("reduce", () => {
  it.each([
    [0n, 0n],
    [PRIME - 1n, PRIME - 1n],
    [PRIME, 0n],
    [PRIME + 5n, 5n],
    [-1n, PRIME - 1n],
    [-PRIME, 0n],
    [-PRIME - 1n, PRIME - 1n],
  ])("takes %s to %s", (value, residue) => {
    expect(reduce(value)).toBe(residue);
  });
});

describe("fits", () => {
  it.each([
    [0n, 0, true],
    [1n, 0, false],
    [255n, 8, true],
    [256n, 8, false],
    [2n ** 80n - 1n, 80, true],
    [2n ** 80n, 80, false],
    [-1n, 80, false],
  ])("says of %s in %i bits: %s", (value, bits, holds) => {
    expect(fits(value, bits)).toBe(holds);
  });
});
