// Whether a proof holds under a verification key: by snarkjs, in a thread of its own that ends with the answer.

import { Worker } from "node:worker_threads";
import { AssayError } from "../lib/errors.ts";
import { PRIME } from "../lib/field.ts";
import type { Groth16Proof } from "./prover.ts";
import type { VerificationKey } from "./verificationKey.ts";

export type Claim = {
  readonly verificationKey: VerificationKey;
  readonly publicSignals: readonly bigint[];
  readonly proof: Groth16Proof;
};

export type Answer = { readonly holds: boolean } | { readonly error: string };

/** BN254's base field, where coordinates live. */
const BASE_PRIME = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** Throws `prove.worker` when the thread ends without an answer, or the signal's reason. */
export async function holds(claim: Claim, signal?: AbortSignal): Promise<boolean> {
  signal?.throwIfAborted();
  const { publicSignals, proof } = claim;
  // snarkjs would reduce silently, which no contract does.
  if (publicSignals.some((element) => element < 0n || element >= PRIME)) return false;
  if (coordinates(proof).some((coordinate) => coordinate < 0n || coordinate >= BASE_PRIME)) return false;
  const worker = new Worker(new URL("./proofCheckWorker.ts", import.meta.url), { workerData: claim });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const abort = (): void => reject(signal?.reason);
  worker.once("message", resolve);
  worker.once("error", (cause) => reject(ended(cause)));
  worker.once("exit", () => reject(ended()));
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const answer = await promise;
    if ("error" in answer) throw ended(answer.error);
    return answer.holds;
  } finally {
    signal?.removeEventListener("abort", abort);
    await worker.terminate(); // and snarkjs' own threads below it
  }
}

function coordinates({ a, b, c }: Groth16Proof): readonly bigint[] {
  return [...a, ...b.flat(), ...c];
}

function ended(cause?: unknown): AssayError {
  return new AssayError("prove.worker", "got a verifier thread that ended, want an answer", {
    disposition: "retry",
    cause,
  });
}
