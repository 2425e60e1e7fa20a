// Sums: of constant weights, of weights that are signals, or of both.

import { at } from "../../lib/element.ts";
import { type AffineStep, type Program, rowsOf, type StepId } from "../../program/program.ts";
import type { Use } from "./includes.ts";
import { joined } from "./joined.ts";
import type { Slice } from "./slice.ts";
import { list, signal } from "./text.ts";

type Term = { readonly k: number; readonly weight: number };

/** Row by row: of long tables the compiler makes a copy whenever it reads an entry. */
export function affineLines(program: Program, id: StepId, step: AffineStep, slice: Slice, use: Use): readonly string[] {
  const { name: source, lines } = joined(program, id, step);
  const rows = rowsOf(step).slice(slice.from, slice.to);
  const sums = rows.flatMap((positions, j) => sumLines(step, slice, { id, j, positions, source }, use));
  return [...lines, `signal ${signal(id)}[${rows.length}];`, ...sums];
}

type Row = {
  readonly id: StepId;
  /** In the slice. */
  readonly j: number;
  readonly positions: readonly number[];
  readonly source: string;
};

function sumLines(step: AffineStep, slice: Slice, { id, j, positions, source }: Row, use: Use): readonly string[] {
  const { constant, variable, bias, biasParameter } = parts(step, slice, j, positions);
  const elements = (terms: readonly Term[]): string => terms.map(({ k }) => `${source}[${k}]`).join(", ");
  const total: string[] = biasParameter < 0 ? [] : [`bias[${biasParameter}]`];
  const made: string[] = [];
  if (constant.length > 0) {
    const weights = list(constant.map(({ weight }) => weight));
    const call = `${use("Sum")}(${constant.length}, ${weights}, ${bias})([${elements(constant)}])`;
    if (variable.length === 0 && total.length === 0) return [`${signal(id)}[${j}] <== ${call};`];
    made.push(`signal constant${id}_${j} <== ${call};`);
    total.push(`constant${id}_${j}`);
  } else if (biasParameter < 0) total.push(String(bias));
  if (variable.length > 0) {
    const weights = variable.map(({ weight }) => `weight[${weight}]`).join(", ");
    const call = `${use("WeightedSum")}(${variable.length})([${elements(variable)}], [${weights}])`;
    made.push(`signal variable${id}_${j} <== ${call};`);
    total.push(`variable${id}_${j}`);
  }
  return [...made, `${signal(id)}[${j}] <== ${total.join(" + ")};`];
}

/** A row's terms by what their weight is: a constant, or the parameter of that index. The bias is with the first terms. */
function parts(step: AffineStep, { from, terms }: Slice, j: number, positions: readonly number[]) {
  const row = from + j;
  const first = at(step.starts, row);
  const constant: Term[] = [];
  const variable: Term[] = [];
  for (let i = terms?.from ?? 0; i < (terms?.to ?? positions.length); i++) {
    const parameter = step.weightParameters?.[first + i] ?? -1;
    if (parameter < 0) constant.push({ k: at(positions, i), weight: at(step.weights, first + i) });
    else variable.push({ k: at(positions, i), weight: parameter });
  }
  const hasBias = (terms?.from ?? 0) === 0;
  const bias = hasBias ? at(step.bias, row) : 0;
  return { constant, variable, bias, biasParameter: hasBias ? (step.biasParameters?.[row] ?? -1) : -1 };
}
