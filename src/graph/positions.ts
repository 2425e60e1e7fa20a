// Where the elements of a moved tensor come from: every move along axes is a sum of one step for each axis.

import type { Shape } from "./graph.ts";
import { checkSize } from "./limits.ts";

/** For each index along one axis, how far it leads in the source; -1 is outside of it. */
export type Steps = ArrayLike<number>;

/** The source of every element, row-major; -1 where one of its steps is outside. */
export function positions(shape: Shape, steps: readonly Steps[]): Int32Array {
  if (checkSize(shape) === 0) return new Int32Array(0);
  let found = Int32Array.of(0);
  for (const table of steps) {
    const next = new Int32Array(found.length * table.length);
    let count = 0;
    for (const before of found) {
      for (let o = 0; o < table.length; o++) {
        const step = table[o] ?? -1;
        next[count++] = before < 0 || step < 0 ? -1 : before + step;
      }
    }
    found = next;
  }
  return found;
}

/** How far apart neighbours along each axis lie. */
export function stridesOf(shape: Shape): readonly number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** `length` steps of the same width, from `start`. */
export function evenly(length: number, stride: number, start = 0): Int32Array {
  const steps = new Int32Array(length);
  for (let o = 0; o < length; o++) steps[o] = (start + o) * stride;
  return steps;
}

/** The common shape that numpy's broadcasting gives; undefined where there is none. */
export function broadcast(shapes: readonly Shape[]): Shape | undefined {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [i, length] of shape.entries()) {
      const axis = rank - shape.length + i;
      if (length === 1) continue;
      if (result[axis] !== 1 && result[axis] !== length) return undefined;
      result[axis] = length;
    }
  }
  return result;
}

/** Where each element of the broadcast tensor comes from. `to` is what `broadcast` gave, or larger. */
export function spread(from: Shape, to: Shape): Int32Array {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  const steps = to.map((length, axis) => {
    const stride = from[axis - missing] === 1 ? 0 : (strides[axis - missing] ?? 0);
    return evenly(length, stride);
  });
  return positions(to, steps);
}
