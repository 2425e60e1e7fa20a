// Groth16 keys for development: one process draws the secret, makes the keys in a single pass and forgets it.
//
// Whoever knows the secret can prove anything, and nobody can check that it was forgotten: never for production. The
// secret lives in shared memory and in the WASM memory of one worker, never in a bigint, and both are overwritten.

import { randomFillSync } from "node:crypto";
import { Worker } from "node:worker_threads";
import { AssayError } from "../lib/errors.ts";
import { PRIME } from "../lib/field.ts";
import * as CurveModule from "./curveModule.ts";
import type { Job, Reply, Shared } from "./developmentKeysWorker.ts";
import * as KeyScalars from "./keyScalars.ts";
import type { R1cs } from "./r1cs.ts";
import type { VerificationKey } from "./verificationKey.ts";
import { SIZE } from "./wasmCurve.ts";
import * as Zkey from "./zkey.ts";

/** Changes whenever the same circuit would get a different kind of key, so that cached ones are not used. */
export const FORMAT = "groth16-bn254-development-1";

export type KeyStep = "scalars" | "points";

export type KeyOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly step: KeyStep; readonly fraction: number }) => void) | undefined;
  /** Overwrites the bytes with randomness. Only a test replaces node:crypto's. */
  readonly fillRandom?: (bytes: Uint8Array) => void;
};

export type DevelopmentKeys = {
  readonly zkey: Uint8Array;
  readonly verificationKey: VerificationKey;
  readonly domainPower: number;
};

const WORKERS = 2;
/** Points in one job: small enough that the workers finish together and progress moves, large against a message. */
const JOB_POINTS = 4096;
/** Cost of a point of G2 in points of G1. */
const G2_WEIGHT = 3;
/** The prover needs a root of unity of twice the domain's size; the field has them up to 2^28. */
const MAX_POWER = 27;

/** Rejects with the signal's reason when it aborts, and has ended its workers by then. */
export async function create(r1cs: R1cs, options: KeyOptions = {}): Promise<DevelopmentKeys> {
  const { signal, onProgress = () => undefined } = options;
  signal?.throwIfAborted();
  const publicCount = r1cs.publicOutputCount + r1cs.publicInputCount;
  const power = Zkey.domainPower(r1cs.constraintCount, publicCount);
  if (power > MAX_POWER) throw tooLarge(r1cs.constraintCount);
  const shape: Zkey.Shape = {
    wireCount: r1cs.wireCount,
    publicCount,
    domainSize: 2 ** power,
    coefficientCount: r1cs.termCounts[0] + r1cs.termCounts[1] + publicCount + 1,
  };
  const places = Zkey.layout(shape);
  const runs = KeyScalars.runs(shape.wireCount, publicCount, shape.domainSize);
  const zkey = sharedBytes(places.byteLength);
  const toxic = sharedBytes(KeyScalars.TOXIC_COUNT * SIZE.field);
  const scalars = sharedBytes(runs.length * SIZE.field);
  const curve = await CurveModule.load();
  signal?.throwIfAborted();
  const shared: Shared = { curve, r1cs, power, places, toxic, scalars, zkey, pointCount: runs.length };

  const workers = Array.from(
    { length: WORKERS },
    () => new Worker(new URL("./developmentKeysWorker.ts", import.meta.url), { workerData: shared }),
  );
  const endWorkers = (): Promise<unknown> => Promise.all(workers.map((worker) => worker.terminate()));
  // One that fails while idle fails its next job, in `ask`.
  for (const worker of workers) worker.on("error", () => undefined);
  // Ended workers fail their jobs, and with them this function: nothing else needs to watch the signal.
  signal?.addEventListener("abort", endWorkers, { once: true });
  try {
    drawSecret(toxic, options.fillRandom ?? randomFillSync);
    onProgress({ step: "scalars", fraction: 0 });
    await everyWorker(workers, [{ kind: "scalars" }, { kind: "coefficients" }], () => undefined);
    onProgress({ step: "scalars", fraction: 1 });
    Zkey.writeFrame(zkey, shape, places);

    const jobs = pointJobs(shape, places, runs);
    const total = jobs.reduce((sum, job) => sum + weight(job), 0);
    let done = 0;
    onProgress({ step: "points", fraction: 0 });
    await everyWorker(workers, jobs, (job) => {
      done += weight(job);
      onProgress({ step: "points", fraction: done / total });
    });
    const [first] = workers;
    if (first === undefined) throw new TypeError("no workers");
    const reply = await ask(first, { kind: "verificationKey", publicCount });
    if (reply.verificationKey === undefined) throw new TypeError("no verification key in the reply");
    return { zkey, verificationKey: reply.verificationKey, domainPower: power };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", endWorkers);
    await endWorkers();
    toxic.fill(0);
    scalars.fill(0);
  }
}

/** Five field elements, uniform in [1, p): top bits cut, draws outside the range repeated. */
function drawSecret(toxic: Uint8Array, fillRandom: (bytes: Uint8Array) => void): void {
  const prime = Uint8Array.from({ length: SIZE.field }, (_, i) => Number((PRIME >> BigInt(8 * i)) & 0xffn));
  for (let i = 0; i < KeyScalars.TOXIC_COUNT; i++) {
    const draw = toxic.subarray(i * SIZE.field, (i + 1) * SIZE.field);
    do {
      fillRandom(draw);
      draw[SIZE.field - 1] = (draw[SIZE.field - 1] ?? 0) & 0x3f; // p has 254 bits
    } while (draw.every((byte) => byte === 0) || !below(draw, prime));
  }
}

function below(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = SIZE.field - 1; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

type PointJob = Extract<Job, { kind: "points" }>;

function pointJobs(shape: Zkey.Shape, places: Zkey.Layout, runs: KeyScalars.Runs): readonly PointJob[] {
  const section = (group: PointJob["group"], run: number, at: number, count: number): PointJob[] =>
    Array.from({ length: Math.ceil(count / JOB_POINTS) }, (_, i) => ({
      kind: "points",
      group,
      from: run + i * JOB_POINTS,
      count: Math.min(JOB_POINTS, count - i * JOB_POINTS),
      at: at + i * JOB_POINTS * SIZE[group],
    }));
  const { wireCount, publicCount, domainSize } = shape;
  return [
    ...section("g2", runs.b, places.b2, wireCount), // the heaviest first: the last jobs decide how long one worker idles
    ...section("g2", runs.betaGamma, places.betaGamma2, 2),
    ...section("g2", runs.delta, places.delta2, 1),
    ...section("g1", runs.alphaBeta, places.alphaBeta1, 2),
    ...section("g1", runs.delta, places.delta1, 1),
    ...section("g1", runs.ic, places.ic, publicCount + 1),
    ...section("g1", runs.a, places.a, wireCount),
    ...section("g1", runs.b, places.b1, wireCount),
    ...section("g1", runs.c, places.c, wireCount - publicCount - 1),
    ...section("g1", runs.h, places.h, domainSize),
  ];
}

function weight(job: PointJob): number {
  return job.count * (job.group === "g2" ? G2_WEIGHT : 1);
}

/** Hands the jobs out in order, each worker taking the next one when it is free. */
async function everyWorker<J extends Job>(
  workers: readonly Worker[],
  jobs: readonly J[],
  onDone: (job: J) => void,
): Promise<void> {
  const queue = jobs.values();
  await Promise.all(
    workers.map(async (worker) => {
      for (const job of queue) {
        await ask(worker, job);
        onDone(job);
      }
    }),
  );
}

async function ask(worker: Worker, job: Job): Promise<Reply> {
  if (worker.threadId === -1) throw workerEnded();
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const onExit = (): void => reject(workerEnded());
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", onExit);
  try {
    worker.postMessage(job);
    const reply = await promise;
    if (reply.error !== undefined) throw workerFailed(reply.error);
    return reply;
  } finally {
    worker.off("message", resolve);
    worker.off("error", reject);
    worker.off("exit", onExit);
  }
}

function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

function tooLarge(constraintCount: number): AssayError {
  return new AssayError("prove.keys", `got ${constraintCount} constraints, want a domain of at most 2^${MAX_POWER}`);
}

function workerEnded(): AssayError {
  return new AssayError("prove.keys", "got a key worker that ended, want it to finish its work", {
    disposition: "retry",
  });
}

function workerFailed(reason: string): AssayError {
  return new AssayError("prove.keys", `got a key worker that failed, want keys\n${reason}`);
}
