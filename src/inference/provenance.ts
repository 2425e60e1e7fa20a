// Digests of what a model was made from: docs/operations.md, "Running models". All are SHA-256, so that `sha256sum` checks a file.
//
// Training data have a Merkle root as in RFC 6962, section 2.1: leaf SHA-256(0x00 | entry), node SHA-256(0x01 | left |
// right), the left one over the largest power of two that is less than all. What stands before an entry tells a line of a
// file from a file of a directory, so no root is of both.

import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const LINE = Buffer.from("assay.line.v1\0");
const FILE = Buffer.from("assay.file.v1\0");
const NEWLINE = 10;

/** 0x-prefixed SHA-256 of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return hex(sha256(bytes));
}

/** The same of a file's content. Throws `inference.file`, for a device too, which may have no end. */
export async function fileDigest(path: string): Promise<string> {
  requireFile(path, await statOf(path));
  return hex(await streamed(path));
}

/**
 * Of a file: its lines in their order, without what ends them ("\n"), the last one's end left out or not. Of a directory:
 * its files at any depth, each its path, a zero byte and its SHA-256, in the order of the paths' bytes. Throws
 * `inference.file` for what has neither a line nor a file, for links and for devices.
 */
export async function trainingRoot(path: string): Promise<string> {
  const kind = await statOf(path);
  if (!kind.isDirectory()) requireFile(path, kind);
  const leaves = kind.isDirectory() ? await fileLeaves(path) : await lineLeaves(path);
  if (leaves.length === 0) throw bad(path, "nothing in it", "a line or a file");
  return hex(merkleRoot(leaves));
}

/** Of hashes of leaves. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return at(leaves, 0);
  // The largest power of two below: all full subtrees are on the left.
  const split = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return sha256(NODE, merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(LEAF, entry);
}

async function statOf(path: string): Promise<Stats> {
  return await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

function requireFile(path: string, kind: Stats): void {
  if (!kind.isFile()) throw bad(path, kind.isDirectory() ? "a directory" : "a device", "a file");
}

async function lineLeaves(path: string): Promise<readonly Uint8Array[]> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const leaves: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end < 0 ? bytes.length : end;
    leaves.push(leafHash(Buffer.concat([LINE, bytes.subarray(from, to)])));
    from = to + 1;
  }
  return leaves;
}

async function fileLeaves(directory: string): Promise<readonly Uint8Array[]> {
  const found: { readonly name: Buffer; readonly path: string }[] = [];
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(name);
      else if (entry.isFile()) found.push({ name: Buffer.from(name), path: join(directory, name) });
      else throw bad(join(directory, name), "a link or a device", "files and directories");
    }
  };
  await visit("");
  found.sort((a, b) => Buffer.compare(a.name, b.name));
  const leaves: Uint8Array[] = [];
  for (const { name, path } of found) {
    leaves.push(leafHash(Buffer.concat([FILE, name, Uint8Array.of(0), await streamed(path)])));
  }
  return leaves;
}

async function streamed(path: string): Promise<Uint8Array> {
  const hash = createHash("sha256");
  try {
    // `as`: a stream without an encoding is of bytes.
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return hash.digest();
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;

function unreadable(path: string, cause: unknown): AssayError {
  const { code } = cause as NodeJS.ErrnoException; // what node:fs rejects with
  return bad(path, code ?? "a failure", "a file that can be read", cause);
}

function bad(path: string, got: string, want: string, cause?: unknown): AssayError {
  return new AssayError("inference.file", `${path}: got ${got}, want ${want}`, { cause, disposition: "reject" });
}
