// Compiles circuits for the tests, each once: the outputs stand under .assay/test-circuits by the hash of what made them.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, relative, resolve } from "node:path";
import { compilerVersion, ownFlags } from "../../../src/prove/compile.ts";

export const ROOT = resolve(import.meta.dirname, "../../..");
export const CACHE = join(ROOT, ".assay/test-circuits");

/** Circom's simplification: none, only of equal signals, or (what is proved) of everything linear. */
export type Level = "O0" | "O1" | "O2";

/** Where the compiler's outputs stand. */
export type Compiled = { readonly r1cs: string; readonly sym: string; readonly wasm: string };

/** `entry` and `libraries` are below ROOT: the compiler sees nothing else. */
export async function compile(
  entry: string,
  level: Level,
  libraries = ["node_modules", "circuits"],
): Promise<Compiled> {
  const name = basename(entry, ".circom");
  const hash = createHash("sha256").update([compilerVersion(), level, readFileSync(entry, "utf8")].join("\0"));
  for (const library of libraries) hash.update(sourcesHash(join(ROOT, library)));
  const target = join(CACHE, `${name}-${level}-${hash.digest("hex").slice(0, 24)}`);
  if (!existsSync(target)) await build(entry, level, libraries, target);
  return {
    r1cs: join(target, `${name}.r1cs`),
    sym: join(target, `${name}.sym`),
    wasm: join(target, `${name}_js`, `${name}.wasm`),
  };
}

async function build(entry: string, level: Level, libraries: readonly string[], target: string): Promise<void> {
  const partial = `${target}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  mkdirSync(partial, { recursive: true });
  const cli = createRequire(import.meta.url).resolve("circom2/cli.js");
  const paths = libraries.flatMap((library) => ["-l", library]);
  const own = ownFlags(readFileSync(entry, "utf8"));
  const flags = ["--r1cs", "--wasm", "--sym", `--${level}`, ...own, ...paths, "-o", relative(ROOT, partial)];
  const child = spawn(process.execPath, [cli, relative(ROOT, entry), ...flags], { cwd: ROOT, env: {} });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const { promise, resolve: done, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", done);
  if ((await promise) !== 0) {
    rmSync(partial, { recursive: true });
    throw new Error(`${entry} does not compile:\n${Buffer.concat(output).toString("utf8")}`);
  }
  try {
    renameSync(partial, target);
  } catch (error) {
    // Another worker was faster and left the same outputs.
    if (!existsSync(target)) throw error;
    rmSync(partial, { recursive: true });
  }
}

const hashes = new Map<string, string>();

/** Of every .circom file below a folder; a package is known by its version, which package-lock.json pins. */
function sourcesHash(folder: string): string {
  const known = hashes.get(folder);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  if (basename(folder) === "node_modules") {
    hash.update(readFileSync(join(folder, "circomlib/package.json")));
  } else {
    for (const file of circomFiles(folder)) hash.update(`${relative(folder, file)}\0${readFileSync(file, "utf8")}\0`);
  }
  const digest = hash.digest("hex");
  hashes.set(folder, digest);
  return digest;
}

/** Every .circom file below a folder, sorted. */
export function circomFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".circom"))
    .sort()
    .map((file) => join(folder, file));
}
