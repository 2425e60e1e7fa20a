// How large a graph may be. Beyond this nothing compiles, and a hostile file would only cost time and memory.

import { AssayError } from "../lib/errors.ts";
import { type Shape, sizeOf } from "./graph.ts";

/** Elements in one tensor, its rank, terms in one operation, and elements and terms in a whole graph. */
export const LIMITS = { elements: 1 << 20, rank: 32, terms: 1 << 22, total: 1 << 23 } as const;

/** What is left of LIMITS.total: shared by all that one file makes us compute. */
export type Budget = { left: number };

/** How many elements; throws `model.size` for what no circuit could hold. */
export function checkSize(shape: Shape): number {
  const size = sizeOf(shape);
  // Each length too: a 0 beside a huge one is no size, but a loop all the same.
  const fits = shape.length <= LIMITS.rank && shape.every((length) => length >= 0 && length <= LIMITS.elements);
  if (fits && size <= LIMITS.elements) return size;
  const most = `${LIMITS.elements} elements and ${LIMITS.rank} axes`;
  throw tooLarge(`a tensor of shape [${shape.slice(0, 8)}${shape.length > 8 ? ", ..." : ""}]`, most);
}

/** What a tensor costs whoever moves it: its elements, or where there are none the lengths that are walked all the same. */
export function costOf(shape: Shape): number {
  return checkSize(shape) || shape.reduce((sum, length) => sum + length, 0);
}

/** Throws `model.size` for more terms than one operation may have: to be asked before they are counted out. */
export function checkTerms(count: number): void {
  if (!(count <= LIMITS.terms)) throw tooLarge("an operation of more", `${LIMITS.terms} terms`);
}

/** Throws `model.size` once the whole graph is too large. */
export function spend(budget: Budget, size: number): void {
  budget.left -= size;
  if (budget.left < 0) throw tooLarge("a model of more", `${LIMITS.total} elements and terms in all`);
}

function tooLarge(got: string, want: string): AssayError {
  return new AssayError("model.size", `got ${got}, want at most ${want}`, { disposition: "reject" });
}
