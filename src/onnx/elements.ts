// The element types of ONNX that are read, and how each stands in a tensor: in bytes, little-endian, or in a typed field.

import type { ElementType } from "./model.ts";
import { malformed } from "./refusal.ts";

export type Element = {
  readonly type: Exclude<ElementType, "string">;
  /** Bytes of one element in raw data. */
  readonly width: number;
  readonly fromBytes: (view: DataView, at: number) => number;
  /** The typed field of TensorProto, and what its numbers must be in, where it could hold more. */
  readonly field: number;
  readonly range: readonly [number, number] | undefined;
  /** Only of float16: the typed field holds its bits. */
  readonly fromField?: (bits: number) => number;
};

const STRING = 8;
/** Fields of TensorProto with numbers in them. */
export const TYPED_DATA = { float: 4, int32: 5, int64: 7, double: 10, uint64: 11 } as const;

const ELEMENTS: ReadonlyMap<number, Element> = new Map<number, Element>([
  [1, unbounded("float", 4, TYPED_DATA.float, (view, at) => view.getFloat32(at, true))],
  [2, integer("uint8", 1, [0, 255], (view, at) => view.getUint8(at))],
  [3, integer("int8", 1, [-128, 127], (view, at) => view.getInt8(at))],
  [6, integer("int32", 4, [-(2 ** 31), 2 ** 31 - 1], (view, at) => view.getInt32(at, true))],
  [7, unbounded("int64", 8, TYPED_DATA.int64, int64)],
  [9, integer("bool", 1, [0, 1], (view, at) => view.getUint8(at))],
  [10, { ...integer("float16", 2, [0, 0xffff], (view, at) => half(view.getUint16(at, true))), fromField: half }],
  [11, unbounded("double", 8, TYPED_DATA.double, (view, at) => view.getFloat64(at, true))],
]);

/** What a tensor of numbers may hold. Throws `model.file` for strings and for types that no operator of ours takes. */
export function element(code: number, where: string): Element {
  const found = ELEMENTS.get(code);
  if (found !== undefined) return found;
  throw malformed({ got: code === STRING ? "strings" : `element type ${code}`, where, want: `one of ${names()}` });
}

/** What a value may be declared as: strings too, for the labels that classifiers give out. */
export function elementType(code: number, where: string): ElementType {
  return code === STRING ? "string" : element(code, where).type;
}

function names(): string {
  return [...ELEMENTS.values()].map(({ type }) => type).join(", ");
}

function unbounded(type: Element["type"], width: number, field: number, fromBytes: Element["fromBytes"]): Element {
  return { type, width, field, fromBytes, range: undefined };
}

function integer(
  type: Element["type"],
  width: number,
  range: readonly [number, number],
  fromBytes: Element["fromBytes"],
): Element {
  return { type, width, field: TYPED_DATA.int32, fromBytes, range };
}

/** The nearest double. */
function int64(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

/** IEEE 754 binary16 from its bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}
