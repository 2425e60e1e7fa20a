import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/onnx/budget.ts";
import { attribute, encode, type ModelLiteral, node, tensor, value } from "../../support/onnx/encode.ts";
import * as Field from "../../support/onnx/fields.ts";
import { float, floats, floatTensor, int, ints, tensor as tensorAttribute } from "../../support/onnx/literals.ts";
import { refusalOf } from "../../support/onnx/refusing.ts";
import { SMALL } from "../../support/onnx/small.ts";

const ACCEPTED: ModelLiteral = {
  inputs: [{ name: "x", type: "float", shape: [1, 2] }],
  outputs: [{ name: "y", type: "float", shape: [1, 2] }],
  nodes: [{ operator: "Relu", name: "the node", inputs: ["x"], outputs: ["y"] }],
};

const relu = (output: string, ...inputs: readonly string[]) => ({
  operator: "Relu",
  name: `makes ${output}`,
  inputs,
  outputs: [output],
});

/** A file of a graph with these fields more, its output `w`. */
function withGraph(...fields: readonly Uint8Array[]): Uint8Array {
  const output = Field.bytes(12, value({ name: "w", type: "float" }));
  return Field.concat(
    Field.int(1, 8),
    Field.bytes(7, fields, output),
    Field.bytes(8, Field.text(1, ""), Field.int(2, 17)),
  );
}

/** A file whose initializer `w` has these fields. */
function withTensor(...fields: readonly Uint8Array[]): Uint8Array {
  return withGraph(Field.bytes(5, Field.text(8, "w"), fields));
}

/** A file whose node has this AttributeProto. */
function withAttribute(...fields: readonly Uint8Array[]): Uint8Array {
  return withGraph(
    Field.bytes(1, Field.text(2, "w"), Field.text(3, "the node"), Field.text(4, "Op"), Field.bytes(5, fields)),
  );
}

const shape = (...lengths: readonly (number | bigint)[]) => Field.packedInts(1, lengths);
const type = (code: number) => Field.int(2, code);
const raw = (length: number) => Field.bytes(9, new Uint8Array(length));
const entry = (key: string, text: string) => Field.bytes(13, Field.text(1, key), Field.text(2, text));

type Case = readonly [name: string, bytes: Uint8Array, code: string, message: string];

const FILES: readonly Case[] = [
  ["an empty file", new Uint8Array(0), "model.file", "got no graph (the model)"],
  ["a text", new TextEncoder().encode("<!doctype html>"), "model.file", "got HTML or XML (the file)"],
  ["a model without a graph", Field.int(1, 8), "model.file", "got no graph (the model)"],
  ["two graphs", Field.concat(encode(ACCEPTED), encode(ACCEPTED)), "model.file", "got field 1 twice (the model)"],
  ["no IR version", encode(ACCEPTED).subarray(2), "model.file", "got IR version 0 (the model)"],
  ["an IR version to come", encode({ ...ACCEPTED, irVersion: 15 }), "model.file", "got IR version 15 (the model)"],
  ["no opset import", encode({ ...ACCEPTED, opsets: {} }), "model.file", "got no opset import (the model)"],
  ["a version that is none", encode({ ...ACCEPTED, opsets: { "": -1 } }), "model.file", "got version -1"],
  [
    "two versions of one domain",
    Field.concat(encode(ACCEPTED), Field.bytes(8, Field.int(2, 18))),
    "model.file",
    'got versions 17 and 18 of ""',
  ],
  [
    "a domain without a version",
    encode({ ...ACCEPTED, opsets: { "ai.onnx.ml": 3 } }),
    "model.file",
    'got domain "", which has no version (node the node)',
  ],
  ["training information", Field.concat(encode(ACCEPTED), Field.bytes(20)), "model.file", "got training information"],
  [
    "a function that is called",
    Field.concat(encode(ACCEPTED), Field.bytes(25, Field.text(1, "Relu"), Field.text(10, "ai.onnx"))),
    "model.file",
    "got Relu, a function of the model's own (node the node)",
  ],
  ["a field that ONNX does not know", Field.concat(encode(ACCEPTED), Field.int(99, 1)), "model.file", "field, 99"],
  ["a field of number 0", Field.concat(encode(ACCEPTED), Field.int(0, 1)), "model.file", "field, 0"],
  ["a group", Field.concat(encode(ACCEPTED), Field.tag(14, 3), Field.tag(14, 4)), "model.file", "wire type 3"],
  ["a number in place of the graph", Field.int(7, 1), "model.file", "got field 7 of wire type 0 (the model)"],
  ["more bytes than the limit", new Uint8Array(LIMITS.bytes + 1), "model.size", "got 16777217 bytes (the file)"],
];

const GRAPHS: readonly Case[] = [
  ["no output", encode({ ...ACCEPTED, outputs: [] }), "model.file", "got no output (the graph)"],
  ["an input without a name", encode({ ...ACCEPTED, inputs: [{ name: "" }] }), "model.file", "got no name (an input)"],
  ["an input without a type", encode({ ...ACCEPTED, inputs: [{ name: "x" }] }), "model.file", "got no type (input x)"],
  [
    "an input that is there twice",
    encode({ ...ACCEPTED, inputs: [...ACCEPTED.inputs, ...ACCEPTED.inputs] }),
    "model.file",
    "got input x twice (the graph)",
  ],
  [
    "an output that is there twice",
    encode({ ...ACCEPTED, outputs: [...ACCEPTED.outputs, ...ACCEPTED.outputs] }),
    "model.file",
    "got output y twice (the graph)",
  ],
  [
    "two initializers of one name",
    withGraph(...[1, 2].map((each) => Field.bytes(5, tensor(floatTensor([1], [each]), "w")))),
    "model.file",
    "got initializer w twice (the graph)",
  ],
  [
    "an initializer without a name",
    withGraph(Field.bytes(5, tensor(floatTensor([1], [1])))),
    "model.file",
    "got no name (initializer 0)",
  ],
  [
    "an initializer that is another input",
    encode({ ...ACCEPTED, initializers: { x: floatTensor([2, 1], [1, 2]) } }),
    "model.file",
    "got an input float [1,2] and an initializer float [2,1] of one name (initializer x)",
  ],
  ["a sparse initializer", withGraph(Field.bytes(15)), "model.file", "got a sparse initializer (the graph)"],
  ["a quantization annotation", withGraph(Field.bytes(14)), "model.file", "got a quantization annotation (the graph)"],
  [
    "a negative dimension",
    encode({ ...ACCEPTED, inputs: [{ name: "x", type: "float", shape: [1, -4] }] }),
    "model.file",
    "got dimension -4 (input x)",
  ],
  [
    "an enormous dimension",
    encode({ ...ACCEPTED, inputs: [{ name: "x", type: "float", shape: [1, 2 ** 40] }] }),
    "model.size",
    "got dimension 1099511627776 (input x)",
  ],
  [
    "33 dimensions",
    encode({ ...ACCEPTED, outputs: [{ name: "y", type: "float", shape: new Array<number>(33).fill(1) }] }),
    "model.size",
    "got 33 dimensions (output y)",
  ],
  [
    "an input of a type that nobody takes",
    withGraph(Field.bytes(11, Field.text(1, "x"), Field.bytes(2, Field.bytes(1, Field.int(1, 16))))),
    "model.file",
    "got element type 16 (input x)",
  ],
  [
    "an input of two types",
    withGraph(Field.bytes(11, Field.text(1, "x"), Field.bytes(2, Field.bytes(1, Field.int(1, 1)), Field.bytes(4)))),
    "model.file",
    "got two types (input x)",
  ],
];

const NODES: readonly Case[] = [
  [
    "a node without an operator",
    encode({ ...ACCEPTED, nodes: [{ operator: "", inputs: ["x"], outputs: ["y"] }] }),
    "model.file",
    "got a node without an operator (node 0)",
  ],
  [
    "an overloaded operator",
    withGraph(Field.bytes(1, Field.text(2, "w"), Field.text(4, "Op"), Field.text(8, "other"))),
    "model.file",
    "got an overloaded operator (node Op_0)",
  ],
  [
    "an input that nothing makes",
    encode({ ...ACCEPTED, nodes: [relu("y", "x"), relu("z", "nowhere")] }),
    "model.file",
    "got input nowhere, which nothing makes (node makes z)",
  ],
  [
    "an output that nothing makes",
    encode({ ...ACCEPTED, nodes: [relu("z", "x")] }),
    "model.file",
    "got output y, which nothing makes (the graph)",
  ],
  [
    "a value that two nodes make",
    encode({ ...ACCEPTED, nodes: [relu("y", "x"), { ...relu("y", "x"), name: "again" }] }),
    "model.file",
    "got y made twice (node again)",
  ],
  [
    "a value that one node makes twice",
    encode({ ...ACCEPTED, nodes: [{ ...relu("y", "x"), outputs: ["y", "y"] }] }),
    "model.file",
    "got y made twice (node makes y)",
  ],
  [
    "a node that makes an input",
    encode({ ...ACCEPTED, nodes: [relu("y", "x"), relu("x", "y")] }),
    "model.file",
    "got x made twice (node makes x)",
  ],
  [
    "a node that makes an initializer",
    encode({ ...ACCEPTED, initializers: { y: floatTensor([1], [1]) } }),
    "model.file",
    "got y made twice (node the node)",
  ],
  [
    "a node that needs itself",
    encode({ ...ACCEPTED, nodes: [relu("y", "x"), relu("z", "z")] }),
    "model.file",
    "got a cycle: a node that needs its own output (node makes z)",
  ],
  [
    "a cycle of three behind what is none",
    encode({ ...ACCEPTED, nodes: [relu("y", "x", "c"), relu("a", "y"), relu("b", "x", "a"), relu("c", "b", "x")] }),
    "model.file",
    "got a cycle: a node that needs its own output (node makes",
  ],
];

const ATTRIBUTES: readonly Case[] = [
  ["no name", withAttribute(Field.int(20, 2)), "model.file", "got an attribute without a name (node the node)"],
  [
    "no type",
    withAttribute(Field.text(1, "a"), Field.int(3, 1)),
    "model.file",
    "attribute type 0 (attribute a of node",
  ],
  ["an unknown type", withAttribute(Field.text(1, "a"), Field.int(20, 15)), "model.file", "attribute type 15"],
  [
    "a type that it is not of",
    withAttribute(Field.text(1, "a"), Field.float(2, 1), Field.int(20, 2)),
    "model.file",
    "got field 2 filled and a type of int (attribute a of node the node)",
  ],
  [
    "two values",
    withAttribute(attribute("a", ints([1])), Field.bytes(6)),
    "model.file",
    "got field 6 filled and a type of ints (attribute a of node the node)",
  ],
  [
    "a name that another has",
    withGraph(
      Field.bytes(1, node({ operator: "Op", inputs: [], outputs: ["w"], attributes: { a: int(1) } }), [
        Field.bytes(5, attribute("a", int(2))),
      ]),
    ),
    "model.file",
    "got attribute a twice (node Op_0)",
  ],
  ["NaN", withAttribute(attribute("a", float(Number.NaN))), "model.value", "got NaN at position 0 (attribute a of"],
  [
    "an infinity among numbers",
    withAttribute(attribute("a", floats([1, Number.NEGATIVE_INFINITY]))),
    "model.value",
    "got -Infinity at position 1 (attribute a of node the node)",
  ],
  [
    "an integer beyond 2^53",
    withAttribute(Field.text(1, "a"), Field.int(3, 2n ** 53n + 1n), Field.int(20, 2)),
    "model.value",
    "got about 9007199254740992 at position 0 (attribute a of node the node)",
  ],
  [
    "an integer beyond -2^53 among others",
    withAttribute(Field.text(1, "a"), Field.packedInts(8, [0, -(2n ** 60n)]), Field.int(20, 7)),
    "model.value",
    "got about -1152921504606847000 at position 1 (attribute a",
  ],
  ["no tensor where it says one", withAttribute(Field.text(1, "a"), Field.int(20, 4)), "model.file", "got no tensor"],
  [
    "a tensor of NaN",
    withAttribute(attribute("value", tensorAttribute(floatTensor([1], [Number.NaN])))),
    "model.value",
    "got NaN at position 0 (attribute value of node the node)",
  ],
  [
    "a name that is no UTF-8",
    withAttribute(Field.bytes(1, Uint8Array.of(0xc3, 0x28))),
    "model.file",
    "got bytes that are no protobuf or no UTF-8",
  ],
];

const TENSORS: readonly Case[] = [
  ["no data", withTensor(shape(4, 2), type(1)), "model.file", "got 0 elements for shape [4,2] (initializer w), want 8"],
  ["a byte too few", withTensor(shape(2), type(1), raw(7)), "model.file", "got 7 bytes of float for shape [2]"],
  ["a float too many", withTensor(shape(2), type(1), raw(12)), "model.file", "got 12 bytes of float for shape [2]"],
  [
    "a typed number too many",
    withTensor(shape(2), type(1), Field.packedFloats(4, [1, 2, 3])),
    "model.file",
    "got 3 elements for shape [2] (initializer w), want 2",
  ],
  [
    "data in two fields",
    withTensor(shape(1), type(1), raw(4), Field.float(4, 1)),
    "model.file",
    "got elements in two fields (initializer w)",
  ],
  [
    "data in two typed fields",
    withTensor(shape(2), type(1), Field.float(4, 1), Field.int(7, 1)),
    "model.file",
    "got elements in two fields (initializer 0)",
  ],
  [
    "data in the field of another type",
    withTensor(shape(1), type(1), Field.int(7, 1)),
    "model.file",
    "got elements of type float in field 7 (initializer w), want them in field 4",
  ],
  [
    "packed floats of six bytes",
    withTensor(shape(1), type(1), Field.bytes(4, new Uint8Array(6))),
    "model.file",
    "got 6 bytes of packed floats (initializer 0)",
  ],
  [
    "a packed integer that does not end",
    withTensor(shape(1), type(7), Field.bytes(7, Uint8Array.of(1, 0x80))),
    "model.file",
    "got packed bytes cut short (initializer 0)",
  ],
  [
    "2^40 elements without data",
    withTensor(shape(2 ** 20, 2 ** 20), type(1)),
    "model.size",
    "got shape [1048576,1048576]",
  ],
  [
    "a product that is 0 modulo 2^64",
    withTensor(shape(2n ** 33n, 2n ** 33n), type(1)),
    "model.size",
    "(initializer w), want at most 4194304 elements",
  ],
  ["an enormous dimension beside 0", withTensor(shape(0, 2n ** 40n), type(1)), "model.size", "got shape"],
  ["negative dimensions", withTensor(shape(-2, -2), type(1), raw(16)), "model.file", "got shape [-2,-2]"],
  ["33 dimensions", withTensor(shape(...new Array<number>(33).fill(1)), type(1), raw(4)), "model.size", "got 33 dim"],
  ["no type", withTensor(shape(1), raw(4)), "model.file", "got element type 0 (initializer w)"],
  ["an unknown type", withTensor(shape(1), type(4242), raw(4)), "model.file", "got element type 4242"],
  ["a type that nobody takes", withTensor(shape(1), type(16), raw(2)), "model.file", "got element type 16"],
  [
    "strings",
    withTensor(shape(1), type(8), Field.text(6, "a")),
    "model.file",
    "got strings (initializer w), want one of float, uint8, int8, int32, int64, bool, float16, double",
  ],
  [
    "numbers and strings",
    withTensor(shape(1), type(1), raw(4), Field.text(6, "a")),
    "model.file",
    "got elements in two fields (initializer w)",
  ],
  ["a part of a tensor", withTensor(shape(1), type(1), Field.bytes(3)), "model.file", "got an unknown field, 3"],
  [
    "an int8 of 128",
    withTensor(shape(2), type(3), Field.packedInts(5, [0, 128])),
    "model.value",
    "got 128 at position 1 (initializer w), want -128 to 127",
  ],
  [
    "a bool of 2",
    withTensor(shape(1), type(9), Field.bytes(9, Uint8Array.of(2))),
    "model.value",
    "got 2 at position 0",
  ],
  [
    "an int64 beyond 2^53",
    withTensor(shape(1), type(7), Field.bytes(9, new Uint8Array(BigInt64Array.of(2n ** 62n).buffer))),
    "model.value",
    "(initializer w), want integers below 2^53",
  ],
  ["an infinite float16", withTensor(shape(1), type(10), Field.int(5, 0x7c00)), "model.value", "got Infinity at"],
  [
    "a NaN of float16 in bytes",
    withTensor(shape(1), type(10), Field.bytes(9, Uint8Array.of(0, 0x7e))),
    "model.value",
    "got NaN",
  ],
  ["data outside of the file", withTensor(shape(1), type(1), Field.int(14, 1)), "model.file", 'file, in ""'],
  [
    "data at a place that is not known",
    withTensor(shape(1), type(1), raw(4), Field.int(14, 7)),
    "model.file",
    "outside",
  ],
  [
    "data at a path",
    withTensor(shape(2 ** 40), type(1), Field.int(14, 1), entry("offset", "0"), entry("location", "../../etc/passwd")),
    "model.file",
    "got data outside of the file, in ../../etc/passwd (initializer w)",
  ],
  [
    "a path without saying that there is one",
    withTensor(shape(1), type(1), raw(4), entry("location", `${"a".repeat(5000)}\u001b[2J`)),
    "model.file",
    `in ${"a".repeat(80)}... (5004 characters) (initializer w)`,
  ],
];

describe.each([
  ["a file with", FILES],
  ["a graph with", GRAPHS],
  ["nodes with", NODES],
  ["an attribute with", ATTRIBUTES],
  ["a tensor with", TENSORS],
])("read refuses %s", (_, cases) => {
  it.each(cases)("%s", (_, bytes, code, message) => {
    const refusal = refusalOf(bytes);
    expect(refusal?.code).toBe(code);
    expect(refusal?.message).toContain(message);
  });
});

describe("read", () => {
  it("takes what the refused files are made of", () => {
    expect(refusalOf(encode(ACCEPTED))).toBeUndefined();
    expect(refusalOf(withTensor(shape(2), type(1), raw(8)))).toBeUndefined();
    expect(refusalOf(withAttribute(attribute("a", int(1))))).toBeUndefined();
  });

  it("names a node that is on the cycle, not one before it", () => {
    const nodes = [relu("y", "x"), relu("b", "c", "x"), relu("c", "b"), relu("d", "c")];
    expect(refusalOf(encode({ ...ACCEPTED, nodes }))?.message).toMatch(/\(node makes [bc]\)/);
  });

  it("escapes and cuts a stranger's names", () => {
    const nodes = [{ ...relu("y", "\u001b[2J\u202e"), name: "\u0007".repeat(200) }];
    expect(refusalOf(encode({ ...ACCEPTED, nodes }))?.message).toBe(
      `got input \\u001b[2J\\u202e, which nothing makes (node ${"\\u0007".repeat(80)}... (200 characters)), ` +
        "want an input, an initializer or a node's output",
    );
  });

  it("says what was found, where, and what was wanted", () => {
    expect(refusalOf(encode({ ...SMALL, initializers: { weights: floatTensor([2, 2], [1]) } }))?.message).toBe(
      "got 4 bytes of float for shape [2,2] (initializer weights), want 16",
    );
  });
});
