// A program's one number as a whole number of so many bits: rounded, and saturated at both ends.

import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { createAssembler } from "./assembler.ts";
import { floorLog2 } from "./integers.ts";
import { type AffineStep, type Program, type StepId, stepAt } from "./program.ts";

/** Of the factor that takes the output's unit away: as good as exact. */
const FACTOR_BITS = 16;

/**
 * The same program with its output as round(value) within [0, 2^bits).
 *
 * Throws `model.whole` for a program whose output is not one number.
 */
export function whole(program: Program, bits: number): Program {
  const [output, ...others] = program.outputs;
  if (
    output === undefined ||
    others.length > 0 ||
    output.kind !== "number" ||
    stepAt(program, output.step).size !== 1
  ) {
    throw notOneNumber(program);
  }
  const assembler = createAssembler(program.parameters);
  for (const { name, size, step, bounds } of program.steps) assembler.add(name, size, step, bounds);
  const add = assembler.add;
  const { name, unit } = output;
  const shift = Math.max(0, FACTOR_BITS - 1 - floorLog2(unit));
  const scaled = add(name, 1, plain(output.step, Math.round(unit * 2 ** shift), 0));
  const rounded = add(name, 1, { kind: "rectified", source: scaled, shifts: Int32Array.of(shift) });
  const step = saturated(assembler, name, rounded, 2 ** bits - 1);
  return { ...program, steps: assembler.steps, outputs: [{ ...output, step, unit: 1 }] };
}

/** min(x, most) = x - max(0, x - most), for an x that is not negative. */
function saturated({ steps, add }: ReturnType<typeof createAssembler>, name: string, x: StepId, most: number): StepId {
  if (at(at(steps, x).bounds.high, 0) <= most) return x;
  const over = add(name, 1, plain(x, 1, -most));
  const excess = add(name, 1, { kind: "rectified", source: over, shifts: Int32Array.of(0) });
  const difference: AffineStep = {
    kind: "affine",
    sources: [x, excess],
    starts: Int32Array.of(0, 2),
    positions: Int32Array.of(0, 1),
    weights: Float64Array.of(1, -1),
    bias: Float64Array.of(0),
  };
  return add(name, 1, difference, { low: Float64Array.of(0), high: Float64Array.of(most) });
}

function plain(source: StepId, weight: number, bias: number): AffineStep {
  return {
    kind: "affine",
    sources: [source],
    starts: Int32Array.of(0, 1),
    positions: Int32Array.of(0),
    weights: Float64Array.of(weight),
    bias: Float64Array.of(bias),
  };
}

function notOneNumber({ outputs }: Program): AssayError {
  return new AssayError("model.whole", `got outputs ${outputs.map(({ name }) => name).join(", ")}, want one number`, {
    disposition: "reject",
  });
}
