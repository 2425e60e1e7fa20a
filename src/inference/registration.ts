// What a registry is told of a compiled model.

import { getAddress, ZeroHash } from "ethers";
import type { Registration } from "../chain/modelRegistry.ts";
import type { Field } from "../lib/field.ts";
import type { CompiledModel } from "./compiledModel.ts";
import { digestOf, fileDigest, trainingRoot } from "./provenance.ts";

/** Paths; what is left out is registered as zero. */
export type ProvenanceFiles = {
  readonly trainingData?: string | undefined;
  readonly trainingConfig?: string | undefined;
  readonly metrics?: string | undefined;
  readonly licence?: string | undefined;
};

export type RegistrationRequest = {
  readonly onnx: Uint8Array;
  readonly compiled: Pick<CompiledModel, "layout">;
  /** First element of the model's statements. */
  readonly model: Field;
  readonly verifier: string;
  readonly parent?: string | undefined;
  readonly files: ProvenanceFiles;
};

/** Throws `inference.file` for a file that cannot be read. */
export async function registrationOf(request: RegistrationRequest): Promise<Registration> {
  const { onnx, compiled, model, verifier, parent = ZeroHash, files } = request;
  const { inputElements, outputWords, outputStride } = compiled.layout;
  return {
    ...{ model, verifier: getAddress(verifier), parent },
    inputElements: BigInt(inputElements),
    outputWords: BigInt(outputWords),
    outputStride: BigInt(outputStride),
    provenance: {
      modelFile: digestOf(onnx),
      trainingData: files.trainingData === undefined ? ZeroHash : await trainingRoot(files.trainingData),
      trainingConfig: await digestOrZero(files.trainingConfig),
      metrics: await digestOrZero(files.metrics),
      licence: await digestOrZero(files.licence),
    },
  };
}

async function digestOrZero(path: string | undefined): Promise<string> {
  return path === undefined ? ZeroHash : await fileDigest(path);
}
