// Puts a program together step by step, each with its bounds.

import { boundsOf, type ParameterWidths } from "./bounds.ts";
import type { Bounds, PlacedStep, Step, StepId } from "./program.ts";

export type Assembler = {
  readonly steps: readonly PlacedStep[];
  /** `known`: narrower bounds than interval arithmetic finds, where the caller can prove them. Throws `model.bounds`. */
  readonly add: (name: string, size: number, step: Step, known?: Bounds) => StepId;
};

export function createAssembler(parameters: ParameterWidths): Assembler {
  const steps: PlacedStep[] = [];
  return {
    steps,
    add: (name, size, step, known) => {
      const bounds = boundsOf(name, step, size, { steps, parameters }, known);
      return steps.push({ name, size, step, bounds }) - 1;
    },
  };
}
