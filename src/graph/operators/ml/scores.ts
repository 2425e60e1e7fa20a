// What a model's scores are followed by in the file (post_transform) is left to the reader, and said.

import { printable } from "../../../lib/printable.ts";
import { string } from "../../attributes.ts";
import type { Value } from "../../builder.ts";
import type { Link } from "../../graph.ts";
import { type Context, type Made, refused } from "../../operator.ts";

const LINKS: ReadonlyMap<string, Link | undefined> = new Map([
  ["NONE", undefined],
  ["LOGISTIC", "sigmoid"],
  ["SOFTMAX", "softmax"],
]);

/** By the attribute post_transform. */
export function linkOf(context: Context): Link | undefined {
  const transform = string(context, "post_transform", "NONE");
  if (!LINKS.has(transform))
    throw refused(context, `post_transform ${printable(transform)}, want one of ${[...LINKS.keys()]}`);
  return LINKS.get(transform);
}

/** Scores with what makes the file's own output of them. `normalised`: those outputs sum to 1. */
export function scores(
  { builder }: Context,
  value: Value,
  link: Link | undefined,
  normalised = link === "softmax",
): Made {
  if (link === undefined) return { value };
  builder.note(`outputs are logits: the file's own are their ${link}`);
  return { value, meaning: { link, normalised } };
}
