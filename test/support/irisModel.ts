// A small model of test/models with a job for it: four numbers in, a class and three scores out.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CompiledModel, compile } from "../../src/inference/compiledModel.ts";
import type { Visibility } from "../../src/inference/layout.ts";
import * as ModelJob from "../../src/inference/modelJob.ts";

export type IrisOptions = { readonly visibility: Visibility; readonly parameters: ModelJob.ModelJob["parameters"] };

export const IRIS = join(import.meta.dirname, "../models/iris-logistic-named.onnx");

export function compiledIris({ visibility, parameters }: IrisOptions): CompiledModel {
  const input = { visibility, bits: [7], minimum: [0], unit: [0.1] };
  const job = ModelJob.parse({ version: 1, model: "iris.onnx", parameters, inputs: { input } }, "job.json");
  return compile(readFileSync(IRIS), job);
}
