// Many multiples of one generator: a table of signed windows, and affine additions whose inversions are shared.
//
// A batch of sums is carried through the windows together, so that one field inversion serves a thousand additions: six
// multiplications for each instead of the eleven of a Jacobian mixed addition, and one window's table is hot at a time.

import { SIZE, type WasmCurve } from "./wasmCurve.ts";

export type Group = "g1" | "g2";

export type FixedBase = {
  /** Writes generator * scalar, affine in Montgomery form (zeros for infinity), for each 32-byte LE scalar. */
  readonly multiply: (scalars: Uint8Array, points: Uint8Array) => void;
};

/** Points that share an inversion. */
const BATCH = 1024;
const SCALAR_BITS = 254;

/** Builds the table for about `expected` multiplications; more or fewer only cost time. */
export function create(wasm: WasmCurve, group: Group, expected: number): FixedBase {
  const bits = windowBits(expected);
  const windows = Math.ceil((SCALAR_BITS + 1) / bits); // one bit more than the scalar: the last digit's carry fits
  const half = 2 ** (bits - 1);
  const size = SIZE[group];
  const toAffine = wasm.fn(`${group}m_toAffine`);
  const negate = wasm.fn(`${group}m_negAffine`);
  const isInfinite = wasm.fn(`${group}m_isZeroAffine`);
  const add = batchAdder(wasm, group);

  const table = wasm.alloc(windows * half * size);
  const sums = wasm.alloc(BATCH * size);
  const negated = wasm.alloc(BATCH * size);
  const entry = (window: number, digit: number): number => table + (window * half + digit - 1) * size;
  fillTable();
  const digits = new Int16Array(windows * BATCH);
  const left = new Uint32Array(BATCH);
  const right = new Uint32Array(BATCH);

  return { multiply };

  function fillTable(): void {
    const double = wasm.fn(`${group}m_doubleAffine`);
    const jacobian = wasm.alloc(2 * size);
    const memory = wasm.bytes();
    memory.set(wasm.module.generator[group], entry(0, 1));
    const from = new Uint32Array(BATCH);
    const to = new Uint32Array(BATCH);
    for (let window = 0; window < windows; window++) {
      if (window > 0) {
        double(entry(window - 1, half), jacobian);
        toAffine(jacobian, entry(window, 1));
      }
      // From 1..known to known+1..2*known by adding `known` to each.
      for (let known = 1; known < half; known *= 2) {
        memory.copyWithin(entry(window, known + 1), entry(window, 1), entry(window, known + 1));
        for (let done = 0; done < known; done += BATCH) {
          const count = Math.min(BATCH, known - done);
          to.fill(entry(window, known));
          for (let i = 0; i < count; i++) from[i] = entry(window, known + done + i + 1);
          add(from, to, count);
        }
      }
    }
  }

  function multiply(scalars: Uint8Array, points: Uint8Array): void {
    const count = scalars.byteLength / SIZE.field;
    for (let done = 0; done < count; done += BATCH) {
      const length = Math.min(BATCH, count - done);
      multiplyBatch(scalars.subarray(done * SIZE.field, (done + length) * SIZE.field));
      points.set(wasm.bytes().subarray(sums, sums + length * size), done * size);
    }
    digits.fill(0);
    wasm.bytes().fill(0, sums, sums + BATCH * size);
  }

  function multiplyBatch(scalars: Uint8Array): void {
    const count = scalars.byteLength / SIZE.field;
    const memory = wasm.bytes();
    memory.fill(0, sums, sums + BATCH * size);
    for (let i = 0; i < count; i++) recode(scalars.subarray(i * SIZE.field, (i + 1) * SIZE.field), i);
    for (let window = 0; window < windows; window++) {
      let pending = 0;
      for (let i = 0; i < count; i++) {
        const digit = digits[window * BATCH + i] ?? 0;
        if (digit === 0) continue;
        const sum = sums + i * size;
        let addend = entry(window, Math.abs(digit));
        if (digit < 0) {
          negate(addend, negated + i * size);
          addend = negated + i * size;
        }
        if (isInfinite(sum) !== 0) {
          memory.copyWithin(sum, addend, addend + size);
        } else {
          left[pending] = sum;
          right[pending] = addend;
          pending += 1;
        }
      }
      add(left, right, pending);
    }
  }

  /** Digits in [-half + 1, half], lowest window first, with scalar = sum of digit * 2^(bits * window). */
  function recode(scalar: Uint8Array, index: number): void {
    let carry = 0;
    for (let window = 0; window < windows; window++) {
      const bit = window * bits;
      const byte = bit >> 3;
      const three = (scalar[byte] ?? 0) | ((scalar[byte + 1] ?? 0) << 8) | ((scalar[byte + 2] ?? 0) << 16);
      const digit = ((three >> (bit & 7)) & (2 * half - 1)) + carry;
      carry = digit > half ? 1 : 0;
      digits[window * BATCH + index] = carry === 1 ? digit - 2 * half : digit;
    }
  }
}

/** Adds the point at right[i] to the one at left[i], both affine and finite, up to BATCH at a time. */
function batchAdder(wasm: WasmCurve, group: Group): (left: Uint32Array, right: Uint32Array, count: number) => void {
  const size = SIZE[group];
  const n = size / 2;
  const field = group === "g1" ? "f1m" : "f2m";
  const subtract = wasm.fn(`${field}_sub`);
  const multiply = wasm.fn(`${field}_mul`);
  const square = wasm.fn(`${field}_square`);
  const isZero = wasm.fn(`${field}_isZero`);
  const copy = wasm.fn(`${field}_copy`);
  const batchInverse = wasm.fn(`${field}_batchInverse`);
  const addAffine = wasm.fn(`${group}m_addAffine`);
  const toAffine = wasm.fn(`${group}m_toAffine`);
  const differences = wasm.alloc(BATCH * n);
  const inverses = wasm.alloc(BATCH * n);
  const slope = wasm.alloc(n);
  const x = wasm.alloc(n);
  const jacobian = wasm.alloc(2 * size);

  return (left, right, count) => {
    for (let i = 0; i < count; i++) subtract(right[i] ?? 0, left[i] ?? 0, differences + i * n);
    batchInverse(differences, n, count, inverses, n);
    for (let i = 0; i < count; i++) {
      const p = left[i] ?? 0;
      const q = right[i] ?? 0;
      if (isZero(differences + i * n) !== 0) {
        // Equal or opposite points: rare, and the library's addition is complete.
        addAffine(p, q, jacobian);
        toAffine(jacobian, p);
        continue;
      }
      subtract(q + n, p + n, slope);
      multiply(slope, inverses + i * n, slope);
      square(slope, x);
      subtract(x, p, x);
      subtract(x, q, x);
      subtract(p, x, p);
      multiply(p, slope, slope);
      subtract(slope, p + n, p + n);
      copy(x, p);
    }
  };
}

/** The width that costs the fewest additions, table included. */
function windowBits(expected: number): number {
  const cost = (bits: number): number => Math.ceil((SCALAR_BITS + 1) / bits) * (expected + 2 ** (bits - 1));
  return Array.from({ length: 12 }, (_, i) => i + 4).reduce((best, bits) => (cost(bits) < cost(best) ? bits : best));
}
