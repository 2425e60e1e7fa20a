// Sums of weighted features whose weights and biases are the model's parameters, each its own.

import { affine, at, type Value } from "../../builder.ts";
import type { Context } from "../../operator.ts";
import type { Features } from "./features.ts";

export type Layer = {
  readonly rows: number;
  /** Row by row, as many as rows times features. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
};

/** One element a row: its weights times the features, plus its bias. */
export function dense({ builder }: Context, input: Features, { rows, weights, biases }: Layer): Value {
  const { value, width } = input;
  const weightKey = builder.keys(weights.length);
  const biasKey = builder.keys(rows);
  return affine(builder, [1, rows], [value], (row) => ({
    terms: Array.from({ length: width }, (_, source) => {
      const position = row * width + source;
      return { source, weight: at(weights, position), key: weightKey + position };
    }),
    bias: at(biases, row),
    biasKey: biasKey + row,
  }));
}
