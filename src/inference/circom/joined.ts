// What a step reads, as one array.

import { at } from "../../lib/element.ts";
import { type Program, type Rows, type StepId, stepAt } from "../../program/program.ts";
import { loop, signal } from "./text.ts";

/** The array's name, and the lines that make it where it is more than one step's. */
export function joined(program: Program, id: StepId, { sources }: Rows) {
  const [only] = sources;
  if (sources.length <= 1) return { name: only === undefined ? "" : signal(only), lines: [] };
  const sizes = sources.map((source) => stepAt(program, source).size);
  const name = `in${id}`;
  const copies: string[] = [];
  let from = 0;
  for (const [i, source] of sources.entries()) {
    copies.push(...loop(at(sizes, i), `${name}[${from} + j] <== ${signal(source)}[j];`));
    from += at(sizes, i);
  }
  return { name, lines: [`signal ${name}[${from}];`, ...copies] };
}
