// Gets the code of BN254's WASM module out of ffjavascript, on the main thread: its dependency web-worker takes over the
// message port of any worker thread that imports it, so workers are handed the code instead.

import { buildBn128 } from "ffjavascript";
import type { CurveModule } from "./wasmCurve.ts";

/** Assembles the module: about 0.3 s on the calling thread. */
export async function load(): Promise<CurveModule> {
  const { tm, G1, G2, Fr } = await buildBn128(true);
  return { code: tm.code, generator: { g1: G1.gAffine, g2: G2.gAffine }, rootsOfUnity: Fr.w };
}
