// The entry circuit of a model: each step of its program over the templates of circuits/inference, then its statement.

import type { Field } from "../../lib/field.ts";
import type { Program } from "../../program/program.ts";
import { SOLVED_FOR_THE_LAST } from "../../prove/compile.ts";
import type { Layout } from "../layout.ts";
import { createIncludes } from "./includes.ts";
import { checkedInput, inputSignals } from "./inputs.ts";
import { stepsOf } from "./parts.ts";
import { statementLines } from "./statement.ts";
import { template } from "./text.ts";
import { MOST_WIRES } from "./wires.ts";

export type EntryOptions = {
  readonly layout: Layout;
  /** Of the program. It stands first in the statement, or in the commitment to private parameters that does. */
  readonly identity: Field;
  /** In one template: wires.ts. */
  readonly mostWires?: number;
};

/** Circom for `component main`. The same program gives the same text. */
export function renderEntry(program: Program, { layout, identity, mostWires = MOST_WIRES }: EntryOptions): string {
  const { use, lines: includes } = createIncludes("lib/Statement.circom");
  const { templates, body } = stepsOf(program, { mostWires, use }, (id, step) => checkedInput(program, id, step, use));
  const main = template("Model", [
    ...inputSignals(program, layout),
    "signal output commitment;",
    "signal output evaluation;",
    ...body,
    "",
    ...statementLines(program, { layout, identity, use }),
  ]);
  return `pragma circom 2.2.2;

// Generated from a model: docs/models.md. Never edited.
${templates.length === 0 ? "" : `${SOLVED_FOR_THE_LAST}\n`}
${includes().join("\n")}

${[...templates, main].join("\n\n")}

component main {public [challenge]} = Model();
`;
}
