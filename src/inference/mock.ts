// An inference checked by its circuit without keys: every constraint, and that the circuit says what the evaluator says.

import { join } from "node:path";
import { AssayError } from "../lib/errors.ts";
import { writeWhole } from "../lib/file.ts";
import type { ArtifactOptions } from "../prove/artifacts.ts";
import { entryPath } from "../prove/compile.ts";
import { check, codeOf } from "../prove/witnessCheck.ts";
import * as Statement from "../statement/statement.ts";
import type { CompiledModel } from "./compiledModel.ts";
import type { Inference } from "./inference.ts";

export type Mocked = { readonly constraints: number; readonly wires: number };

/**
 * Throws `inference.unsatisfied` if a constraint does not hold or the statement is another one. The commitment is to the
 * outputs, so a circuit that computes others has another statement.
 */
export async function mock(
  { circuit, entry }: Pick<CompiledModel, "circuit" | "entry">,
  { statement, circuitInput }: Pick<Inference, "statement" | "circuitInput">,
  options: ArtifactOptions,
): Promise<Mocked> {
  await writeWhole(join(options.root, entryPath(circuit)), entry);
  const code = await codeOf(circuit, options);
  const { publicSignals, unsatisfied } = await check(code, circuitInput);
  const { constraintCount, wireCount } = code.r1cs;
  if (unsatisfied.length > 0) {
    throw differs(`got ${unsatisfied.length} of ${constraintCount} constraints that do not hold, want all to hold`);
  }
  if (!Statement.isProvenBy(statement, publicSignals)) {
    throw differs("got another statement from the circuit than from the evaluator, want the same");
  }
  return { constraints: constraintCount, wires: wireCount };
}

function differs(message: string): AssayError {
  return new AssayError("inference.unsatisfied", message, { disposition: "reject" });
}
