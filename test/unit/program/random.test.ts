import { expect, it } from "vitest";
import type { Graph } from "../../../src/graph/graph.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { evaluate } from "../../../src/program/evaluate.ts";
import { type Lowered, lower } from "../../../src/program/lower.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";
import { compare } from "../../support/inference/errorBound.ts";
import { randomIntegers, randomModel, realRow } from "../../support/inference/randomModel.ts";

const MODELS = 400;

it("programs by chance are as near to their graphs as their units allow, node by node", () => {
  const kinds = new Set<string>();
  let compared = 0;
  for (let i = 0; i < MODELS; i++) {
    const source = random(seedOfRun() + BigInt(i));
    const model = randomModel(source);
    const lowered = lowerIfItFits(model.graph, model.job);
    if (lowered === undefined) continue;
    compared++;
    for (const kind of model.kinds) kinds.add(kind);
    for (let n = 0; n < 6; n++) {
      const integers = randomIntegers(lowered.program, source);
      const values = evaluate(lowered.program, integers, lowered.values);
      const { ours, floats, bounds } = compare(model.graph, lowered, values, realRow(lowered.program, integers));
      for (const [id, { name }] of model.graph.nodes.entries()) {
        for (const [j, bound] of at(bounds, id).entries()) {
          const distance = Math.abs(at(at(ours, id), j) - at(at(floats, id), j));
          if (!(distance <= bound))
            expect.fail(`seed ${source.seed}, ${name}[${j}]: got ${distance}, want at most ${bound}`);
        }
      }
    }
  }
  expect(kinds.size).toBeGreaterThan(7);
  expect(compared / MODELS).toBeGreaterThan(0.8);
});

/** Undefined for a model by chance that has nothing to keep private, or too wide sums. */
function lowerIfItFits(graph: Graph, job: ReturnType<typeof randomModel>["job"]): Lowered | undefined {
  try {
    return lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
  } catch (error) {
    if (error instanceof AssayError && ["model.parameters", "model.bounds"].includes(error.code)) return undefined;
    throw error;
  }
}
