// `npm run bench [-- --json FILE] [-- --only startup,circuits,gas]`: every figure that the documents speak of.

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { benchCircuits } from "./circuits.ts";
import { benchGas } from "./gas.ts";
import { machine } from "./machine.ts";
import { benchStartup } from "./startup.ts";

const { values } = parseArgs({ options: { json: { type: "string" }, only: { type: "string" } } });
const BENCHES = { startup: benchStartup, circuits: benchCircuits, gas: benchGas } as const;
const names = Object.keys(BENCHES) as (keyof typeof BENCHES)[];
const chosen = values.only === undefined ? names : names.filter((name) => values.only?.split(",").includes(name));

const results: Record<string, unknown> = { machine: machine() };
say(`machine   ${JSON.stringify(results.machine)}`);
for (const name of chosen) {
  const rows = await BENCHES[name](say);
  results[name] = rows;
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, undefined, 2)}\n`);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
