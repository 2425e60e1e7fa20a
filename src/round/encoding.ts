// Header and report words, as calldata and circuit carry them: low bits first everywhere.
// Mirrors PriceRound.circom (step 5) and the contracts' ReportLib; pinned by test/vectors/round.json.

import { AssayError } from "../lib/errors.ts";
import { type Field, fits, parse } from "../lib/field.ts";
import { type Report, STATUSES } from "../model/hampelChart.ts";

export type Header = { readonly epoch: number; readonly signers: number; readonly resetMask: number };

/** Epoch and signers: what calldata carries of a header. */
export const CALLDATA_HEADER_MASK = (1n << 56n) - 1n;

const REPORT_BITS = 124n;
/** Field widths of a report in their order, 124 bits in all. */
const WIDTHS = { answer: 80n, dispersion: 12n, score: 14n, inliers: 16n, status: 2n } as const;

/** epoch 40 | signers bitmap 16 | reset mask 32. Throws `header.range` for a field too wide. */
export function encodeHeader({ epoch, signers, resetMask }: Header): Field {
  for (const [name, value, bits] of [
    ["epoch", epoch, 40],
    ["signers", signers, 16],
    ["resetMask", resetMask, 32],
  ] as const) {
    if (!Number.isInteger(value) || !fits(BigInt(value), bits)) {
      throw new AssayError("header.range", `${name}: got ${value}, want ${bits} bits`);
    }
  }
  return parse(BigInt(epoch) + (BigInt(signers) << 40n) + (BigInt(resetMask) << 56n));
}

export function decodeHeader(header: bigint): Header {
  const take = (at: bigint, bits: bigint): number => Number((header >> at) & ((1n << bits) - 1n));
  return { epoch: take(0n, 40n), signers: take(40n, 16n), resetMask: take(56n, 32n) };
}

export const hasBit = (mask: number, bit: number): boolean => ((mask >>> bit) & 1) === 1;

/** Two reports to a word: feed 2i is the low one. */
export function encodeReports(reports: readonly Report[]): readonly Field[] {
  const words: Field[] = [];
  for (let feed = 0; feed < reports.length; feed += 2) {
    const [low, high] = [reports[feed], reports[feed + 1]];
    words.push(parse((low ? encodeReport(low) : 0n) + ((high ? encodeReport(high) : 0n) << REPORT_BITS)));
  }
  return words;
}

/** answer 80 | dispersion 12 | score 14 | inliers 16 | status 2. Throws `report.range` for a field too wide. */
export function encodeReport(report: Report): bigint {
  const fields = { ...report, status: BigInt(STATUSES.indexOf(report.status)) };
  let shift = 0n;
  let word = 0n;
  for (const [name, width] of Object.entries(WIDTHS) as [keyof typeof WIDTHS, bigint][]) {
    const value = fields[name];
    if (value < 0n || value >> width !== 0n) {
      throw new AssayError("report.range", `${name}: got ${value}, want ${width} bits`);
    }
    word |= value << shift;
    shift += width;
  }
  return word;
}

/** The report of one feed out of the words. */
export function decodeReport(words: readonly bigint[], feed: number): Report {
  const word = words[feed >> 1];
  if (word === undefined) {
    throw new AssayError("report.feed", `got feed ${feed}, want below ${2 * words.length}`);
  }
  let rest = word >> (feed % 2 === 0 ? 0n : REPORT_BITS);
  const take = (width: bigint): bigint => {
    const value = rest & ((1n << width) - 1n);
    rest >>= width;
    return value;
  };
  const [answer, dispersion, score] = [take(WIDTHS.answer), take(WIDTHS.dispersion), take(WIDTHS.score)];
  const inliers = take(WIDTHS.inliers);
  // Two bits index four statuses.
  return { answer, dispersion, score, inliers, status: STATUSES[Number(take(WIDTHS.status))] as Report["status"] };
}
