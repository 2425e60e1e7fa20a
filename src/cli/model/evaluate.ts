// `assay model evaluate`: what a job that is there loses on rows, and which of them it refuses.

import { accuracyOf } from "../../inference/accuracy.ts";
import { divideRows } from "../../inference/divideRows.ts";
import { references } from "../../inference/reference.ts";
import { reportOf } from "../../inference/report.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Environment } from "../environment.ts";
import { countText } from "../text.ts";
import { readRows } from "./files.ts";
import { loadModel } from "./given.ts";
import { reportText } from "./reportText.ts";

export type EvaluateOptions = { readonly data: string; readonly json: boolean };

/** Of refused rows so many are named. */
const NAMED = 5;

/** Throws `model.rows` where every row is refused: there is nothing to compare. */
export async function evaluateCommand(
  path: string,
  { data, json }: EvaluateOptions,
  { signal, out }: Pick<Environment, "signal" | "out">,
): Promise<void> {
  const { job, onnx, graph, compiled } = await loadModel(path);
  const rows = await readRows(data, graph);
  const { accepted, refused } = divideRows(compiled.program, rows);
  if (accepted.length === 0) throw allRefused(data, refused[0]?.reason ?? "there is none");
  const theirs = await references(onnx, graph, accepted, signal);
  const report = reportOf({ job, compiled, accuracy: accuracyOf(compiled, accepted, theirs) });
  if (json) {
    out(`${JSON.stringify({ type: "evaluation", ...report, refused })}\n`);
    return;
  }
  const named = refused.slice(0, NAMED).map(({ row, reason }) => `  row ${row}: ${reason}`);
  const more = refused.length > NAMED ? [`  and ${refused.length - NAMED} more`] : [];
  const lines =
    refused.length === 0 ? [] : [`refused: ${refused.length} of ${countText(rows.length, "row")}`, ...named, ...more];
  out([...lines, reportText(report, compiled.program)].join("\n"));
}

function allRefused(data: string, reason: string): AssayError {
  const message = `got no row in ${data} that the job's integers hold, want some\n${reason}`;
  return new AssayError("model.rows", message, { disposition: "reject" });
}
