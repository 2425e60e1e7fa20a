// `assay model salts`: fresh salts in a new file, and what they make of rows.

import { toBeHex } from "ethers";
import { modelOf } from "../../inference/inference.ts";
import * as Secrets from "../../inference/secrets.ts";
import { inputHashes } from "../../inference/witness.ts";
import { AssayError } from "../../lib/errors.ts";
import { printable } from "../../lib/printable.ts";
import type { Environment } from "../environment.ts";
import { readRows } from "./files.ts";
import { loadModel } from "./given.ts";

export type SaltsOptions = { readonly out: string; readonly data?: string };

/** Prints nothing secret: digests of what is hashed, the commitment to private parameters. */
export async function saltsCommand(
  path: string,
  { out: file, data }: SaltsOptions,
  { out, err }: Pick<Environment, "out" | "err">,
): Promise<void> {
  await Secrets.requireNew(file);
  const { graph, compiled } = await loadModel(path);
  const salts = Secrets.draw(compiled);
  if (salts.inputs.size === 0 && salts.parameters === undefined) {
    throw new AssayError("usage.salts", `got neither hashed inputs nor private parameters in ${path}: nothing to salt`);
  }
  // Before the file: rows that are refused leave nothing behind.
  const rows = data === undefined ? [] : await readRows(data, graph);
  const hashes = rows.map((row) => inputHashes(compiled, row, salts));
  await Secrets.create(file, salts);
  const what = [...salts.inputs.keys(), ...(salts.parameters === undefined ? [] : ["the parameters"])];
  err(`assay: ${file}: salts of ${what.map((name) => printable(name)).join(", ")}; there is no copy but yours\n`);
  if (salts.parameters !== undefined) out(`model ${toBeHex(modelOf(compiled, salts), 32)}\n`);
  for (const [i, byInput] of hashes.entries()) {
    for (const [name, hash] of byInput) out(`row ${i + 1} ${printable(name)} ${toBeHex(hash, 32)}\n`);
  }
}
