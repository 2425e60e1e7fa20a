// The differential tests at length: node test/circuits/campaign.ts [count] [seed] [rounds | models]. Ends with 1 and the case
// at the first difference.

import * as Cases from "../support/circuits/cases.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { actual, expected, render } from "../support/circuits/differential.ts";
import { random } from "../support/circuits/random.ts";
import { type Counts, differences } from "../support/inference/differential.ts";

const [count = "5000", seed = `${Date.now()}`, what = "rounds"] = process.argv.slice(2);
const found = what === "models" ? await models(Number(count), BigInt(seed)) : await rounds(Number(count), BigInt(seed));
process.stdout.write(`${count} cases, ${found} differences\n`);
process.exitCode = found === 0 ? 0 : 1;

/** The price model against its circuit. */
async function rounds(cases: number, first: bigint): Promise<number> {
  const source = random(first);
  process.stdout.write(`seed ${first}\n`);
  const circuits = await Promise.all(
    [4, 5, 8].map(async (n) => [n, await Circuit.main(`FeedModel${n}`, "O2")] as const),
  );
  for (let done = 0; done < cases; done++) {
    const [n, circuit] = source.pick(circuits);
    const modelCase = Cases.modelCase(source, n);
    const want = expected(modelCase);
    const got = await actual(circuit, modelCase).catch((error: unknown) => [String(error)]);
    if (render(got) === render(want)) continue;
    process.stdout.write(`case ${done}: got ${render(got)}, want ${render(want)}\n${render(modelCase)}\n`);
    return 1;
  }
  return 0;
}

/** Models by chance: float model, evaluator, circuit. Each is compiled, which takes seconds. */
async function models(cases: number, first: bigint): Promise<number> {
  const counts: Counts = { models: 0, rows: 0, constraints: 0, refused: 0, kinds: new Set() };
  for (let done = 0; done < cases; done++) {
    process.stdout.write(`seed ${first + BigInt(done)}\n`);
    const all = await differences(random(first + BigInt(done)), counts);
    if (all.length === 0) continue;
    process.stdout.write(`${all.join("\n")}\n`);
    return all.length;
  }
  process.stdout.write(`${counts.models} circuits, ${counts.constraints} constraints, ${counts.rows} rows\n`);
  return 0;
}
