// One model case through TypeScript and through the circuit.

import * as HampelChart from "../../../src/model/hampelChart.ts";
import type { Model } from "../../../src/model/models.ts";
import { feedModel, type ModelCase } from "./cases.ts";
import type * as Circuit from "./circuit.ts";

export const OUTPUTS = ["answer", "dispersion", "score", "inliers", "status", "nextLevel", "nextScale"] as const;

/** The seven outputs in the circuit's order; of the first model, if no other is named. */
export function expected({ input, parameters }: ModelCase, model: Model = HampelChart): readonly bigint[] {
  const { report, next } = model.evaluate(input, parameters);
  const status = BigInt(HampelChart.STATUSES.indexOf(report.status));
  return [report.answer, report.dispersion, report.score, report.inliers, status, next.level, next.scale];
}

/** Rejects for a case without a witness. */
export async function actual(circuit: Circuit.Circuit, modelCase: ModelCase): Promise<readonly bigint[]> {
  return (await circuit.witness(feedModel(modelCase))).slice(1, 1 + OUTPUTS.length);
}

export const render = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner));
