// Runs the circom compiler (npm circom2, WASM) on one entry circuit, in a child process that an abort kills.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { AssayError } from "../lib/errors.ts";
import { readIfThere } from "../lib/file.ts";

const OUTPUTS = ["r1cs", "wasm", "sym"] as const;
export type Output = (typeof OUTPUTS)[number];

export type CompileOptions = {
  /** The project: the compiler sees nothing outside it. */
  readonly root: string;
  /** An existing directory, relative to `root`, that receives <name>.r1cs, <name>_js/<name>.wasm and <name>.sym. */
  readonly outDir: string;
  /** All three without it. The constraints alone take little more than half the time. */
  readonly outputs?: readonly Output[];
  readonly signal?: AbortSignal | undefined;
};

/** Where circom looks for `include "x"` after the including file's own folder, relative to the project. */
export const LIBRARIES = ["node_modules", "circuits"] as const;

export const FLAGS = flagsFor(OUTPUTS);

/**
 * circom2 ends by process.exit, at which Node joins its compiler threads; one that has just then asked the main thread for
 * a garbage collection waits for ever (nodejs/node#54918, seen here once in about a hundred runs). These make no such
 * threads for JavaScript; WASM, where the compiler's time goes, keeps its own.
 */
const EXITING: readonly string[] = ["--no-concurrent-sparkplug", "--no-concurrent-recompilation"];

/** Where models' entry circuits are written, relative to the project: the compiler sees nothing outside it. */
export const GENERATED = ".assay/models";

/** The entry circuit of that name, relative to the project. Models' names say that they are generated. */
export function entryPath(name: string): string {
  return name.startsWith("model-") ? `${GENERATED}/${name}.circom` : `circuits/${name}.circom`;
}

export function compilerVersion(): string {
  const text = readFileSync(createRequire(import.meta.url).resolve("circom2/package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string }; // npm guarantees it
  return `circom2@${version}`;
}

/** A line of an entry whose sums circom is to solve for the signal that is declared last: for a sum, not for one of its terms. */
export const SOLVED_FOR_THE_LAST = "// Compiled with --use_old_simplification_heuristics.";

/**
 * What an entry itself asks for. Circom's own choice, the signal that is in the fewest sums, can be one of the terms: for a
 * large net it then takes many minutes, and finds as many constraints.
 */
export function ownFlags(source: string): readonly string[] {
  return source.split("\n").includes(SOLVED_FOR_THE_LAST) ? ["--use_old_simplification_heuristics"] : [];
}

/** Rejects with `prove.compile` and the compiler's own words, or with the signal's reason once the child has ended. */
export async function compile(name: string, options: CompileOptions): Promise<void> {
  const { root, outDir, signal, outputs = OUTPUTS } = options;
  signal?.throwIfAborted();
  const cli = createRequire(import.meta.url).resolve("circom2/cli.js");
  const entry = entryPath(name);
  const flags = [...flagsFor(outputs), ...ownFlags((await readIfThere(join(root, entry))) ?? "")];
  const child = spawn(process.execPath, [...EXITING, cli, entry, ...flags, "-o", outDir], {
    cwd: root,
    env: {}, // it needs nothing, and writes a warning to its output for each npm_config_* variable
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  try {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    child.once("error", reject);
    child.once("close", (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
    const end = await promise;
    signal?.throwIfAborted();
    if (child.signalCode !== null) throw interrupted(name, end);
    if (child.exitCode !== 0) throw refused(name, end, Buffer.concat(output).toString("utf8"));
  } finally {
    signal?.removeEventListener("abort", kill);
  }
}

function flagsFor(outputs: readonly Output[]): readonly string[] {
  // Without --O2 linear constraints stay.
  return [...outputs.map((output) => `--${output}`), "--O2", ...LIBRARIES.flatMap((path) => ["-l", path])];
}

function refused(name: string, end: string, output: string): AssayError {
  const plain = output.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "").trim();
  return new AssayError("prove.compile", `got ${end} for ${entryPath(name)}, want it to compile\n${plain}`, {
    data: { circuit: name, output: plain },
  });
}

/** A Ctrl-C reaches the child too, at times before our own caller hears of it. */
function interrupted(name: string, end: string): AssayError {
  return new AssayError(
    "prove.interrupted",
    `got ${end} while ${entryPath(name)} was compiled, want the compiler to finish`,
    {
      disposition: "retry",
      data: { circuit: name },
    },
  );
}
