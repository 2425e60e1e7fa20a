// Which operators there are, by domain and name.

import type { OnnxNode } from "../onnx/model.ts";
import type { Operator } from "./operator.ts";
import { ML } from "./operators/ml.ts";
import { STANDARD } from "./operators/standard.ts";

/** "" is ai.onnx. */
const OPERATORS: ReadonlyMap<string, ReadonlyMap<string, Operator>> = new Map([
  ["", STANDARD],
  ["ai.onnx.ml", ML],
]);

export function operatorOf({ domain, operator }: Named): Operator | undefined {
  return OPERATORS.get(domain === "ai.onnx" ? "" : domain)?.get(operator);
}

/** "Gemm", "ai.onnx.ml.Scaler" */
export function nameOf({ domain, operator }: Named): string {
  return domain === "" || domain === "ai.onnx" ? operator : `${domain}.${operator}`;
}

/** Names of all there are. */
export function supported(): readonly string[] {
  return [...OPERATORS].flatMap(([domain, operators]) =>
    [...operators.keys()].map((operator) => nameOf({ domain, operator })),
  );
}

type Named = Pick<OnnxNode, "domain" | "operator">;
