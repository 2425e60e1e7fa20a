// Reads circom's .r1cs: the constraints stay where they are in the file's bytes, only their places are noted.

import { AssayError } from "../lib/errors.ts";
import { PRIME } from "../lib/field.ts";

/** The three linear combinations of a constraint, A * B = C. */
export type Matrix = 0 | 1 | 2;

export type R1cs = {
  readonly wireCount: number;
  readonly constraintCount: number;
  readonly publicOutputCount: number;
  readonly publicInputCount: number;
  /** The constraint section: for each linear combination a count, then (wire: u32, coefficient: 32 bytes LE) pairs. */
  readonly constraints: Uint8Array;
  /** Where in `constraints` combination `3 * constraint + matrix` starts. */
  readonly starts: Uint32Array;
  /** Terms in all A, in all B and in all C. */
  readonly termCounts: readonly [number, number, number];
};

export type Term = { readonly wire: number; readonly coefficient: bigint };

/** Bytes of a term, and where its coefficient begins. */
export const TERM = { bytes: 36, coefficient: 4 } as const;

/** Throws `prove.r1cs` for anything but a complete file over BN254's scalar field. The result can be posted to workers. */
export function parse(file: Uint8Array): R1cs {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 12 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== 1) {
    throw malformed("want the magic number and version 1");
  }
  const sections = sectionsOf(view);
  const header = sections.get(1);
  const body = sections.get(2);
  if (header === undefined || body === undefined || header.length < 64) throw malformed("want sections 1 and 2");

  const fieldBytes = view.getUint32(header.at, true);
  if (fieldBytes !== 32 || littleEndian(view, header.at + 4) !== PRIME) throw malformed("want BN254's scalar field");
  const wireCount = view.getUint32(header.at + 36, true);
  const publicOutputCount = view.getUint32(header.at + 40, true);
  const publicInputCount = view.getUint32(header.at + 44, true);
  const constraintCount = view.getUint32(header.at + 60, true);
  if (publicOutputCount + publicInputCount >= wireCount) throw malformed("want a wire for each public signal");

  const constraints = new Uint8Array(new SharedArrayBuffer(body.length));
  constraints.set(file.subarray(body.at, body.at + body.length));
  const { starts, termCounts } = index(constraints, constraintCount, wireCount);
  return { wireCount, constraintCount, publicOutputCount, publicInputCount, constraints, starts, termCounts };
}

/** The terms of one linear combination. For tests and inspection: bigints are slow. */
export function terms(r1cs: R1cs, constraint: number, matrix: Matrix): readonly Term[] {
  const view = new DataView(r1cs.constraints.buffer, r1cs.constraints.byteOffset, r1cs.constraints.byteLength);
  const start = r1cs.starts[3 * constraint + matrix];
  if (start === undefined) throw new RangeError(`got constraint ${constraint}, want one of ${r1cs.constraintCount}`);
  return Array.from({ length: view.getUint32(start, true) }, (_, i) => {
    const at = start + 4 + i * TERM.bytes;
    return { wire: view.getUint32(at, true), coefficient: littleEndian(view, at + TERM.coefficient) };
  });
}

/** Indices of the constraints that `witness` (one value a wire) does not satisfy. */
export function unsatisfied(r1cs: R1cs, witness: readonly bigint[]): readonly number[] {
  const value = (constraint: number, matrix: Matrix): bigint =>
    terms(r1cs, constraint, matrix).reduce((sum, term) => sum + term.coefficient * (witness[term.wire] ?? 0n), 0n);
  return Array.from({ length: r1cs.constraintCount }, (_, i) => i).filter(
    (i) => (value(i, 0) * value(i, 1) - value(i, 2)) % PRIME !== 0n,
  );
}

const MAGIC = 0x73633172; // "r1cs", little-endian

type Section = { readonly at: number; readonly length: number };

function sectionsOf(view: DataView): ReadonlyMap<number, Section> {
  const sections = new Map<number, Section>();
  let at = 12;
  for (let left = view.getUint32(8, true); left > 0; left--) {
    if (at + 12 > view.byteLength) throw malformed("want as many sections as the header says");
    const length = Number(view.getBigUint64(at + 4, true));
    if (at + 12 + length > view.byteLength) throw malformed("want a file that is not cut short");
    sections.set(view.getUint32(at, true), { at: at + 12, length });
    at += 12 + length;
  }
  return sections;
}

function index(
  constraints: Uint8Array,
  constraintCount: number,
  wireCount: number,
): { readonly starts: Uint32Array; readonly termCounts: readonly [number, number, number] } {
  const view = new DataView(constraints.buffer);
  // Twelve bytes is the least that a constraint takes: this bounds the allocation by the file's own size.
  if (constraintCount * 12 > view.byteLength) throw malformed("want as many constraints as the header says");
  const starts = new Uint32Array(new SharedArrayBuffer(constraintCount * 12));
  const counts: [number, number, number] = [0, 0, 0];
  let at = 0;
  for (let i = 0; i < starts.length; i++) {
    if (at + 4 > view.byteLength) throw malformed("want as many constraints as the header says");
    starts[i] = at;
    const count = view.getUint32(at, true);
    const end = at + 4 + count * TERM.bytes;
    if (end > view.byteLength) throw malformed("want a constraint within its section");
    for (let term = at + 4; term < end; term += TERM.bytes) {
      if (view.getUint32(term, true) >= wireCount) throw malformed("want wires below the header's count");
    }
    counts[(i % 3) as Matrix] += count;
    at = end;
  }
  if (at !== view.byteLength) throw malformed("want no bytes after the last constraint");
  return { starts, termCounts: counts };
}

function littleEndian(view: DataView, at: number): bigint {
  return [24, 16, 8, 0].reduce((value, offset) => (value << 64n) + view.getBigUint64(at + offset, true), 0n);
}

function malformed(want: string): AssayError {
  return new AssayError("prove.r1cs", `got a malformed .r1cs file, ${want}`);
}
