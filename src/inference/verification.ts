// Whether a proof file says what it seems to say: everything is recomputed from the job, or its manifest, and the key.

import { toBeHex } from "ethers";
import { keyHash } from "../chain/verifierTemplate.ts";
import { sizeOf } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import type { Field } from "../lib/field.ts";
import { type Program, strideOf } from "../program/program.ts";
import { holds } from "../prove/proofCheck.ts";
import { fromWords } from "../prove/solidityCalldata.ts";
import type { VerificationKey } from "../prove/verificationKey.ts";
import * as Statement from "../statement/statement.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { type Binding, packed } from "./inference.ts";
import { WORD_BITS, wordCount } from "./layout.ts";
import { commitmentProblem, kept, type ProofFile, statementOf } from "./proofFile.ts";
import { dequantise } from "./quantise.ts";
import { type Reading, readingsOf } from "./reading.ts";

/** What of a model a proof of it is checked by: a CompiledModel, or what a manifest says of one. */
export type Verifiable = Pick<CompiledModel, "circuit" | "layout" | "model"> & {
  readonly program: Pick<Program, "inputs" | "outputs">;
};

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
  model: Verifiable,
  file: ProofFile,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<Verified> {
  const { program, layout } = model;
  const problem = claimProblem(model, file, wanted);
  if (problem !== undefined) return refuse(problem);

  const sizes = program.outputs.map(({ shape }) => sizeOf(shape));
  const offset = unpacked(file.outputs, layout.outputStride, sizes);
  if (offset === undefined) return refuse("got output words with bits that no output has");
  const half = 2 ** (layout.outputStride - 1);
  const integers = offset.map((list) => Float64Array.from(list, (q) => Number(q) - half));
  const readings = readingsOf(program, integers);
  if (JSON.stringify(readings.map(kept)) !== JSON.stringify(file.readings)) {
    return refuse("got readings that are not those of the output words");
  }
  const inputs = shownInputs(model, file.inputs);
  if (inputs === undefined) return refuse("got input words that no input has");

  const statement = statementOf(file);
  const other = commitmentProblem(file, statement);
  if (other !== undefined) return refuse(other);
  const publicSignals = Statement.publicSignals(statement);
  const { verificationKey } = wanted;
  if (!(await holds({ verificationKey, publicSignals, proof: fromWords(file.proof) }, signal))) {
    return refuse("got a proof that does not hold for this statement and key");
  }
  return { ok: true, readings, inputs };
}

/** Settled by names alone, whichever keys are here. */
export function circuitProblem(
  { circuit }: Pick<Verifiable, "circuit">,
  file: Pick<ProofFile, "circuit">,
): string | undefined {
  if (file.circuit === circuit) return undefined;
  return `got a proof of circuit ${file.circuit}, want ${circuit}, which is the job's`;
}

/** What of the file's own claims is not the job's, the key's or the caller's. */
function claimProblem(verifiable: Verifiable, file: ProofFile, wanted: Wanted): string | undefined {
  const { layout, model } = verifiable;
  const strange = circuitProblem(verifiable, file);
  if (strange !== undefined) return strange;
  const hash = keyHash(wanted.verificationKey);
  if (file.keyHash !== hash) return `got a proof under the key ${file.keyHash}, want ${hash}`;
  const other = [model, wanted.model].find((want) => want !== undefined && file.model !== want);
  if (other !== undefined) return `got a proof of model ${toBeHex(file.model, 32)}, want ${toBeHex(other, 32)}`;
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
function shownInputs({ program, layout }: Verifiable, elements: readonly Field[]): ShownInput[] | undefined {
  const found: ShownInput[] = [];
  let from = 0;
  for (const [i, input] of program.inputs.entries()) {
    const { name } = input;
    const visibility = at(layout.visibilities, i);
    if (visibility === "hashed") found.push({ name, visibility, digest: at(elements, from++) });
    if (visibility !== "public") continue;
    const size = sizeOf(input.shape);
    const count = wordCount(size, strideOf(input));
    const list = unpacked(elements.slice(from, from + count), strideOf(input), [size]);
    if (list === undefined) return undefined;
    from += count;
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
