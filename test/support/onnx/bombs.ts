// Files as large as may be, each full of what costs a reader most.

import { LIMITS } from "../../../src/onnx/budget.ts";
import { attribute, node, value } from "./encode.ts";
import * as Field from "./fields.ts";
import { elementCode } from "./rawData.ts";

export type Bomb = { readonly name: string; readonly bytes: () => Uint8Array };

/** Room for what stands around the bulk. */
const BULK = LIMITS.bytes - 512;

const FLOAT = elementCode("float");
const UINT8 = elementCode("uint8");

export const BOMBS: readonly Bomb[] = [
  { name: "packed integers", bytes: () => inAttribute(Field.bytes(8, new Uint8Array(BULK)), 7) },
  { name: "packed integers of four bytes", bytes: () => inAttribute(Field.bytes(8, filled(Field.varint(1e8))), 7) },
  { name: "packed negative integers", bytes: () => inAttribute(Field.bytes(8, filled(Field.varint(-1))), 7) },
  { name: "packed floats", bytes: () => inAttribute(Field.packedFloats(7, new Float32Array(BULK / 4)), 6) },
  { name: "integers one by one", bytes: () => inAttribute(filled(Field.int(8, 5)), 7) },
  { name: "floats one by one", bytes: () => inAttribute(filled(Field.float(7, 1)), 6) },
  { name: "strings", bytes: () => inAttribute(filled(Field.text(9, "BRANCH_LEQ")), 8) },
  { name: "empty strings", bytes: () => inAttribute(filled(Field.text(9, "")), 8) },
  { name: "strings beyond ASCII", bytes: () => inAttribute(filled(Field.text(9, "больше")), 8) },
  { name: "as many strings as may be", bytes: () => inAttribute(many(LIMITS.texts - 100, Field.text(9, "größer")), 8) },
  { name: "floats in a tensor", bytes: () => inTensor(FLOAT, BULK / 4) },
  { name: "bytes in a tensor", bytes: () => inTensor(UINT8, BULK) },
  { name: "dimensions of a tensor", bytes: () => inGraph(Field.bytes(5, filled(Field.int(1, 1)))) },
  { name: "dimensions of an input", bytes: () => inGraph(input(filled(Field.bytes(1)))) },
  { name: "sequences of sequences", bytes: () => inGraph(Field.bytes(11, Field.text(1, "x"), nested(2_000))) },
  { name: "empty nodes", bytes: () => inGraph(filled(Field.bytes(1))) },
  { name: "as many nodes as may be", bytes: () => inGraph(input(), nodesInAChain(LIMITS.messages - 10)) },
  { name: "as many attributes as may be", bytes: () => inGraph(nodeOfAttributes(LIMITS.messages - 10)) },
  { name: "inputs of a node", bytes: () => inGraph(Field.bytes(1, Field.text(4, "Op"), filled(Field.text(1, "")))) },
  { name: "notes", bytes: () => inGraph(filled(Field.text(10, ""))) },
  { name: "values that are said twice", bytes: () => inGraph(filled(Field.bytes(13, Field.text(1, "x")))) },
  { name: "opset imports", bytes: () => Field.concat(filled(Field.bytes(8, Field.int(2, 17))), inGraph()) },
  { name: "functions", bytes: () => Field.concat(filled(Field.bytes(25, Field.text(1, "f"))), inGraph()) },
  { name: "groups", bytes: () => filled(Field.tag(3, 3)) },
  { name: "a name", bytes: () => inGraph(Field.bytes(1, Field.text(2, "w"), Field.text(4, "я".repeat(BULK / 2)))) },
];

/** Copies of the pattern, as many as there is room for. */
function filled(pattern: Uint8Array): Uint8Array {
  return many(Math.floor(BULK / pattern.length), pattern);
}

function many(count: number, pattern: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(count * pattern.length, pattern);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function inGraph(...fields: readonly Uint8Array[]): Uint8Array {
  const output = Field.bytes(12, value({ name: "w", type: "float" }));
  return Field.concat(Field.int(1, 8), Field.bytes(7, fields, output), Field.bytes(8, Field.int(2, 17)));
}

function inAttribute(content: Uint8Array, type: number): Uint8Array {
  const fields = Field.bytes(5, Field.text(1, "a"), content, Field.int(20, type));
  return inGraph(Field.bytes(1, Field.text(2, "w"), Field.text(4, "Op"), fields));
}

/** With raw data that fills the file. */
function inTensor(type: number, length: number): Uint8Array {
  const fields = [Field.int(1, length), Field.int(2, type), Field.text(8, "w"), Field.bytes(9, new Uint8Array(BULK))];
  return inGraph(Field.bytes(5, fields));
}

function input(shape: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Field.bytes(11, Field.text(1, "x"), Field.bytes(2, Field.bytes(1, Field.int(1, 1), Field.bytes(2, shape))));
}

function nested(depth: number): Uint8Array {
  let type: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < depth; i++) type = Field.bytes(i % 2 === 0 ? 1 : 4, type);
  return Field.bytes(2, type);
}

/** The last one first: the longest way to an order. */
function nodesInAChain(count: number): Uint8Array {
  const name = (i: number): string => (i === 0 ? "w" : i === count ? "x" : `n${i.toString(36)}`);
  const nodes = Array.from({ length: count }, (_, i) =>
    Field.bytes(1, node({ operator: "A", inputs: [name(i + 1)], outputs: [name(i)] })),
  );
  return Field.concat(nodes);
}

function nodeOfAttributes(count: number): Uint8Array {
  const attributes = Array.from({ length: count }, (_, i) =>
    Field.bytes(5, attribute(i.toString(36), { kind: "ints", value: [i] })),
  );
  return Field.bytes(1, Field.text(2, "w"), Field.text(4, "Op"), attributes);
}
