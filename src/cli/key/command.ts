// `assay key create` and `assay key register`: a reporter's key, and what it puts into a job.

import { registrationOf } from "../../job/configuration.ts";
import * as Job from "../../job/job.ts";
import * as KeyFile from "../../observation/keyFile.ts";
import type { Environment } from "../environment.ts";

/** Prints nothing secret: the public key, on stderr. */
export async function createKey(path: string, { err }: Pick<Environment, "err">): Promise<void> {
  const { publicKey } = await KeyFile.create(path);
  err(`assay: ${path}: the key of ${publicKey.map((element) => `0x${element.toString(16)}`).join(", ")}\n`);
}

/** The registration on stdout, to be put into the job as `reporters[n].registration`. */
export async function registerKey(
  path: string,
  { job }: { readonly job: string },
  { out }: Pick<Environment, "out">,
): Promise<void> {
  const { spec } = await Job.load(job);
  const key = await KeyFile.read(path);
  out(`${JSON.stringify(registrationOf(key, spec), undefined, 2)}\n`);
}
