// Where compiled circuits and their keys are cached: entries below .assay/artifacts, each a directory with a manifest.
//
// An entry appears by one rename, complete, and is used only when every file has the hash that its manifest states. No
// file is synced to disk first: what a power cut leaves behind does not match and is built again.

import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { Clock } from "../lib/clock.ts";
import { isAbsence, readIfThere } from "../lib/file.ts";
import * as ArtifactManifest from "./artifactManifest.ts";
import * as CircuitSource from "./circuitSource.ts";
import * as VerificationKey from "./verificationKey.ts";

type ArtifactFile = ArtifactManifest.ArtifactFile;

export type Artifacts = {
  readonly manifest: ArtifactManifest.Manifest;
  /** Absolute. */
  readonly directory: string;
  readonly paths: Readonly<Record<ArtifactFile, string>>;
  readonly wasm: Uint8Array;
  /** In shared memory: a prover's thread reads it without a copy. */
  readonly zkey: Uint8Array;
  readonly verificationKey: VerificationKey.VerificationKey;
};

/** One entry, there or not. */
export type Place = {
  readonly name: string;
  readonly sourceHash: string;
  readonly root: string;
  /** Relative to the root, as the compiler wants it. */
  readonly entry: string;
};

export type Found =
  | { readonly ok: true; readonly artifacts: Artifacts }
  | { readonly ok: false; readonly absent: boolean; readonly reason: string };

export type ReadOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly step: "verify"; readonly fraction: number }) => void) | undefined;
};

export const MANIFEST = "manifest.json";
const CACHE = ".assay/artifacts";
const CHUNK_BYTES = 1 << 22;
const FOREIGN_TEMPORARY_MS = 24 * 3600 * 1000;

/** Where the circuit's artifacts belong as its sources are now. Throws `prove.source`. */
export async function locate(name: string, root: string): Promise<Place> {
  const { hash } = await CircuitSource.digest(name, root);
  return { name, sourceHash: hash, root, entry: `${CACHE}/${name}-${hash.slice(0, 16)}` };
}

/* READING */

/** The entry, once every file has the hash that its manifest states; why not, otherwise. */
export async function read(place: Place, { signal, onProgress = () => undefined }: ReadOptions): Promise<Found> {
  const directory = path.resolve(place.root, place.entry);
  const refuse = (reason: string): Found => ({ ok: false, absent: false, reason });
  if (!(await exists(directory))) return { ok: false, absent: true, reason: `${place.entry} does not exist` };
  const text = await readIfThere(path.join(directory, MANIFEST));
  const manifest = text === undefined ? undefined : ArtifactManifest.parse(text);
  if (manifest === undefined) return refuse(`${MANIFEST} is missing or not a manifest`);
  if (manifest.circuit !== place.name || manifest.sourceHash !== place.sourceHash) {
    return refuse(`${MANIFEST} is for other sources`);
  }
  onProgress({ step: "verify", fraction: 0 });
  const contents = await contentsOf(directory, manifest.files, KEPT, signal);
  if (typeof contents === "string") return refuse(contents);
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

/** Every file that has the hash it is to have, with its bytes where it is in `kept`; else what is wrong. */
export async function contentsOf(
  directory: string,
  files: Readonly<Record<string, ArtifactManifest.FileDigest>>,
  kept: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Uint8Array> | string> {
  const contents = new Map<string, Uint8Array>();
  for (const [name, want] of Object.entries(files)) {
    signal?.throwIfAborted();
    const content = await readWhole(path.join(directory, name), want.bytes, kept.has(name), signal);
    if (content === undefined) return `${name} is missing or not ${want.bytes} bytes long`;
    if (content.sha256 !== want.sha256) return `${name} has SHA-256 ${content.sha256}, want ${want.sha256}`;
    contents.set(name, content.bytes);
  }
  return contents;
}

/** Files whose bytes the caller gets; the others are only hashed. */
const KEPT: ReadonlySet<ArtifactFile> = new Set(["circuit.wasm", "proving.zkey", "verification_key.json"]);

export function pathsIn(directory: string): Artifacts["paths"] {
  return {
    "circuit.r1cs": path.join(directory, "circuit.r1cs"),
    "circuit.wasm": path.join(directory, "circuit.wasm"),
    "circuit.sym": path.join(directory, "circuit.sym"),
    "proving.zkey": path.join(directory, "proving.zkey"),
    "verification_key.json": path.join(directory, "verification_key.json"),
  };
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

/* WRITING */

/** Makes an entry of what `fill` puts into a directory, given relative to the root, and of the manifest that it returns. */
export async function create(
  place: Place,
  fill: (temporary: string) => Promise<object>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const temporary = temporaryName(place);
  const directory = path.resolve(place.root, temporary);
  await mkdir(directory, { recursive: true });
  try {
    const manifest = await fill(temporary);
    await writeFile(path.join(directory, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    signal?.throwIfAborted();
    await publish(directory, path.resolve(place.root, place.entry));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** For the manifest. */
export async function describe(place: string, signal: AbortSignal | undefined): Promise<ArtifactManifest.FileDigest> {
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
export async function discard(place: Place): Promise<void> {
  const aside = path.resolve(place.root, temporaryName(place));
  try {
    await rename(path.resolve(place.root, place.entry), aside);
  } catch (error) {
    if (!isAbsence(error)) throw error; // absent: another process was first
  }
  await rm(aside, { recursive: true, force: true });
}

/** Removes what processes that are gone have left; what lives stays. */
export async function sweep(root: string, clock: Clock): Promise<void> {
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

function temporaryName(place: Place): string {
  return `${place.entry}.tmp-${host()}-${process.pid}-${randomBytes(4).toString("hex")}`;
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
