// A tensor's elements as ONNX's raw data: little-endian, one after the other.

import type { ElementType } from "../../../src/onnx/model.ts";
import { toInt64 } from "./fields.ts";

type Writing = {
  readonly code: number;
  readonly width: number;
  readonly write: (view: DataView, at: number, value: number) => void;
};

const WRITINGS: Readonly<Record<Exclude<ElementType, "string">, Writing>> = {
  float: { code: 1, width: 4, write: (view, at, value) => view.setFloat32(at, value, true) },
  uint8: { code: 2, width: 1, write: (view, at, value) => view.setUint8(at, value) },
  int8: { code: 3, width: 1, write: (view, at, value) => view.setInt8(at, value) },
  int32: { code: 6, width: 4, write: (view, at, value) => view.setInt32(at, value, true) },
  int64: { code: 7, width: 8, write: (view, at, value) => view.setBigInt64(at, toInt64(value), true) },
  bool: { code: 9, width: 1, write: (view, at, value) => view.setUint8(at, value) },
  float16: { code: 10, width: 2, write: (view, at, value) => view.setFloat16(at, value, true) },
  double: { code: 11, width: 8, write: (view, at, value) => view.setFloat64(at, value, true) },
};

/** TensorProto.DataType. */
export function elementCode(type: ElementType): number {
  return type === "string" ? 8 : WRITINGS[type].code;
}

export function rawData(type: ElementType, data: ArrayLike<number>): Uint8Array {
  if (type === "string") throw new TypeError("strings have no raw data");
  const { width, write } = WRITINGS[type];
  const view = new DataView(new ArrayBuffer(data.length * width));
  for (const [i, value] of Array.from(data).entries()) write(view, i * width, value);
  return new Uint8Array(view.buffer);
}
