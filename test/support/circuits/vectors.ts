// The shared vectors, as the reference wrote them: integers are decimal strings.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "../../../src/lib/field.ts";
import type * as Model from "../../../src/model/hampelChart.ts";
import type * as Configuration from "../../../src/round/configuration.ts";
import type { ModelCase } from "./cases.ts";
import { ROOT } from "./compile.ts";

export type Integers = readonly string[];
export type ModelVector = {
  readonly name: string;
  readonly prices: Integers;
  readonly quorum: string;
  readonly live: boolean;
  readonly reset: boolean;
  readonly level: string;
  readonly scale: string;
  readonly parameters: Integers;
  readonly expected: Outputs;
};

/** The case of the model's vector, for TypeScript. */
export function caseOf(vector: ModelVector): ModelCase {
  const { live, reset } = vector;
  const state = { level: BigInt(vector.level), scale: BigInt(vector.scale) };
  const input = { prices: vector.prices.map(BigInt), quorum: Number(vector.quorum), live, reset, state };
  return { input, parameters: parameters(vector.parameters) };
}

export type Outputs = Readonly<
  Record<"answer" | "dispersion" | "score" | "inliers" | "status" | "nextLevel" | "nextScale", string>
>;
export type ConfigurationVector = {
  readonly feedSetId: string;
  readonly slots: string;
  readonly feedCount: string;
  readonly keys: readonly Integers[];
  readonly minSigners: string;
  readonly quorum: string;
  readonly parameters: Integers;
};

/** The caller names the shape: the files are the project's own, and a wrong shape fails its test. */
export function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, "test/vectors", `${name}.json`), "utf8")) as T;
}

export function parameters(list: Integers): Model.Parameters {
  const [kQ8 = 0n, floorPpm = 0n, kappaQ8 = 0n, jumpFloorPpm = 0n, hardPpm = 0n, initialScalePpm = 0n] =
    list.map(BigInt);
  return { kQ8, floorPpm, kappaQ8, jumpFloorPpm, hardPpm, initialScalePpm };
}

export function configuration(vector: ConfigurationVector): Configuration.Configuration {
  return {
    feedSetId: parse(BigInt(vector.feedSetId)),
    capacity: { reporters: Number(vector.slots), feeds: 4 },
    model: "HampelChart",
    feedCount: Number(vector.feedCount),
    keys: vector.keys.map(([x = "0", y = "0"]) => [parse(BigInt(x)), parse(BigInt(y))] as const),
    minSigners: Number(vector.minSigners),
    quorum: Number(vector.quorum),
    parameters: parameters(vector.parameters),
  };
}
