// Writes the Groth16 .zkey that snarkjs and rapidsnark read: where everything goes, and all that needs no secret.

import { PRIME } from "../lib/field.ts";
import * as R1cs from "./r1cs.ts";
import { SIZE, type WasmCurve } from "./wasmCurve.ts";

export type Shape = {
  readonly wireCount: number;
  readonly publicCount: number;
  readonly domainSize: number;
  /** Terms of A and of B, and the row that binds the one and each public signal. */
  readonly coefficientCount: number;
};

/** Byte offsets into the file. */
export type Layout = {
  readonly byteLength: number;
  readonly sections: readonly { readonly id: number; readonly at: number; readonly length: number }[];
  readonly coefficients: number;
  readonly alphaBeta1: number;
  readonly betaGamma2: number;
  readonly delta1: number;
  readonly delta2: number;
  readonly ic: number;
  readonly a: number;
  readonly b1: number;
  readonly b2: number;
  readonly c: number;
  readonly h: number;
};

/** BN254's base field. */
const BASE_PRIME = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const COEFFICIENT_BYTES = 12 + SIZE.field;
/** Stands where a ceremony's circuit hash would: whoever looks into the file sees what kind of key this is. */
const MARK = "assay development key: one process has known its toxic waste";

/** The least k with 2^k >= constraints + public signals + 1. */
export function domainPower(constraintCount: number, publicCount: number): number {
  return Math.ceil(Math.log2(constraintCount + publicCount + 1));
}

export function layout(shape: Shape): Layout {
  const { wireCount, publicCount, domainSize, coefficientCount } = shape;
  const lengths: readonly (readonly [number, number])[] = [
    [1, 4],
    [2, HEADER_BYTES + 3 * SIZE.g1 + 3 * SIZE.g2],
    [3, (publicCount + 1) * SIZE.g1],
    [4, 4 + coefficientCount * COEFFICIENT_BYTES],
    [5, wireCount * SIZE.g1],
    [6, wireCount * SIZE.g1],
    [7, wireCount * SIZE.g2],
    [8, (wireCount - publicCount - 1) * SIZE.g1],
    [9, domainSize * SIZE.g1],
    [10, 64 + 4],
  ];
  let at = 12;
  const sections = lengths.map(([id, length]) => {
    const section = { id, at: at + 12, length };
    at = section.at + length;
    return section;
  });
  const start = (id: number): number => sections.find((section) => section.id === id)?.at ?? 0;
  const alphaBeta1 = start(2) + HEADER_BYTES;
  const betaGamma2 = alphaBeta1 + 2 * SIZE.g1;
  const delta1 = betaGamma2 + 2 * SIZE.g2;
  return {
    byteLength: at,
    sections,
    coefficients: start(4),
    alphaBeta1,
    betaGamma2,
    delta1,
    delta2: delta1 + SIZE.g1,
    ic: start(3),
    a: start(5),
    b1: start(6),
    b2: start(7),
    c: start(8),
    h: start(9),
  };
}

/** Everything but coefficients and points: magic, section headers, primes, counts, an empty contribution list. */
export function writeFrame(file: Uint8Array, shape: Shape, places: Layout): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  file.set(Buffer.from("zkey"));
  view.setUint32(4, 1, true);
  view.setUint32(8, places.sections.length, true);
  for (const { id, at, length } of places.sections) {
    view.setUint32(at - 12, id, true);
    view.setBigUint64(at - 8, BigInt(length), true);
    if (id === 1) view.setUint32(at, 1, true); // Groth16
    if (id === 2) {
      view.setUint32(at, SIZE.field, true);
      file.set(littleEndian(BASE_PRIME), at + 4);
      view.setUint32(at + 36, SIZE.field, true);
      file.set(littleEndian(PRIME), at + 40);
      view.setUint32(at + 72, shape.wireCount, true);
      view.setUint32(at + 76, shape.publicCount, true);
      view.setUint32(at + 80, shape.domainSize, true);
    }
    if (id === 10) file.set(Buffer.from(MARK), at);
  }
}

/** Section 4: the terms of A and B by constraint, then the public rows. Values times R^2, as snarkjs multiplies. */
export function writeCoefficients(file: Uint8Array, wasm: WasmCurve, r1cs: R1cs.R1cs, places: Layout): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const source = new DataView(r1cs.constraints.buffer);
  const toMontgomery = wasm.fn("frm_toMontgomery");
  const scratch = wasm.alloc(SIZE.field);
  const memory = wasm.bytes();
  const value = memory.subarray(scratch, scratch + SIZE.field);
  let count = 0;
  const write = (matrix: number, row: number, wire: number): void => {
    toMontgomery(scratch, scratch);
    toMontgomery(scratch, scratch);
    const at = places.coefficients + 4 + count * COEFFICIENT_BYTES;
    view.setUint32(at, matrix, true);
    view.setUint32(at + 4, row, true);
    view.setUint32(at + 8, wire, true);
    file.set(value, at + 12);
    count += 1;
  };
  for (let row = 0; row < r1cs.constraintCount; row++) {
    for (let matrix = 0; matrix < 2; matrix++) {
      const start = r1cs.starts[3 * row + matrix] ?? 0;
      const end = start + 4 + source.getUint32(start, true) * R1cs.TERM.bytes;
      for (let at = start + 4; at < end; at += R1cs.TERM.bytes) {
        value.set(r1cs.constraints.subarray(at + R1cs.TERM.coefficient, at + R1cs.TERM.bytes));
        write(matrix, row, source.getUint32(at, true));
      }
    }
  }
  for (let wire = 0; wire <= r1cs.publicOutputCount + r1cs.publicInputCount; wire++) {
    value.fill(0);
    value[0] = 1;
    write(0, r1cs.constraintCount + wire, wire);
  }
  view.setUint32(places.coefficients, count, true);
}

/** Section 2 up to its points: two primes with their lengths, three counts. */
const HEADER_BYTES = 84;

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: SIZE.field }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
