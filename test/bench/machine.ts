// What the figures were measured on, and how memory is measured.

import { readdirSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

export function machine() {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}

const SAMPLE_MS = 250;
const PAGE_KIB = 4;

/**
 * Samples the resident memory of a process and all its descendants; `stop` gives the peak of the sum in MiB. Pages that
 * two of them share count twice. Linux only, pages of 4 KiB. (A proportional size would hold up what it measures.)
 */
export function watchMemory(pid: number): { readonly stop: () => number } {
  let peakKib = 0;
  const timer = setInterval(() => {
    peakKib = Math.max(peakKib, treeKib(pid));
  }, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.round(peakKib / 1024);
    },
  };
}

function treeKib(root: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // A process may end between being listed and being read.
    const parent = /\) \S (\d+)/.exec(readOrEmpty(`/proc/${name}/stat`))?.[1];
    if (parent === undefined) continue;
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
  }
  const sum = (pid: number): number => {
    const own = PAGE_KIB * Number(readOrEmpty(`/proc/${pid}/statm`).split(" ")[1] ?? 0);
    return (children.get(pid) ?? []).reduce((total, child) => total + sum(child), own);
  };
  return sum(root);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It has ended.
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
