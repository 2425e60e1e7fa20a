// What was compiled, for whoever is to rely on it: circuit, key, layout of the statement, and what its numbers mean.

import { createHash } from "node:crypto";
import { toBeHex } from "ethers";
import * as z from "zod";
import { keyHash } from "../chain/verifierTemplate.ts";
import { sizeOf } from "../graph/graph.ts";
import { digest } from "../job/canonical.ts";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { type Field, PRIME, parse as parseField } from "../lib/field.ts";
import { readText } from "../lib/file.ts";
import { MAX_BITS } from "../program/bounds.ts";
import { strideOf } from "../program/program.ts";
import { manifestSchema } from "../prove/artifactManifest.ts";
import type { Artifacts } from "../prove/artifacts.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { elementsOf, type Visibility, wordCount } from "./layout.ts";
import type { ModelJob } from "./modelJob.ts";
import type { Verifiable } from "./verification.ts";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const element = hash.refine((text) => BigInt(text) < PRIME, "want an element of the field");
const count = z.int().nonnegative();
const shape = z.array(z.int().positive());
const { keys, compiler, sourceHash, constraints, wires, domainPower, files } = manifestSchema.shape;

const schema = z.strictObject({
  version: z.literal(1),
  /** Digests of what it was compiled from. */
  ...{ job: hash, modelFile: hash },
  circuit: z.string().regex(/^model-[0-9a-f]+$/),
  parameters: z.enum(["fixed", "private"]),
  /** First element of every statement. Null: whoever compiled had no salt of the private parameters. */
  model: element.nullable(),
  ...{ keys, keyHash: hash, compiler, sourceHash, constraints, wires, domainPower, files },
  /** Of the statement: [model, context, input elements, output words]. */
  layout: z.strictObject({
    inputElements: count,
    outputWords: z.int().positive(),
    /** No output has more bits: readers take them for numbers that JavaScript holds exactly. */
    outputStride: z
      .int()
      .min(1)
      .max(MAX_BITS + 1),
  }),
  inputs: z.array(
    z.strictObject({
      name: z.string(),
      visibility: z.enum(["public", "private", "hashed"]),
      elements: count,
      shape,
      bits: z.array(z.int().min(1).max(32)).min(1),
      minimum: z.array(z.number()).min(1),
      unit: z.array(z.number().positive()).min(1),
    }),
  ),
  outputs: z.array(
    z.strictObject({
      name: z.string(),
      shape,
      unit: z.number().positive(),
      kind: z.enum(["number", "scores", "index"]),
      link: z.enum(["softmax", "logSoftmax", "sigmoid"]).optional(),
      group: z.int().positive().optional(),
      labels: z.array(z.string()).optional(),
    }),
  ),
  notes: z.array(z.string()),
});

export type Manifest = z.infer<typeof schema>;

export type Sources = { readonly job: ModelJob; readonly onnx: Uint8Array; readonly compiled: CompiledModel };

/** Plain JSON. `model`: first element of every statement, where it is known: of private parameters only with their salt. */
export function manifestOf(
  { job, onnx, compiled }: Sources,
  { manifest, verificationKey }: Pick<Artifacts, "manifest" | "verificationKey">,
  model: Field | undefined,
): Manifest {
  const { program, layout } = compiled;
  const { circuit, keys, compiler, sourceHash, constraints, wires, domainPower, files } = manifest;
  const { inputElements, outputWords, outputStride } = layout;
  const value = {
    version: 1,
    job: digest(job),
    modelFile: `0x${createHash("sha256").update(onnx).digest("hex")}`,
    ...{ circuit, parameters: job.parameters, model: model === undefined ? null : toBeHex(model, 32) },
    ...{ keys, keyHash: keyHash(verificationKey), compiler, sourceHash, constraints, wires, domainPower, files },
    layout: { inputElements, outputWords, outputStride },
    inputs: program.inputs.map((input, i) => {
      const visibility = at(layout.visibilities, i);
      const { name, shape, bits, minimum, unit } = input;
      return { ...{ name, visibility, elements: elementsOf(input, visibility, program) }, shape, bits, minimum, unit };
    }),
    outputs: program.outputs.map(({ step: _, ...output }) => output),
    notes: program.notes,
  };
  return schema.parse(value);
}

/** Throws `inference.manifest` for what is no manifest, or does not agree with itself. */
export function parse(text: string, path: string): Manifest {
  const parsed = schema.safeParse(json(text, path));
  if (!parsed.success) throw bad(path, z.prettifyError({ issues: parsed.error.issues.slice(0, ISSUES) }));
  const problems = disagreements(parsed.data);
  if (problems.length > 0) throw bad(path, problems.join("\n"));
  return parsed.data;
}

/** Of a file that is something else altogether a few say as much as a thousand. */
const ISSUES = 5;

export async function read(path: string): Promise<Manifest> {
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    throw bad(path, cause.code ?? "a failure", cause);
  });
  return parse(text, path);
}

/** What a proof file can be checked by: all but the program, so what the numbers mean is the manifest's word. */
export function verifiable({ circuit, model, layout, inputs, outputs }: Manifest): Verifiable {
  return {
    circuit,
    model: model === null ? undefined : parseField(BigInt(model)),
    layout: { ...layout, visibilities: inputs.map(({ visibility }) => visibility) },
    // Which steps they are stays with the circuit: nothing that is shown depends on it.
    program: {
      inputs: inputs.map(({ elements: _, visibility: __, ...input }) => ({ ...input, step: 0 })),
      outputs: outputs.map((output) => ({ ...output, step: 0 })),
    },
  };
}

function disagreements({ parameters, model, layout, inputs, outputs }: Manifest): readonly string[] {
  const lists = inputs.flatMap(({ name, shape, bits, minimum, unit }) =>
    [bits, minimum, unit].every(({ length }) => length === 1 || length === sizeOf(shape))
      ? []
      : [`inputs: got ${bits.length} bits, ${minimum.length} minimums and ${unit.length} units for ${name}`],
  );
  const elements = inputs.reduce((sum, input) => sum + countOf(input), 0);
  const words = wordCount(
    outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    layout.outputStride,
  );
  return [
    ...lists,
    ...(parameters === "fixed" && model === null ? ["model: got none, and parameters that are fixed"] : []),
    ...(elements === layout.inputElements ? [] : [`layout: got ${layout.inputElements} elements, want ${elements}`]),
    ...(words === layout.outputWords ? [] : [`layout: got ${layout.outputWords} words, want ${words}`]),
  ];
}

function countOf(input: Pick<Manifest["inputs"][number], "shape" | "bits"> & { readonly visibility: Visibility }) {
  if (input.visibility === "public") return wordCount(sizeOf(input.shape), strideOf(input));
  return input.visibility === "hashed" ? 1 : 0;
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw bad(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function bad(path: string, why: string, cause?: unknown): AssayError {
  return new AssayError(
    "inference.manifest",
    `got ${path}, want a manifest that \`assay model compile\` wrote\n${why}`,
    {
      cause,
      disposition: "reject",
    },
  );
}
