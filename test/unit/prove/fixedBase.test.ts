import { beforeAll, describe, expect, test } from "vitest";
import { PRIME } from "../../../src/lib/field.ts";
import * as CurveModule from "../../../src/prove/curveModule.ts";
import * as FixedBase from "../../../src/prove/fixedBase.ts";
import * as WasmCurve from "../../../src/prove/wasmCurve.ts";

let wasm: WasmCurve.WasmCurve;

beforeAll(async () => {
  wasm = await WasmCurve.create(await CurveModule.load());
});

/** The edges, the carries of signed windows, and a fixed walk through the field. */
const scalars: readonly bigint[] = [
  0n,
  1n,
  2n,
  8n,
  9n,
  15n,
  16n,
  (1n << 128n) - 1n,
  1n << 253n,
  PRIME - 1n,
  PRIME - 2n,
  PRIME / 2n,
  PRIME / 2n + 1n,
  ...Array.from({ length: 1500 }, (_, i) => 7n ** BigInt(i + 60) % PRIME),
  0n,
];

describe("multiply", () => {
  test.for([
    ["g1", 10],
    ["g1", 100_000],
    ["g2", 10],
    ["g2", 2000],
  ] as const)("gives the library's multiples in %s with a table for %i", ([group, expected]) => {
    const size = WasmCurve.SIZE[group];
    const bytes = new Uint8Array(scalars.length * 32);
    const points = new Uint8Array(scalars.length * size).fill(0xff);
    for (const [i, scalar] of scalars.entries()) {
      for (let byte = 0; byte < 32; byte++) bytes[i * 32 + byte] = Number((scalar >> BigInt(8 * byte)) & 0xffn);
    }
    FixedBase.create(wasm, group, expected).multiply(bytes, points);

    const generator = wasm.alloc(size);
    const scalar = wasm.alloc(32);
    const result = wasm.alloc(2 * size);
    wasm.bytes().set(wasm.module.generator[group], generator);
    const differing = scalars.filter((_, i) => {
      if (i > 60 && i < scalars.length - 1 && i % 50 !== 0) return false;
      wasm.bytes().set(bytes.subarray(i * 32, (i + 1) * 32), scalar);
      wasm.fn(`${group}m_timesScalarAffine`)(generator, scalar, 32, result);
      wasm.fn(`${group}m_toAffine`)(result, result);
      const want = Buffer.from(wasm.bytes().subarray(result, result + size));
      return !want.equals(points.subarray(i * size, (i + 1) * size));
    });
    expect(differing).toEqual([]);
  });
});
