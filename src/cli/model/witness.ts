// `assay model witness` and `assay model mock`: what would be proven of a row, without keys; and whether the circuit agrees.

import type { Binding } from "../../inference/inference.ts";
import { mock } from "../../inference/mock.ts";
import { statementParts, type Witness } from "../../inference/witness.ts";
import type { Environment } from "../environment.ts";
import { createProgress } from "../progress.ts";
import { progressOf } from "../prover.ts";
import { requireRoom, writeOnce } from "./files.ts";
import {
  type BindingOptions,
  bindingFrom,
  loadModel,
  type Model,
  type RowOptions,
  type SecretsOptions,
} from "./given.ts";
import { witnessOfRow } from "./row.ts";
import { bindingJson, bindingText, readingLines } from "./show.ts";

export type WitnessOptions = BindingOptions &
  RowOptions &
  SecretsOptions & { readonly out?: string; readonly force: boolean; readonly json: boolean };

/** Of the row itself nothing is printed or written that the statement does not say. */
export async function witnessCommand(path: string, options: WitnessOptions, environment: Environment): Promise<void> {
  await show(await prepare(path, options), options, environment);
}

/** Throws `inference.unsatisfied` where the circuit does not say the same. */
export async function mockCommand(path: string, options: WitnessOptions, environment: Environment): Promise<void> {
  const { root, signal, clock, err } = environment;
  const prepared = await prepare(path, options);
  const { compiled } = prepared.model;
  const progress = createProgress(clock, err);
  const mocked = await progress.during(() =>
    mock(compiled, prepared.witness.inference, { root, signal, onProgress: progressOf(compiled.circuit, progress) }),
  );
  err(`assay: ${compiled.circuit}: all of ${mocked.constraints} constraints hold, outputs are the evaluator's\n`);
  await show(prepared, options, environment, mocked);
}

type Prepared = { readonly model: Model; readonly witness: Witness; readonly binding: Binding | undefined };

async function prepare(path: string, options: WitnessOptions): Promise<Prepared> {
  const binding = bindingFrom(options);
  await requireRoom([options.out], options.force, [path, options.data, options.secrets]);
  const model = await loadModel(path, [options.out]);
  const witness = await witnessOfRow(options, model, binding);
  return { model, witness, binding };
}

async function show(
  { model: { compiled }, witness: { inference, readings }, binding }: Prepared,
  { out: file, force, json, row }: WitnessOptions,
  { out, err }: Pick<Environment, "out" | "err">,
  checked: Readonly<Record<string, number>> = {},
): Promise<void> {
  const parts = statementParts(compiled, inference);
  const value = {
    ...{ type: "witness", circuit: compiled.circuit, row, ...checked },
    binding: binding === undefined ? null : bindingJson(binding),
    ...{ outputs: readings, statement: parts },
  };
  if (file !== undefined) await writeOnce(file, `${JSON.stringify(value, undefined, 2)}\n`, force);
  if (json) {
    out(`${JSON.stringify(value)}\n`);
    return;
  }
  const lines = [
    ...readingLines(readings),
    `model       ${parts.model}`,
    `context     ${parts.context}`,
    ...parts.inputs.map((word) => `input       ${word}`),
    ...parts.outputs.map((word) => `output      ${word}`),
    `commitment  ${parts.commitment}`,
  ];
  out(`${lines.join("\n")}\n`);
  err(binding === undefined ? "assay: bound to nobody, so no contract takes it\n" : `assay: ${bindingText(binding)}\n`);
}
