// What becomes of each exported model of test/models: its integer program against onnxruntime on its rows.

import { readdir, readFile } from "node:fs/promises";
import { calibrate } from "../../../src/inference/calibrate.ts";
import { graphOf } from "../../../src/inference/compiledModel.ts";
import { references, rowInputs } from "../../../src/inference/reference.ts";
import * as Rows from "../../../src/inference/rows.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { read } from "../../../src/onnx/read.ts";

const MODELS = new URL("../../models/", import.meta.url);

/** With fixed parameters, private inputs and what `calibrate` chooses when nothing is said. */
export type Figures = {
  readonly rows: number;
  readonly constraints: number;
  /** None where no output has classes. */
  readonly changedRows?: number;
  readonly maxError: number;
  /** Of the float model's numbers. */
  readonly range: number;
};

export type Refusal = { readonly code: string; readonly node: string };

export type Measured = Figures | Refusal;

export async function names(): Promise<readonly string[]> {
  const files = await readdir(MODELS);
  return files.flatMap((file) => (file.endsWith(".onnx") ? [file.replace(".onnx", "")] : [])).sort();
}

/** By name; where all outputs are refused together, the first one alone (a classifier's label) by `name:output` too. */
export async function measure(name: string): Promise<Readonly<Record<string, Measured>>> {
  const onnx = await readFile(new URL(`${name}.onnx`, MODELS));
  const csv = await readFile(new URL(`${name}.csv`, MODELS), "utf8");
  const all = await figuresOf(onnx, csv, undefined);
  const [first, ...others] = read(onnx).outputs;
  if (!("code" in all) || first === undefined || others.length === 0) return { [name]: all };
  return { [name]: all, [`${name}:${first.name}`]: await figuresOf(onnx, csv, [first.name]) };
}

async function figuresOf(onnx: Uint8Array, csv: string, outputs: readonly string[] | undefined): Promise<Measured> {
  try {
    const graph = graphOf(onnx, outputs);
    const rows = Rows.parse(csv, "rows.csv", rowInputs(graph));
    const visibility = () => "private" as const;
    const options = { model: "x.onnx", outputs, parameters: "fixed", visibility } as const;
    const { accuracy, constraints } = calibrate(graph, rows, await references(onnx, graph, rows), options);
    const { changedClassShare: share, maxError, range } = accuracy;
    const changed = share === undefined ? {} : { changedRows: Math.round(share * rows.length) };
    return { rows: rows.length, constraints, ...changed, maxError, range };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { code: error.code, node: nodeOf(error) };
  }
}

/** The first one that a refusal names. */
function nodeOf({ data }: AssayError): string {
  const nodes = (data.nodes ?? [data]) as readonly { readonly node?: string }[]; // what `model.operator` has
  return nodes[0]?.node ?? "";
}
