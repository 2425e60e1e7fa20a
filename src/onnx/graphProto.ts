// A GraphProto: nodes, initializers, inputs and outputs, with every name made once and before it is used.

import { printable } from "../lib/printable.ts";
import type { OnnxModel, Tensor, ValueInfo } from "./model.ts";
import { readNode } from "./node.ts";
import { inOrder } from "./order.ts";
import { malformed } from "./refusal.ts";
import { readTensor } from "./tensor.ts";
import { readValueInfo } from "./valueInfo.ts";
import { type Fields, type Message, many, one, skipped, walk } from "./wire.ts";

/** Throws `model.file`, `model.size` and `model.value`. */
export function readGraph(message: Message): Pick<OnnxModel, "nodes" | "initializers" | "inputs" | "outputs"> {
  const parts = collect(message);
  const initializers = readInitializers(message, parts[FIELD.initializer]);
  const declared = readValues(message, parts[FIELD.input], "input");
  const outputs = readValues(message, parts[FIELD.output], "output");
  if (outputs.length === 0) throw malformed({ got: "no output", where: message.where, want: "at least one" });

  const inputs: ValueInfo[] = [];
  for (const value of declared) {
    const initializer = initializers.get(value.name);
    if (initializer === undefined) inputs.push(value);
    else checkAgrees(initializer, value);
  }
  const nodes = parts[FIELD.node].map((bytes, index) => readNode({ ...message, bytes, where: `node ${index}` }, index));
  const given = new Set([...initializers.keys(), ...inputs.map(nameOf)]);
  return { nodes: inOrder(nodes, given, outputs.map(nameOf)), initializers, inputs, outputs };
}

const FIELD = { node: 1, initializer: 5, input: 11, output: 12, annotation: 14, sparse: 15 } as const;

const GRAPH: Fields = new Map([
  [FIELD.node, many("bytes")],
  [2, one("text")], // name
  [FIELD.initializer, many("bytes")],
  [10, skipped("text")], // doc_string
  [FIELD.input, many("bytes")],
  [FIELD.output, many("bytes")],
  [13, skipped("bytes")], // value_info: what we find out ourselves
  [FIELD.annotation, many("bytes")],
  [FIELD.sparse, many("bytes")],
  [16, skipped("bytes")], // metadata_props
]);

type Parts = Record<(typeof FIELD)["node" | "initializer" | "input" | "output"], Uint8Array[]>;

function collect(message: Message): Parts {
  const parts: Parts = { [FIELD.node]: [], [FIELD.initializer]: [], [FIELD.input]: [], [FIELD.output]: [] };
  walk(message, GRAPH, {
    bytes: (field, value) => {
      if (field === FIELD.annotation || field === FIELD.sparse) throw unsupported(field);
      parts[field as keyof Parts].push(value); // the table has no others of this kind
    },
  });
  return parts;
}

function readInitializers(message: Message, parts: readonly Uint8Array[]): ReadonlyMap<string, Tensor> {
  const initializers = new Map<string, Tensor>();
  for (const [index, bytes] of parts.entries()) {
    const where = `initializer ${index}`;
    const read = readTensor({ ...message, bytes, where }, (name) => `initializer ${printable(name)}`);
    if (read.name === "") throw malformed({ got: "no name", where, want: "one" });
    if (initializers.has(read.name)) throw twice(read.name, "initializer");
    initializers.set(read.name, read.tensor);
  }
  return initializers;
}

function readValues(message: Message, parts: readonly Uint8Array[], role: "input" | "output"): readonly ValueInfo[] {
  const names = new Set<string>();
  return parts.map((bytes) => {
    const value = readValueInfo({ ...message, bytes }, role);
    if (names.has(value.name)) throw twice(value.name, role);
    names.add(value.name);
    return value;
  });
}

/** Old files list their initializers as inputs too. */
function checkAgrees(tensor: Tensor, { name, type, shape }: ValueInfo): void {
  const agrees =
    type === tensor.type &&
    (shape === undefined ||
      (shape.length === tensor.shape.length &&
        shape.every((length, axis) => length === undefined || length === tensor.shape[axis])));
  if (agrees) return;
  throw malformed({
    got: `an input ${type} [${shape}] and an initializer ${tensor.type} [${tensor.shape}] of one name`,
    where: `initializer ${printable(name)}`,
    want: "them to agree",
  });
}

function nameOf({ name }: ValueInfo): string {
  return name;
}

function twice(name: string, role: string): Error {
  return malformed({ got: `${role} ${printable(name)} twice`, where: "the graph", want: "every name once" });
}

function unsupported(field: number): Error {
  const got = field === FIELD.sparse ? "a sparse initializer" : "a quantization annotation";
  return malformed({ got, where: "the graph", want: "dense tensors without annotations" });
}
