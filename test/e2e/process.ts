// Runs the real command in a process group of its own, so that what it leaves behind can be seen.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Running = {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when stdout and stderr together match. */
  readonly said: (pattern: RegExp) => Promise<void>;
  readonly ended: Promise<Ended>;
  /** True while any process of the group lives. */
  readonly hasSurvivors: () => boolean;
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
  const hasSurvivors = (): boolean => {
    try {
      process.kill(-pid, 0);
      return true;
    } catch {
      return false; // ESRCH: the group is empty.
    }
  };
  return { child, said, ended, hasSurvivors };
}
