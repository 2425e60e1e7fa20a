// A project of its own below the temporary directory, in which models' circuits compile: caches of tests do not meet.

import { cp, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type ModelProject = { readonly root: string; readonly remove: () => Promise<void> };

export async function createModelProject(): Promise<ModelProject> {
  const root = await mkdtemp(join(tmpdir(), "assay-model-"));
  await cp(join(import.meta.dirname, "../../../circuits"), join(root, "circuits"), { recursive: true });
  // Copied: the compiler does not follow links out of the project.
  const circomlib = dirname(createRequire(import.meta.url).resolve("circomlib/package.json"));
  await cp(join(circomlib, "circuits"), join(root, "node_modules/circomlib/circuits"), { recursive: true });
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
