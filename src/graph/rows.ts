// An affine operation written row by row into typed arrays.

import { AssayError } from "../lib/errors.ts";
import type { Affine, NodeId, Shape } from "./graph.ts";
import { checkSize, checkTerms, LIMITS } from "./limits.ts";

export type Rows = {
  /** One more term of the row that is being written. */
  readonly term: (source: number, weight: number, key: number) => void;
  /** Ends the row; the next one begins. */
  readonly end: (bias: number, biasKey: number) => void;
  readonly finish: (operands: readonly NodeId[]) => Affine;
};

/** `room` is for how many terms there will be, if that is known. */
export function createRows(shape: Shape, room: number): Rows {
  const size = checkSize(shape);
  checkTerms(room);
  let [sources, weights, keys] = [new Int32Array(room), new Float64Array(room), new Int32Array(room)];
  const [starts, bias, biasKeys] = [new Int32Array(size + 1), new Float64Array(size), new Int32Array(size)];
  let [count, rows] = [0, 0];

  function grow(): void {
    checkTerms(count + 1);
    const larger = Math.min(LIMITS.terms, 2 * count + 64);
    const [oldSources, oldWeights, oldKeys] = [sources, weights, keys];
    [sources, weights, keys] = [new Int32Array(larger), new Float64Array(larger), new Int32Array(larger)];
    sources.set(oldSources);
    weights.set(oldWeights);
    keys.set(oldKeys);
  }

  return {
    term: (source, weight, key) => {
      if (count === sources.length) grow();
      sources[count] = source;
      weights[count] = finite(weight);
      keys[count++] = key;
    },
    end: (value, key) => {
      bias[rows] = finite(value);
      biasKeys[rows++] = key;
      starts[rows] = count;
    },
    finish: (operands) => ({
      kind: "affine",
      operands,
      starts,
      sources: sources.slice(0, count),
      weights: weights.slice(0, count),
      keys: keys.slice(0, count),
      bias,
      biasKeys,
    }),
  };
}

/** Throws `model.value` for what is not. */
export function finite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw new AssayError("model.value", `got a weight of ${number}, want finite numbers`, { disposition: "reject" });
}
