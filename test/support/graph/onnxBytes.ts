// An OnnxModel back to the bytes of an .onnx file, for onnxruntime.

import protobuf from "protobufjs";
import type { Attribute, ElementType, OnnxModel, OnnxNode, Tensor, ValueInfo } from "../../../src/onnx/model.ts";

type Writer = protobuf.Writer;

const TYPES: Record<ElementType, number> = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
};

export function bytesOf(model: OnnxModel): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(1)).int64(8);
  message(writer, 7, (graph) => {
    for (const node of model.nodes) message(graph, 1, (inner) => nodeInto(inner, node));
    graph.uint32(tag(2, 2)).string("graph");
    for (const [name, tensor] of model.initializers) message(graph, 5, (inner) => tensorInto(inner, tensor, name));
    for (const info of model.inputs) message(graph, 11, (inner) => infoInto(inner, info));
    for (const info of model.outputs) message(graph, 12, (inner) => infoInto(inner, info));
  });
  for (const [domain, version] of model.opsets) {
    message(writer, 8, (inner) => inner.uint32(tag(1, 2)).string(domain).uint32(tag(2)).int64(version));
  }
  return writer.finish();
}

function nodeInto(writer: Writer, { name, operator, domain, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) writer.uint32(tag(1, 2)).string(input);
  for (const output of outputs) writer.uint32(tag(2, 2)).string(output);
  writer.uint32(tag(3, 2)).string(name).uint32(tag(4, 2)).string(operator);
  for (const [key, attribute] of attributes) message(writer, 5, (inner) => attributeInto(inner, key, attribute));
  writer.uint32(tag(7, 2)).string(domain);
}

function attributeInto(writer: Writer, name: string, attribute: Attribute): void {
  writer.uint32(tag(1, 2)).string(name);
  const type = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8, other: 0 }[attribute.kind];
  if (attribute.kind === "float") writer.uint32(tag(2, 5)).float(attribute.value);
  if (attribute.kind === "int") writer.uint32(tag(3)).int64(attribute.value);
  if (attribute.kind === "string") writer.uint32(tag(4, 2)).string(attribute.value);
  if (attribute.kind === "tensor") message(writer, 5, (inner) => tensorInto(inner, attribute.value, ""));
  if (attribute.kind === "floats") for (const number of attribute.value) writer.uint32(tag(7, 5)).float(number);
  if (attribute.kind === "ints") for (const number of attribute.value) writer.uint32(tag(8)).int64(number);
  if (attribute.kind === "strings") for (const text of attribute.value) writer.uint32(tag(9, 2)).string(text);
  writer.uint32(tag(20)).int32(type);
}

function tensorInto(writer: Writer, { type, shape, data }: Tensor, name: string): void {
  for (const length of shape) writer.uint32(tag(1)).int64(length);
  writer.uint32(tag(2)).int32(TYPES[type]);
  if (type === "float") for (const number of data) writer.uint32(tag(4, 5)).float(number);
  else if (type === "double") for (const number of data) writer.uint32(tag(10, 1)).double(number);
  else if (type === "int64") for (const number of data) writer.uint32(tag(7)).int64(number);
  else for (const number of data) writer.uint32(tag(5)).int32(number);
  writer.uint32(tag(8, 2)).string(name);
}

function infoInto(writer: Writer, { name, type, shape }: ValueInfo): void {
  writer.uint32(tag(1, 2)).string(name);
  if (type === undefined) return;
  message(writer, 2, (outer) => {
    message(outer, 1, (tensor) => {
      tensor.uint32(tag(1)).int32(TYPES[type]);
      if (shape === undefined) return;
      message(tensor, 2, (dims) => {
        for (const length of shape) {
          message(dims, 1, (dim) => {
            if (length === undefined) dim.uint32(tag(2, 2)).string("N");
            else dim.uint32(tag(1)).int64(length);
          });
        }
      });
    });
  });
}

function message(writer: Writer, field: number, body: (inner: Writer) => void): void {
  writer.uint32(tag(field, 2)).fork();
  body(writer);
  writer.ldelim();
}

function tag(field: number, wire = 0): number {
  return (field << 3) | wire;
}
