// The models that a round's circuit can include, by the names that circuits/circuits.json gives them.
//
// All of them have the first one's parameters, and leave the state that it leaves: `HampelChart.advance` rebuilds the state
// of any feed set from its reports, whichever model judged them.

import * as HampelChart from "./hampelChart.ts";
import * as LearnedChart from "./learnedChart.ts";

export type Model = {
  readonly evaluate: (input: HampelChart.FeedInput, parameters: HampelChart.Parameters) => HampelChart.FeedOutput;
};

const MODELS = { HampelChart, LearnedChart } as const satisfies Readonly<Record<string, Model>>;

export type ModelName = keyof typeof MODELS;

// `as`: the keys of a constant.
export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

export function modelOf(name: ModelName): Model {
  return MODELS[name];
}
