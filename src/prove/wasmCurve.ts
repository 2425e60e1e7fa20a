// BN254's arithmetic in ffjavascript's WASM, called by address: no copies in and out of its memory for each operation.
//
// Imports nothing, so that workers can use it: see curveModule.ts.

/** Byte lengths of a field element and of affine points. */
export const SIZE = { field: 32, g1: 64, g2: 128 } as const;

/** What a thread needs to make a curve of its own. Can be posted. */
export type CurveModule = {
  readonly code: Uint8Array;
  /** Generators, affine in Montgomery form. */
  readonly generator: { readonly g1: Uint8Array; readonly g2: Uint8Array };
  /** In Montgomery form; `rootsOfUnity[k]` has order 2^k. */
  readonly rootsOfUnity: readonly Uint8Array[];
};

export type WasmCurve = {
  readonly module: CurveModule;
  /** An export of the module. The names are those of wasmcurves: frm_mul, g1m_addAffine, ... */
  readonly fn: (name: string) => (...args: number[]) => number;
  /** Address of `length` fresh bytes, 8-aligned; never given back. */
  readonly alloc: (length: number) => number;
  /** A view of all memory; take a new one after `alloc`. */
  readonly bytes: () => Uint8Array;
};

/** Room kept free above the heap: batchInverse takes its working space there and does not grow the memory. */
const SLACK_BYTES = 1 << 20;
const PAGE_BYTES = 1 << 16;
/** What ffjavascript builds the module for. */
const INITIAL_PAGES = 25;

/** An instance with a memory of its own, on the calling thread. */
export async function create(module: CurveModule): Promise<WasmCurve> {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES });
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(module.code), { env: { memory } });

  function fn(name: string): (...args: number[]) => number {
    const found = instance.exports[name];
    if (typeof found !== "function") throw new TypeError(`ffjavascript exports no ${name}`);
    return found as (...args: number[]) => number; // every function of the module is of numbers
  }

  function alloc(length: number): number {
    const heap = new DataView(memory.buffer).getUint32(0, true); // the module's own heap pointer
    const address = Math.ceil(heap / 8) * 8;
    const missing = address + length + SLACK_BYTES - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    new DataView(memory.buffer).setUint32(0, address + length, true);
    return address;
  }

  return { module, fn, alloc, bytes: () => new Uint8Array(memory.buffer) };
}

/** The base field elements from `at` on as integers, out of Montgomery form. */
export function toIntegers(wasm: WasmCurve, at: number, count: number): readonly bigint[] {
  const scratch = wasm.alloc(SIZE.field);
  const view = new DataView(wasm.bytes().buffer, scratch, SIZE.field);
  return Array.from({ length: count }, (_, i) => {
    wasm.fn("f1m_fromMontgomery")(at + i * SIZE.field, scratch);
    return [24, 16, 8, 0].reduce((value, offset) => (value << 64n) + view.getBigUint64(offset, true), 0n);
  });
}
