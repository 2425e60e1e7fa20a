// A model's circuit and keys, made where the cache does not have them.

import { join } from "node:path";
import { writeWhole } from "../lib/file.ts";
import * as Artifacts from "../prove/artifacts.ts";
import { entryPath } from "../prove/compile.ts";
import type { CompiledModel } from "./compiledModel.ts";

/** Writes the entry circuit and makes its artifacts, as Artifacts.ensure does. */
export async function ensure(
  { circuit, entry }: Pick<CompiledModel, "circuit" | "entry">,
  options: Artifacts.ArtifactOptions,
): Promise<Artifacts.Artifacts> {
  await writeWhole(join(options.root, entryPath(circuit)), entry);
  return Artifacts.ensure(circuit, options);
}

/** Artifacts that are in the cache; throws `prove.artifact` instead of making them. */
export async function load(
  { circuit, entry }: Pick<CompiledModel, "circuit" | "entry">,
  options: Artifacts.ArtifactOptions,
): Promise<Artifacts.Artifacts> {
  await writeWhole(join(options.root, entryPath(circuit)), entry);
  return Artifacts.load(circuit, options);
}
