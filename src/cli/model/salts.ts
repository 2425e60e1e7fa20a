// `assay model salts`: fresh salts in a new file, and what they make of rows.

import { toBeHex } from "ethers";
import { modelOf, type Salts } from "../../inference/inference.ts";
import * as Secrets from "../../inference/secrets.ts";
import { inputHashes } from "../../inference/witness.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Field } from "../../lib/field.ts";
import { printable } from "../../lib/printable.ts";
import type { Environment } from "../environment.ts";
import { readRows } from "./files.ts";
import { loadModel, type Model } from "./given.ts";
import { numbersOf, ofRow, type RowRange, rowAt } from "./row.ts";

export type SaltsOptions = {
  readonly out: string;
  readonly data?: string;
  /** Of `data`: all of them where it is left out. */
  readonly row?: readonly RowRange[];
};

/** Prints nothing secret: digests of what is hashed, the commitment to private parameters. */
export async function saltsCommand(
  path: string,
  { out: file, data, row }: SaltsOptions,
  { out, err }: Pick<Environment, "out" | "err">,
): Promise<void> {
  if (row !== undefined && data === undefined) throw new AssayError("usage.row", "got --row, want --data beside it");
  await Secrets.requireNew(file);
  const { graph, compiled } = await loadModel(path);
  const salts = Secrets.draw(compiled);
  if (salts.inputs.size === 0 && salts.parameters === undefined) {
    throw new AssayError("usage.salts", `got neither hashed inputs nor private parameters in ${path}: nothing to salt`);
  }
  // Before the file: rows that are refused leave nothing behind.
  const hashes = data === undefined ? [] : await hashesOf({ data, row }, { graph, compiled }, salts);
  await Secrets.create(file, salts);
  const what = [...salts.inputs.keys(), ...(salts.parameters === undefined ? [] : ["the parameters"])];
  err(`assay: ${file}: salts of ${what.map((name) => printable(name)).join(", ")}; there is no copy but yours\n`);
  if (salts.parameters !== undefined) out(`model ${toBeHex(modelOf(compiled, salts), 32)}\n`);
  for (const [number, byInput] of hashes) {
    for (const [name, hash] of byInput) out(`row ${number} ${printable(name)} ${toBeHex(hash, 32)}\n`);
  }
  if (salts.inputs.size > 0 && hashes.length > 1) err(`assay: ${oneSalt(hashes.length)}\n`);
}

/** By row, then by input. */
async function hashesOf(
  { data, row }: { readonly data: string; readonly row: readonly RowRange[] | undefined },
  { graph, compiled }: Pick<Model, "graph" | "compiled">,
  salts: Salts,
): Promise<readonly (readonly [number, ReadonlyMap<string, Field>])[]> {
  const rows = await readRows(data, graph);
  return numbersOf(rows, row, data).map((number) => [
    number,
    ofRow(number, data, () => inputHashes(compiled, rowAt(rows, number, data), salts)),
  ]);
}

function oneSalt(rows: number): string {
  return [
    `digests of ${rows} rows under one salt: equal inputs have equal digests, and where few inputs are possible whoever`,
    "gets the salt of one row finds the others by trying; --row takes a subject's, --out a file of salts for each",
  ].join(" ");
}
