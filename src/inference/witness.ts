// What would be proven of one row: the inference with its outputs as people read them.

import { toBeHex } from "ethers";
import { type Field, reduce } from "../lib/field.ts";
import { strideOf } from "../program/program.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { type Binding, contextOf, type Inference, infer, inputHash, type Salts } from "./inference.ts";
import { quantise } from "./quantise.ts";
import { type Reading, readingsOf } from "./reading.ts";
import type { Row } from "./rows.ts";

export type Witness = {
  readonly inference: Inference;
  readonly readings: readonly Reading[];
};

/** The context of what is bound to nobody: for looking, never for proving. No hash is it. */
export const UNBOUND: Field = reduce(0n);

/** Throws `model.input` for a row that the job's quantisation does not allow, `model.salt` for a salt that is missing. */
export function witnessOf(
  compiled: CompiledModel,
  row: Pick<Row, "inputs">,
  binding: Binding | undefined,
  salts?: Salts,
): Witness {
  const context = binding === undefined ? UNBOUND : contextOf(binding);
  const inference = infer(compiled, quantise(compiled.program, row.inputs), context, salts);
  return { inference, readings: readingsOf(compiled.program, inference.outputs) };
}

/** The statement's parts by their names, as a contract takes them: words of 32 bytes. */
export function statementParts({ layout }: Pick<CompiledModel, "layout">, { vector, statement }: Inference) {
  const words = vector.map((element) => toBeHex(element, 32));
  const outputsFrom = 2 + layout.inputElements;
  return {
    model: String(words[0]),
    context: String(words[1]),
    inputs: words.slice(2, outputsFrom),
    outputs: words.slice(outputsFrom),
    commitment: toBeHex(statement.commitment, 32),
  };
}

/** Elements of the statement that stand for hashed inputs, by input name. Throws like `witnessOf`. */
export function inputHashes(
  { program, layout }: Pick<CompiledModel, "program" | "layout">,
  row: Pick<Row, "inputs">,
  salts: Salts,
): ReadonlyMap<string, Field> {
  const integers = quantise(program, row.inputs);
  return new Map(
    program.inputs.flatMap((input, i) => {
      const salt = salts.inputs.get(input.name);
      if (layout.visibilities[i] !== "hashed" || salt === undefined) return [];
      const elements = Array.from(integers.get(input.name) ?? [], BigInt);
      return [[input.name, inputHash(elements, strideOf(input), salt)] as const];
    }),
  );
}
