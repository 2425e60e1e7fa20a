// Rows that a job's integers hold, and those that they do not.

import { AssayError } from "../lib/errors.ts";
import type { Program } from "../program/program.ts";
import { quantise } from "./quantise.ts";
import type { Row } from "./rows.ts";

export type DividedRows = {
  readonly accepted: readonly Row[];
  /** From 1, as rows are counted everywhere, with the first element that is out of its range. */
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
};

export function divideRows(program: Pick<Program, "inputs">, rows: readonly Row[]): DividedRows {
  const accepted: Row[] = [];
  const refused: { row: number; reason: string }[] = [];
  for (const [i, row] of rows.entries()) {
    try {
      quantise(program, row.inputs);
      accepted.push(row);
    } catch (error) {
      if (!(error instanceof AssayError && error.code === "model.input")) throw error;
      refused.push({ row: i + 1, reason: error.message });
    }
  }
  return { accepted, refused };
}
