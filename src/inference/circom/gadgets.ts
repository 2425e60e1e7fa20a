// Steps of one gadget an element: ReLU with rescaling, and rescaling alone.

import { type PlacedStep, type Program, type Step, type StepId, stepAt } from "../../program/program.ts";
import * as Widths from "../widths.ts";
import type { Use } from "./includes.ts";
import type { Slice } from "./slice.ts";
import { loop, signal, table } from "./text.ts";

type Of<Kind extends Step["kind"]> = Extract<Step, { readonly kind: Kind }>;

export function rectifiedLines(
  program: Program,
  id: StepId,
  step: Of<"rectified">,
  { from, to }: Slice,
  use: Use,
): readonly string[] {
  const { bounds } = stepAt(program, step.source);
  const shifts = step.shifts.subarray(from, to);
  const bits = Array.from(shifts, (shift, j) => Widths.rectified(bounds, from + j, shift));
  const gadget = `${use("Rectified")}(bits${id}[j], shift${id}[j])(${element(step.source, from)})`;
  const unchanged = { instead: "0", because: "never above 0" };
  return gadgetLines(id, bits, table(`shift${id}`, shifts), gadget, unchanged);
}

export function rescaledLines(
  program: Program,
  id: StepId,
  { step, bounds }: PlacedStep & { readonly step: Of<"rescaled"> },
  { from, to }: Slice,
  use: Use,
): readonly string[] {
  const { bounds: before } = stepAt(program, step.source);
  const shifts = step.shifts.subarray(from, to);
  const bits = Array.from(shifts, (shift, j) => Widths.rescaled(before, from + j, shift));
  const source = element(step.source, from);
  const gadget = `${use("Rescaled")}(bits${id}[j], shift${id}[j], low${id}[j])(${source})`;
  const tables = [...table(`shift${id}`, shifts), ...table(`low${id}`, bounds.low.subarray(from, to))];
  return gadgetLines(id, bits, tables, gadget, { instead: source, because: "narrow enough as it is" });
}

const element = (source: StepId, from: number): string => `${signal(source)}[${from === 0 ? "" : `${from} + `}j]`;

/** One gadget for each element, of `bits` bits; none where that is 0. */
function gadgetLines(
  id: StepId,
  bits: readonly number[],
  tables: readonly string[],
  gadget: string,
  { instead, because }: { readonly instead: string; readonly because: string },
): readonly string[] {
  const out = `${signal(id)}[j]`;
  const lines = bits.includes(0)
    ? [
        `if (bits${id}[j] == 0) {`,
        `    ${out} <== ${instead}; // ${because}`,
        "} else {",
        `    ${out} <== ${gadget};`,
        "}",
      ]
    : [`${out} <== ${gadget};`];
  return [
    ...table(`bits${id}`, bits),
    ...tables,
    `signal ${signal(id)}[${bits.length}];`,
    ...loop(bits.length, ...lines),
  ];
}
