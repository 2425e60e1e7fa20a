// Which parameter a weight is after two linear layers became one: weights that are made of the same parameters in the same
// way are one parameter. A key never depends on a parameter's value, so that every version of a model has the same keys;
// what belongs to the structure is part of a key by its value.

import { type Graph, STRUCTURE } from "./graph.ts";

/** A weight and which parameter it is: see `Affine.keys`. */
export type Weight = { readonly value: number; readonly key: number };

export type ParameterKeys = {
  /** Of a weight times another one. */
  readonly product: (a: Weight, b: Weight) => Weight;
  readonly sum: (a: Weight, b: Weight) => Weight;
  /** How many there are that were made of others. */
  readonly made: () => number;
};

/** New keys come after those of the graph. */
export function createParameterKeys({ nodes }: Pick<Graph, "nodes">): ParameterKeys {
  let next = 0;
  for (const { operation } of nodes) {
    if (operation.kind !== "affine") continue;
    for (const list of [operation.keys, operation.biasKeys]) for (const key of list) next = Math.max(next, key + 1);
  }
  const interned = new Map<string, number>();
  const intern = (a: Weight, sign: "*" | "+", b: Weight): number => {
    const text = `${nameOf(a)}${sign}${nameOf(b)}`;
    const key = interned.get(text) ?? next++;
    interned.set(text, key);
    return key;
  };
  return {
    made: () => interned.size,
    product: (a, b) => ({
      value: a.value * b.value,
      key: isStructure(a, 1) ? b.key : isStructure(b, 1) ? a.key : combined(a, "*", b, intern),
    }),
    sum: (a, b) => ({
      value: a.value + b.value,
      key: isStructure(a, 0) ? b.key : isStructure(b, 0) ? a.key : combined(a, "+", b, intern),
    }),
  };
}

type Intern = (a: Weight, sign: "*" | "+", b: Weight) => number;

function combined(a: Weight, sign: "*" | "+", b: Weight, intern: Intern): number {
  return a.key === STRUCTURE && b.key === STRUCTURE ? STRUCTURE : intern(a, sign, b);
}

function isStructure({ value, key }: Weight, wanted: number): boolean {
  return key === STRUCTURE && value === wanted;
}

function nameOf({ value, key }: Weight): string {
  return key === STRUCTURE ? `=${value}` : String(key);
}
