// Between a row's real numbers and the program's integers.

import { AssayError } from "../lib/errors.ts";
import { entry, type Program, type ProgramInput, type ProgramOutput } from "../program/program.ts";
import type { Row } from "./rows.ts";

/** round((x - minimum) / unit) of every element. Throws `model.input`, naming the element, for one outside [0, 2^bits). */
export function quantise(program: Pick<Program, "inputs">, row: Row["inputs"]): ReadonlyMap<string, Float64Array> {
  return new Map(
    program.inputs.map((input) => [input.name, quantiseInput(input, row.get(input.name) ?? new Float64Array())]),
  );
}

function quantiseInput(input: ProgramInput, elements: Float64Array): Float64Array {
  const { name, bits, minimum, unit } = input;
  return elements.map((real, j) => {
    const integer = Math.round((real - entry(minimum, j)) / entry(unit, j));
    if (!(integer >= 0 && integer < 2 ** entry(bits, j))) {
      const greatest = entry(minimum, j) + entry(unit, j) * (2 ** entry(bits, j) - 1);
      throw outside(name, j, real, entry(minimum, j), greatest);
    }
    return integer;
  });
}

/** The real numbers that the program's input integers stand for: what a runtime is to be compared on. */
export function dequantise({ minimum, unit }: ProgramInput, integers: ArrayLike<number>): Float64Array {
  return Float64Array.from(integers, (q, j) => entry(minimum, j) + entry(unit, j) * q);
}

/** Real values of an output's integers. */
export function realOutput({ unit }: Pick<ProgramOutput, "unit">, integers: ArrayLike<number>): Float64Array {
  return Float64Array.from(integers, (q) => q * unit);
}

function outside(name: string, element: number, got: number, low: number, high: number): AssayError {
  return new AssayError(
    "model.input",
    `got ${got} for element ${element} of input ${name}, want ${low} to ${high}: the job's minimum, unit and bits allow no more`,
    { disposition: "reject", data: { input: name, element } },
  );
}
