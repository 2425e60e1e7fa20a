// Constraints of each template of circuits/inference, as its header states them: test/circuits/cost.test.ts compares both
// with what the compiler gives.

import { at } from "../lib/element.ts";
import { wordCount } from "./layout.ts";

export const inRange = (size: number, bits: number): number => size * bits;

/** Terms whose weight is a signal. */
export const weighted = (terms: number): number => terms;

/** 0 bits: no gadget. */
export const rectified = (bits: number): number => (bits === 0 ? 0 : bits + 1);

export const rescaled = (bits: number): number => bits;

export const larger = (bits: number): number => bits + 2;

/** Of one element the index is a constant. */
export const indexOfLargest = (size: number, bits: number): number => (size === 1 ? 0 : size * (bits + 1));

export const thresholds = (size: number, bits: number): number => size + 2 * bits;

export const committed = (size: number, bits: number): number => digest(1 + wordCount(size, bits));

export function parameters(weights: number, weightBits: number, biases: number, biasBits: number): number {
  const words = wordCount(weights, weightBits) + wordCount(biases, biasBits);
  return inRange(weights, weightBits) + inRange(biases, biasBits) + digest(2 + words, 1);
}

/** circuits/lib/Statement.circom. `constants`: leading elements that are no signals. */
export const statement = (length: number, constants: number): number => digest(length, constants) + length;

/** circuits/lib/Digest.circom: chunks of up to 15 elements beside the accumulator, which is the constant tag at first. */
export function digest(length: number, constants = 0): number {
  const chunks = Array.from({ length: Math.ceil(length / 15) }, (_, c) => poseidon(1 + Math.min(15, length - 15 * c)));
  return chunks.reduce((sum, one) => sum + one, 0) - SBOX * (1 + constants);
}

/** For the fifth power. */
const SBOX = 3;

/** Partial rounds of circomlib's Poseidon, for 2 to 17 elements of state. */
const PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68] as const;

/** S-boxes: all elements in eight full rounds, one in each partial round. The first element of the first round is constant. */
function poseidon(inputs: number): number {
  return SBOX * (8 * (inputs + 1) + at(PARTIAL_ROUNDS, inputs - 1) - 1);
}
