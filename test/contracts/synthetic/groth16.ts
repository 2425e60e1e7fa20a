// A Groth16 key whose every secret scalar is known, so that a proof of ANY public signals can be made in a millisecond:
// real pairings for tests of contracts, without a circuit. It proves nothing, which is the point.

import { createRequire } from "node:module";
import { id, toBeHex } from "ethers";
import type { VerificationKey } from "../../../src/chain/verifierTemplate.ts";
import { PRIME, reduce } from "../../../src/lib/field.ts";

type Group = {
  readonly g: Uint8Array;
  readonly timesFr: (point: Uint8Array, scalar: Uint8Array) => Uint8Array;
  readonly toAffine: (point: Uint8Array) => Uint8Array;
  readonly toObject: (point: Uint8Array) => unknown;
};
type Curve = {
  readonly G1: Group;
  readonly G2: Group;
  readonly Fr: { readonly e: (value: bigint) => Uint8Array };
  readonly terminate: () => Promise<void>;
};
// ffjavascript ships no types; these are the few functions used.
const { buildBn128 } = createRequire(import.meta.url)("ffjavascript") as {
  buildBn128: (singleThread: boolean) => Promise<Curve>;
};

export type Synthetic = {
  readonly verificationKey: VerificationKey;
  /** alpha, beta, gamma, delta, IC_0 .. IC_3, as multiples of the generators. */
  readonly secrets: readonly bigint[];
  /** Eight words in contract order, of a proof that these public signals hold. `salt` varies the proof. */
  readonly prove: (signals: readonly bigint[], salt: string) => readonly bigint[];
  readonly terminate: () => Promise<void>;
};

/** Deterministic in `seed`. */
export async function createSynthetic(seed: string): Promise<Synthetic> {
  const curve = await buildBn128(true);
  const scalar = (name: string): bigint => reduce(BigInt(id(`${seed}/${name}`)));
  const g1 = (k: bigint) => {
    const [x, y] = curve.G1.toObject(curve.G1.toAffine(curve.G1.timesFr(curve.G1.g, curve.Fr.e(k)))) as bigint[];
    return [x, y].map(String);
  };
  const g2 = (k: bigint) => {
    const point = curve.G2.toObject(curve.G2.toAffine(curve.G2.timesFr(curve.G2.g, curve.Fr.e(k))));
    return (point as bigint[][]).slice(0, 2).map((pair) => pair.map(String));
  };
  const [alpha, beta, gamma, delta] = [scalar("alpha"), scalar("beta"), scalar("gamma"), scalar("delta")];
  const ic = [0, 1, 2, 3].map((index) => scalar(`ic${index}`));

  return {
    secrets: [alpha, beta, gamma, delta, ...ic],
    verificationKey: {
      protocol: "groth16",
      curve: "bn128",
      nPublic: 3,
      vk_alpha_1: [...g1(alpha), "1"],
      vk_beta_2: [...g2(beta), ["1", "0"]],
      vk_gamma_2: [...g2(gamma), ["1", "0"]],
      vk_delta_2: [...g2(delta), ["1", "0"]],
      IC: ic.map((k) => [...g1(k), "1"]),
    },
    prove: (signals, salt) => {
      const [a, b] = [scalar(`a/${salt}`), scalar(`b/${salt}`)];
      // a*b = alpha*beta + (ic_0 + sum x_i*ic_i)*gamma + c*delta, solved for c.
      const sum = [1n, ...signals].reduce((total, x, index) => total + x * (ic[index] ?? 0n), 0n);
      const c = reduce((a * b - alpha * beta - sum * gamma) * inverse(delta));
      const [x, y] = g2(b);
      return [...g1(a), x?.[1], x?.[0], y?.[1], y?.[0], ...g1(c)].map((text) => BigInt(text ?? "-1"));
    },
    terminate: () => curve.terminate(),
  };
}

/** A word as fixtures write it. */
export function word(value: bigint): string {
  return toBeHex(value, 32);
}

function inverse(value: bigint): bigint {
  let [result, base] = [1n, value];
  for (let exponent = PRIME - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}
