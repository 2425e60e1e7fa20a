// The largest of each row, and where it stands.

import { at } from "../../lib/element.ts";
import { together } from "../../program/bounds.ts";
import { type Program, type Rows, rowsOf, type StepId } from "../../program/program.ts";
import * as Widths from "../widths.ts";
import type { Use } from "./includes.ts";
import { joined } from "./joined.ts";
import type { Slice } from "./slice.ts";
import { signal } from "./text.ts";

export function largestLines(program: Program, id: StepId, step: Rows, slice: Slice, use: Use): readonly string[] {
  const { name: source, lines } = joined(program, id, step);
  const bounds = together(step.sources, program);
  const rows = rowsOf(step).slice(slice.from, slice.to);
  const knockouts = rows.flatMap((row, j) =>
    knockout(
      `${id}_${j}`,
      `${signal(id)}[${j}]`,
      {
        members: row.map((k) => `${source}[${k}]`),
        widths: Widths.knockout(bounds, row),
      },
      use,
    ),
  );
  return [...lines, `signal ${signal(id)}[${rows.length}];`, ...knockouts];
}

/** Of pairs: the bounds of each winner are those of both. */
function knockout(
  place: string,
  out: string,
  { members, widths }: { readonly members: readonly string[]; readonly widths: readonly number[] },
  use: Use,
): readonly string[] {
  const lines: string[] = [];
  let best = at(members, 0);
  for (const [i, bits] of widths.entries()) {
    const winner = `best${place}_${i}`;
    lines.push(`signal ${winner} <== ${use("Larger")}(${bits})(${best}, ${at(members, i + 1)});`);
    best = winner;
  }
  return [...lines, `${out} <== ${best};`];
}

export function indexOfLargestLines(
  program: Program,
  id: StepId,
  step: Rows,
  slice: Slice,
  use: Use,
): readonly string[] {
  const { name: source, lines } = joined(program, id, step);
  const bounds = together(step.sources, program);
  const rows = rowsOf(step).slice(slice.from, slice.to);
  const indices = rows.map((row, j) => {
    const out = `${signal(id)}[${j}]`;
    if (row.length === 1) return `${out} <== 0; // the only one`;
    const members = row.map((k) => `${source}[${k}]`).join(", ");
    const bits = Widths.indexOfLargest(bounds, row);
    return `${out} <== ${use("IndexOfLargest")}(${row.length}, ${bits})([${members}]);`;
  });
  return [...lines, `signal ${signal(id)}[${rows.length}];`, ...indices];
}
