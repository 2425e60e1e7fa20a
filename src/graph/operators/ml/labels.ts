// Labels stand as positions: which of the file's classes it is, not the number or the name that the class has there.

import { ints, strings } from "../../attributes.ts";
import { affine, type Builder, idOf, structure, sum, type Value } from "../../builder.ts";
import { STRUCTURE, sizeOf } from "../../graph.ts";
import { type Context, type Made, refused } from "../../operator.ts";

export type Classes = {
  readonly labels: readonly string[];
  /** As the file has the labels. */
  readonly type: "int64" | "string";
};

/** More than any circuit tells apart. */
const MOST_CLASSES = 1 << 16;

/** The classes by `classlabels_strings` or by the list of integers. */
export function classesOf(context: Context, integers: "classlabels_ints" | "classlabels_int64s"): Classes {
  const names = strings(context, "classlabels_strings") ?? [];
  const values = ints(context, integers) ?? new Float64Array();
  const count = Math.max(names.length, values.length);
  if (count > MOST_CLASSES) throw refused(context, `${count} classes, want at most ${MOST_CLASSES}`);
  if (names.length > 0 && values.length > 0) throw refused(context, `both classlabels_strings and ${integers}`);
  if (names.length > 0) return { labels: names, type: "string" };
  return { labels: Array.from(values, String), type: "int64" };
}

/** A label: which of the classes it is. */
export function label(value: Value, { labels, type }: Classes): Made {
  return { value, meaning: { index: true, labels }, type };
}

/** The position of the largest element, the first of equals. */
export function largest(builder: Builder, value: Value): Value {
  const size = sizeOf(value.shape);
  return builder.add([1], {
    kind: "argmax",
    operands: [idOf(value)],
    starts: Int32Array.of(0, size),
    sources: Int32Array.from({ length: size }, (_, position) => position),
  });
}

/** For each of the elements: 1 where it is greater than the threshold, otherwise 0. */
export function exceeding(builder: Builder, value: Value, threshold: number): Value {
  const size = sizeOf(value.shape);
  // The threshold stands before all the elements, and the first of equals wins.
  const compared = affine(builder, [size + 1], [value], (j) =>
    j === 0 ? { terms: [], bias: threshold, biasKey: STRUCTURE } : sum([structure(j - 1)]),
  );
  return builder.add([size], {
    kind: "argmax",
    operands: [idOf(compared)],
    starts: Int32Array.from({ length: size + 1 }, (_, group) => 2 * group),
    sources: Int32Array.from({ length: 2 * size }, (_, k) => (k % 2 === 0 ? 0 : (k + 1) / 2)),
  });
}
