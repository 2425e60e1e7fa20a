// A Groth16 verification key as snarkjs exports it: decimal strings, projective points, [c0, c1] in the extension field.

import * as z from "zod";

const integer = z.string().regex(/^\d+$/);
const extension = z.tuple([integer, integer]);
const g1 = z.tuple([integer, integer, integer]);
const g2 = z.tuple([extension, extension, extension]);
const sextic = z.tuple([extension, extension, extension]);

const schema = z.strictObject({
  protocol: z.literal("groth16"),
  curve: z.literal("bn128"),
  nPublic: z.int().nonnegative(),
  vk_alpha_1: g1,
  vk_beta_2: g2,
  vk_gamma_2: g2,
  vk_delta_2: g2,
  vk_alphabeta_12: z.tuple([sextic, sextic]),
  IC: z.array(g1),
});

export type VerificationKey = z.infer<typeof schema>;

/** Undefined for anything else. */
export function parse(text: string): VerificationKey | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
