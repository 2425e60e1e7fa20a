// What a file consists of, node by node, and what of it is not supported: for a reader, who wants to see all of it.

import { AssayError } from "../lib/errors.ts";
import type { OnnxModel, OnnxNode } from "../onnx/model.ts";
import { operatorOf } from "./operators.ts";
import { createTranslation, type Translation } from "./translate.ts";

export type InspectedNode = {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  /** True also for what comes after an unsupported node, if there is such an operator. */
  readonly supported: boolean;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of the first output, where it and everything before it are supported. */
  readonly shape: readonly number[] | undefined;
  /** Numbers of the file that this node uses as weights. */
  readonly parameters: number;
  readonly reason: string | undefined;
};

export function inspect(model: OnnxModel): readonly InspectedNode[] {
  const translation = createTranslation(model);
  const unknown = new Map<string, string>();
  for (const input of model.inputs) {
    const reason = attempt(() => translation.input(input));
    if (reason !== undefined) unknown.set(input.name, reason);
  }
  return model.nodes.map((node) => inspected(node, translation, unknown));
}

/** `unknown` are the names that have no value, and why; "" for what follows from others. */
function inspected(node: OnnxNode, translation: Translation, unknown: Map<string, string>): InspectedNode {
  const { name, operator, domain, inputs, outputs } = node;
  const row = { name, operator, domain, inputs, outputs };
  const before = translation.parameters();
  const missing = inputs.find((input) => unknown.has(input));
  const exists = operatorOf(node) !== undefined;
  const failed = missing === undefined && exists ? attempt(() => translation.node(node)) : undefined;
  if (missing === undefined && exists && failed === undefined) {
    const shape = translation.made(outputs.find((output) => output !== "") ?? "")?.value.shape;
    return {
      ...row,
      supported: true,
      shape,
      parameters: translation.parameters() - before + treeNumbers(node),
      reason: undefined,
    };
  }
  if (failed !== undefined) translation.failed();
  for (const output of outputs) if (output !== "") unknown.set(output, "");
  const inherited = missing === undefined ? undefined : unknown.get(missing) || undefined;
  const reason = exists ? (failed ?? inherited) : "there is no such operator here";
  return { ...row, supported: exists && failed === undefined, shape: undefined, parameters: 0, reason };
}

/** Of trees, whose numbers are attributes: thresholds of branches and values of leaves. */
function treeNumbers({ domain, operator, attributes }: OnnxNode): number {
  if (domain !== "ai.onnx.ml" || !operator.startsWith("TreeEnsemble")) return 0;
  const modes = attributes.get("nodes_modes");
  const count = (name: string): number => {
    const found = attributes.get(name);
    if (found?.kind === "floats") return found.value.length;
    return found?.kind === "tensor" ? found.value.data.length : 0;
  };
  // TreeEnsemble lists branches alone; the two before it have leaves among them.
  const branches =
    modes?.kind === "strings" ? modes.value.filter((mode) => mode !== "LEAF").length : count("nodes_splits");
  return branches + ["class_weights", "target_weights", "leaf_weights"].reduce((sum, name) => sum + count(name), 0);
}

/** The message of a refusal; undefined if there is none. */
function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof AssayError) return error.message;
    throw error;
  }
}
