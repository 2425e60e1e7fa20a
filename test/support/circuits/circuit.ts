// A compiled circuit in memory: its witness calculator, its constraints, and its signals by name.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { writeWhole } from "../../../src/lib/file.ts";
import { CACHE, compile, type Level, ROOT } from "./compile.ts";
import * as Constraints from "./constraints.ts";

export type Value = bigint | readonly Value[];
/** Inputs of a main component by signal. */
export type Inputs = Readonly<Record<string, Value>>;

export type Wires = (wire: number) => bigint;

export type Circuit = {
  readonly name: string;
  readonly level: Level;
  /** The value of each wire. Rejects when an assertion of the generator fails: the input has no witness. */
  readonly witness: (inputs: Inputs) => Promise<readonly bigint[]>;
  /** The same, each wire read when it is asked for. */
  readonly wires: (inputs: Inputs) => Promise<Wires>;
  /** Read on first use. */
  readonly system: () => Constraints.System;
  readonly names: () => Names;
};

/** Signals as `median`, `filter.below[2]`, `filter.RangeCheck#0.Num2Bits#0.out[3]`: anonymous components by template and order. */
export type Names = {
  readonly wireOf: ReadonlyMap<string, number>;
  readonly nameOf: readonly string[];
};

type Instance = { readonly exports: Readonly<Record<string, () => number>> };
type Calculator = { readonly calculateWTNSBin: (inputs: unknown, sanityCheck: boolean) => Promise<Uint8Array> };

// The ES module build of circom_runtime is not typed either; the CommonJS one loads from both kinds of caller.
const { WitnessCalculatorBuilder } = createRequire(import.meta.url)("circom_runtime") as {
  WitnessCalculatorBuilder: (instance: Instance) => Promise<Calculator>;
};

/** What stands before the values in a .wtns file. */
const HEADER_BYTES = 76;

/** One of test/circuits/mains. */
export function main(name: string, level: Level): Promise<Circuit> {
  return load(join(ROOT, "test/circuits/mains", `${name}.circom`), level);
}

/** An entry of circuits/. */
export function entry(name: string, level: Level): Promise<Circuit> {
  return load(join(ROOT, "circuits", `${name}.circom`), level);
}

/** A model's, whose source is written below the cache first. */
export async function generated(model: { readonly circuit: string; readonly entry: string }): Promise<Circuit> {
  return load(await generatedPath(model), "O2");
}

export async function generatedPath({ circuit, entry: source }: { circuit: string; entry: string }): Promise<string> {
  const path = join(CACHE, "models", `${circuit}.circom`);
  await writeWhole(path, source);
  return path;
}

export async function load(path: string, level: Level, libraries?: string[]): Promise<Circuit> {
  const compiled = await compile(path, level, libraries);
  const calculator = lazy(() => calculatorOf(compiled.wasm));
  return {
    name: path.replace(/^.*\//, "").replace(".circom", ""),
    level,
    witness: async (inputs) => {
      const file = await (await calculator()).calculateWTNSBin(inputs, false);
      return Array.from({ length: (file.byteLength - HEADER_BYTES) / 32 }, (_, wire) => wiresOf(file)(wire));
    },
    wires: async (inputs) => wiresOf(await (await calculator()).calculateWTNSBin(inputs, false)),
    system: lazy(() => Constraints.read(readFileSync(compiled.r1cs))),
    names: lazy(() => namesOf(readFileSync(compiled.sym, "utf8"))),
  };
}

/** The value of a signal of the main component. */
export function value(circuit: Circuit, witness: readonly bigint[], name: string): bigint {
  const found = witness[circuit.names().wireOf.get(name) ?? -1];
  if (found === undefined) throw new RangeError(`got ${name}, want a signal of ${circuit.name} at ${circuit.level}`);
  return found;
}

/** The main component's inputs are its only wires that a prover chooses: all others are unknowns of the constraints. */
export function unknowns(circuit: Circuit, inputs: Inputs): ReadonlySet<number> {
  const { wireOf, nameOf } = circuit.names();
  const given = new Set(Object.entries(inputs).flatMap(([name, value]) => flatNames(name, value)));
  const wires = new Set([...given].map((name) => wireOf.get(name)));
  return new Set([...nameOf.keys()].filter((wire) => wire > 0 && !wires.has(wire)));
}

/** `x` with [[a, b]] is x[0][0], x[0][1]. */
export function flatNames(name: string, value: Value): readonly string[] {
  return typeof value === "object" ? value.flatMap((inner, i) => flatNames(`${name}[${i}]`, inner)) : [name];
}

async function calculatorOf(wasm: string): Promise<Calculator> {
  let message = "";
  const runtime = {
    exceptionHandler: (code: number) => {
      throw new Error(`code ${code}: ${message.trim()}`);
    },
    printErrorMessage: () => {
      const next = instance.exports.getMessageChar;
      for (let char = next?.(); char; char = next?.()) message += String.fromCharCode(char);
      message += "\n";
    },
    writeBufferMessage: () => undefined,
    showSharedRWMemory: () => undefined,
  };
  // The global's types in this project cover another module's use of it only.
  const { instantiate } = WebAssembly as unknown as {
    instantiate: (code: Uint8Array, imports: unknown) => Promise<{ readonly instance: Instance }>;
  };
  const { instance } = await instantiate(readFileSync(wasm), { runtime });
  const calculator = await WitnessCalculatorBuilder(instance);
  return {
    calculateWTNSBin: (inputs, sanityCheck) => {
      message = "";
      return calculator.calculateWTNSBin(inputs, sanityCheck);
    },
  };
}

/** Of a .wtns file, whose values are 32 bytes little-endian each. */
function wiresOf(file: Uint8Array): Wires {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return (wire) => {
    const at = HEADER_BYTES + 32 * wire;
    const word = (index: number): bigint => view.getBigUint64(at + 8 * index, true);
    const [high, middle, low] = [word(3), word(2), word(1)];
    if (high === 0n && middle === 0n && low === 0n) return word(0); // most wires are bits
    return (high << 192n) | (middle << 128n) | (low << 64n) | word(0);
  };
}

/** Lines of a .sym are label, wire (-1 when it was simplified away), component, name. */
function namesOf(sym: string): Names {
  const plain = anonymous(sym);
  const wireOf = new Map<string, number>();
  const nameOf: string[] = ["one"];
  for (const line of sym.split("\n")) {
    if (line === "") continue;
    const [, wire, , name] = line.split(",");
    const index = Number(wire);
    if (index < 0 || name === undefined) continue;
    const readable = plain(name.slice("main.".length));
    wireOf.set(readable, index);
    nameOf[index] ??= readable;
  }
  return { wireOf, nameOf };
}

/** Names anonymous components by template and order in their parent: circom names them by line and offset. */
function anonymous(sym: string): (name: string) => string {
  const offsets = new Map<string, Set<number>>();
  const parts = /^([A-Z]\w*)_\d+_(\d+)$/;
  // The parent is known by its raw name: ranks of outer components are not known yet in the first pass.
  const rename = (name: string, visit: (parent: string, template: string, offset: number) => string): string => {
    let raw = "";
    return name
      .split(".")
      .map((part) => {
        const [base = "", ...indices] = part.split("[");
        const [, template, offset] = parts.exec(base) ?? [];
        const shown = template === undefined ? base : visit(raw, template, Number(offset));
        raw += `${part}.`;
        return [shown, ...indices].join("[");
      })
      .join(".");
  };
  for (const line of sym.split("\n")) {
    const name = line.slice(line.lastIndexOf(",") + 1);
    if (!/_\d+_\d+/.test(name)) continue;
    rename(name.slice("main.".length), (parent, template, offset) => {
      const key = `${parent}${template}`;
      const seen = offsets.get(key) ?? new Set();
      offsets.set(key, seen.add(offset));
      return "";
    });
  }
  const ranks = new Map<string, number>();
  for (const [key, seen] of offsets) {
    [...seen].sort((a, b) => a - b).forEach((offset, rank) => void ranks.set(`${key}@${offset}`, rank));
  }
  return (name) =>
    rename(name, (parent, template, offset) => `${template}#${ranks.get(`${parent}${template}@${offset}`)}`);
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
