// Runs the real command in a process group of its own, so that what it leaves behind can be seen.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
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
  /** Names of the processes of the group that live on; asked after the end. */
  readonly survivors: () => Promise<readonly string[]>;
};

/** The command as a newcomer's shell would run it. */
export function assay(...args: string[]): Running {
  return start(process.execPath, [join(root, "bin/assay.mjs"), ...args]);
}

export function start(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { cwd: root, detached: true });
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
    let left = living(pid);
    // The system takes a moment to end what was killed.
    for (let look = 0; left.length > 0 && look < 50; look++) {
      await systemClock.sleep(20);
      left = living(pid);
    }
    return left;
  };
  return { child, said, ended, survivors };
}

/** Names of the group's processes that are not zombies. */
function living(group: number): readonly string[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const [, name = "", state, processGroup] = /^\d+ \((.*)\) (\S) \d+ (\d+)/s.exec(statOf(entry)) ?? [];
    return Number(processGroup) === group && state !== "Z" ? [name] : [];
  });
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return ""; // It ended between being listed and being read.
  }
}
