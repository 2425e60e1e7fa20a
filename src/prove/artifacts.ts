// Compiled circuits and their keys, cached below .assay/artifacts by the hash of everything that they are made from.
//
// An entry appears by one rename, complete, and is used only when every file has the hash that its manifest states. No
// file is synced to disk first: what a power cut leaves behind does not match and is built again.

import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import * as z from "zod";
import { type Clock, systemClock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import * as CircuitSource from "./circuitSource.ts";
import * as Compile from "./compile.ts";
import * as DevelopmentKeys from "./developmentKeys.ts";
import * as R1cs from "./r1cs.ts";
import * as VerificationKey from "./verificationKey.ts";

const file = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().nonnegative() });
const count = z.int().nonnegative();

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  circuit: z.string(),
  /** Made by one process that has known the secret: never for production. */
  keys: z.literal("development"),
  sourceHash: z.string().regex(/^[0-9a-f]{64}$/),
  compiler: z.string(),
  files: z.strictObject({
    "circuit.r1cs": file,
    "circuit.wasm": file,
    "circuit.sym": file,
    "proving.zkey": file,
    "verification_key.json": file,
  }),
  constraints: count,
  wires: count,
  publicOutputs: count,
  publicInputs: count,
  domainPower: count,
  compileMs: z.number().nonnegative(),
  keyMs: z.number().nonnegative(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ArtifactFile = keyof Manifest["files"];

export type Artifacts = {
  readonly manifest: Manifest;
  /** Absolute. */
  readonly directory: string;
  readonly paths: Readonly<Record<ArtifactFile, string>>;
  readonly wasm: Uint8Array;
  /** In shared memory: a prover's thread reads it without a copy. */
  readonly zkey: Uint8Array;
  readonly verificationKey: VerificationKey.VerificationKey;
};

export type Progress =
  | { readonly step: "compile" | DevelopmentKeys.KeyStep | "verify"; readonly fraction: number }
  /** An entry that was there is not used and gets built again: log it. */
  | { readonly step: "discard"; readonly reason: string };

export type ArtifactOptions = {
  /** The project: holds circuits/, node_modules/ and .assay/. */
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly clock?: Clock | undefined;
};

const FILES: readonly ArtifactFile[] = [
  "circuit.r1cs",
  "circuit.wasm",
  "circuit.sym",
  "proving.zkey",
  "verification_key.json",
];
const MANIFEST = "manifest.json";
const CACHE = ".assay/artifacts";
const CHUNK_BYTES = 1 << 22;
/** Other processes can remove or replace an entry between our steps; not for ever. */
const ATTEMPTS = 3;
const FOREIGN_TEMPORARY_MS = 24 * 3600 * 1000;

/** Verified artifacts, built first where the cache has none that can be used. */
export async function ensure(name: string, options: ArtifactOptions): Promise<Artifacts> {
  const { onProgress = () => undefined, signal } = options;
  const place = await locate(name, options.root);
  await sweep(options.root, options.clock ?? systemClock);
  let reason = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const found = await read(place, options);
    if (found.ok) return found.artifacts;
    reason = found.reason;
    if (!found.absent) {
      onProgress({ step: "discard", reason });
      await discard(place);
    }
    await build(place, options);
  }
  throw unusable(name, reason);
}

/** Verified artifacts that are in the cache already; throws `prove.artifact` instead of building. */
export async function load(name: string, options: ArtifactOptions): Promise<Artifacts> {
  const place = await locate(name, options.root);
  const found = await read(place, options);
  if (!found.ok) throw unusable(name, found.reason);
  return found.artifacts;
}

type Place = {
  readonly name: string;
  readonly sourceHash: string;
  readonly root: string;
  /** Relative to the root, as the compiler wants it. */
  readonly entry: string;
};

async function locate(name: string, root: string): Promise<Place> {
  const { hash } = await CircuitSource.digest(name, root);
  return { name, sourceHash: hash, root, entry: `${CACHE}/${name}-${hash.slice(0, 16)}` };
}

/* READING */

type Found =
  | { readonly ok: true; readonly artifacts: Artifacts }
  | { readonly ok: false; readonly absent: boolean; readonly reason: string };

async function read(place: Place, { signal, onProgress = () => undefined }: ArtifactOptions): Promise<Found> {
  const directory = path.resolve(place.root, place.entry);
  const refuse = (reason: string): Found => ({ ok: false, absent: false, reason });
  if (!(await exists(directory))) return { ok: false, absent: true, reason: `${place.entry} does not exist` };
  const manifest = await readManifest(path.join(directory, MANIFEST));
  if (manifest === undefined) return refuse(`${MANIFEST} is missing or not a manifest`);
  if (manifest.circuit !== place.name || manifest.sourceHash !== place.sourceHash) {
    return refuse(`${MANIFEST} is for other sources`);
  }
  onProgress({ step: "verify", fraction: 0 });
  const contents = new Map<ArtifactFile, Uint8Array>();
  for (const name of FILES) {
    signal?.throwIfAborted();
    const want = manifest.files[name];
    const content = await readWhole(path.join(directory, name), want.bytes, KEPT.has(name), signal);
    if (content === undefined) return refuse(`${name} is missing or not ${want.bytes} bytes long`);
    if (content.sha256 !== want.sha256) return refuse(`${name} has SHA-256 ${content.sha256}, want ${want.sha256}`);
    contents.set(name, content.bytes);
  }
  const bytes = (name: ArtifactFile): Uint8Array => contents.get(name) ?? new Uint8Array();
  const verificationKey = VerificationKey.parse(Buffer.from(bytes("verification_key.json")).toString("utf8"));
  if (verificationKey === undefined) return refuse("verification_key.json is not a verification key");
  onProgress({ step: "verify", fraction: 1 });
  const artifacts: Artifacts = {
    manifest,
    directory,
    paths: pathsIn(directory),
    wasm: bytes("circuit.wasm"),
    zkey: bytes("proving.zkey"),
    verificationKey,
  };
  return { ok: true, artifacts };
}

/** Files whose bytes the caller gets; the others are only hashed. */
const KEPT: ReadonlySet<ArtifactFile> = new Set(["circuit.wasm", "proving.zkey", "verification_key.json"]);

function pathsIn(directory: string): Artifacts["paths"] {
  return {
    "circuit.r1cs": path.join(directory, "circuit.r1cs"),
    "circuit.wasm": path.join(directory, "circuit.wasm"),
    "circuit.sym": path.join(directory, "circuit.sym"),
    "proving.zkey": path.join(directory, "proving.zkey"),
    "verification_key.json": path.join(directory, "verification_key.json"),
  };
}

async function readManifest(place: string): Promise<Manifest | undefined> {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(await readFile(place, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isAbsence(error)) return undefined;
    throw error;
  }
}

/** Reads and hashes in one pass, in pieces, so that the event loop turns; undefined for an absent file or another length. */
async function readWhole(
  place: string,
  length: number,
  keep: boolean,
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: Uint8Array; readonly sha256: string } | undefined> {
  const handle = await open(place).catch((error: unknown) => {
    if (isAbsence(error)) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    if ((await handle.stat()).size !== length) return undefined;
    const bytes = new Uint8Array(new SharedArrayBuffer(keep ? length : Math.min(length, CHUNK_BYTES)));
    const hash = createHash("sha256");
    for (let at = 0; at < length; ) {
      signal?.throwIfAborted();
      const from = keep ? at : 0;
      const view = bytes.subarray(from, from + Math.min(CHUNK_BYTES, length - at));
      const { bytesRead } = await handle.read(view, 0, view.byteLength, at);
      if (bytesRead === 0) return undefined;
      hash.update(view.subarray(0, bytesRead));
      at += bytesRead;
    }
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}

/* BUILDING */

async function build(place: Place, options: ArtifactOptions): Promise<void> {
  const { root, signal, onProgress = () => undefined, clock = systemClock } = options;
  const temporary = temporaryName(place);
  const directory = path.resolve(root, temporary);
  await mkdir(directory, { recursive: true });
  try {
    const startedMs = clock.nowMs();
    onProgress({ step: "compile", fraction: 0 });
    await Compile.compile(place.name, { root, outDir: temporary, signal });
    onProgress({ step: "compile", fraction: 1 });
    await takeOutput(directory, place.name);
    if ((await CircuitSource.digest(place.name, root)).hash !== place.sourceHash) throw sourceChanged(place.name);

    const compiledMs = clock.nowMs();
    const paths = pathsIn(directory);
    const r1cs = R1cs.parse(await readFile(paths["circuit.r1cs"]));
    const keys = await DevelopmentKeys.create(r1cs, { signal, onProgress });
    await writeFile(paths["proving.zkey"], keys.zkey, { signal });
    await writeFile(paths["verification_key.json"], `${JSON.stringify(keys.verificationKey, undefined, 2)}\n`);
    const manifest: Manifest = {
      version: 1,
      circuit: place.name,
      keys: "development",
      sourceHash: place.sourceHash,
      compiler: Compile.compilerVersion(),
      files: {
        "circuit.r1cs": await describe(paths["circuit.r1cs"], signal),
        "circuit.wasm": await describe(paths["circuit.wasm"], signal),
        "circuit.sym": await describe(paths["circuit.sym"], signal),
        "proving.zkey": await describe(paths["proving.zkey"], signal),
        "verification_key.json": await describe(paths["verification_key.json"], signal),
      },
      constraints: r1cs.constraintCount,
      wires: r1cs.wireCount,
      publicOutputs: r1cs.publicOutputCount,
      publicInputs: r1cs.publicInputCount,
      domainPower: keys.domainPower,
      compileMs: Math.max(0, compiledMs - startedMs),
      keyMs: Math.max(0, clock.nowMs() - compiledMs),
    };
    await writeFile(path.join(directory, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    signal?.throwIfAborted();
    await publish(directory, path.resolve(root, place.entry));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** From the compiler's names to ours. */
async function takeOutput(directory: string, name: string): Promise<void> {
  const paths = pathsIn(directory);
  await rename(path.join(directory, `${name}.r1cs`), paths["circuit.r1cs"]);
  await rename(path.join(directory, `${name}.sym`), paths["circuit.sym"]);
  await rename(path.join(directory, `${name}_js`, `${name}.wasm`), paths["circuit.wasm"]);
  await rm(path.join(directory, `${name}_js`), { recursive: true });
}

async function describe(place: string, signal: AbortSignal | undefined): Promise<z.infer<typeof file>> {
  const bytes = (await stat(place)).size;
  const content = await readWhole(place, bytes, false, signal);
  if (content === undefined) throw new TypeError(`${place} changed while it was hashed`);
  return { sha256: content.sha256, bytes };
}

/** Where another process was first, its entry stays: the caller reads and checks whatever is there. */
async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what node:fs rejects with
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "EPERM") throw error;
    if (!(await exists(to))) throw error;
  }
}

/* REMOVING */

/** Out of the way by one rename first: nobody sees a half-removed entry. */
async function discard(place: Place): Promise<void> {
  const aside = path.resolve(place.root, temporaryName(place));
  try {
    await rename(path.resolve(place.root, place.entry), aside);
  } catch (error) {
    if (!isAbsence(error)) throw error; // absent: another process was first
  }
  await rm(aside, { recursive: true, force: true });
}

function temporaryName(place: Place): string {
  return `${place.entry}.tmp-${host()}-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** Removes what processes that are gone have left; what lives stays. */
async function sweep(root: string, clock: Clock): Promise<void> {
  const cache = path.resolve(root, CACHE);
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    const match = /\.tmp-(.+)-(\d+)-[0-9a-f]{8}$/.exec(name);
    if (match === null) continue;
    const place = path.join(cache, name);
    const modifiedMs = await stat(place).then(
      (found) => found.mtimeMs,
      () => undefined, // another process was first
    );
    if (modifiedMs === undefined) continue;
    if (
      match[1] === host() ? isDead(Number(match[2]), modifiedMs) : clock.nowMs() - modifiedMs > FOREIGN_TEMPORARY_MS
    ) {
      await rm(place, { recursive: true, force: true });
    }
  }
}

/** A directory with our own id that is older than we are is an earlier process's: in containers every process is number 1. */
function isDead(pid: number, modifiedMs: number): boolean {
  if (pid === process.pid) return modifiedMs < performance.timeOrigin;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH"; // EPERM: it lives and is somebody else's
  }
}

function host(): string {
  return hostname().replaceAll(/[^A-Za-z0-9.-]/g, "_");
}

async function exists(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    (error: unknown) => {
      if (isAbsence(error)) return false;
      throw error;
    },
  );
}

function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException; // what node:fs rejects with
  return code === "ENOENT" || code === "ENOTDIR";
}

/* ERRORS */

function unusable(name: string, reason: string): AssayError {
  return new AssayError("prove.artifact", `got no usable artifacts for ${name}, want verified ones\n${reason}`, {
    data: { circuit: name, reason },
  });
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
