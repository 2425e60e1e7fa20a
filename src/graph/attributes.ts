// A node's attributes by name and kind. A wrong kind or an attribute nobody asked for is refused, never ignored.

import { printable } from "../lib/printable.ts";
import type { Attribute, Tensor } from "../onnx/model.ts";
import { type Context, refused } from "./operator.ts";

/** An integer attribute; `otherwise` where the node has none. */
export function int(context: Context, name: string, otherwise: number): number {
  return attribute(context, name, "int")?.value ?? otherwise;
}

/** One that is yes or no: 1 or 0, as no two runtimes agree about the rest. */
export function flag(context: Context, name: string, otherwise: boolean): boolean {
  const value = int(context, name, otherwise ? 1 : 0);
  if (value !== 0 && value !== 1) throw refused(context, `${name} of ${value}, want 0 or 1`);
  return value === 1;
}

export function float(context: Context, name: string, otherwise: number): number {
  return attribute(context, name, "float")?.value ?? otherwise;
}

export function string(context: Context, name: string, otherwise: string): string {
  return attribute(context, name, "string")?.value ?? otherwise;
}

export function ints(context: Context, name: string): Float64Array | undefined {
  return attribute(context, name, "ints")?.value;
}

export function floats(context: Context, name: string): Float64Array | undefined {
  return attribute(context, name, "floats")?.value;
}

export function strings(context: Context, name: string): readonly string[] | undefined {
  return attribute(context, name, "strings")?.value;
}

export function tensor(context: Context, name: string): Tensor | undefined {
  return attribute(context, name, "tensor")?.value;
}

/** Throws for attributes beyond these: what is not known may change what the node means. */
export function only(context: Context, names: readonly string[]): void {
  for (const name of context.node.attributes.keys()) {
    if (!names.includes(name)) throw refused(context, `attribute ${printable(name)}`);
  }
}

type Kind = Exclude<Attribute["kind"], "other">;

function attribute<K extends Kind>(
  context: Context,
  name: string,
  kind: K,
): Extract<Attribute, { kind: K }> | undefined {
  const found = context.node.attributes.get(name);
  if (found === undefined) return undefined;
  if (found.kind !== kind) throw refused(context, `attribute ${name} of kind ${found.kind}, want ${kind}`);
  return found as Extract<Attribute, { kind: K }>; // the kind was compared
}
