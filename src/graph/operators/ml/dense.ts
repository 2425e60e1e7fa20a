// Sums of weighted features whose weights and biases are the model's parameters, each its own.

import { at } from "../../../lib/element.ts";
import { idOf, type Value } from "../../builder.ts";
import type { Context } from "../../operator.ts";
import { createRows } from "../../rows.ts";
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
  const shape = [1, rows];
  const written = createRows(shape, rows * width);
  for (let row = 0; row < rows; row++) {
    for (let source = 0; source < width; source++) {
      const position = row * width + source;
      written.term(source, at(weights, position), weightKey + position);
    }
    written.end(at(biases, row), biasKey + row);
  }
  return builder.add(shape, written.finish([idOf(value)]));
}
