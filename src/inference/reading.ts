// Outputs as people read them: real numbers for integers, labels for indices.

import { at } from "../lib/element.ts";
import type { Program, ProgramOutput } from "../program/program.ts";
import { linked } from "./accuracy.ts";
import { realOutput } from "./quantise.ts";

export type Reading = {
  readonly name: string;
  readonly kind: ProgramOutput["kind"];
  /** What is proven. */
  readonly integers: readonly number[];
  /** What the integers stand for: of scores, before their link. */
  readonly values: readonly number[];
  /** What the file has in their place, where a link is left to the reader: probabilities. */
  readonly linked?: { readonly link: NonNullable<ProgramOutput["link"]>; readonly values: readonly number[] };
  /** Of an index, where the file names its classes. */
  readonly labels?: readonly string[];
};

export function readingsOf(
  { outputs }: Pick<Program, "outputs">,
  integers: readonly Float64Array[],
): readonly Reading[] {
  return outputs.map((output, k) => {
    const { name, kind, link, labels } = output;
    const own = at(integers, k);
    const values = realOutput(output, own);
    return {
      ...{ name, kind, integers: [...own], values: [...values] },
      ...(link === undefined ? {} : { linked: { link, values: [...linked(output, values)] } }),
      // Of scores they are the classes' names, in order.
      ...(labels === undefined || kind !== "index"
        ? {}
        : { labels: Array.from(own, (index) => labels[index] ?? String(index)) }),
    };
  });
}
