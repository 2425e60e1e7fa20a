// The private parameters of a model, each once, in the order in which the layers first use them.

import { AssayError } from "../lib/errors.ts";
import type { ParameterWidths } from "./bounds.ts";
import { fits, signedBits } from "./integers.ts";
import type { Parameters, ParameterValues } from "./program.ts";

export type ParameterTable = {
  readonly weightBits: number;
  readonly biasBits: number;
  /** The index of the weight of that key; `value` is its integer, `layer` is named in errors. Throws `model.weights`. */
  readonly weight: (key: string, value: number, layer: string) => number;
  /** One that has more bits than `biasBits` is taken, for `widestBias` to tell. */
  readonly bias: (key: string, value: number, layer: string) => number;
  readonly widestBias: () => Widest;
  readonly counts: () => Parameters;
  readonly values: () => ParameterValues;
};

/** A parameter, the bits that it needs with its sign, and the layer that it is of. */
export type Widest = { readonly value: number; readonly bits: number; readonly layer: string };

/** The program's bounds are for biases of `biasBits`. */
export function createParameterTable({ weightBits, biasBits }: ParameterWidths): ParameterTable {
  const weights = createList();
  const biases = createList();
  let widest: Widest = { value: 0, bits: 1, layer: "" };
  return {
    weightBits,
    biasBits,
    weight: (key, value, layer) => {
      if (!fits(value, weightBits)) throw tooLarge({ value, layer }, weightBits);
      return weights.add(key, value, layer);
    },
    bias: (key, value, layer) => {
      if (!Number.isSafeInteger(value)) throw tooLarge({ value, layer }, biasBits);
      const bits = signedBits(value);
      if (bits > widest.bits) widest = { value, bits, layer };
      return biases.add(key, value, layer);
    },
    widestBias: () => widest,
    counts: () => ({ weightBits, biasBits, weights: weights.values.length, biases: biases.values.length }),
    values: () => ({ weights: weights.values, biases: biases.values }),
  };
}

/** Throws `model.weights` for a bias that the widths of the version before have no room for. */
export function requireBiasesFit(table: ParameterTable): void {
  const widest = table.widestBias();
  if (widest.bits > table.biasBits) throw tooLarge(widest, table.biasBits);
}

function createList() {
  const places = new Map<string, number>();
  const values: number[] = [];
  return {
    values: values as readonly number[],
    add: (key: string, value: number, layer: string): number => {
      const known = places.get(key);
      if (known === undefined) {
        places.set(key, values.length);
        return values.push(value) - 1;
      }
      // One parameter of the model is one integer: its uses differ in nothing that its value comes from.
      if (values[known] !== value) throw new TypeError(`${layer}: parameter ${key} is ${values[known]} and ${value}`);
      return known;
    },
  };
}

function tooLarge({ value, layer }: Pick<Widest, "value" | "layer">, bits: number): AssayError {
  return new AssayError(
    "model.weights",
    `got a parameter of ${value} units in ${layer}, want ${bits} bits: calibrate again, with headroom for versions to come, which makes another circuit`,
    { disposition: "reject", data: { layer } },
  );
}
