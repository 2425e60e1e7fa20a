// The one hash of lists: Poseidon folded over chunks of 15 elements under a domain tag. Mirrors circuits/lib/Digest.circom.

import { createRequire } from "node:module";
import { AssayError } from "../lib/errors.ts";
import { type Field, parse } from "../lib/field.ts";

type Hash = (inputs: readonly bigint[]) => bigint;

const CHUNK = 15;

// poseidon-lite's ES module entry imports its constants without file extensions, which Node refuses; its CommonJS build loads.
const poseidons = createRequire(import.meta.url)("poseidon-lite") as Readonly<Record<string, Hash>>;

/**
 * acc = tag; for each chunk of up to 15 elements: acc = Poseidon(acc, chunk...).
 *
 * The length of the list is not hashed: it is fixed by the circuit's parameters for each tag. Throws `digest.empty`.
 */
export function digest(tag: Field, list: readonly Field[]): Field {
  if (list.length === 0) {
    throw new AssayError("digest.empty", "got an empty list, want at least one element");
  }
  let accumulator: bigint = tag;
  for (let start = 0; start < list.length; start += CHUNK) {
    accumulator = poseidon([accumulator, ...list.slice(start, start + CHUNK)]);
  }
  return parse(accumulator);
}

function poseidon(inputs: readonly bigint[]): bigint {
  const hash = poseidons[`poseidon${inputs.length}`];
  if (hash === undefined) {
    throw new AssayError("digest.arity", `got ${inputs.length} inputs, want 1 to 16`);
  }
  return hash(inputs);
}
