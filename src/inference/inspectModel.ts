// What an .onnx file has in it, and whether all of it can be proven: for a reader, before there is a job.

import { type InspectedNode, inspect } from "../graph/inspect.ts";
import { AssayError } from "../lib/errors.ts";
import type { ValueInfo } from "../onnx/model.ts";
import { read } from "../onnx/read.ts";
import { graphOf } from "./compiledModel.ts";

export type ModelInspection = {
  readonly producer: string;
  /** Version by domain; "" is ai.onnx. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly InspectedNode[];
  /** Numbers that are used as weights, in all nodes. */
  readonly parameters: number;
  /** What a reader should know of what is supported: outputs that are logits. */
  readonly notes: readonly string[];
  /** Why the wanted outputs cannot be proven; undefined where they can. */
  readonly refusal: string | undefined;
};

/** `wanted`: outputs of the file, all of them where left out. Throws `model.*` for a file that cannot be read at all. */
export function inspectModel(onnx: Uint8Array, wanted?: readonly string[]): ModelInspection {
  const model = read(onnx);
  const nodes = inspect(model);
  return {
    producer: model.producer,
    opsets: Object.fromEntries(model.opsets),
    inputs: model.inputs,
    outputs: model.outputs,
    nodes,
    parameters: nodes.reduce((sum, { parameters }) => sum + parameters, 0),
    ...translated(onnx, wanted),
  };
}

/** A node that no wanted output needs may be anything: the graph decides, not the list of nodes. */
function translated(onnx: Uint8Array, wanted: readonly string[] | undefined) {
  try {
    return { notes: graphOf(onnx, wanted).notes, refusal: undefined };
  } catch (error) {
    if (error instanceof AssayError && error.disposition === "reject") return { notes: [], refusal: error.message };
    throw error;
  }
}
