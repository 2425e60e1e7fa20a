// Every entry circuit for operation: constraints, keys, set-up, witness, proof, verification, memory; each in a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as Circuit from "../../src/prove/circuit.ts";
import { watchMemory } from "./machine.ts";

const root = join(import.meta.dirname, "../..");

export async function benchCircuits(say: (line: string) => void) {
  const rows = [];
  for (const { name } of await Circuit.operational(root)) {
    const child = spawn(process.execPath, [join(import.meta.dirname, "proveOne.ts"), name], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const memory = watchMemory(child.pid ?? 0);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`${name} ended with ${code}`);
    const row = { circuit: name, ...(JSON.parse(output) as Record<string, number>), peakMiB: memory.stop() };
    say(
      Object.entries(row)
        .map(([key, value]) => `${key} ${value}`)
        .join(", "),
    );
    rows.push(row);
  }
  return rows;
}
