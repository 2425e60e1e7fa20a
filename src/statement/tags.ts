// Domain tags of every digest. Mirrors circuits/lib/tags.circom and circuits/inference/inferenceTags.circom.

import { id } from "ethers";
import { type Field, low248 } from "../lib/field.ts";

/** The low 248 bits of keccak256("assay.<name>.v1"). */
function tag(name: string): Field {
  return low248(BigInt(id(`assay.${name}.v1`)));
}

/** One tag per use of the digest: lists of different meaning never meet. */
export const TAGS = {
  observation: tag("observation"),
  keys: tag("keys"),
  model: tag("model"),
  config: tag("config"),
  state: tag("state"),
  statement: tag("statement"),
  input: tag("input"),
  parameters: tag("parameters"),
  /** Outside the circuits: a reporter proves that it holds the key it registers. */
  possession: tag("possession"),
} as const;
