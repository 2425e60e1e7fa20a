// A proof in the order that the pairing precompile, and so every Groth16 verifier contract, takes it.

import type { Groth16Proof } from "./prover.ts";

export type SolidityProof = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

/** The eight words [A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y]: B's halves are swapped (EIP-197). */
export function words({ a, b, c }: Groth16Proof): SolidityProof {
  return [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1]];
}

/** The proof that these words are of. */
export function fromWords([ax, ay, bx1, bx0, by1, by0, cx, cy]: SolidityProof): Groth16Proof {
  return {
    a: [ax, ay],
    b: [
      [bx0, bx1],
      [by0, by1],
    ],
    c: [cx, cy],
  };
}
