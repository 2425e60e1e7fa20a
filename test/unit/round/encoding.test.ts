import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Report, STATUSES } from "../../../src/model/hampelChart.ts";
import * as Encoding from "../../../src/round/encoding.ts";

const SEED = Number(process.env.ASSAY_TEST_SEED ?? 20_260_101);
const ZERO: Report = { answer: 0n, dispersion: 0n, score: 0n, inliers: 0n, status: "OK" };
const ONES: Report = { answer: 1n, dispersion: 1n, score: 1n, inliers: 1n, status: "HELD" };
const FULL: Report = {
  answer: 2n ** 80n - 1n,
  dispersion: 4095n,
  score: 16_383n,
  inliers: 65_535n,
  status: "NO_QUORUM",
};

const below = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const reports = fc.array(
  fc.record({
    answer: below(80),
    dispersion: below(12),
    score: below(14),
    inliers: below(16),
    status: fc.constantFrom(...STATUSES),
  }),
  { minLength: 1, maxLength: 32 },
);

describe("encodeHeader", () => {
  it("puts the epoch into 40 bits, the signers above it into 16, the reset mask above them into 32", () => {
    expect(Encoding.encodeHeader({ epoch: 1, signers: 0, resetMask: 0 })).toBe(1n);
    expect(Encoding.encodeHeader({ epoch: 0, signers: 0b101, resetMask: 0 })).toBe(5n << 40n);
    expect(Encoding.encodeHeader({ epoch: 0, signers: 0, resetMask: 2 })).toBe(1n << 57n);
    expect(Encoding.encodeHeader({ epoch: 0x12345, signers: 0xbeef, resetMask: 0xcafe })).toBe(
      0x0000cafe_beef_0000012345n,
    );
  });

  it("takes the widest of each", () => {
    const widest = { epoch: 2 ** 40 - 1, signers: 0xffff, resetMask: 0xffff_ffff };
    expect(Encoding.encodeHeader(widest)).toBe(2n ** 88n - 1n);
    expect(Encoding.decodeHeader(2n ** 88n - 1n)).toEqual(widest);
  });

  it.each([
    ["an epoch of 41 bits", { epoch: 2 ** 40, signers: 0, resetMask: 0 }],
    ["17 signers", { epoch: 0, signers: 0x10000, resetMask: 0 }],
    ["a reset mask of 33 bits", { epoch: 0, signers: 0, resetMask: 2 ** 32 }],
    ["a negative reset mask, as 1 << 31 gives one", { epoch: 0, signers: 1, resetMask: 1 << 31 }],
  ])("refuses %s: it would say something else", (_name, header) => {
    expect(() => Encoding.encodeHeader(header)).toThrow();
  });

  it(`is undone by decodeHeader (seed ${SEED})`, () => {
    const headers = fc.record({
      epoch: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
      signers: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
      resetMask: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(headers, (header) => {
        expect(Encoding.decodeHeader(Encoding.encodeHeader(header))).toEqual(header);
      }),
      { seed: SEED },
    );
  });
});

describe("hasBit", () => {
  it("reads each of 32 bits, the highest too", () => {
    const mask = 0x8000_0005;
    const set = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => Encoding.hasBit(mask, bit));
    expect(set).toEqual([0, 2, 31]);
  });
});

describe("encodeReport", () => {
  it("puts each field where the protocol says: at 0, 80, 92, 106 and 122", () => {
    expect(Encoding.encodeReport(ZERO)).toBe(0n);
    expect(Encoding.encodeReport({ ...ZERO, answer: 1n })).toBe(1n);
    expect(Encoding.encodeReport({ ...ZERO, dispersion: 1n })).toBe(1n << 80n);
    expect(Encoding.encodeReport({ ...ZERO, score: 1n })).toBe(1n << 92n);
    expect(Encoding.encodeReport({ ...ZERO, inliers: 1n })).toBe(1n << 106n);
    expect(Encoding.encodeReport({ ...ZERO, status: "HELD" })).toBe(1n << 122n);
    expect(Encoding.encodeReport({ ...ZERO, status: "REFUSED" })).toBe(2n << 122n);
    expect(Encoding.encodeReport({ ...ZERO, status: "NO_QUORUM" })).toBe(3n << 122n);
  });

  it("fills 124 bits and no more", () => {
    expect(Encoding.encodeReport(FULL)).toBe(2n ** 124n - 1n);
  });

  it.each([
    ["answer", 80],
    ["dispersion", 12],
    ["score", 14],
    ["inliers", 16],
  ] as const)("refuses a negative %s and one of more than %i bits", (name, width) => {
    for (const value of [-1n, 2n ** BigInt(width), 2n ** BigInt(width) * 3n]) {
      const encode = () => Encoding.encodeReport({ ...ZERO, [name]: value });
      expect(encode).toThrow(expect.objectContaining({ code: "report.range" }));
      expect(encode).toThrow(`${name}: got ${value}, want ${width} bits`);
    }
  });

  it("refuses a status that there is not", () => {
    // `as`: what a caller without types could pass.
    const bad = { ...ZERO, status: "FINE" as Report["status"] };
    expect(() => Encoding.encodeReport(bad)).toThrow(expect.objectContaining({ code: "report.range" }));
  });
});

describe("encodeReports", () => {
  it("puts feed 2i low and feed 2i + 1 above it, and leaves the last half empty when their number is odd", () => {
    const one = 1n + (1n << 80n) + (1n << 92n) + (1n << 106n) + (1n << 122n);
    expect(Encoding.encodeReports([ONES, ZERO, ZERO, ONES, ONES])).toEqual([one, one << 124n, one]);
    expect(Encoding.encodeReports([FULL, FULL])).toEqual([2n ** 248n - 1n]);
  });

  it(`is undone by decodeReport, feed by feed (seed ${SEED})`, () => {
    fc.assert(
      fc.property(reports, (all) => {
        const words = Encoding.encodeReports(all);
        expect(words).toHaveLength(Math.ceil(all.length / 2));
        expect(all.map((_, feed) => Encoding.decodeReport(words, feed))).toEqual(all);
      }),
      { seed: SEED },
    );
  });
});

describe("decodeReport", () => {
  it("refuses a feed that the words do not have", () => {
    expect(() => Encoding.decodeReport([0n, 0n], 4)).toThrow(expect.objectContaining({ code: "report.feed" }));
  });
});
