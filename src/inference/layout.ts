// What the statement of a model's inference is made of, in order: docs/protocol.md, "The statement of an inference".

import { at } from "../lib/element.ts";
import { signedBits } from "../program/integers.ts";
import { type Program, type ProgramInput, stepAt, strideOf } from "../program/program.ts";

/** Public: in the statement. Hashed: a salted digest of it is. Private: nothing of it is. */
export type Visibility = "public" | "private" | "hashed";

export type Layout = {
  /** In the program's order. */
  readonly visibilities: readonly Visibility[];
  /** Elements of the statement that stand for inputs. */
  readonly inputElements: number;
  /** Bits of an output, moved up by half their range. */
  readonly outputStride: number;
  readonly outputWords: number;
};

/** Bits of a word of packed integers: below the field's prime, and a contract's as well as a circuit's. */
export const WORD_BITS = 248;

export function layoutOf(program: Program, visibilityOf: (input: string) => Visibility): Layout {
  const visibilities = program.inputs.map(({ name }) => visibilityOf(name));
  const outputs = program.outputs.map(({ step }) => stepAt(program, step));
  const outputStride = outputs
    .flatMap(({ bounds }) => [...bounds.low, ...bounds.high])
    .reduce((most, value) => Math.max(most, signedBits(value)), 1);
  const size = outputs.reduce((sum, output) => sum + output.size, 0);
  return {
    visibilities,
    inputElements: program.inputs.reduce((sum, input, i) => sum + elementsOf(input, at(visibilities, i), program), 0),
    outputStride,
    outputWords: wordCount(size, outputStride),
  };
}

export function elementsOf(input: ProgramInput, visibility: Visibility, program: Program): number {
  switch (visibility) {
    case "private":
      return 0;
    case "hashed":
      return 1;
    case "public":
      return wordCount(stepAt(program, input.step).size, strideOf(input));
  }
}

export function wordCount(size: number, bits: number): number {
  return Math.ceil(size / Math.floor(WORD_BITS / bits));
}
