// What was compiled, for whoever is to rely on it: circuit, key, layout of the statement, and what its numbers mean.

import { createHash } from "node:crypto";
import { toBeHex } from "ethers";
import { keyHash } from "../chain/verifierTemplate.ts";
import { digest } from "../job/canonical.ts";
import { at } from "../lib/element.ts";
import type { Field } from "../lib/field.ts";
import type { Artifacts } from "../prove/artifacts.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { elementsOf } from "./layout.ts";
import type { ModelJob } from "./modelJob.ts";

export type Sources = { readonly job: ModelJob; readonly onnx: Uint8Array; readonly compiled: CompiledModel };

/** Plain JSON. `model`: first element of every statement, where it is known: of private parameters only with their salt. */
export function manifestOf(
  { job, onnx, compiled }: Sources,
  { manifest, verificationKey }: Pick<Artifacts, "manifest" | "verificationKey">,
  model: Field | undefined,
) {
  const { program, layout } = compiled;
  const { circuit, keys, compiler, sourceHash, constraints, wires, domainPower, files } = manifest;
  return {
    version: 1,
    job: digest(job),
    modelFile: `0x${createHash("sha256").update(onnx).digest("hex")}`,
    ...{ circuit, parameters: job.parameters, model: model === undefined ? null : toBeHex(model, 32) },
    ...{ keys, keyHash: keyHash(verificationKey), compiler, sourceHash, constraints, wires, domainPower, files },
    /** Of the statement: [model, context, input elements, output words]. */
    layout: {
      inputElements: layout.inputElements,
      outputWords: layout.outputWords,
      outputStride: layout.outputStride,
    },
    inputs: program.inputs.map((input, i) => {
      const visibility = at(layout.visibilities, i);
      const { name, shape, bits, minimum, unit } = input;
      return { ...{ name, visibility, elements: elementsOf(input, visibility, program) }, shape, bits, minimum, unit };
    }),
    outputs: program.outputs.map(({ step: _, ...output }) => output),
    notes: program.notes,
  };
}
