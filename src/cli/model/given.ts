// What the commands of a model's job are given: the job, rows, salts, and what a proof is bound to.

import { dirname, join } from "node:path";
import type { Graph } from "../../graph/graph.ts";
import { type CompiledModel, compileGraph, graphOf } from "../../inference/compiledModel.ts";
import type { Binding, Salts } from "../../inference/inference.ts";
import * as ModelJob from "../../inference/modelJob.ts";
import * as Secrets from "../../inference/secrets.ts";
import { AssayError } from "../../lib/errors.ts";
import { requireUnread } from "./files.ts";

export type Model = {
  readonly job: ModelJob.ModelJob;
  readonly onnx: Uint8Array;
  readonly graph: Graph;
  readonly compiled: CompiledModel;
};

export type BindingOptions = {
  readonly chainId?: bigint;
  readonly gate?: string;
  readonly consumer?: string;
  readonly caller?: string;
  readonly nonce?: bigint;
};

export type RowOptions = { readonly data: string; readonly row: number };
export type SecretsOptions = { readonly secrets?: string | undefined };

/** Throws what reading and compiling throw: `job.model`, `model.*`; `usage.output` for an output in the model's place. */
export async function loadModel(path: string, outputs: readonly (string | undefined)[] = []): Promise<Model> {
  const { job, onnx } = await ModelJob.load(path);
  await requireUnread(outputs, [join(dirname(path), job.model)]);
  const graph = graphOf(onnx, job.outputs);
  return { job, onnx, graph, compiled: compileGraph(graph, job) };
}

export async function saltsFrom({ secrets }: SecretsOptions): Promise<Salts | undefined> {
  return secrets === undefined ? undefined : await Secrets.read(secrets);
}

/** Undefined where none of it is given. Throws `usage.binding` for a part of it. */
export function bindingFrom({ chainId, gate, consumer, caller, nonce }: BindingOptions): Binding | undefined {
  const given = { chainId, gate, consumer, caller, nonce };
  const missing = Object.entries(given).filter(([, value]) => value === undefined);
  if (missing.length === Object.keys(given).length) return undefined;
  if (
    chainId === undefined ||
    gate === undefined ||
    consumer === undefined ||
    caller === undefined ||
    nonce === undefined
  ) {
    const flags = missing.map(([name]) => FLAGS[name as keyof typeof FLAGS]); // keys of `given`
    throw new AssayError("usage.binding", `got a binding without ${flags.join(", ")}, want all of it or none`);
  }
  return { chainId, gate, consumer, caller, nonce };
}

const FLAGS = {
  chainId: "--chain-id",
  gate: "--gate",
  consumer: "--consumer",
  caller: "--caller",
  nonce: "--nonce",
} as const;
