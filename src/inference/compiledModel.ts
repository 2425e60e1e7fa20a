// From an .onnx file and its job to everything that proving needs to know: pure, nothing is written or run.

import { keccak256 } from "ethers";
import { build } from "../graph/build.ts";
import { fuse } from "../graph/fuse.ts";
import type { Graph } from "../graph/graph.ts";
import { rectifyLate } from "../graph/rectifyLate.ts";
import { stringify } from "../job/canonical.ts";
import { AssayError } from "../lib/errors.ts";
import { type Field, low248 } from "../lib/field.ts";
import { read } from "../onnx/read.ts";
import { lower } from "../program/lower.ts";
import type { ParameterValues, Program } from "../program/program.ts";
import { renderEntry } from "./circom/entry.ts";
import { type Cost, costOf } from "./cost.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type ModelJob, quantisationOf, visibilityOf } from "./modelJob.ts";

export type CompiledModel = {
  readonly program: Program;
  readonly layout: Layout;
  /** Empty where parameters are fixed. */
  readonly parameters: ParameterValues;
  /** Of the program: every constant, unit, shift, bound and label, and who sees what; of private parameters no value. */
  readonly identity: Field;
  /** First element of every statement: the identity; undefined where it is the commitment to private parameters. */
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

/** What a job makes of a graph, without its circuit. */
export type IntegerModel = Pick<CompiledModel, "program" | "layout" | "parameters" | "units"> & { readonly cost: Cost };

/** No machine that this runs on makes keys for more. */
export const MOST_CONSTRAINTS = 2 ** 22;

/** Throws what lowering throws, `job.model` for an input without a visibility, `model.size` beyond MOST_CONSTRAINTS. */
export function integerModelOf(graph: Graph, job: ModelJob): IntegerModel {
  const { program, values, units } = lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
  const layout = layoutOf(program, (input) => visibilityOf(job, input));
  const cost = costOf(program, layout);
  if (cost.total > MOST_CONSTRAINTS) throw tooLarge(cost.total);
  return { program, layout, parameters: values, units, cost };
}

/** Throws what `integerModelOf` throws. */
export function compileGraph(graph: Graph, job: ModelJob): CompiledModel {
  const { program, layout, parameters, units } = integerModelOf(graph, job);
  const identity = identityOf(program, layout);
  const model = job.parameters === "private" ? undefined : identity;
  const entry = renderEntry(program, { layout, identity });
  const circuit = `model-${keccak256(utf8(entry)).slice(2, 22)}`;
  return { program, layout, parameters, identity, model, entry, circuit, units };
}

/**
 * Low 248 bits of the keccak of program and layout in canonical JSON. Without what is for people: a layer that is called
 * otherwise by the next export is the same layer.
 */
function identityOf({ notes: _, steps, ...program }: Program, layout: Layout): Field {
  const nameless = steps.map(({ name: _, ...step }) => step);
  return low248(BigInt(keccak256(utf8(stringify(plain({ program: { ...program, steps: nameless }, layout }))))));
}

/** Typed arrays as lists. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array | Int32Array); // the only views that a program has
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function tooLarge(constraints: number): AssayError {
  return new AssayError(
    "model.size",
    `got a model of ${constraints} constraints, want at most ${MOST_CONSTRAINTS}: fewer bits, a smaller input or fewer layers`,
    { disposition: "reject", data: { constraints } },
  );
}
