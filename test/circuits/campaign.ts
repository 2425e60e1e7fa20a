// The differential test at length: node test/circuits/campaign.ts [count] [seed]. Ends with 1 and the case at the first difference.

import * as Cases from "../support/circuits/cases.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { actual, expected, render } from "../support/circuits/differential.ts";
import { random } from "../support/circuits/random.ts";

const [count = "5000", seed = `${Date.now()}`] = process.argv.slice(2);
const source = random(BigInt(seed));
process.stdout.write(`seed ${seed}\n`);
const circuits = await Promise.all([4, 5, 8].map(async (n) => [n, await Circuit.main(`FeedModel${n}`, "O2")] as const));
let differences = 0;
for (let done = 0; done < Number(count) && differences === 0; done++) {
  const [n, circuit] = source.pick(circuits);
  const modelCase = Cases.modelCase(source, n);
  const want = expected(modelCase);
  const got = await actual(circuit, modelCase).catch((error: unknown) => [String(error)]);
  if (render(got) !== render(want)) {
    differences++;
    process.stdout.write(`case ${done}: got ${render(got)}, want ${render(want)}\n${render(modelCase)}\n`);
  }
}
process.stdout.write(`${count} cases, ${differences} differences\n`);
process.exitCode = differences === 0 ? 0 : 1;
