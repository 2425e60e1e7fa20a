// How long snarkjs takes to verify a proof of ours.

import * as snarkjs from "snarkjs";
import type { Proven } from "../../src/prove/prover.ts";
import type { VerificationKey } from "../../src/prove/verificationKey.ts";

/** Whole milliseconds. Throws for a proof that does not verify. */
export async function verifyingMs(key: VerificationKey, { proof, publicSignals }: Proven): Promise<number> {
  const { a, b, c } = proof;
  const snarkjsProof = {
    pi_a: [...a, 1n].map(String),
    pi_b: [...b.map((pair) => pair.map(String)), ["1", "0"]],
    pi_c: [...c, 1n].map(String),
    protocol: "groth16",
    curve: "bn128",
  };
  const startedMs = performance.now();
  // `as`: the same proof in snarkjs' own shape.
  if (!(await snarkjs.groth16.verify(key, publicSignals.map(String), snarkjsProof as never))) {
    throw new Error("got a proof of our own that does not verify");
  }
  return Math.round(performance.now() - startedMs);
}

/** snarkjs keeps threads of its curve: they would keep the process. */
export async function endThreads(): Promise<void> {
  const curve = (globalThis as { curve_bn128?: { terminate: () => Promise<void> } }).curve_bn128;
  await curve?.terminate();
}
