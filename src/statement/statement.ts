// A vector of any length as three public signals: commitment, evaluation, challenge. Mirrors circuits/lib/Statement.circom
// and the contracts' StatementLib.

import { concat, keccak256, toBeHex } from "ethers";
import { type Field, low248, reduce } from "../lib/field.ts";
import { digest } from "./digest.ts";
import { TAGS } from "./tags.ts";

export type Statement = { readonly commitment: Field; readonly evaluation: Field; readonly challenge: Field };

/** What a proof over `vector` is verified against. */
export function of(vector: readonly Field[]): Statement {
  const commitment = commit(vector);
  const challenge = challengeOf(commitment, vector);
  return { commitment, challenge, evaluation: evaluate(vector, challenge) };
}

/** In the circuits' order: outputs, then the public input. */
export function publicSignals({ commitment, evaluation, challenge }: Statement): readonly Field[] {
  return [commitment, evaluation, challenge];
}

/** True when these public signals, of a proof that verifies, are the statement's. */
export function isProvenBy(statement: Statement, signals: readonly bigint[]): boolean {
  const want = publicSignals(statement);
  return signals.length === want.length && want.every((signal, index) => signal === signals[index]);
}

/** digest(STATEMENT, vector): fixes the circuit's vector before the challenge exists. */
export const commit = (vector: readonly Field[]): Field => digest(TAGS.statement, vector);

/** Low 248 bits of keccak256(abi.encodePacked(commitment, vector)), each element 32 bytes big-endian. */
export function challengeOf(commitment: Field, vector: readonly Field[]): Field {
  const bytes = concat([commitment, ...vector].map((element) => toBeHex(element, 32)));
  return low248(BigInt(keccak256(bytes)));
}

/** sum of v_k * challenge^(k + 1), by Horner's rule. */
export function evaluate(vector: readonly Field[], challenge: Field): Field {
  return vector.reduceRight<Field>((sum, element) => reduce((sum + element) * challenge), reduce(0n));
}
