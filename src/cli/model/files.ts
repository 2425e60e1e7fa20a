// Files that a command of a model reads and writes.

import { readFile } from "node:fs/promises";
import type { Graph } from "../../graph/graph.ts";
import { rowInputs } from "../../inference/reference.ts";
import * as Rows from "../../inference/rows.ts";
import { AssayError } from "../../lib/errors.ts";
import { readIfThere, writeWhole } from "../../lib/file.ts";

/** Throws `model.rows` for a file that cannot be read, or is not of this model's inputs. */
export async function readRows(path: string, graph: Graph): Promise<readonly Rows.Row[]> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError("model.rows", `got ${cause.code ?? "a failure"} from ${path}, want rows`, {
      cause,
      disposition: "reject",
    });
  });
  return Rows.parse(text, path, rowInputs(graph));
}

/** Throws `usage.overwrite` where another file stands, unless it is forced. The same file again is no change. */
export async function writeOnce(path: string, text: string, force: boolean): Promise<void> {
  const there = await readIfThere(path);
  if (there === text) return;
  if (there !== undefined && !force) {
    throw new AssayError("usage.overwrite", `got another file at ${path}, want none there, or --force`);
  }
  await writeWhole(path, text);
}
