// Protobuf's bytes, field by field: what encode.ts is made of, and what malformed files are made of.

import protobuf from "protobufjs/minimal.js";

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** Lists of parts are as good as the parts. */
export type Part = Uint8Array | readonly Uint8Array[];

export function concat(...parts: readonly Part[]): Uint8Array {
  const flat = parts.flat() as Uint8Array[]; // one level is all there is
  const whole = new Uint8Array(flat.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of flat) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An int64, int32, bool or enum. A bigint where a number is not exact. */
export function int(field: number, value: number | bigint): Uint8Array {
  return concat(tag(field, VARINT), varint(value));
}

export function float(field: number, value: number): Uint8Array {
  return writer(field, FIXED_32).float(value).finish();
}

export function double(field: number, value: number): Uint8Array {
  return writer(field, FIXED_64).double(value).finish();
}

export function text(field: number, value: string): Uint8Array {
  return writer(field, LENGTH_DELIMITED).string(value).finish();
}

/** Bytes, a message, or packed numbers. */
export function bytes(field: number, ...parts: readonly Part[]): Uint8Array {
  const whole = concat(...parts);
  return concat(writer(field, LENGTH_DELIMITED).uint32(whole.length).finish(), whole);
}

export function packedInts(field: number, values: ArrayLike<number | bigint>): Uint8Array {
  return bytes(field, Array.from(values, varint));
}

export function packedFloats(field: number, values: ArrayLike<number>): Uint8Array {
  return bytes(field, new Uint8Array(Float32Array.from(values).buffer));
}

export function tag(field: number, wireType: number): Uint8Array {
  return writer(field, wireType).finish();
}

export function varint(value: number | bigint): Uint8Array {
  const integer = toInt64(value);
  const long = { low: Number(BigInt.asIntN(32, integer)), high: Number(BigInt.asIntN(32, integer >> 32n)) };
  return new protobuf.Writer().int64({ ...long, unsigned: false }).finish();
}

/** 2^63 is what src/onnx reads the largest int64 as. */
export function toInt64(value: number | bigint): bigint {
  return value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(value);
}

function writer(field: number, wireType: number): protobuf.Writer {
  return new protobuf.Writer().uint32((field << 3) | wireType);
}
