// Rows of a file by their numbers, which count from 1 as messages do.

import type { Binding } from "../../inference/inference.ts";
import type { Row } from "../../inference/rows.ts";
import { type Witness, witnessOf } from "../../inference/witness.ts";
import { AssayError } from "../../lib/errors.ts";
import { readRows } from "./files.ts";
import { type Model, type RowOptions, type SecretsOptions, saltsFrom } from "./given.ts";

/** From and to, both of them in it. */
export type RowRange = readonly [number, number];

/** The witness of the one row. Throws `usage.row`, and what `witnessOf` throws, with the row's number. */
export async function witnessOfRow(
  { data, row, ...options }: RowOptions & SecretsOptions,
  { graph, compiled }: Pick<Model, "graph" | "compiled">,
  binding: Binding | undefined,
): Promise<Witness> {
  const found = rowAt(await readRows(data, graph), row, data);
  const salts = await saltsFrom(options);
  return ofRow(row, data, () => witnessOf(compiled, found, binding, salts));
}

/** The numbers of the rows that are in a range, all of them where none is given. Throws `usage.row`. */
export function numbersOf(
  rows: readonly Row[],
  ranges: readonly RowRange[] | undefined,
  path: string,
): readonly number[] {
  if (ranges === undefined) return rows.map((_, i) => i + 1);
  const numbers = new Set<number>();
  for (const [from, to] of ranges) {
    rowAt(rows, to, path);
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  return [...numbers];
}

export function rowAt(rows: readonly Row[], number: number, path: string): Row {
  const found = rows[number - 1];
  if (found === undefined)
    throw new AssayError("usage.row", `got row ${number} of ${path}, want one of ${rows.length}`);
  return found;
}

/** What is said of a row that the job's quantisation does not allow says which one it is. */
export function ofRow<T>(number: number, path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof AssayError) || cause.code !== "model.input") throw cause;
    const { message, disposition, data } = cause;
    throw new AssayError("model.input", `row ${number} of ${path}: ${message}`, { cause, disposition, data });
  }
}
