// BN254's scalar field: the prime, and the one parser that lets a number into it.

import { AssayError } from "./errors.ts";

declare const brand: unique symbol;

/** An integer in [0, PRIME). Minted by `parse` and by functions that reduce. */
export type Field = bigint & { readonly [brand]: "Field" };

/** BN254's group order, the field of every circuit signal. */
export const PRIME = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Accepts a canonical element only: no silent reduction. Throws `field.range`. */
export function parse(value: bigint): Field {
  if (value < 0n || value >= PRIME) {
    throw new AssayError("field.range", `got ${value}, want an integer in [0, p)`, { disposition: "reject" });
  }
  return value as Field;
}

/** The residue of any integer. For arithmetic, never for input. */
export function reduce(value: bigint): Field {
  const rest = value % PRIME;
  return (rest < 0n ? rest + PRIME : rest) as Field;
}

/** The low 248 bits: a hash as a field element. */
export function low248(hash: bigint): Field {
  return (hash & ((1n << 248n) - 1n)) as Field; // 2^248 < p
}

/** True when `value` fits `bits` unsigned bits. */
export function fits(value: bigint, bits: number): boolean {
  return value >= 0n && value >> BigInt(bits) === 0n;
}
