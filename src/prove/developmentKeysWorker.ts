// One of the threads that make development keys: takes a job at a time, reads and writes shared memory only.

import { parentPort, workerData } from "node:worker_threads";
import * as FixedBase from "./fixedBase.ts";
import * as KeyScalars from "./keyScalars.ts";
import type { R1cs } from "./r1cs.ts";
import type { VerificationKey } from "./verificationKey.ts";
import * as WasmCurve from "./wasmCurve.ts";
import * as Zkey from "./zkey.ts";

export type Shared = {
  readonly curve: WasmCurve.CurveModule;
  readonly r1cs: R1cs;
  readonly power: number;
  readonly places: Zkey.Layout;
  readonly toxic: Uint8Array;
  readonly scalars: Uint8Array;
  readonly zkey: Uint8Array;
  /** All points of the key: what the tables are sized for. */
  readonly pointCount: number;
};

export type Job =
  | { readonly kind: "scalars" }
  | { readonly kind: "coefficients" }
  | {
      readonly kind: "points";
      readonly group: FixedBase.Group;
      /** First scalar, number of scalars, offset of the first point in the zkey. */
      readonly from: number;
      readonly count: number;
      readonly at: number;
    }
  | { readonly kind: "verificationKey"; readonly publicCount: number };

export type Reply = {
  readonly verificationKey?: VerificationKey;
  readonly error?: string;
};

const { SIZE } = WasmCurve;
const shared = workerData as Shared; // posted by developmentKeys.ts, which is typed to the same declaration
const port = parentPort;
if (port === null) throw new TypeError("developmentKeysWorker.ts runs in a worker thread only");

let wasm: WasmCurve.WasmCurve | undefined;
const tables = new Map<FixedBase.Group, FixedBase.FixedBase>();

port.on("message", (job: Job) => {
  run(job).then(
    (reply) => port.postMessage(reply),
    (error: unknown) =>
      port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

async function run(job: Job): Promise<Reply> {
  switch (job.kind) {
    case "scalars":
      // A curve of its own: its memory is overwritten afterwards.
      KeyScalars.compute(await WasmCurve.create(shared.curve), shared.r1cs, shared.power, shared.toxic, shared.scalars);
      return {};
    case "coefficients":
      Zkey.writeCoefficients(shared.zkey, await curve(), shared.r1cs, shared.places);
      return {};
    case "points": {
      const scalars = shared.scalars.subarray(job.from * SIZE.field, (job.from + job.count) * SIZE.field);
      const points = shared.zkey.subarray(job.at, job.at + job.count * SIZE[job.group]);
      (await table(job.group)).multiply(scalars, points);
      return {};
    }
    case "verificationKey":
      return { verificationKey: await verificationKey(job.publicCount) };
  }
}

async function curve(): Promise<WasmCurve.WasmCurve> {
  wasm ??= await WasmCurve.create(shared.curve);
  return wasm;
}

async function table(group: FixedBase.Group): Promise<FixedBase.FixedBase> {
  const known = tables.get(group);
  if (known !== undefined) return known;
  // Half of the points for each of two workers; a quarter of all are in G2.
  const created = FixedBase.create(await curve(), group, shared.pointCount / (group === "g2" ? 8 : 2));
  tables.set(group, created);
  return created;
}

/** In snarkjs' own JSON form: projective points in decimal. Assumes finite points; the secret makes others improbable. */
async function verificationKey(publicCount: number): Promise<VerificationKey> {
  const wasm = await curve();
  const { alphaBeta1, betaGamma2, delta2, ic } = shared.places;
  const load = (at: number, length: number): number => {
    const address = wasm.alloc(length);
    wasm.bytes().set(shared.zkey.subarray(at, at + length), address);
    return address;
  };
  const extension = (at: number): [string, string] => {
    const [c0 = 0n, c1 = 0n] = WasmCurve.toIntegers(wasm, at, 2);
    return [c0.toString(), c1.toString()];
  };
  const sextic = (at: number): VerificationKey["vk_alphabeta_12"][0] => [
    extension(at),
    extension(at + 2 * SIZE.field),
    extension(at + 4 * SIZE.field),
  ];
  const g1 = (at: number): VerificationKey["vk_alpha_1"] => [...extension(load(at, SIZE.g1)), "1"];
  const g2 = (at: number): VerificationKey["vk_beta_2"] => {
    const address = load(at, SIZE.g2);
    return [extension(address), extension(address + 2 * SIZE.field), ["1", "0"]];
  };
  const target = wasm.alloc(12 * SIZE.field);
  const alpha = wasm.alloc(2 * SIZE.g1);
  const beta = wasm.alloc(2 * SIZE.g2);
  wasm.fn("g1m_toJacobian")(load(alphaBeta1, SIZE.g1), alpha);
  wasm.fn("g2m_toJacobian")(load(betaGamma2, SIZE.g2), beta);
  wasm.fn("bn128_pairing")(alpha, beta, target);
  return {
    protocol: "groth16",
    curve: "bn128",
    nPublic: publicCount,
    vk_alpha_1: g1(alphaBeta1),
    vk_beta_2: g2(betaGamma2),
    vk_gamma_2: g2(betaGamma2 + SIZE.g2),
    vk_delta_2: g2(delta2),
    vk_alphabeta_12: [sextic(target), sextic(target + 6 * SIZE.field)],
    IC: Array.from({ length: publicCount + 1 }, (_, i) => g1(ic + i * SIZE.g1)),
  };
}
