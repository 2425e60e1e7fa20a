import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as Decimal from "../../../src/lib/decimal.ts";

const SEED = { seed: 20240313 };
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "no error";
};
const scaled = (text: string, decimals: number) => Decimal.scaleDown(Decimal.parse(text), decimals);

describe("parse and scaleDown", () => {
  it.each([
    ["73346.14000000", 8, 7334614000000n],
    ["7109000", 8, 710900000000000n],
    ["1e-08", 8, 1n],
    ["1.0958904109589042e-08", 8, 1n],
    ["1E2", 0, 100n],
    ["1.5e+3", 2, 150000n],
    ["0", 8, 0n],
    ["0.000000019", 8, 1n],
    ["9.999", 2, 999n],
    ["1e-9", 8, 0n],
    ["1208925819614629174706175", 0, Decimal.MAX_PRICE],
  ])("reads %s at %i decimals", (text, decimals, want) => {
    expect(scaled(text, decimals)).toBe(want);
  });

  it.each([
    "",
    " 1",
    "1 ",
    "1\n",
    "+1",
    "-1",
    "-0",
    "0x10",
    "NaN",
    "Infinity",
    "1,5",
    ".5",
    "5.",
    "01",
    "00.1",
    "1e",
    "1e1.5",
    "1_0",
    "１",
    "1n",
    "1e0001",
  ])("refuses %j as no decimal", (text) => {
    expect(codeOf(() => Decimal.parse(text))).toBe("decimal.syntax");
  });

  it("refuses what would cost work: long digits and large exponents", () => {
    expect(codeOf(() => Decimal.parse("9".repeat(50_000)))).toBe("decimal.size");
    expect(codeOf(() => Decimal.parse(`0.${"0".repeat(50_000)}1`))).toBe("decimal.size");
    expect(codeOf(() => Decimal.parse("1e65"))).toBe("decimal.size");
    expect(codeOf(() => Decimal.parse("1e-65"))).toBe("decimal.size");
    expect(codeOf(() => Decimal.parse("1e999999999"))).toBe("decimal.syntax");
    expect(Decimal.parse("1e64").coefficient).toBe(10n ** 64n);
  });

  it("names a bad number of decimals a bug of the caller", () => {
    for (const decimals of [-1, 19, 1.5, Number.NaN]) {
      expect(codeOf(() => scaled("1", decimals))).toBe("decimal.decimals");
    }
  });
});

describe("divideDown", () => {
  it("implies USDT/USD from BTC/USD over BTC/USDT", () => {
    const implied = Decimal.divideDown(Decimal.parse("20387"), Decimal.parse("20370.39"), 8);
    expect(implied).toBe((20387_00n * 10n ** 8n) / 2037039n);
    expect(Decimal.format(implied, 8)).toBe("1.00081539");
  });

  it("refuses a divisor of zero", () => {
    expect(codeOf(() => Decimal.divideDown(Decimal.parse("1"), Decimal.parse("0.00"), 8))).toBe("decimal.zero");
  });

  it("is the floor of the exact quotient", () => {
    fc.assert(
      fc.property(decimalText(), decimalText(), fc.integer({ min: 0, max: 18 }), (a, b, decimals) => {
        const [x, y] = [reference(a, 64), reference(b, 64)];
        fc.pre(y > 0n);
        expect(Decimal.divideDown(Decimal.parse(a), Decimal.parse(b), decimals)).toBe(
          (x * 10n ** BigInt(decimals)) / y,
        );
      }),
      SEED,
    );
  });
});

describe("checkPrice", () => {
  it("lets 1 and 2^80-1 through and refuses 0, 2^80 and negatives", () => {
    expect(Decimal.checkPrice(1n)).toBe(1n);
    expect(Decimal.checkPrice(Decimal.MAX_PRICE)).toBe(2n ** 80n - 1n);
    for (const price of [0n, 2n ** 80n, -1n]) {
      expect(codeOf(() => Decimal.checkPrice(price))).toBe("decimal.range");
    }
  });
});

describe("format", () => {
  it.each([
    [2314693000000n, 8, "23146.93"],
    [1n, 8, "0.00000001"],
    [0n, 8, "0"],
    [100n, 0, "100"],
    [-150n, 2, "-1.5"],
    [100000000n, 8, "1"],
  ])("writes %s at %i decimals", (value, decimals, want) => {
    expect(Decimal.format(value, decimals)).toBe(want);
  });
});

describe("properties", () => {
  it("format and parse are inverse", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: Decimal.MAX_PRICE }),
        fc.integer({ min: 0, max: 18 }),
        (value, decimals) => {
          expect(scaled(Decimal.format(value, decimals), decimals)).toBe(value);
        },
      ),
      SEED,
    );
  });

  it("agrees with integers cut out of the text", () => {
    fc.assert(
      fc.property(decimalText(), fc.integer({ min: 0, max: 18 }), (text, decimals) => {
        expect(scaled(text, decimals)).toBe(reference(text, decimals));
      }),
      SEED,
    );
  });

  it("keeps the order of values", () => {
    fc.assert(
      fc.property(decimalText(), decimalText(), fc.integer({ min: 0, max: 18 }), (a, b, decimals) => {
        const [low, high] = reference(a, 64) <= reference(b, 64) ? [a, b] : [b, a];
        expect(scaled(low, decimals) <= scaled(high, decimals)).toBe(true);
      }),
      SEED,
    );
  });

  it("moves the point by the exponent", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 18 }), (digits, places) => {
        expect(scaled(`${digits}e-${places}`, places)).toBe(digits);
        expect(scaled(`${digits}E+${places}`, 0)).toBe(digits * 10n ** BigInt(places));
      }),
      SEED,
    );
  });

  it("answers any text with a value or a refusal", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.eE+- x") }), (text) => {
        const code = codeOf(() => Decimal.parse(text));
        expect(["no error", "decimal.syntax", "decimal.size"]).toContain(code);
        expect(code === "no error").toBe(/^(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && code !== "decimal.size");
      }),
      SEED,
    );
  });
});

function decimalText(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 22n }), fc.option(fc.stringMatching(/^\d{1,20}$/), { nil: undefined }))
    .map(([whole, fraction]) => (fraction === undefined ? `${whole}` : `${whole}.${fraction}`));
}

/** By moving characters, not by arithmetic. */
function reference(text: string, decimals: number): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(decimals, "0").slice(0, decimals));
}
