// From an .onnx file to a graph: the nodes that the wanted outputs need, and nothing else.

import { AssayError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import type { OnnxModel, OnnxNode, ValueInfo } from "../onnx/model.ts";
import { type Graph, type GraphOutput, sizeOf } from "./graph.ts";
import type { Made } from "./operator.ts";
import { nameOf, operatorOf, supported } from "./operators.ts";
import { prune } from "./prune.ts";
import { createTranslation } from "./translate.ts";

export type BuildOptions = {
  /** Names of the file's outputs; all of them where left out. */
  readonly outputs?: readonly string[] | undefined;
};

/** Throws `model.operator` with every node that is not supported, `model.shape`, `model.size`, `model.output` and their like. */
export function build(model: OnnxModel, options: BuildOptions = {}): Graph {
  const wanted = outputNames(model, options.outputs);
  const { nodes, names } = needed(model, wanted);
  const unsupported = nodes.filter((node) => operatorOf(node) === undefined);
  if (unsupported.length > 0) throw unsupportedOperators(unsupported);
  const translation = createTranslation(model);
  for (const input of model.inputs) {
    if (names.has(input.name)) translation.input(input);
  }
  for (const node of nodes) translation.node(node);
  const declared = new Map(model.outputs.map(({ name, shape }) => [name, shape]));
  const outputs = wanted.map((name) => outputOf(name, translation.value(name), declared.get(name)));
  return prune(translation.builder.finish(outputs));
}

function outputNames({ inputs, outputs }: OnnxModel, asked: readonly string[] | undefined): readonly string[] {
  const all = outputs.map(({ name }) => name);
  const missing = asked?.find((name) => !all.includes(name));
  if (missing !== undefined)
    throw badOutput(printable(missing), `one of ${shortened(all.map((name) => printable(name))).join(", ")}`);
  if (asked?.length === 0 || all.length === 0) throw badOutput("none", "one output or more");
  const names = asked ?? all;
  const set = new Set(names);
  const same = inputs.find(({ name }) => set.has(name));
  if (same !== undefined) throw badOutput(`${printable(same.name)}, an input as it is`, "one that a node makes");
  return names;
}

/** In their order; and every name that they use. */
function needed({ nodes }: OnnxModel, wanted: readonly string[]) {
  const names = new Set(wanted);
  const found: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => names.has(name))) continue;
    found.push(node);
    for (const name of node.inputs) names.add(name);
  }
  return { nodes: found.reverse(), names };
}

function outputOf(name: string, { value, meaning }: Made, declared: ValueInfo["shape"]): GraphOutput {
  if (value.kind === "constant") throw badOutput(`${printable(name)}, a constant`, "one that depends on an input");
  // Exporters leave ones out and name what they do not know; only another number of elements is another tensor.
  const sizes = declared?.every((length) => length !== undefined) === true ? sizeOf(declared) : sizeOf(value.shape);
  if (sizes !== sizeOf(value.shape)) {
    throw badOutput(`${printable(name)} of shape [${value.shape}]`, `[${declared}], as the file says`);
  }
  const { id: node, shape } = value;
  if (meaning?.link === undefined) {
    const kind = meaning?.index === true ? "index" : "number";
    return { name, node, kind, shape, labels: meaning?.labels };
  }
  const { link, labels } = meaning;
  if (link === "sigmoid") return { name, node, kind: "scores", link, shape, labels };
  const axis = meaning.axis ?? shape.length - 1;
  if (sizeOf(shape.slice(axis + 1)) !== 1) {
    throw badOutput(`${printable(name)}, a ${link} over axis ${axis} of [${shape}]`, "one over the last axis");
  }
  return { name, node, kind: "scores", link, group: shape[axis], shape, labels };
}

function badOutput(got: string, want: string): AssayError {
  return new AssayError("model.output", `got the output ${got}, want ${want}`, { disposition: "reject" });
}

function unsupportedOperators(nodes: readonly OnnxNode[]): AssayError {
  const named = nodes.map((node) => `${printable(nameOf(node))} (node ${printable(node.name)})`);
  const message = `got ${shortened(named).join(", ")}, which ${nodes.length === 1 ? "is" : "are"} not supported`;
  return new AssayError("model.operator", `${message}\nSupported: ${supported().join(", ")}`, {
    disposition: "reject",
    data: { nodes: nodes.map((node) => ({ node: node.name, operator: nameOf(node) })), supported: supported() },
  });
}

function shortened(list: readonly string[], most = 50): readonly string[] {
  return list.length <= most ? list : [...list.slice(0, most), `and ${list.length - most} more`];
}
