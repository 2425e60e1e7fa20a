// `assay model inspect`: what an .onnx file consists of, node by node, and what of it cannot be proven.

import type { InspectedNode } from "../../graph/inspect.ts";
import { nameOf } from "../../graph/operators.ts";
import { inspectModel, type ModelInspection } from "../../inference/inspectModel.ts";
import * as ModelJob from "../../inference/modelJob.ts";
import { AssayError } from "../../lib/errors.ts";
import { printable } from "../../lib/printable.ts";
import type { ValueInfo } from "../../onnx/model.ts";
import type { Environment } from "../environment.ts";
import { columns, countText } from "../text.ts";

export type InspectModelOptions = { readonly outputs?: readonly string[]; readonly json: boolean };

/** Throws `inspect.unsupported` after everything was shown, if the wanted outputs cannot be proven. */
export async function inspectModelCommand(
  path: string,
  { outputs, json }: InspectModelOptions,
  { out }: Pick<Environment, "out">,
): Promise<void> {
  const inspection = inspectModel(await ModelJob.readModel(path), outputs);
  out(json ? asJson(inspection) : asText(inspection));
  const { refusal } = inspection;
  if (refusal !== undefined) throw new AssayError("inspect.unsupported", refusal);
}

function asText({ producer, opsets, inputs, outputs, nodes, parameters, notes }: ModelInspection): string {
  const versions = Object.entries(opsets).map(([domain, version]) => `${domain || "ai.onnx"} ${version}`);
  const rows = nodes.map((node) => [
    printable(node.name),
    printable(nameOf(node)),
    node.shape === undefined ? "?" : `[${node.shape.join(", ")}]`,
    String(node.parameters),
    verdictOn(node),
  ]);
  return [
    `made by ${printable(producer || "somebody unnamed")}, opsets ${printable(versions.join(", "))}`,
    ...inputs.map((input) => `input   ${described(input)}`),
    ...outputs.map((output) => `output  ${described(output)}`),
    "",
    ...columns([["node", "operator", "shape", "parameters", "supported"], ...rows]),
    "",
    ...notes.map((note) => `note: ${printable(note, 500)}`),
    `${countText(nodes.length, "node")}, ${countText(parameters, "parameter")}`,
    "",
  ].join("\n");
}

/** The operator may be supported and its shape unknown: then nothing has been looked at but the operator. */
function verdictOn({ supported, shape, reason }: InspectedNode): string {
  if (!supported) return `NO: ${printable(reason ?? "", 300)}`;
  if (shape !== undefined) return "yes";
  return `not known: ${printable(reason ?? "what comes before it has no shape", 300)}`;
}

/** An open dimension that is taken as the batch, which is 1, and one that is not. */
function described({ name, type, shape }: ValueInfo): string {
  const lengths = shape?.map((length, axis) => length ?? (axis === 0 ? "batch" : "open")).join(", ");
  return `${printable(name)} ${type ?? "no tensor"} ${lengths === undefined ? "of any shape" : `[${lengths}]`}`;
}

function asJson(inspection: ModelInspection): string {
  // An open dimension is null.
  const open = (infos: readonly ValueInfo[]) =>
    infos.map(({ shape, ...rest }) => ({ ...rest, shape: shape?.map((length) => length ?? null) }));
  const { inputs, outputs, refusal, ...rest } = inspection;
  const supported = refusal === undefined;
  return `${JSON.stringify({ type: "model", supported, refusal, inputs: open(inputs), outputs: open(outputs), ...rest })}\n`;
}
