// The prover's thread: witness, proof, and a check of its own proof, for one input at a time.

import { parentPort, workerData } from "node:worker_threads";
import type { CircuitInput, Proven } from "./prover.ts";
import { importSnarkjs } from "./snarkjsInThread.ts";
import type { VerificationKey } from "./verificationKey.ts";

export type Parts = {
  readonly wasm: Uint8Array;
  readonly zkey: Uint8Array;
  readonly verificationKey: VerificationKey;
};

export type Reply =
  | { readonly ok: true; readonly proven: Proven }
  | { readonly ok: false; readonly step: Step; readonly message: string };

type Step = "witness" | "prove" | "selfcheck";

const { wasm, zkey, verificationKey } = workerData as Parts; // posted by snarkjsProver.ts, typed to the same declaration
const port = parentPort;
if (port === null) throw new TypeError("snarkjsProverWorker.ts runs in a worker thread only");

const snarkjs = await importSnarkjs();

port.on("message", (input: CircuitInput) => {
  run(input).then((reply) => port.postMessage(reply));
});

async function run(input: CircuitInput): Promise<Reply> {
  let step: Step = "witness";
  try {
    const startedMs = performance.now();
    const witness = { type: "mem" as const };
    // The memory it is offered stays unused, circom 2's code brings its own; by default that would reserve 2 GB.
    await snarkjs.wtns.calculate(input, wasm, witness, { memorySize: 1 });
    const witnessMs = Math.round(performance.now() - startedMs);

    step = "prove";
    const { proof, publicSignals } = await snarkjs.groth16.prove(zkey, witness);
    const proveMs = Math.round(performance.now() - startedMs) - witnessMs;

    step = "selfcheck";
    if (!(await snarkjs.groth16.verify(verificationKey, publicSignals, proof))) return { ok: false, step, message: "" };
    const { pi_a, pi_b, pi_c } = proof;
    const pair = ([x, y]: readonly [string, string, ...unknown[]]): readonly [bigint, bigint] => [BigInt(x), BigInt(y)];
    const proven: Proven = {
      proof: { a: pair(pi_a), b: [pair(pi_b[0]), pair(pi_b[1])], c: pair(pi_c) },
      publicSignals: publicSignals.map(BigInt),
      witnessMs,
      proveMs,
    };
    return { ok: true, proven };
  } catch (error) {
    return { ok: false, step, message: error instanceof Error ? error.message.trim() : String(error) };
  }
}
