// A project of its own below the temporary directory: our small circuits, and the part of circomlib that they use.

import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

export type Project = { readonly root: string; readonly remove: () => Promise<void> };

export async function createProject(): Promise<Project> {
  const root = await mkdtemp(path.join(tmpdir(), "assay-prove-"));
  await cp(path.join(import.meta.dirname, "circuits"), path.join(root, "circuits"), { recursive: true });
  // Copied: the compiler does not follow links out of the project.
  const library = path.join(root, "node_modules/circomlib/circuits");
  await mkdir(library, { recursive: true });
  for (const file of [
    "bitify.circom",
    "comparators.circom",
    "binsum.circom",
    "aliascheck.circom",
    "compconstant.circom",
  ]) {
    await cp(createRequire(import.meta.url).resolve(`circomlib/circuits/${file}`), path.join(library, file));
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** snarkjs keeps its threads in a curve on the global object; they hold the process open until they end. */
export async function endSnarkjs(): Promise<void> {
  const { curve_bn128: curve } = globalThis as { curve_bn128?: { terminate: () => Promise<void> } | null };
  await curve?.terminate();
}

/** What circuits/chain.circom computes. */
export function chain(x: bigint, k: bigint, prime: bigint): bigint {
  let y = x;
  for (let i = 0; i < 60; i++) y = (y + k) ** 3n % prime;
  return y;
}
