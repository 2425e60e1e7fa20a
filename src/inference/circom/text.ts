// Pieces of Circom that every renderer is made of. The same arguments give the same text.

import type { StepId } from "../../program/program.ts";

/** The array of a step's elements. */
export const signal = (id: StepId): string => `t${id}`;

/** Digits only: throws RangeError for a number that is no integer, which no program has. */
export function list(values: ArrayLike<number>): string {
  return `[${Array.from(values, BigInt).join(", ")}]`;
}

export function table(name: string, values: ArrayLike<number>): readonly string[] {
  return [`var ${name}[${values.length}] = ${list(values)};`];
}

export function loop(count: number, ...lines: readonly string[]): readonly string[] {
  return [`for (var j = 0; j < ${count}; j++) {`, ...lines.map((line) => `    ${line}`), "}"];
}

export function template(name: string, body: readonly string[]): string {
  return `template ${name}() {\n${body.map((line) => (line === "" ? "" : `    ${line}`)).join("\n")}\n}`;
}

/** A name of a file's own: nothing of it can end the comment. */
export function comment(kind: string, name: string): string {
  return `// ${kind}: ${name.replaceAll(/[^A-Za-z0-9_./:-]/g, "?")}`;
}
