// How one ONNX operator is translated, and how it refuses what it does not do.

import { AssayError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import type { ElementType, OnnxNode } from "../onnx/model.ts";
import type { Builder, Value } from "./builder.ts";
import type { Link } from "./graph.ts";

/** What stands beside a value that is not what the file calls it: see GraphOutput. */
export type Meaning = {
  readonly link?: Link | undefined;
  /** The one that a softmax is over; the last where left out. */
  readonly axis?: number | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly index?: boolean;
  /** Sums to 1 over the last axis once its link is applied: a Normalizer on it does nothing. */
  readonly normalised?: boolean;
};

export type Made = {
  readonly value: Value;
  readonly meaning?: Meaning | undefined;
  /** As the file has it: "float" where left out, "int64" of an index. */
  readonly type?: ElementType | undefined;
};

export type Context = {
  readonly builder: Builder;
  readonly node: OnnxNode;
  /** Version of the node's domain. */
  readonly opset: number;
  /** By position; undefined for one that is left out. */
  readonly inputs: readonly (Made | undefined)[];
};

/** One result for each output of the node, in order; those that are not supported are left out at the end. Throws what `refused` makes. */
export type Operator = (context: Context) => readonly Made[];

/** Throws-to-be: the node, its operator, and what about it is not supported. */
export function refused({ node }: Pick<Context, "node">, reason: string): AssayError {
  return refusal("model.operator", node, "which is not supported: ", reason);
}

export function badShape({ node }: Pick<Context, "node">, reason: string): AssayError {
  return refusal("model.shape", node, "", reason);
}

/** A reason may hold a list as long as the file. */
const MOST_CHARACTERS = 500;

function refusal(code: string, node: OnnxNode, what: string, whole: string): AssayError {
  const isLong = whole.length > MOST_CHARACTERS;
  const reason = isLong ? `${whole.slice(0, MOST_CHARACTERS)}... (${whole.length} characters)` : whole;
  const where = `${printable(node.operator)} (node ${printable(node.name)})`;
  return new AssayError(code, `got ${where}, ${what}${reason}`, {
    disposition: "reject",
    data: { node: node.name, operator: node.operator, reason },
  });
}
