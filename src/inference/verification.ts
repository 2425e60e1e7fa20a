// Whether a proof file says what it seems to say: everything is recomputed from the job and the key.

import { keyHash } from "../chain/verifierTemplate.ts";
import { at } from "../lib/element.ts";
import type { Field } from "../lib/field.ts";
import { stepAt, strideOf } from "../program/program.ts";
import { holds } from "../prove/proofCheck.ts";
import { fromWords } from "../prove/solidityCalldata.ts";
import type { VerificationKey } from "../prove/verificationKey.ts";
import * as Statement from "../statement/statement.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { type Binding, contextOf, packed } from "./inference.ts";
import { elementsOf, WORD_BITS } from "./layout.ts";
import { kept, type ProofFile } from "./proofFile.ts";
import { dequantise } from "./quantise.ts";
import { type Reading, readingsOf } from "./reading.ts";

export type Wanted = {
  readonly verificationKey: VerificationKey;
  /** What the model must be. Of private parameters nobody without their salt can say; of fixed ones the job does. */
  readonly model?: Field | undefined;
  /** What the proof must be bound to; anything where it is left out. */
  readonly binding?: Partial<Binding> | undefined;
};

/** What the statement says of an input; of a private one it says nothing. */
export type ShownInput =
  | { readonly name: string; readonly visibility: "public"; readonly values: readonly number[] }
  | { readonly name: string; readonly visibility: "hashed"; readonly digest: Field };

export type Verified =
  | { readonly ok: true; readonly readings: readonly Reading[]; readonly inputs: readonly ShownInput[] }
  | { readonly ok: false; readonly reason: string };

/** Throws `prove.worker` when the check itself fails. */
export async function verify(
  compiled: CompiledModel,
  file: ProofFile,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<Verified> {
  const { program, layout } = compiled;
  const problem = claimProblem(compiled, file, wanted);
  if (problem !== undefined) return refuse(problem);

  const sizes = program.outputs.map(({ step }) => stepAt(program, step).size);
  const offset = unpacked(file.outputs, layout.outputStride, sizes);
  if (offset === undefined) return refuse("got output words with bits that no output has");
  const half = 2 ** (layout.outputStride - 1);
  const integers = offset.map((list) => Float64Array.from(list, (q) => Number(q) - half));
  const readings = readingsOf(program, integers);
  if (JSON.stringify(readings.map(kept)) !== JSON.stringify(file.readings)) {
    return refuse("got readings that are not those of the output words");
  }
  const inputs = shownInputs(compiled, file.inputs);
  if (inputs === undefined) return refuse("got input words that no input has");

  const vector = [file.model, contextOf(file.binding), ...file.inputs, ...file.outputs];
  const statement = Statement.of(vector);
  if (statement.commitment !== file.commitment) return refuse("got a commitment to another statement");
  const publicSignals = Statement.publicSignals(statement);
  const { verificationKey } = wanted;
  if (!(await holds({ verificationKey, publicSignals, proof: fromWords(file.proof) }, signal))) {
    return refuse("got a proof that does not hold for this statement and key");
  }
  return { ok: true, readings, inputs };
}

/** What of the file's own claims is not the job's, the key's or the caller's. */
function claimProblem({ circuit, layout, model }: CompiledModel, file: ProofFile, wanted: Wanted): string | undefined {
  if (file.circuit !== circuit) return `got a proof of circuit ${file.circuit}, want ${circuit}, which is the job's`;
  const hash = keyHash(wanted.verificationKey);
  if (file.keyHash !== hash) return `got a proof under the key ${file.keyHash}, want ${hash}`;
  const want = model ?? wanted.model;
  if (want !== undefined && file.model !== want) return `got a proof of model ${file.model}, want ${want}`;
  const { inputs, outputs } = file;
  if (inputs.length !== layout.inputElements || outputs.length !== layout.outputWords) {
    return `got ${inputs.length} elements of inputs and ${outputs.length} words of outputs, want ${layout.inputElements} and ${layout.outputWords}`;
  }
  for (const [name, value] of Object.entries(wanted.binding ?? {})) {
    const got = file.binding[name as keyof Binding]; // keys of a Partial<Binding>
    if (value !== undefined && same(got) !== same(value)) return `got a proof for ${name} ${got}, want ${value}`;
  }
  return undefined;
}

/** Addresses in any case. */
const same = (value: string | bigint): string => value.toString().toLowerCase();

/** Undefined for words that are not canonical. */
function shownInputs({ program, layout }: CompiledModel, elements: readonly Field[]): ShownInput[] | undefined {
  const found: ShownInput[] = [];
  let from = 0;
  for (const [i, input] of program.inputs.entries()) {
    const { name } = input;
    const visibility = at(layout.visibilities, i);
    const count = elementsOf(input, visibility, program);
    const own = elements.slice(from, from + count);
    from += count;
    if (visibility === "hashed") found.push({ name, visibility, digest: at(own, 0) });
    if (visibility !== "public") continue;
    const list = unpacked(own, strideOf(input), [stepAt(program, input.step).size]);
    if (list === undefined) return undefined;
    found.push({ name, visibility, values: [...dequantise(input, at(list, 0).map(Number))] });
  }
  return found;
}

/** Undefined where packing them again would give other words. */
function unpacked(words: readonly Field[], stride: number, sizes: readonly number[]): bigint[][] | undefined {
  const perWord = Math.floor(WORD_BITS / stride);
  const mask = (1n << BigInt(stride)) - 1n;
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const list = Array.from(
    { length: all },
    (_, j) => (at(words, Math.floor(j / perWord)) >> BigInt((j % perWord) * stride)) & mask,
  );
  const again = packed(list, stride);
  if (again.length !== words.length || again.some((word, w) => word !== words[w])) return undefined;
  let from = 0;
  return sizes.map((size) => {
    from += size;
    return list.slice(from - size, from);
  });
}

const refuse = (reason: string): Verified => ({ ok: false, reason });
