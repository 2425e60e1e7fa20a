// Numbers as they come in, and what a number in a model may be.

import { badValue, malformed } from "./refusal.ts";

export type Numbers = {
  readonly push: (value: number) => void;
  readonly append: (values: Float64Array) => void;
  /** All of them. Nothing may be added afterwards. */
  readonly finish: () => Float64Array;
};

/** Grows as it is filled: never more than twice of what the file really holds. */
export function createNumbers(): Numbers {
  let data: Float64Array = NONE;
  let length = 0;
  function reserve(count: number): void {
    if (length + count <= data.length) return;
    const longer = new Float64Array(Math.max(8, 2 * length, length + count));
    longer.set(data.subarray(0, length));
    data = longer;
  }
  return {
    push: (value) => {
      if (length === data.length) reserve(1);
      data[length++] = value;
    },
    append: (values) => {
      if (length === 0) data = values;
      else {
        reserve(values.length);
        data.set(values, length);
      }
      length += values.length;
    },
    finish: () => (length === data.length ? data : data.slice(0, length)),
  };
}

const NONE = new Float64Array(0);

/** Throws `model.value` for NaN and infinities. */
export function checkFinite(data: ArrayLike<number>, where: string): void {
  const i = position(data, (value) => !Number.isFinite(value));
  if (i >= 0) throw badValue({ got: `${data[i]} at position ${i}`, where, want: "finite numbers" });
}

/** Throws `model.value` for an integer that a double does not hold, but for the ends of 64 bits. */
export function checkIntegers(data: ArrayLike<number>, where: string): void {
  const i = position(data, (value) => !Number.isSafeInteger(value) && !isEnd(value));
  if (i >= 0) throw badValue({ got: `about ${data[i]} at position ${i}`, where, want: "integers below 2^53" });
}

/** Throws `model.value` for a number outside [min, max]. */
export function checkRange(data: ArrayLike<number>, [min, max]: readonly [number, number], where: string): void {
  const i = position(data, (value) => value < min || value > max);
  if (i >= 0) throw badValue({ got: `${data[i]} at position ${i}`, where, want: `${min} to ${max}` });
}

/** Of the first number that is so; -1 where none is. */
function position(data: ArrayLike<number>, isSo: (value: number) => boolean): number {
  for (let i = 0; i < data.length; i++) {
    if (isSo(data[i] ?? Number.NaN)) return i;
  }
  return -1;
}

/** A version, a size or an enumeration. Throws `model.file` for a number outside [min, max]. */
export function within(value: number, min: number, max: number, what: string, where: string): number {
  if (value >= min && value <= max) return value;
  throw malformed({ got: `${what} ${value}`, where, want: `${min} to ${max}` });
}

/**
 * Exporters write the largest and the smallest 64-bit integer where they mean "to the end" (Slice). As doubles they are
 * 2^63 and -2^63: as near as any weight is to its own.
 */
export function isEnd(value: number): boolean {
  return Math.abs(value) === 2 ** 63;
}
