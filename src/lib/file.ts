// Files that may be absent, and files that are there whole or not at all.

import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** The file's text; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** The first bytes of a file, which may have no end. */
export async function readAtMost(path: string, bytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  // `as`: a stream without an encoding is of bytes.
  for await (const chunk of createReadStream(path, { end: bytes - 1 })) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Of text that strangers may have made. */
export const MOST_TEXT_BYTES = 2 ** 24;

/** A file's text, as node:fs rejects it: with EFBIG, and without reading on, where it has more bytes or no end. */
export async function readText(path: string, most: number = MOST_TEXT_BYTES): Promise<string> {
  const bytes = await readAtMost(path, most + 1);
  if (bytes.length <= most) return Buffer.from(bytes).toString("utf8");
  throw Object.assign(new Error(`EFBIG: larger than ${most} bytes, '${path}'`), { code: "EFBIG", path });
}

/** Makes the directory too. Whoever reads meanwhile gets the old file or the new one; of two writers the last one wins. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await replace(path, (partial) => writeFile(partial, text));
}

/** The same, and on the disk when it resolves: for what must be known after a power cut. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await replace(path, (partial) => writeFile(partial, text, { flush: true }));
  const directory = await open(dirname(path));
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function replace(path: string, write: (partial: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}`; // beside it: a rename does not cross file systems
  try {
    await write(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Whether node:fs failed because the path, or a directory on the way, is not there. */
export function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException; // what node:fs rejects with
  return code === "ENOENT" || code === "ENOTDIR";
}
