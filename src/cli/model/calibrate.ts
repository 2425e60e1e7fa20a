// `assay model calibrate`: a job for a model, its quantisation chosen on rows, and what it costs and loses.

import { dirname, relative } from "node:path";
import { type Attempt, attempts, type CalibrateOptions, choose } from "../../inference/calibrate.ts";
import { graphOf } from "../../inference/compiledModel.ts";
import type { Visibility } from "../../inference/layout.ts";
import * as ModelJob from "../../inference/modelJob.ts";
import { references, rowInputs } from "../../inference/reference.ts";
import { reportOf } from "../../inference/report.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Environment } from "../environment.ts";
import { createProgress } from "../progress.ts";
import { readRows, requireRoom, writeOnce } from "./files.ts";
import { reportText } from "./reportText.ts";

export type CalibrateCommandOptions = Pick<
  CalibrateOptions,
  "target" | "inputBits" | "weightBits" | "activationBits" | "headroom" | "parameters" | "outputs"
> & {
  readonly data: string;
  /** By input name; private where it is not named. */
  readonly input: Readonly<Record<string, Visibility>>;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
};

/** The job goes to `out`, or to stdout; the report to stderr, or with `json` to stdout with the job in it. */
export async function calibrateCommand(
  path: string,
  options: CalibrateCommandOptions,
  { signal, clock, out, err }: Pick<Environment, "signal" | "clock" | "out" | "err">,
): Promise<void> {
  await requireRoom([options.out], options.force, [path, options.data]);
  const onnx = await ModelJob.readModel(path);
  const graph = graphOf(onnx, options.outputs);
  requireInputs(
    options.input,
    rowInputs(graph).map(({ name }) => name),
  );
  const rows = await readRows(options.data, graph);
  const { target, inputBits, weightBits, activationBits, headroom, parameters, outputs } = options;
  const progress = createProgress(clock, err);
  const tried: Attempt[] = [];
  for (const attempt of attempts(graph, rows, await references(onnx, graph, rows, signal), {
    ...{ target, inputBits, weightBits, activationBits, headroom, parameters, outputs },
    model: relative(options.out === undefined ? "" : dirname(options.out), path).replaceAll("\\", "/"),
    visibility: (input) => options.input[input] ?? "private",
  })) {
    tried.push(attempt);
    if (target === undefined) break;
    progress.step("quantisations", attempt.done);
    await clock.sleep(0, signal); // where an interruption arrives
  }
  const calibrated = choose(graph, tried, target);
  const { job } = calibrated;
  const report = reportOf(calibrated);
  const text = ModelJob.render(ModelJob.parse(job, options.out ?? "job"));
  if (options.out !== undefined) await writeOnce(options.out, text, options.force);
  if (options.json) {
    out(`${JSON.stringify({ type: "calibration", ...report, job })}\n`);
    return;
  }
  err(reportText(report, calibrated.compiled.program));
  if (options.out === undefined) out(text);
}

function requireInputs(given: Readonly<Record<string, Visibility>>, inputs: readonly string[]): void {
  const unknown = Object.keys(given).filter((name) => !inputs.includes(name));
  if (unknown.length === 0) return;
  throw new AssayError("usage.input", `got no input ${unknown.join(", ")} in the model, want of ${inputs.join(", ")}`);
}
