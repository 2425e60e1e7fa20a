// The second model: the first one's answer, status and next state, and a score that a net has learned.
// Mirrors circuits/models/LearnedChart.circom bit for bit. docs/protocol.md, "The learned score".

import { at } from "../lib/element.ts";
import { outputs } from "../program/evaluate.ts";
import { LEARNED_SCORE } from "./generated/learnedScore.ts";
import * as HampelChart from "./hampelChart.ts";

/** As the first model; the report's score is the net's. More than seven prices are refused with `model.input`. */
export function evaluate(input: HampelChart.FeedInput, parameters: HampelChart.Parameters): HampelChart.FeedOutput {
  const judged = HampelChart.evaluate(input, parameters);
  const { report, detail } = judged;
  if (!input.live || detail.observers < input.quorum) return judged;
  const score = learnedScore({
    ratio: report.score,
    dispersion: report.dispersion,
    observers: detail.observers,
    excluded: HampelChart.outliers(report, input.prices).length,
  });
  return { ...judged, report: { ...report, score } };
}

/** What the net sees of a round with a quorum: examples/oracle/README.md. */
export type Features = {
  /** The chart's own score. */
  readonly ratio: bigint;
  readonly dispersion: bigint;
  /** Prices present. */
  readonly observers: number;
  /** Those of them that did not count. */
  readonly excluded: number;
};

/** 256 = at the threshold, at most 16383. */
export function learnedScore({ ratio, dispersion, observers, excluded }: Features): bigint {
  const round = [Number(ratio), Number(dispersion), observers, excluded];
  return BigInt(at(at(outputs(LEARNED_SCORE, new Map([["round", round]])), 0), 0));
}
