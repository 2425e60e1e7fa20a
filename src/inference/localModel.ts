// What a job that is here says of a registered model, or why it says nothing.

import { AssayError } from "../lib/errors.ts";
import { isAbsence } from "../lib/file.ts";
import { type CompiledModel, compile } from "./compiledModel.ts";
import * as ModelJob from "./modelJob.ts";
import { digestOf } from "./provenance.ts";

export type LocalModel = {
  /** Of the .onnx file's bytes, whatever they are: said before anything is made of them. */
  readonly digest?: string;
  /** Undefined without a job; the reason where it cannot be used. */
  readonly local: CompiledModel | string | undefined;
  /** Why files that are there are not those that were registered: a job with a damaged model does not compile. */
  readonly refused?: string;
  readonly missing: readonly string[];
};

/** Of no job at all nothing. Throws what is wrong with neither of the files. */
export async function localModel(path: string | undefined): Promise<LocalModel> {
  if (path === undefined) return { local: undefined, missing: [] };
  let digest: string | undefined;
  try {
    const { job, onnx } = await ModelJob.load(path);
    digest = digestOf(onnx);
    return { digest, local: compile(onnx, job), missing: [] };
  } catch (error) {
    if (!(error instanceof AssayError && error.disposition === "reject")) throw error;
    const [reason = ""] = error.message.split("\n");
    const { cause } = error;
    if (cause instanceof Error && isAbsence(cause)) {
      return { local: reason, missing: [(cause as NodeJS.ErrnoException).path ?? path] }; // node:fs names the file
    }
    const refused = `${reason}, want the registered job and model`;
    return { ...(digest === undefined ? {} : { digest }), local: reason, refused, missing: [] };
  }
}

export const reasonOf = (local: LocalModel["local"]): string => (typeof local === "string" ? local : "no job is given");
