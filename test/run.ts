// `npm test`: every suite there is, in two lanes side by side. The last line of its output is `N passed, N failed`.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../src/chain/foundry.ts";

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

type Suite = {
  readonly name: string;
  readonly command: readonly string[];
  /** What the suite's output and exit code say; one that ended badly without a failed test counts as one failure. */
  readonly count: (output: string, code: number) => Promise<Counts> | Counts;
};

const root = join(import.meta.dirname, "..");
const bin = (name: string): string => join(root, "node_modules/.bin", name);
const node = process.execPath;
const forge = program(root, "forge");
const scratch = await mkdtemp(join(tmpdir(), "assay-test-"));

const check = (name: string, ...command: string[]): Suite => ({
  name,
  command,
  count: (_output, code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }),
});

const vitest = (name: string, folder: string): Suite => {
  const report = join(scratch, `${name}.json`);
  return {
    name,
    command: [node, bin("vitest"), "run", folder, "--reporter=default", "--reporter=json", `--outputFile=${report}`],
    count: async (_output, code) => {
      const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(await readFile(report, "utf8"));
      return atLeastOneFailure(code, { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests });
    },
  };
};

const forgeTests: Suite = {
  name: "contracts",
  command: [forge, "test"],
  count: (output, code) => {
    const line = /(\d+) tests passed, (\d+) failed, (\d+) skipped/.exec(output);
    const [passed = 0, failed = 0, skipped = 0] = (line?.slice(1) ?? []).map(Number);
    return atLeastOneFailure(code, { passed, failed, skipped });
  },
};

// Python makes and checks the shared vectors; without it they are only read.
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) say("skipped: vectors of the independent reference: there is no python3");

/** Consumers of examples/ stand outside what foundry.toml names, and are looked at all the same. */
const SOLIDITY = ["contracts", "test/contracts", "examples"];

/** Two cores, two lanes. Artifacts that several suites need are made once, before. */
const PREPARATION = check("artifacts of round-4x4", node, join(root, "test/support/prepare.ts"));
const LANES: readonly (readonly Suite[])[] = [
  [
    check("types", bin("tsc"), "--noEmit"),
    check("lint", bin("biome"), "lint", "--error-on-warnings", "."),
    check("format", bin("biome"), "format", "."),
    check("solidity format", forge, "fmt", "--check", ...SOLIDITY),
    vitest("unit", "test/unit"),
    vitest("e2e", "test/e2e"),
    vitest("examples", "examples"),
  ],
  [
    forgeTests,
    // After the tests, whose build they use.
    check("contract sizes", forge, "build", "--sizes", "contracts", "examples", "test/contracts/generated"),
    check("solidity lint", forge, "lint", "--deny", "notes", "contracts", "examples"),
    ...(hasPython
      ? [check("vectors of the independent reference", "python3", join(root, "test/vectors/reference.py"), "--check")]
      : []),
    check("generated files", node, join(root, "src/generate/main.ts"), "--check"),
    vitest("circuits", "test/circuits"),
  ],
];

// The first signal ends what runs and starts nothing more.
const stop = new AbortController();
const running = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stop.abort();
    for (const child of running) endGroup(child);
  });
}

const results = [await run(PREPARATION)];
results.push(...(await Promise.all(LANES.map(runLane))).flat());
await rm(scratch, { recursive: true, force: true });
if (stop.signal.aborted) say("interrupted: what follows is not the whole");

const total = { passed: 0, failed: 0, skipped: 0 };
for (const { counts } of results) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
if (total.skipped > 0) say(`${total.skipped} skipped, each with its reason above`);
if (total.failed > 0 || stop.signal.aborted) process.exitCode = 1;
say(`${total.passed} passed, ${total.failed} failed`);

async function runLane(suites: readonly Suite[]): Promise<Result[]> {
  const done: Result[] = [];
  for (const suite of suites) {
    if (stop.signal.aborted) break;
    done.push(await run(suite));
  }
  return done;
}

type Result = { readonly counts: Counts };

async function run({ name, command, count }: Suite): Promise<Result> {
  const started = performance.now();
  const { output, code } = await execute(command);
  const counts = await Promise.resolve(count(output, code)).catch((error: unknown) => {
    say(`${name}: no result: ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  if (counts.failed > 0 || counts.skipped > 0) say(output.trimEnd());
  say(
    `${counts.failed === 0 ? "ok  " : "FAIL"} ${name}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`,
  );
  return { counts };
}

function execute([program = "", ...args]: readonly string[]): Promise<{ output: string; code: number }> {
  return new Promise((resolve, reject) => {
    // A group of its own: forge, tsc and biome are wrappers around the programs that run.
    const child = spawn(program, args, {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CI: "true" },
    });
    running.add(child);
    let output = "";
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) => {
      running.delete(child);
      resolve({ output, code: code ?? 1 });
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // It has ended.
  }
}

function atLeastOneFailure(code: number, counts: Counts): Counts {
  const ranNothing = counts.passed + counts.failed === 0;
  return (code !== 0 && counts.failed === 0) || ranNothing ? { ...counts, failed: counts.failed + 1 } : counts;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
