// A compiled circuit without keys, kept beside the artifacts until keys are made of it: who checks a circuit first and makes
// its keys afterwards compiles once.

import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { type Clock, systemClock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import { readIfThere } from "../lib/file.ts";
import { fileSchema } from "./artifactManifest.ts";
import * as ArtifactStore from "./artifactStore.ts";
import * as CircuitSource from "./circuitSource.ts";
import * as Compile from "./compile.ts";

export type CircuitCode = {
  readonly r1cs: Uint8Array;
  readonly wasm: Uint8Array;
  /** Names of the signals. */
  readonly sym: Uint8Array;
  readonly compileMs: number;
};

export type CodeOptions = {
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly step: "compile"; readonly fraction: number }) => void) | undefined;
  readonly clock?: Clock | undefined;
};

const FILES = [
  ["circuit.r1cs", "r1cs"],
  ["circuit.wasm", "wasm"],
  ["circuit.sym", "sym"],
] as const;

const schema = z.strictObject({
  version: z.literal(1),
  sourceHash: z.string(),
  compiler: z.string(),
  files: z.strictObject({ "circuit.r1cs": fileSchema, "circuit.wasm": fileSchema, "circuit.sym": fileSchema }),
  compileMs: z.number().nonnegative(),
});

/** Compiled first where it is not there yet. Removes what processes that are gone have left. */
export async function ensure(place: ArtifactStore.Place, options: CodeOptions): Promise<CircuitCode> {
  const { root, signal, clock = systemClock } = options;
  await ArtifactStore.sweep(root, clock);
  const own = codePlace(place);
  const found = await read(own, signal);
  if (found !== undefined) return found;
  await ArtifactStore.discard(own);
  let code: CircuitCode | undefined;
  await ArtifactStore.create(
    own,
    async (temporary) => {
      const compileMs = await compileInto(place, temporary, options);
      const [r1cs, wasm, sym] = await Promise.all([
        readFile(path.resolve(root, temporary, "circuit.r1cs")),
        readFile(path.resolve(root, temporary, "circuit.wasm")),
        readFile(path.resolve(root, temporary, "circuit.sym")),
      ]);
      code = { r1cs, wasm, sym, compileMs };
      return await described(place, path.resolve(root, temporary), compileMs, signal);
    },
    signal,
  );
  if (code === undefined) throw new TypeError("an entry is made by what fills it");
  return code;
}

/** For an entry of artifacts: what is kept, or compiled now. How long that took, whenever it was. */
export async function into(place: ArtifactStore.Place, temporary: string, options: CodeOptions): Promise<number> {
  const found = await read(codePlace(place), options.signal);
  if (found === undefined) return await compileInto(place, temporary, options);
  // What was read and checked, not the files: another process may have its keys by now, and have removed them.
  await Promise.all(FILES.map(([name, part]) => writeFile(path.resolve(place.root, temporary, name), found[part])));
  return found.compileMs;
}

/** Once it is in the artifacts. */
export async function discard(place: ArtifactStore.Place): Promise<void> {
  await ArtifactStore.discard(codePlace(place));
}

const codePlace = (place: ArtifactStore.Place): ArtifactStore.Place => ({ ...place, entry: `${place.entry}.code` });

async function read(own: ArtifactStore.Place, signal: AbortSignal | undefined): Promise<CircuitCode | undefined> {
  const directory = path.resolve(own.root, own.entry);
  const text = await readIfThere(path.join(directory, ArtifactStore.MANIFEST));
  const parsed = schema.safeParse(text === undefined ? undefined : json(text));
  if (!parsed.success || parsed.data.sourceHash !== own.sourceHash) return undefined;
  const { files, compileMs } = parsed.data;
  const contents = await ArtifactStore.contentsOf(directory, files, new Set(Object.keys(files)), signal);
  if (typeof contents === "string") return undefined;
  const bytes = (name: string): Uint8Array => contents.get(name) ?? new Uint8Array();
  return { r1cs: bytes("circuit.r1cs"), wasm: bytes("circuit.wasm"), sym: bytes("circuit.sym"), compileMs };
}

async function compileInto(place: ArtifactStore.Place, temporary: string, options: CodeOptions): Promise<number> {
  const { root, signal, onProgress = () => undefined, clock = systemClock } = options;
  const directory = path.resolve(root, temporary);
  const startedMs = clock.nowMs();
  onProgress({ step: "compile", fraction: 0 });
  await Compile.compile(place.name, { root, outDir: temporary, signal });
  onProgress({ step: "compile", fraction: 1 });
  await takeOutput(directory, place.name);
  if ((await CircuitSource.digest(place.name, root)).hash !== place.sourceHash) throw sourceChanged(place.name);
  return Math.max(0, clock.nowMs() - startedMs);
}

/** From the compiler's names to ours. */
async function takeOutput(directory: string, name: string): Promise<void> {
  const paths = ArtifactStore.pathsIn(directory);
  await rename(path.join(directory, `${name}.r1cs`), paths["circuit.r1cs"]);
  await rename(path.join(directory, `${name}.sym`), paths["circuit.sym"]);
  await rename(path.join(directory, `${name}_js`, `${name}.wasm`), paths["circuit.wasm"]);
  await rm(path.join(directory, `${name}_js`), { recursive: true });
}

async function described(
  { sourceHash }: ArtifactStore.Place,
  directory: string,
  compileMs: number,
  signal: AbortSignal | undefined,
): Promise<z.infer<typeof schema>> {
  const describe = (name: (typeof FILES)[number][0]) => ArtifactStore.describe(path.join(directory, name), signal);
  return {
    ...{ version: 1, sourceHash, compiler: Compile.compilerVersion(), compileMs },
    files: {
      "circuit.r1cs": await describe("circuit.r1cs"),
      "circuit.wasm": await describe("circuit.wasm"),
      "circuit.sym": await describe("circuit.sym"),
    },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // compiled anew, like every other entry that is not one
  }
}

function sourceChanged(name: string): AssayError {
  return new AssayError(
    "prove.source",
    `got sources of ${name} that changed while they were compiled, want them stable`,
    {
      disposition: "retry",
    },
  );
}
