// Files that a command of a model reads and writes.

import type { BigIntStats } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Graph } from "../../graph/graph.ts";
import { rowInputs } from "../../inference/reference.ts";
import * as Rows from "../../inference/rows.ts";
import { AssayError } from "../../lib/errors.ts";
import { isAbsence, readText, writeWhole } from "../../lib/file.ts";

/** Of calibration: more is no text to Node. */
const MOST_ROWS_BYTES = 2 ** 29 - 25;

/** Throws `model.rows` for a file that cannot be read, or is not of this model's inputs. */
export async function readRows(path: string, graph: Graph): Promise<readonly Rows.Row[]> {
  const text = await readText(path, MOST_ROWS_BYTES).catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError("model.rows", `got ${cause.code ?? "a failure"} from ${path}, want rows`, {
      cause,
      disposition: "reject",
    });
  });
  return Rows.parse(text, path, rowInputs(graph));
}

/**
 * Looks at where a command is to write, before its work: a proof takes minutes. Throws `usage.overwrite` where a file is
 * that is not to be overwritten, `usage.output` for what can be no file, and for one of those that are read.
 */
export async function requireRoom(
  wanted: readonly (string | undefined)[],
  force: boolean,
  read: readonly (string | undefined)[],
): Promise<void> {
  const paths = wanted.filter((path) => path !== undefined);
  const twice = paths.find((path, i) => paths.slice(0, i).some((other) => resolve(other) === resolve(path)));
  if (twice !== undefined) throw noOutput(twice, "two outputs at", "a file for each");
  await requireUnread(paths, read);
  for (const path of paths) {
    const there = await lookAt(path, path);
    if (there !== undefined && !there.isFile()) {
      throw noOutput(path, there.isDirectory() ? "a directory at" : "a device at", "a path for a file");
    }
    if (there !== undefined && !force) throw taken(path);
    await requireFolder(dirname(resolve(path)), path);
  }
}

/** Whatever it is called, and whichever links lead to it. Throws `usage.output`. */
export async function requireUnread(
  wanted: readonly (string | undefined)[],
  read: readonly (string | undefined)[],
): Promise<void> {
  const files = await Promise.all(read.filter((path) => path !== undefined).map(fileAt));
  for (const path of wanted.filter((one) => one !== undefined)) {
    const there = await fileAt(path);
    const isRead = there !== undefined && files.some((file) => file?.dev === there.dev && file.ino === there.ino);
    if (isRead) throw noOutput(path, "an output at", "another file than those that the command reads");
  }
}

/** Undefined where it cannot be looked at: reading or writing it says why. */
async function fileAt(path: string): Promise<BigIntStats | undefined> {
  const look = (one: string) => stat(one, { bigint: true });
  // Writing makes the folder that a path goes through and out of again.
  return await look(path).catch(() => look(resolve(path)).catch(() => undefined));
}

/** Makes its folder too. Throws like `requireRoom`: a file can have appeared meanwhile, and a disk be full. */
export async function writeOnce(path: string, text: string, force: boolean): Promise<void> {
  await requireRoom([path], force, []);
  await writeWhole(path, text).catch((cause: NodeJS.ErrnoException) => {
    throw noOutput(path, `${cause.code ?? "a failure"} from`, "a path that can be written to", cause);
  });
}

/** Of a folder that is not there yet, the nearest one above it. */
async function requireFolder(folder: string, path: string): Promise<void> {
  const there = await lookAt(folder, path);
  if (there === undefined) {
    await requireFolder(dirname(folder), path);
    return;
  }
  if (!there.isDirectory()) throw noOutput(path, `${folder}, which is no folder, for`, "a path for a file");
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: NodeJS.ErrnoException) => {
    throw noOutput(path, `${cause.code ?? "a failure"} from the folder of`, "one that can be written to", cause);
  });
}

async function lookAt(place: string, path: string): Promise<BigIntStats | undefined> {
  return await stat(place, { bigint: true }).catch((cause: NodeJS.ErrnoException) => {
    if (isAbsence(cause)) return undefined;
    throw noOutput(path, `${cause.code ?? "a failure"} from`, "a path that can be written to", cause);
  });
}

function taken(path: string): AssayError {
  return new AssayError("usage.overwrite", `got a file at ${path}, want none there, or --force`);
}

function noOutput(path: string, got: string, want: string, cause?: unknown): AssayError {
  return new AssayError("usage.output", `got ${got} ${path}, want ${want}`, { cause });
}
