// From an .onnx file and its job to everything that proving needs to know: pure, nothing is written or run.

import { keccak256, toUtf8Bytes } from "ethers";
import { build } from "../graph/build.ts";
import { fuse } from "../graph/fuse.ts";
import type { Graph } from "../graph/graph.ts";
import { rectifyLate } from "../graph/rectifyLate.ts";
import { stringify } from "../job/canonical.ts";
import { type Field, low248 } from "../lib/field.ts";
import { read } from "../onnx/read.ts";
import { lower } from "../program/lower.ts";
import type { ParameterValues, Program } from "../program/program.ts";
import { renderEntry } from "./circom.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type ModelJob, quantisationOf, visibilityOf } from "./modelJob.ts";

export type CompiledModel = {
  readonly program: Program;
  readonly layout: Layout;
  /** Empty where parameters are fixed. */
  readonly parameters: ParameterValues;
  /** First element of every statement; undefined where it is the commitment to private parameters. */
  readonly model: Field | undefined;
  readonly entry: string;
  /** What the circuit is called: of the entry's own content. */
  readonly circuit: string;
  /** Units of private parameters, for the job of the next version. */
  readonly units: Readonly<Record<string, number>>;
};

/** Throws what reading, building and lowering throw: `model.*`, each naming the node. */
export function compile(onnx: Uint8Array, job: ModelJob): CompiledModel {
  return compileGraph(graphOf(onnx, job.outputs), job);
}

/** The fused graph of a file: what calibration looks at and lowering starts from. */
export function graphOf(onnx: Uint8Array, outputs?: readonly string[]): Graph {
  return fuse(rectifyLate(build(read(onnx), outputs === undefined ? {} : { outputs })));
}

export function compileGraph(graph: Graph, job: ModelJob): CompiledModel {
  const { program, values, units } = lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
  const layout = layoutOf(program, (input) => visibilityOf(job, input));
  const model = job.parameters === "private" ? undefined : identityOf(program, layout);
  const entry = renderEntry(program, { layout, model });
  const circuit = `model-${keccak256(toUtf8Bytes(entry)).slice(2, 22)}`;
  return { program, layout, parameters: values, model, entry, circuit, units };
}

/** Low 248 bits of the keccak of the program in canonical JSON: every weight, unit and shift, and who sees what. */
function identityOf(program: Program, layout: Layout): Field {
  const plain: unknown = JSON.parse(
    JSON.stringify({ program, layout }, (_key, value: unknown) =>
      ArrayBuffer.isView(value) ? [...plainList(value)] : value,
    ),
  );
  return low248(BigInt(keccak256(toUtf8Bytes(stringify(plain)))));
}

function plainList(view: ArrayBufferView): Iterable<number> {
  return view as Float64Array | Int32Array; // the only views that a program has
}
