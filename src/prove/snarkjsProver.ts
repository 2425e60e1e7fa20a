// The prover over snarkjs: one worker thread that keeps the circuit and its key in memory, one proof at a time.

import { Worker } from "node:worker_threads";
import { AssayError } from "../lib/errors.ts";
import * as Field from "../lib/field.ts";
import type { CircuitInput, CircuitValue, Proven, Prover } from "./prover.ts";
import type { Parts, Reply } from "./snarkjsProverWorker.ts";
import type { VerificationKey } from "./verificationKey.ts";

export type SnarkjsProverParts = {
  readonly wasm: Uint8Array;
  readonly zkey: Uint8Array;
  readonly verificationKey: VerificationKey;
};

/** Starts its thread with the first proof, and again after an abort: snarkjs cannot be interrupted, only ended. */
export function createSnarkjsProver(parts: SnarkjsProverParts): Prover {
  const shared: Parts = {
    wasm: inSharedMemory(parts.wasm),
    zkey: inSharedMemory(parts.zkey),
    verificationKey: parts.verificationKey,
  };
  let worker: Worker | undefined;
  let ending: Promise<unknown> = Promise.resolve();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  function prove(input: CircuitInput, signal?: AbortSignal): Promise<Proven> {
    const work = last.then(() => {
      if (closed) throw proverClosed();
      signal?.throwIfAborted();
      for (const value of Object.values(input)) checkRange(value);
      return ask(input, signal);
    });
    last = work.catch(() => undefined); // its caller hears of it
    return signal === undefined ? work : rejectOnAbort(work, signal);
  }

  async function ask(input: CircuitInput, signal: AbortSignal | undefined): Promise<Proven> {
    worker ??= start();
    const current = worker;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const onExit = (): void => reject(closed ? proverClosed() : workerEnded());
    current.once("message", resolve);
    current.once("error", reject);
    current.once("exit", onExit);
    signal?.addEventListener("abort", end, { once: true });
    try {
      current.postMessage(input);
      const reply = await promise;
      if (!reply.ok) throw refused(reply);
      return reply.proven;
    } catch (error) {
      throw error instanceof AssayError ? error : workerEnded(error);
    } finally {
      signal?.removeEventListener("abort", end);
      current.off("message", resolve);
      current.off("error", reject);
      current.off("exit", onExit);
    }
  }

  function start(): Worker {
    const started = new Worker(new URL("./snarkjsProverWorker.ts", import.meta.url), {
      workerData: shared,
      stdout: true,
      stderr: true,
    });
    // circom's runtime prints what it also throws.
    started.stdout.resume();
    started.stderr.resume();
    // A thread that fails while idle is replaced at the next call; one that works fails its call, above.
    started.on("error", () => undefined);
    started.once("exit", () => {
      if (worker === started) worker = undefined;
    });
    return started;
  }

  /** Ending the thread ends snarkjs' own threads below it. */
  function end(): void {
    if (worker === undefined) return;
    ending = Promise.all([ending, worker.terminate()]);
    worker = undefined;
  }

  async function close(): Promise<void> {
    closed = true;
    end();
    await Promise.all([ending, last]);
  }

  return { prove, close };
}

function rejectOnAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  return promise;
}

/** circom's runtime would reduce silently. */
function checkRange(value: CircuitValue): void {
  if (typeof value === "bigint") Field.parse(value);
  else for (const element of value) checkRange(element);
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

function refused(reply: Extract<Reply, { ok: false }>): AssayError {
  switch (reply.step) {
    case "witness":
      return new AssayError(
        "prove.witness",
        `got inputs without a witness, want ones that the circuit accepts\n${reply.message}`,
        {
          disposition: "reject",
          data: { message: reply.message },
        },
      );
    case "prove":
      return new AssayError("prove.failed", `got an error from snarkjs, want a proof\n${reply.message}`);
    case "selfcheck":
      return new AssayError("prove.selfcheck", "got a proof of our own that does not verify, want one that does");
  }
}

function workerEnded(cause?: unknown): AssayError {
  return new AssayError("prove.worker", "got a prover thread that ended, want a proof", {
    disposition: "retry",
    cause,
  });
}

function proverClosed(): AssayError {
  return new AssayError("prove.closed", "got a call on a closed prover, want none");
}
