// The private parameters of a model, each once, in the order in which the layers first use them.

import { AssayError } from "../lib/errors.ts";
import { fits } from "./integers.ts";
import type { Parameters, ParameterValues } from "./program.ts";

export type ParameterTable = {
  readonly weightBits: number;
  readonly biasBits: number;
  /** The index of the weight of that key; `value` is its integer, `layer` is named in errors. Throws `model.weights`. */
  readonly weight: (key: string, value: number, layer: string) => number;
  readonly bias: (key: string, value: number, layer: string) => number;
  readonly counts: () => Parameters;
  readonly values: () => ParameterValues;
};

/** A bias is added to sums of many products: it needs their width, not a weight's. */
export const BIAS_BITS = 32;

export function createParameterTable(weightBits: number): ParameterTable {
  const weights = createList(weightBits);
  const biases = createList(BIAS_BITS);
  return {
    weightBits,
    biasBits: BIAS_BITS,
    weight: weights.add,
    bias: biases.add,
    counts: () => ({ weightBits, biasBits: BIAS_BITS, weights: weights.values.length, biases: biases.values.length }),
    values: () => ({ weights: weights.values, biases: biases.values }),
  };
}

function createList(bits: number) {
  const places = new Map<string, number>();
  const values: number[] = [];
  return {
    values: values as readonly number[],
    add: (key: string, value: number, layer: string): number => {
      if (!fits(value, bits)) throw tooLarge(layer, value, bits);
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

function tooLarge(layer: string, value: number, bits: number): AssayError {
  return new AssayError(
    "model.weights",
    `got a parameter of ${value} units in ${layer}, want ${bits} bits: calibrate again, which makes another circuit`,
    { disposition: "reject", data: { layer } },
  );
}
