// `npm run bench:models [-- --json] [-- --only NAME,NAME]`: models' circuits, keys, proofs, gas and accuracy, beside what others
// have published; with --json one array on stdout.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine, watchMemory } from "../machine.ts";
import { MODELS, PUBLISHED } from "./catalogue.ts";

type Figures = Readonly<Record<string, string | number | undefined>>;

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, only: { type: "string" } } });
const chosen = MODELS.filter(({ model }) => values.only === undefined || values.only.split(",").includes(model));

// Progress is said on stderr, so that stdout is the result's.
process.stderr.write(`${JSON.stringify(machine())}\n`);
const results: Figures[] = [];
for (const { model } of chosen) {
  const figures = await measure(model);
  process.stderr.write(`${JSON.stringify(figures)}\n`);
  results.push(figures);
}
process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : text());

async function measure(model: string): Promise<Figures> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "measureOne.ts"), model], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const memory = watchMemory(child.pid ?? 0);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = await once(child, "close");
  const peakMb = memory.stop();
  if (code !== 0) throw new Error(`${model}: ended with ${String(code)}`);
  return { ...(JSON.parse(output) as Figures), peakMb }; // written by measureOne.ts
}

function text(): string {
  const columns = [
    "constraints",
    "most",
    "provingKeyBytes",
    "setupMs",
    "witnessMs",
    "proveMs",
    "verifyMs",
    "gas",
    "peakMb",
    "rows",
    "changedClassShare",
    "medianError",
    "maxError",
  ];
  const most = new Map(MODELS.map((one) => [one.model, one.most]));
  const lines = results.map((row) => {
    const cells = columns.map((column) => (column === "most" ? most.get(String(row.model)) : row[column]));
    return [String(row.model).padEnd(24), ...cells.map((cell, i) => shown(cell).padStart(width(at(columns, i))))].join(
      "",
    );
  });
  const published = PUBLISHED.map(
    ({ system, model, constraints }) => `${system.padEnd(46)}${model.padEnd(34)}${shown(constraints).padStart(8)}`,
  );
  return [
    ["model".padEnd(24), ...columns.map((column) => column.padStart(width(column)))].join(""),
    ...lines,
    "",
    "published by others: constraints",
    ...published,
    "",
  ].join("\n");
}

function shown(cell: string | number | undefined): string {
  if (typeof cell !== "number") return "";
  return Number.isInteger(cell) ? cell.toLocaleString("en") : cell.toPrecision(3);
}

function at(list: readonly string[], index: number): string {
  return list[index] ?? "";
}

function width(column: string): number {
  return Math.max(column.length, 7) + 2;
}
