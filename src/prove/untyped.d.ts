// The parts that we use of what comes without types: snarkjs 0.7.6, ffjavascript 0.3.1, and WebAssembly, which only
// TypeScript's DOM library declares.

declare namespace WebAssembly {
  class Memory {
    constructor(limits: { readonly initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  function instantiate(
    code: Uint8Array,
    imports: { readonly env: { readonly memory: Memory } },
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}

declare module "snarkjs" {
  type MemoryFile = { type: "mem"; data?: Uint8Array };
  type Proof = {
    readonly pi_a: readonly [string, string, string];
    readonly pi_b: readonly [readonly [string, string], readonly [string, string], readonly [string, string]];
    readonly pi_c: readonly [string, string, string];
    readonly protocol: string;
    readonly curve: string;
  };

  export const wtns: {
    readonly calculate: (
      input: unknown,
      wasm: Uint8Array,
      witness: MemoryFile,
      options?: { readonly memorySize?: number },
    ) => Promise<void>;
    readonly exportJson: (witness: Uint8Array | MemoryFile) => Promise<bigint[]>;
  };
  export const groth16: {
    readonly prove: (
      zkey: Uint8Array,
      witness: Uint8Array | MemoryFile,
    ) => Promise<{ readonly proof: Proof; readonly publicSignals: readonly string[] }>;
    readonly verify: (verificationKey: unknown, publicSignals: readonly string[], proof: Proof) => Promise<boolean>;
  };
  export const zKey: {
    readonly exportVerificationKey: (zkey: Uint8Array) => Promise<unknown>;
  };
}

declare module "ffjavascript" {
  type Bn128 = {
    readonly G1: { readonly gAffine: Uint8Array };
    readonly G2: { readonly gAffine: Uint8Array };
    readonly Fr: { readonly w: readonly Uint8Array[] };
    /** The WASM module; there only when single-threaded. */
    readonly tm: { readonly code: Uint8Array };
    readonly terminate: () => Promise<void>;
  };
  export function buildBn128(singleThread: boolean): Promise<Bn128>;
}
