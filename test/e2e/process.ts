// Runs the real command so that what it leaves behind can be seen: what it starts is of its process group, or carries a
// mark in its environment (the compiler has an empty one, the chain a group of its own).

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";

export const root = join(import.meta.dirname, "../..");

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Running = {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when stdout and stderr together match. */
  readonly said: (pattern: RegExp) => Promise<void>;
  readonly ended: Promise<Ended>;
  /** Names of the processes that it started, at any remove, and that live on; asked after the end. */
  readonly survivors: () => Promise<readonly string[]>;
  /** Ends it and all that it started by SIGKILL, as a machine that goes down does. */
  readonly kill: () => void;
};

/** A process whose environment names the run it belongs to. */
const MARK = "ASSAY_E2E_RUN";

/** The command as a newcomer's shell would run it. */
export function assay(...args: string[]): Running {
  return start(process.execPath, [join(root, "bin/assay.mjs"), ...args]);
}

/** The same with further variables in its environment. */
export function assayWith(variables: Readonly<Record<string, string>>, ...args: string[]): Running {
  return startIn(root, process.execPath, [join(root, "bin/assay.mjs"), ...args], variables);
}

export function start(program: string, args: readonly string[]): Running {
  return startIn(root, program, args);
}

export function startIn(
  directory: string,
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Running {
  const run = randomUUID();
  const env = { ...process.env, ...variables, [MARK]: run };
  const child = spawn(program, args, { cwd: directory, env, detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} did not start`);
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const hear = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    hear();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    hear();
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(stdout + stderr)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      void ended.then(() => reject(new Error(`ended without saying ${pattern}:\n${stdout}\n${stderr}`)));
      look();
    });
  const survivors = async (): Promise<readonly string[]> => {
    let left = living(run, pid);
    // The system takes a moment to end what was killed.
    for (let look = 0; left.length > 0 && look < 50; look++) {
      await systemClock.sleep(20);
      left = living(run, pid);
    }
    return left.map(({ name }) => name);
  };
  const kill = (): void => {
    for (const one of living(run, pid)) process.kill(one.pid, "SIGKILL");
  };
  return { child, said, ended, survivors, kill };
}

type Living = { readonly pid: number; readonly name: string };

/** The run's processes that are not zombies. */
function living(run: string, group: number): readonly Living[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const [, name = "", state, processGroup] = /^\d+ \((.*)\) (\S) \d+ (\d+)/s.exec(read(entry, "stat")) ?? [];
    const ours = Number(processGroup) === group || read(entry, "environ").split("\0").includes(`${MARK}=${run}`);
    return ours && state !== "Z" ? [{ pid: Number(entry), name }] : [];
  });
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // It ended between being listed and being read.
  }
}
