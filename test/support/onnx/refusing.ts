// What reading a file came to: a model, or the code of the error that says why not. Any other exception is a bug.

import { AssayError } from "../../../src/lib/errors.ts";
import { read } from "../../../src/onnx/read.ts";

export type Refusal = { readonly code: string; readonly message: string };

/** Undefined for a file that is taken. Throws for anything but an AssayError of `model.…`, and for control characters in it. */
export function refusalOf(bytes: Uint8Array): Refusal | undefined {
  try {
    read(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof AssayError) || !error.code.startsWith("model.")) throw error;
    if (error.disposition !== "reject") throw new TypeError(`got disposition ${error.disposition}, want reject`);
    if (!/^[\x20-\x7e]{1,1000}$/.test(error.message)) throw new TypeError(`got ${JSON.stringify(error.message)}`);
    return { code: error.code, message: error.message };
  }
}
