// From a fresh clone to the first accepted round, the same started again, and warm proofs: the real command.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { median, watchMemory } from "./machine.ts";

const root = join(import.meta.dirname, "../..");
const WARM_ROUNDS = 8;

export async function benchStartup(say: (line: string) => void) {
  await mkdir(join(root, ".assay"), { recursive: true });
  const clone = await mkdtemp(join(root, ".assay", "bench-"));
  try {
    await cloneInto(clone);
    const fresh = await run(clone, 1);
    const again = await run(clone, WARM_ROUNDS);
    // The first proof of a process warms its caches.
    const warm = again.rounds.slice(1);
    const result = {
      freshToFirstRoundMs: fresh.firstRoundMs,
      againToFirstRoundMs: again.firstRoundMs,
      warmWitnessMs: median(warm.map(({ witnessMs }) => witnessMs)),
      warmProveMs: median(warm.map(({ proveMs }) => proveMs)),
      peakMiB: Math.max(fresh.peakMiB, again.peakMiB),
    };
    say(`fresh clone to first accepted round, install apart   ${(result.freshToFirstRoundMs / 1000).toFixed(1)} s`);
    say(`started again to first accepted round                ${(result.againToFirstRoundMs / 1000).toFixed(1)} s`);
    say(
      `warm round-4x4: witness ${result.warmWitnessMs} ms, proof ${result.warmProveMs} ms (median of ${warm.length})`,
    );
    say(`peak memory of the process tree                      ${result.peakMiB} MiB`);
    return result;
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
}

/** What git would give, and the installed packages. */
async function cloneInto(clone: string): Promise<void> {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files) {
    await mkdir(dirname(join(clone, file)), { recursive: true });
    await cp(join(root, file), join(clone, file));
  }
  // The compiler follows no links, so the packages are there for real: hard links cost no time.
  execFileSync("cp", ["-al", join(root, "node_modules"), join(clone, "node_modules")]);
}

type Round = { readonly witnessMs: number; readonly proveMs: number };

async function run(directory: string, rounds: number) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["bin/assay.mjs", "demo", "--json", "--rounds", String(rounds)], {
    cwd: directory,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const memory = watchMemory(child.pid ?? 0);
  let output = "";
  let firstRoundMs = Number.NaN;
  child.stdout.on("data", (chunk: Buffer) => {
    if (output === "") firstRoundMs = Math.round(performance.now() - startedMs);
    output += chunk.toString();
  });
  const [code] = await once(child, "close");
  const peakMiB = memory.stop();
  if (code !== 0) throw new Error(`assay demo ended with ${code}`);
  const lines = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Round);
  return { firstRoundMs, peakMiB, rounds: lines };
}
