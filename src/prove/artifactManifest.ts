// manifest.json of cached artifacts: what they are, what they are made from, and the hash of every file.

import * as z from "zod";

export const fileSchema = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().nonnegative() });
const count = z.int().nonnegative();

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  circuit: z.string(),
  /** Made by one process that has known the secret: never for production. */
  keys: z.literal("development"),
  sourceHash: z.string().regex(/^[0-9a-f]{64}$/),
  compiler: z.string(),
  files: z.strictObject({
    "circuit.r1cs": fileSchema,
    "circuit.wasm": fileSchema,
    "circuit.sym": fileSchema,
    "proving.zkey": fileSchema,
    "verification_key.json": fileSchema,
  }),
  constraints: count,
  wires: count,
  publicOutputs: count,
  publicInputs: count,
  domainPower: count,
  compileMs: z.number().nonnegative(),
  keyMs: z.number().nonnegative(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ArtifactFile = keyof Manifest["files"];
export type FileDigest = z.infer<typeof fileSchema>;

/** Undefined for anything else. */
export function parse(text: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
