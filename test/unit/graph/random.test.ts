import { expect, it } from "vitest";
import { agree } from "../../support/graph/compare.ts";
import { seeded } from "../../support/graph/random.ts";
import { randomModel } from "../../support/graph/randomModel.ts";

it("models by chance agree with onnxruntime", async () => {
  const operators = new Set<string>();
  for (let seed = 1; seed <= 150; seed++) {
    const random = seeded(seed);
    const model = randomModel(random, random.whole(1, 10));
    if (model.nodes.length === 0) continue;
    for (const { operator } of model.nodes) operators.add(operator);
    await agree(model, random).catch((error: Error) => expect.fail(`seed ${seed}: ${error.message}`));
  }
  expect(operators.size).toBeGreaterThan(25);
});
