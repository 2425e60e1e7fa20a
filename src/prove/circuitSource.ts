// What a compiled circuit depends on: its entry file, everything that it includes, the compiler, and the kind of keys.

import { createHash } from "node:crypto";
import path from "node:path";
import { AssayError } from "../lib/errors.ts";
import { readIfThere } from "../lib/file.ts";
import * as Compile from "./compile.ts";
import * as DevelopmentKeys from "./developmentKeys.ts";

export type CircuitSource = {
  /** SHA-256 in hex. */
  readonly hash: string;
  /** Every file read, relative to the project, sorted. */
  readonly files: readonly string[];
};

/** Throws `prove.source` for a name that is none, or a file that cannot be found. */
export async function digest(name: string, root: string): Promise<CircuitSource> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) throw badName(name);
  const texts = new Map<string, string>();
  const entry = Compile.entryPath(name);
  await collect(root, entry, [entry], "the command", texts);
  const files = [...texts.keys()].sort();
  const hash = createHash("sha256");
  const settings = [Compile.compilerVersion(), Compile.FLAGS, DevelopmentKeys.FORMAT];
  // JSON delimits its parts: no two different lists of files have the same bytes.
  hash.update(JSON.stringify([settings, files.map((file) => [file, texts.get(file)])]));
  return { hash: hash.digest("hex"), files };
}

/** The first of `candidates` that exists, and what it includes, depth first. */
async function collect(
  root: string,
  wanted: string,
  candidates: readonly string[],
  by: string,
  texts: Map<string, string>,
): Promise<void> {
  for (const candidate of candidates) {
    if (texts.has(candidate)) return;
    const text = await readIfThere(path.join(root, candidate));
    if (text === undefined) continue;
    texts.set(candidate, text);
    for (const include of includes(text)) {
      const places = [path.posix.dirname(candidate), ...Compile.LIBRARIES];
      const next = places.map((place) => path.posix.normalize(`${place}/${include}`));
      await collect(root, include, next, candidate, texts);
    }
    return;
  }
  throw notFound(wanted, by);
}

function includes(text: string): readonly string[] {
  // A quoted string comes first, so that "//" within one starts no comment.
  const code = text.replaceAll(/("[^"\n]*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "$1");
  return [...code.matchAll(/\binclude\s*"([^"\n]+)"\s*;/g)].flatMap((match) => match[1] ?? []);
}

function badName(name: string): AssayError {
  return new AssayError("prove.source", `got the circuit name ${JSON.stringify(name)}, want letters, digits, - and _`);
}

function notFound(wanted: string, by: string): AssayError {
  return new AssayError("prove.source", `got no file for ${JSON.stringify(wanted)}, which ${by} wants`, {
    data: { wanted, by },
  });
}
