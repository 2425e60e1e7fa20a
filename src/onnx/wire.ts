// Protobuf, one message at a time: known fields only, each of its own wire type, each counted, nothing recursive.
//
// A field that the tables of our callers do not name is refused, groups with it: what is not known may change what the
// model means, and no exporter writes any.

import protobuf from "protobufjs/minimal.js";
import { type Budget, spend } from "./budget.ts";
import { malformed } from "./refusal.ts";

export type Kind = "int" | "float" | "double" | "text" | "bytes";

/** `one` may stand at most once in a message; `skipped` is passed over, because it means nothing to the result. */
export type Known = { readonly kind: Kind; readonly occurs: "one" | "many" | "skipped" };

/** By field number. */
export type Fields = ReadonlyMap<number, Known>;

/** A message that has not been read yet. `where` is what it is, for refusals: "node Gemm_3". */
export type Message = { readonly bytes: Uint8Array; readonly where: string; readonly budget: Budget };

/** What is done with a field's value. Integers are the nearest doubles: `checkIntegers` tells those that are not exact. */
export type Take = {
  readonly number?: (field: number, value: number) => void;
  /** Many at once, where they are packed. */
  readonly numbers?: (field: number, values: Float64Array) => void;
  readonly text?: (field: number, value: string) => void;
  readonly bytes?: (field: number, value: Uint8Array) => void;
};

export const one = (kind: Kind): Known => ({ kind, occurs: "one" });
export const many = (kind: Kind): Known => ({ kind, occurs: "many" });
export const skipped = (kind: Kind): Known => ({ kind, occurs: "skipped" });

type Reader = protobuf.Reader;
type NumberKind = "int" | "float" | "double";

const WIRE_TYPES = { int: 0, double: 1, text: 2, bytes: 2, float: 5 } as const;
const LENGTH_DELIMITED = 2;

/** Gives every field's value to `take`, in the order of the bytes. Throws `model.file` and `model.size`. */
export function walk(message: Message, fields: Fields, take: Take): void {
  const { bytes, where, budget } = message;
  const reader = new protobuf.Reader(bytes);
  let seen = 0; // a bit for each field: all of ONNX's are below 32
  while (reader.pos < reader.len) {
    const tag = readTag(reader, where);
    const field = tag >>> 3;
    const wireType = tag & 7;
    const known = fields.get(field);
    if (known === undefined) throw unknownField(field, where);
    const { kind, occurs } = known;
    if (occurs === "one") {
      if ((seen & (1 << field)) !== 0) throw malformed({ got: `field ${field} twice`, where, want: "it once" });
      seen |= 1 << field;
    }
    if (isNumber(kind)) {
      if (wireType === WIRE_TYPES[kind]) {
        if (occurs === "many") spend(budget, "numbers", 1, where);
        const value = readNumber(reader, kind, where);
        take.number?.(field, value);
        continue;
      }
      if (wireType === LENGTH_DELIMITED && occurs === "many") {
        const values = unpack(message, kind, readBytes(reader, where));
        take.numbers?.(field, values);
        continue;
      }
    }
    if (wireType !== WIRE_TYPES[kind]) {
      throw malformed({ got: `field ${field} of wire type ${wireType}`, where, want: `one of kind ${kind}` });
    }
    spend(budget, kind === "bytes" && occurs !== "skipped" ? "messages" : "texts", 1, where);
    if (kind === "text" && occurs !== "skipped") {
      const value = readText(reader, where);
      take.text?.(field, value);
    } else {
      const value = readBytes(reader, where);
      if (occurs !== "skipped") take.bytes?.(field, value);
    }
  }
}

function isNumber(kind: Kind): kind is NumberKind {
  return kind !== "text" && kind !== "bytes";
}

/** Numbers one after the other in a field of bytes, as `[packed = true]` says. Counted before there is room for them. */
function unpack({ where, budget }: Message, kind: NumberKind, bytes: Uint8Array): Float64Array {
  const count = kind === "int" ? countVarints(bytes) : bytes.length / (kind === "float" ? 4 : 8);
  if (!Number.isInteger(count)) {
    throw malformed({ got: `${bytes.length} bytes of packed ${kind}s`, where, want: "whole numbers" });
  }
  spend(budget, "numbers", count, where);
  const values = new Float64Array(count);
  const reader = new protobuf.Reader(bytes);
  for (let i = 0; i < count; i++) values[i] = readNumber(reader, kind, where);
  if (reader.pos !== reader.len) throw malformed({ got: "packed bytes cut short", where, want: "whole numbers" });
  return values;
}

/** Every varint ends with a byte below 0x80. */
function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) count += (bytes[i] ?? 0) < 0x80 ? 1 : 0;
  return count;
}

/* EACH VALUE. The library throws plain errors of its own. */

function readTag(reader: Reader, where: string): number {
  try {
    return reader.tag();
  } catch (cause) {
    throw unreadable(reader, where, cause);
  }
}

function readNumber(reader: Reader, kind: NumberKind, where: string): number {
  try {
    return kind === "float" ? reader.float() : kind === "double" ? reader.double() : readInteger(reader);
  } catch (cause) {
    throw unreadable(reader, where, cause);
  }
}

/** The nearest double. */
function readInteger(reader: Reader): number {
  const first = reader.buf[reader.pos] ?? 0x80;
  if (first < 0x80) {
    reader.pos++;
    return first;
  }
  const value = reader.int64(); // a Long where that library is installed
  return typeof value === "number" ? value : value.high * 2 ** 32 + (value.low >>> 0);
}

function readText(reader: Reader, where: string): string {
  try {
    return reader.stringVerify();
  } catch (cause) {
    throw unreadable(reader, where, cause);
  }
}

function readBytes(reader: Reader, where: string): Uint8Array {
  try {
    return reader.bytes();
  } catch (cause) {
    throw unreadable(reader, where, cause);
  }
}

/** The library's RangeErrors are for bytes that are not there. */
function unreadable(reader: Reader, where: string, cause: unknown): Error {
  const got = cause instanceof RangeError ? "bytes cut short" : "bytes that are no protobuf or no UTF-8";
  return malformed({ got: `${got} before its byte ${reader.pos}`, where, want: "an .onnx file" }, cause);
}

function unknownField(field: number, where: string): Error {
  return malformed({ got: `an unknown field, ${field}`, where, want: "one that ONNX defines" });
}
