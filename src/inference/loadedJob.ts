// A job and the model that it names: where the model is missing, which job wants it is said.

import { AssayError } from "../lib/errors.ts";
import * as ModelJob from "./modelJob.ts";

/** Throws what `ModelJob.load` throws. */
export async function loadJob(path: string): Promise<ModelJob.LoadedJob> {
  try {
    return await ModelJob.load(path);
  } catch (error) {
    const cause = error instanceof AssayError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined; // node:fs's, where a file cannot be read
    if (cause?.path === undefined || cause.path === path) throw error;
    const message = `got ${cause.path}, which cannot be read, want the model that ${path} names\n${cause.message}`;
    throw new AssayError("job.model", message, { cause, disposition: "reject" });
  }
}
