// The thread of proofCheck.ts: one claim, one answer.

import { parentPort, workerData } from "node:worker_threads";
import type { Answer, Claim } from "./proofCheck.ts";
import { importSnarkjs } from "./snarkjsInThread.ts";

const { verificationKey, publicSignals, proof } = workerData as Claim; // posted by proofCheck.ts, typed to the same declaration

parentPort?.postMessage(await answer());

async function answer(): Promise<Answer> {
  const snarkjs = await importSnarkjs();
  const pair = ([x, y]: readonly [bigint, bigint]): [string, string] => [x.toString(), y.toString()];
  const projective = (point: readonly [bigint, bigint]): [string, string, string] => [...pair(point), "1"];
  const [bx, by] = proof.b;
  try {
    const isValid = await snarkjs.groth16.verify(verificationKey, publicSignals.map(String), {
      ...{ pi_a: projective(proof.a), pi_b: [pair(bx), pair(by), ["1", "0"]], pi_c: projective(proof.c) },
      ...{ protocol: "groth16", curve: "bn128" },
    });
    return { holds: isValid };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
