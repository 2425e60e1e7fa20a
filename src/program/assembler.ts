// Puts a program together step by step, each with its bounds.

import { AssayError } from "../lib/errors.ts";
import { boundsOf, type ParameterWidths } from "./bounds.ts";
import type { Bounds, PlacedStep, Step, StepId } from "./program.ts";

export type Assembler = {
  readonly steps: readonly PlacedStep[];
  /**
   * `known` as `boundsOf` takes it. Throws `model.bounds`, and `model.size` once all steps together have more than MOST_ELEMENTS.
   */
  readonly add: (name: string, size: number, step: Step, known?: Bounds) => StepId;
};

/** Beyond this no circuit could be compiled. */
export const MOST_ELEMENTS = 2 ** 22;

export function createAssembler(parameters: ParameterWidths): Assembler {
  const steps: PlacedStep[] = [];
  let elements = 0;
  return {
    steps,
    add: (name, size, step, known) => {
      elements += size;
      if (elements > MOST_ELEMENTS) throw tooLarge(name);
      const bounds = boundsOf(name, step, size, { steps, parameters }, known);
      return steps.push({ name, size, step, bounds }) - 1;
    },
  };
}

function tooLarge(layer: string): AssayError {
  return new AssayError("model.size", `got more than ${MOST_ELEMENTS} numbers by ${layer}, want a smaller model`, {
    disposition: "reject",
    data: { layer },
  });
}
