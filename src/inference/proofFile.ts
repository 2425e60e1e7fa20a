// A proof of an inference as a file: what a contract takes, what it is bound to, and how its outputs read. Nothing private.

import { isAddress, toBeHex } from "ethers";
import * as z from "zod";
import { AssayError } from "../lib/errors.ts";
import { type Field, parse as parseField } from "../lib/field.ts";
import { readText } from "../lib/file.ts";
import { whyNoJson } from "../lib/noJson.ts";
import type { SolidityProof } from "../prove/solidityCalldata.ts";
import * as Statement from "../statement/statement.ts";
import { type Binding, contextOf } from "./inference.ts";
import type { Reading } from "./reading.ts";

/** 32 bytes, big-endian. */
const word = z.string().regex(/^0x[0-9a-f]{64}$/);
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .refine(isAddress, "want an address whose letters' case, where they are of both, is its checksum");
const natural = z.string().regex(/^(0|[1-9][0-9]{0,77})$/);

const schema = z.strictObject({
  version: z.literal(1),
  /** Named after its own content. */
  circuit: z.string().regex(/^model-[0-9a-f]+$/),
  /** Of the key that the proof holds under. */
  keyHash: word,
  /** First element of the statement. */
  model: word,
  binding: z.strictObject({
    chainId: natural,
    gate: address,
    consumer: address,
    caller: address,
    nonce: natural,
  }),
  /** In the precompiles' order, as IVerifier takes it. */
  proof: z.tuple([word, word, word, word, word, word, word, word]),
  commitment: word,
  /** Elements of the statement. */
  inputs: z.array(word),
  outputs: z.array(word).min(1),
  /** What the output words say. */
  readings: z.array(
    z.strictObject({
      name: z.string(),
      integers: z.array(z.int()),
      values: z.array(z.number()),
      labels: z.array(z.string()).optional(),
    }),
  ),
});

type File = z.infer<typeof schema>;

export type ProofFile = Pick<File, "circuit" | "keyHash" | "readings"> & {
  readonly model: Field;
  readonly binding: Binding;
  readonly proof: SolidityProof;
  readonly commitment: Field;
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
};

/** Throws `inference.proof` for a file that is none, or has numbers beyond the field. */
export async function read(path: string): Promise<ProofFile> {
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    throw bad(path, `${cause.code ?? "a failure"}`, cause);
  });
  return parse(text, path);
}

export function parse(text: string, path: string): ProofFile {
  const value = json(text, path);
  // Of another file altogether every member would be named.
  if (typeof value !== "object" || value === null || !("proof" in value)) throw noProof(path, "it has no proof in it");
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw bad(path, z.prettifyError({ issues: parsed.error.issues.slice(0, ISSUES) }));
  const { circuit, keyHash, readings, model, binding, proof, commitment, inputs, outputs } = parsed.data;
  const { chainId, nonce, ...addresses } = binding;
  try {
    const [a, b, c, d, e, f, g, h] = proof;
    return {
      ...{ circuit, keyHash, readings, model: element(model), commitment: element(commitment) },
      binding: { chainId: uint256(chainId), ...addresses, nonce: uint256(nonce) },
      proof: [BigInt(a), BigInt(b), BigInt(c), BigInt(d), BigInt(e), BigInt(f), BigInt(g), BigInt(h)],
      ...{ inputs: inputs.map(element), outputs: outputs.map(element) },
    };
  } catch (error) {
    if (error instanceof AssayError && error.code === "field.range") throw bad(path, error.message, error);
    throw error;
  }
}

/** Of a file that is something else altogether a few say as much as a thousand. */
const ISSUES = 5;

export function render({ binding, ...file }: ProofFile): string {
  const hex = (value: bigint): string => toBeHex(value, 32);
  const { circuit, keyHash, model, proof, commitment, inputs, outputs, readings } = file;
  const { chainId, gate, consumer, caller, nonce } = binding;
  const value = {
    ...{ version: 1, circuit, keyHash, model: hex(model) },
    binding: { chainId: chainId.toString(), gate, consumer, caller, nonce: nonce.toString() },
    ...{ proof: proof.map(hex), commitment: hex(commitment), inputs: inputs.map(hex), outputs: outputs.map(hex) },
    readings,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** What a file keeps of a reading: what is proven. Links are the reader's, and their last digits the machine's. */
export function kept({ name, integers, values, labels }: Reading): File["readings"][number] {
  return {
    name,
    integers: [...integers],
    values: [...values],
    ...(labels === undefined ? {} : { labels: [...labels] }),
  };
}

/** The statement that the file's own parts make. */
export function statementOf({
  model,
  binding,
  inputs,
  outputs,
}: Pick<ProofFile, "model" | "binding" | "inputs" | "outputs">): Statement.Statement {
  return Statement.of([model, contextOf(binding), ...inputs, ...outputs]);
}

/** Why the commitment, which is what is proven, is not to those parts; undefined where it is. */
export function commitmentProblem(
  file: Pick<ProofFile, "commitment">,
  statement: Statement.Statement,
): string | undefined {
  if (statement.commitment === file.commitment) return undefined;
  const [got, want] = [file, statement].map(({ commitment }) => toBeHex(commitment, 32));
  return `got a commitment to another statement, ${got}, want ${want} of the file's model, binding, inputs and outputs`;
}

const element = (text: string): Field => parseField(BigInt(text));

function uint256(text: string): bigint {
  const value = BigInt(text);
  if (value >> 256n === 0n) return value;
  throw new AssayError("field.range", `got ${text}, want an integer of 256 bits`, { disposition: "reject" });
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw noProof(path, whyNoJson(text, cause), cause);
  }
}

/** A file that is one, and whose proof is not of what it says. */
export function refused(path: string, reason: string): AssayError {
  return new AssayError("inference.refused", `${path} is refused: ${reason}`, { disposition: "reject" });
}

function noProof(path: string, why: string, cause?: unknown): AssayError {
  return new AssayError("inference.proof", `got ${path}, want a proof of an inference: ${why}`, {
    cause,
    disposition: "reject",
  });
}

function bad(path: string, why: string, cause?: unknown): AssayError {
  return new AssayError("inference.proof", `got ${path}, want a proof of an inference\n${why}`, {
    cause,
    disposition: "reject",
  });
}
