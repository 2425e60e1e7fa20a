// The differential tests and attacks at length: node test/circuits/campaign.ts [count] [seed] [rounds | models] [minutes]. Ends
// with 1 and the case at the first difference. Models end after so many minutes if not before.

import * as Cases from "../support/circuits/cases.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { actual, expected, render } from "../support/circuits/differential.ts";
import { random } from "../support/circuits/random.ts";
import { attacks, type Tried } from "../support/inference/attacks.ts";
import { type Counts, differencesOf, fitting } from "../support/inference/differential.ts";

const [count = "5000", seed = `${Date.now()}`, what = "rounds", minutes = "30"] = process.argv.slice(2);
const found =
  what === "models"
    ? await models(Number(count), BigInt(seed), Date.now() + 60_000 * Number(minutes))
    : await rounds(Number(count), BigInt(seed));
process.stdout.write(`${found} differences\n`);
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
  process.stdout.write(`${cases} cases\n`);
  return 0;
}

/** Models by chance: float model, evaluator, circuit, and what a liar would try. Each is compiled, which takes seconds. */
async function models(most: number, first: bigint, deadlineMs: number): Promise<number> {
  const counts: Counts = { models: 0, rows: 0, constraints: 0, refused: 0, kinds: new Set() };
  const tried: Tried = { edits: 0, forged: 0, refused: 0, unchanged: 0 };
  let seen = 0;
  for (let done = 0; done < most && Date.now() < deadlineMs && seen === 0; done++) {
    const source = random(first + BigInt(done));
    const made = fitting(source, counts);
    const all = [...(await differencesOf(made, source, counts)), ...(await attacks(made, source, tried))];
    process.stdout.write(`seed ${first + BigInt(done)}: ${counts.constraints} constraints so far\n`);
    if (all.length > 0) process.stdout.write(`${all.join("\n")}\n`);
    seen = all.length;
  }
  const { edits, forged, refused, unchanged } = tried;
  process.stdout.write(
    `${counts.models} circuits, ${counts.constraints} constraints, ${counts.rows} rows as evaluated, of ${[...counts.kinds].sort().join(", ")}
${edits} wires changed alone, ${forged} forged with what follows: ${refused} refused, ${unchanged} without a change of a public signal\n`,
  );
  return seen;
}
