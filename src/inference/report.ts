// What a quantisation costs and loses, in one object: for a person and for a machine.

import { at } from "../lib/element.ts";
import type { Calibrated } from "./calibrate.ts";
import { type Cost, costOf } from "./cost.ts";
import type { ModelJob } from "./modelJob.ts";

export type Report = Calibrated["accuracy"] & {
  readonly constraints: Cost;
  /** Widths of each input's elements, the least and the greatest. */
  readonly inputBits: Readonly<Record<string, readonly [number, number]>>;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly parameters: ModelJob["parameters"];
  /** Approximations with their bounds, outputs that are logits. */
  readonly notes: readonly string[];
};

export function reportOf({ job, compiled: { program, layout }, accuracy }: Omit<Calibrated, "constraints">): Report {
  const { weightBits, activationBits, parameters } = job;
  return {
    ...accuracy,
    constraints: costOf(program, layout),
    inputBits: Object.fromEntries(
      program.inputs.map(({ name, bits }) => {
        const sorted = bits.toSorted((a, b) => a - b);
        return [name, [at(sorted, 0), at(sorted, sorted.length - 1)] as const];
      }),
    ),
    ...{ weightBits, activationBits, parameters },
    notes: program.notes,
  };
}
