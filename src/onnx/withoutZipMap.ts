// The same file without ZipMap, whose sequences of maps onnxruntime's WebAssembly build makes but does not give out.

import protobuf from "protobufjs/minimal.js";
import { createBudget } from "./budget.ts";
import type { OnnxModel, OnnxNode } from "./model.ts";
import { readNode } from "./node.ts";
import { readValueInfo } from "./valueInfo.ts";

export type WithoutZipMap = {
  readonly bytes: Uint8Array;
  /** What an output is to be asked for as: what went into a ZipMap is an output now, in place of what came out of it. */
  readonly asked: ReadonlyMap<string, string>;
};

/** `model` is what `read(bytes)` gave. */
export function withoutZipMap(bytes: Uint8Array, model: OnnxModel): WithoutZipMap {
  const zipped = new Map<string, string>();
  for (const { outputs, inputs } of model.nodes.filter(isZipMap)) zipped.set(outputs[0] ?? "", inputs[0] ?? "");
  const asked = new Map(model.outputs.map(({ name }) => [name, zipped.get(name) ?? name]));
  if (zipped.size === 0) return { bytes, asked };
  const parts = split(bytes).map(({ field, raw, content }) =>
    field === GRAPH ? lengthDelimited(GRAPH, Buffer.concat(graphParts(content, zipped))) : raw,
  );
  return { bytes: Buffer.concat(parts), asked };
}

function isZipMap({ operator, domain }: OnnxNode): boolean {
  return operator === "ZipMap" && domain === "ai.onnx.ml";
}

const GRAPH = 7;
const NODE = 1;
const OUTPUT = 12;

function graphParts(graph: Uint8Array, zipped: ReadonlyMap<string, string>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const outputs = new Set<string>();
  for (const { field, raw, content } of split(graph)) {
    const message = { bytes: content, where: "", budget: createBudget() };
    if (field === NODE && isZipMap(readNode(message, 0))) continue;
    if (field !== OUTPUT) {
      parts.push(raw);
      continue;
    }
    const { name } = readValueInfo(message, "output");
    const made = zipped.get(name) ?? name;
    if (!outputs.has(made)) parts.push(made === name ? raw : lengthDelimited(OUTPUT, scores(made)));
    outputs.add(made);
  }
  return parts;
}

/** A ValueInfoProto of a float tensor, whose shape onnxruntime finds out. */
function scores(name: string): Uint8Array {
  const FLOAT = [8, 1];
  const tensorType = lengthDelimited(1, Uint8Array.from(FLOAT));
  return Buffer.concat([lengthDelimited(1, Buffer.from(name)), lengthDelimited(2, tensorType)]);
}

type Part = { readonly field: number; readonly raw: Uint8Array; readonly content: Uint8Array };

/** The fields of a message that has been read once already. */
function split(bytes: Uint8Array): readonly Part[] {
  const reader = new protobuf.Reader(bytes);
  const parts: Part[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.tag();
    let content = bytes.subarray(0, 0);
    if ((tag & 7) === 2) content = reader.bytes();
    else reader.skipType(tag & 7);
    parts.push({ field: tag >>> 3, raw: bytes.subarray(start, reader.pos), content });
  }
  return parts;
}

function lengthDelimited(field: number, content: Uint8Array): Uint8Array {
  return new protobuf.Writer()
    .uint32((field << 3) | 2)
    .bytes(content)
    .finish();
}
