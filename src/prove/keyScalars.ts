// The discrete logarithms of a Groth16 proving key, in the scalar field: what makes the key cheap, and dangerous, to make.

import { AssayError } from "../lib/errors.ts";
import { type R1cs, TERM } from "./r1cs.ts";
import { SIZE, type WasmCurve } from "./wasmCurve.ts";

/** Indices, in elements, of each run of scalars in the buffer that `compute` fills. */
export type Runs = {
  readonly alphaBeta: number;
  readonly betaGamma: number;
  readonly delta: number;
  readonly ic: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly h: number;
  readonly length: number;
};

/** tau, alpha, beta, gamma, delta: uniform in [1, p), 32 bytes little-endian each. */
export const TOXIC_COUNT = 5;

export function runs(wireCount: number, publicCount: number, domainSize: number): Runs {
  const ic = 5;
  const a = ic + publicCount + 1;
  const b = a + wireCount;
  const c = b + wireCount;
  const h = c + wireCount - publicCount - 1;
  return { alphaBeta: 0, betaGamma: 2, delta: 4, ic, a, b, c, h, length: h + domainSize };
}

/**
 * Fills `out` (32 bytes a scalar, little-endian, not Montgomery). `wasm` must be used for nothing else: all of its memory
 * is overwritten at the end, because everything in it derives from the toxic waste.
 */
export function compute(wasm: WasmCurve, r1cs: R1cs, power: number, toxic: Uint8Array, out: Uint8Array): void {
  try {
    fill(wasm, r1cs, power, toxic, out);
  } finally {
    wasm.bytes().fill(0);
  }
}

function fill(wasm: WasmCurve, r1cs: R1cs, power: number, toxic: Uint8Array, out: Uint8Array): void {
  const n = SIZE.field;
  const multiply = wasm.fn("frm_mul");
  const add = wasm.fn("frm_add");
  const inverse = wasm.fn("frm_inverse");
  const fromMontgomery = wasm.fn("frm_fromMontgomery");
  const domainSize = 2 ** power;
  const publicCount = r1cs.publicOutputCount + r1cs.publicInputCount;
  const place = runs(r1cs.wireCount, publicCount, domainSize);
  const emit = (run: number, from: number, count: number): void =>
    out.set(wasm.bytes().subarray(from, from + count * n), run * n);

  const plain = wasm.alloc(TOXIC_COUNT * n);
  wasm.bytes().set(toxic, plain);
  const [alpha, beta, gamma, delta] = [plain + n, plain + 2 * n, plain + 3 * n, plain + 4 * n] as const;
  emit(place.alphaBeta, alpha, 2);
  emit(place.betaGamma, beta, 2);
  emit(place.delta, delta, 1);
  for (let i = 0; i < TOXIC_COUNT; i++) wasm.fn("frm_toMontgomery")(plain + i * n, plain + i * n);
  const tau = plain;
  const gammaInverse = wasm.alloc(n);
  const deltaInverse = wasm.alloc(n);
  const one = wasm.alloc(n);
  inverse(gamma, gammaInverse);
  inverse(delta, deltaInverse);
  wasm.fn("frm_one")(one);

  // Section H: the odd-indexed Lagrange basis of the domain of twice the size, over delta.
  const root = rootOfUnity(wasm, power);
  const odd = lagrange(wasm, {
    tau,
    first: rootOfUnity(wasm, power + 1),
    root,
    count: domainSize,
    order: power + 1,
    factor: deltaInverse,
  });
  for (let i = 0; i < domainSize; i++) fromMontgomery(odd + i * n, odd + i * n);
  emit(place.h, odd, domainSize);

  // A, B and C at tau, a polynomial for each wire. Coefficients are plain, the basis is Montgomery: products are plain.
  const basis = lagrange(wasm, { tau, first: one, root, count: domainSize, order: power, factor: one });
  const wires = [0, 1, 2].map(() => wasm.alloc(r1cs.wireCount * n)) as [number, number, number];
  for (const wire of wires) wasm.bytes().fill(0, wire, wire + r1cs.wireCount * n);
  const constraints = wasm.alloc(r1cs.constraints.byteLength);
  const product = wasm.alloc(n);
  wasm.bytes().set(r1cs.constraints, constraints);
  const view = new DataView(wasm.bytes().buffer);
  for (let i = 0; i < r1cs.starts.length; i++) {
    const start = constraints + (r1cs.starts[i] ?? 0);
    const sums = wires[(i % 3) as 0 | 1 | 2];
    const weight = basis + Math.floor(i / 3) * n;
    const end = start + 4 + view.getUint32(start, true) * TERM.bytes;
    for (let at = start + 4; at < end; at += TERM.bytes) {
      const sum = sums + view.getUint32(at, true) * n;
      multiply(at + TERM.coefficient, weight, product);
      add(sum, product, sum);
    }
  }
  // Rows of A that bind the one and each public signal: without them a verifier's inputs could be malleable.
  const [a, b, c] = wires;
  for (let wire = 0; wire <= publicCount; wire++) {
    fromMontgomery(basis + (r1cs.constraintCount + wire) * n, product);
    add(a + wire * n, product, a + wire * n);
  }
  emit(place.a, a, r1cs.wireCount);
  emit(place.b, b, r1cs.wireCount);

  // (beta A + alpha B + C) over gamma for the public wires, over delta for the others.
  for (let wire = 0; wire < r1cs.wireCount; wire++) {
    const sum = c + wire * n;
    multiply(beta, a + wire * n, product);
    add(sum, product, sum);
    multiply(alpha, b + wire * n, product);
    add(sum, product, sum);
    multiply(sum, wire <= publicCount ? gammaInverse : deltaInverse, sum);
  }
  emit(place.ic, c, publicCount + 1);
  emit(place.c, c + (publicCount + 1) * n, r1cs.wireCount - publicCount - 1);
}

type Lagrange = {
  readonly tau: number;
  readonly first: number;
  readonly root: number;
  readonly count: number;
  /** The domain has 2^order points. */
  readonly order: number;
  readonly factor: number;
};

/** For x = first * root^i: factor * (tau^N - 1) / N * x / (tau - x), in Montgomery form. Assumes tau is not in the domain. */
function lagrange(wasm: WasmCurve, { tau, first, root, count, order, factor }: Lagrange): number {
  const n = SIZE.field;
  const multiply = wasm.fn("frm_mul");
  const subtract = wasm.fn("frm_sub");
  const batchInverse = wasm.fn("frm_batchInverse");
  const scale = wasm.alloc(n);
  const one = wasm.alloc(n);
  const size = wasm.alloc(n);
  const points = wasm.alloc(count * n);
  const differences = wasm.alloc(count * n);

  wasm.fn("frm_one")(one);
  wasm.fn("frm_copy")(tau, scale);
  wasm.fn("frm_copy")(one, size);
  for (let i = 0; i < order; i++) {
    multiply(scale, scale, scale);
    wasm.fn("frm_add")(size, size, size);
  }
  subtract(scale, one, scale);
  if (wasm.fn("frm_isZero")(scale) !== 0) throw tauInDomain();
  wasm.fn("frm_inverse")(size, size);
  multiply(scale, size, scale);
  multiply(scale, factor, scale);

  wasm.fn("frm_copy")(first, points);
  for (let i = 1; i < count; i++) multiply(points + (i - 1) * n, root, points + i * n);
  for (let i = 0; i < count; i++) subtract(tau, points + i * n, differences + i * n);
  const step = 4096; // its working space stays within the memory's slack
  for (let i = 0; i < count; i += step) {
    batchInverse(differences + i * n, n, Math.min(step, count - i), differences + i * n, n);
  }
  for (let i = 0; i < count; i++) {
    multiply(points + i * n, differences + i * n, points + i * n);
    multiply(points + i * n, scale, points + i * n);
  }
  return points;
}

function rootOfUnity(wasm: WasmCurve, order: number): number {
  const root = wasm.module.rootsOfUnity[order];
  if (root === undefined)
    throw new RangeError(`got a domain of 2^${order}, want at most 2^${wasm.module.rootsOfUnity.length - 1}`);
  const address = wasm.alloc(SIZE.field);
  wasm.bytes().set(root, address);
  return address;
}

function tauInDomain(): AssayError {
  return new AssayError("prove.keys", "got a secret inside the evaluation domain, want another draw", {
    disposition: "retry",
  });
}
