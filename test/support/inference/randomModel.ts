// Graphs by chance over all operations, with a job each: for whoever compares two ways of computing one.

import type { Row, Term, Value } from "../../../src/graph/builder.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import { fuse } from "../../../src/graph/fuse.ts";
import { type Graph, STRUCTURE, sizeOf, type TreeNode } from "../../../src/graph/graph.ts";
import { rectifyLate } from "../../../src/graph/rectifyLate.ts";
import type { Visibility } from "../../../src/inference/layout.ts";
import type { ModelJob } from "../../../src/inference/modelJob.ts";
import { dequantise } from "../../../src/inference/quantise.ts";
import { at } from "../../../src/lib/element.ts";
import { layerKeys } from "../../../src/program/layerKeys.ts";
import { entry, type Program, type ProgramInput } from "../../../src/program/program.ts";
import type { Random } from "../circuits/random.ts";
import { type Hand, hand, type InputSettings, jobOf } from "./graphs.ts";

/** By input name. */
export type Integers = ReadonlyMap<string, Float64Array>;

export type RandomModel = {
  /** As it was made, and as it is lowered: fused, or the same. */
  readonly original: Graph;
  readonly graph: Graph;
  readonly job: ModelJob;
  readonly kinds: ReadonlySet<string>;
};

/** Real numbers on a grid of powers of two: exact in single precision, so that a threshold is met or is not. */
export function randomModel(random: Random): RandomModel {
  const h = hand();
  const parameters = random.oneIn(3) ? "private" : "fixed";
  const known: Value[] = [];
  const inputs: Record<string, InputSettings> = {};
  for (let i = 0; i <= random.below(3); i++) {
    const size = 1 + random.below(5);
    known.push(h.input(`x${i}`, size));
    inputs[`x${i}`] = inputSettings(random, size);
  }
  const operations = parameters === "private" ? OPERATIONS : [...OPERATIONS, trees];
  const kinds = new Set<string>();
  const length = 3 + random.below(5);
  for (let i = 0; i < length; i++) {
    const operation = i === 0 ? layer : random.pick(operations);
    known.push(operation(h, known, random));
    kinds.add(operation.name);
  }
  // The last, and others.
  const outputs = [at(known, known.length - 1), ...known.filter(() => random.oneIn(5))];
  const original = h.finish([...new Set(outputs)]);
  const graph = random.oneIn(2) ? original : fuse(rectifyLate(original));
  const settings = {
    parameters,
    weightBits: 2 + random.below(9),
    activationBits: 2 + random.below(9),
    curvePieces: 3 + random.below(14),
  } as const;
  const job = jobOf(inputs, settings);
  return { original, graph, job: { ...job, ranges: ranges(graph, job, random) }, kinds };
}

/** A row of integers by input: at random, or with every element at an end of its range. */
export function randomIntegers({ inputs }: Pick<Program, "inputs">, random: Random): Integers {
  const way = random.below(5);
  return new Map(
    inputs.map(({ name, shape, bits }) => {
      const elements = Float64Array.from({ length: sizeOf(shape) }, (_, j) => {
        const most = 2 ** entry(bits, j) - 1;
        const ends = [0, most, random.oneIn(2) ? 0 : most];
        return ends[way] ?? random.below(most + 1);
      });
      return [name, elements];
    }),
  );
}

/** The real numbers that these integers stand for. */
export function realRow({ inputs }: Pick<Program, "inputs">, integers: Integers): Integers {
  return new Map(inputs.map((input) => [input.name, dequantise(input, integers.get(input.name) ?? [])]));
}

function inputSettings(random: Random, size: number): InputSettings {
  const each = <T>(one: () => T): readonly T[] => (random.oneIn(2) ? [one()] : Array.from({ length: size }, one));
  const visibility: Visibility = random.pick(["public", "hashed", "private"]);
  const unit = each(() => 2 ** -random.below(4));
  return {
    visibility,
    bits: each(() => 1 + random.below(6)),
    minimum: each(() => random.pick([0, 0, -1, -2, 0.5])),
    unit,
  };
}

/** What calibration would find on a few rows; for some layers nothing, or far less or more. */
function ranges(graph: Graph, job: ModelJob, random: Random): ModelJob["ranges"] {
  const inputs = graph.inputs.map((id): ProgramInput => {
    const { operation, shape } = at(graph.nodes, id);
    const name = operation.kind === "input" ? operation.name : "";
    const { bits = [1], minimum = [0], unit = [1] } = job.inputs[name] ?? {};
    return { name, shape, bits, minimum, unit, step: id };
  });
  const rows = Array.from({ length: 8 }, () =>
    evaluate(graph, realRow({ inputs }, randomIntegers({ inputs }, random))),
  );
  const keys = layerKeys(graph);
  const entries = graph.nodes.flatMap(({ operation }, id) => {
    if (operation.kind !== "relu" || random.oneIn(3)) return [];
    const most = Math.max(...rows.flatMap((values) => [...at(values, id)]), 0);
    return [[at(keys, id), most * random.pick([1, 1, 1, 0.1, 10])] as const];
  });
  return Object.fromEntries(entries);
}

/* OPERATIONS */

type Operation = (h: Hand, known: readonly Value[], random: Random) => Value;

const OPERATIONS: readonly Operation[] = [layer, layer, moved, rectified, multiplied, largest, chosen, curved];

/** A dense layer, or sparse rows over several operands, some weights shared, some 0, some of the structure. */
function layer(h: Hand, known: readonly Value[], random: Random): Value {
  const operands = random.oneIn(3) ? [any(known, random), any(known, random)] : [any(known, random)];
  const width = operands.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const weight = (): number => random.pick([real(random), real(random), 0, 1, -1, 0.5]);
  const shared = Array.from({ length: 3 }, weight);
  const isShared = random.oneIn(3);
  let key = 100;
  const rows = Array.from({ length: 1 + random.below(5) }, (): Row => {
    const sources = Array.from({ length: width }, (_, source) => source).filter(() => !random.oneIn(4));
    const terms = sources.map((source): Term => {
      if (random.oneIn(8)) return { source, weight: random.pick([1, -1]), key: STRUCTURE };
      const index = random.below(shared.length);
      return isShared ? { source, weight: at(shared, index), key: index } : { source, weight: weight(), key: key++ };
    });
    const hasBias = !random.oneIn(4);
    return { terms, bias: hasBias ? real(random) : 0, biasKey: hasBias ? key++ : STRUCTURE };
  });
  return h.affine(operands, rows);
}

/** Elements in another order, some of them twice, some turned or scaled. */
function moved(h: Hand, known: readonly Value[], random: Random): Value {
  const operands = random.oneIn(2) ? [any(known, random), any(known, random)] : [any(known, random)];
  const width = operands.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const factor = random.pick([1, 1, -1, 0.5, -3]);
  const rows = Array.from({ length: 1 + random.below(6) }, (): Row => {
    const terms = [{ source: random.below(width), weight: factor, key: STRUCTURE }];
    return { terms, bias: random.oneIn(4) ? 0.25 : 0, biasKey: STRUCTURE };
  });
  return h.affine(operands, rows);
}

function rectified(h: Hand, known: readonly Value[], random: Random): Value {
  return h.relu(any(known, random));
}

function multiplied(h: Hand, known: readonly Value[], random: Random): Value {
  const left = any(known, random);
  const size = sizeOf(left.shape);
  const others = known.filter(({ shape }) => sizeOf(shape) === size);
  return h.product(left, random.pick(others));
}

function largest(h: Hand, known: readonly Value[], random: Random): Value {
  const operands = random.oneIn(2) ? [any(known, random), any(known, random)] : [any(known, random)];
  return h.maximum(operands, groups(operands, random));
}

function chosen(h: Hand, known: readonly Value[], random: Random): Value {
  const operands = [any(known, random)];
  return h.argmax(operands, groups(operands, random));
}

function curved(h: Hand, known: readonly Value[], random: Random): Value {
  return h.curve(random.pick(["sigmoid", "tanh"]), any(known, random));
}

function trees(h: Hand, known: readonly Value[], random: Random): Value {
  const operand = any(known, random);
  const outputs = 1 + random.below(3);
  const tree = (depth: number): TreeNode => {
    if (depth === 0 || random.oneIn(6)) {
      const values = Array.from({ length: outputs }, (_, output) => ({ output, value: real(random) }));
      return { values: values.filter(() => !random.oneIn(5)) };
    }
    return {
      feature: random.below(sizeOf(operand.shape)),
      // On the grid of most inputs, or between.
      threshold: random.oneIn(4) ? real(random) * 3 : (random.below(65) - 16) / 8,
      comparison: random.pick(["<", "<="]),
      yes: tree(depth - 1),
      no: tree(depth - 1),
    };
  };
  const base = Array.from({ length: outputs }, () => random.pick([0, real(random)]));
  return h.trees(
    operand,
    base,
    Array.from({ length: 1 + random.below(4) }, () => tree(1 + random.below(4))),
  );
}

function groups(operands: readonly Value[], random: Random): readonly (readonly number[])[] {
  const width = operands.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return Array.from({ length: 1 + random.below(3) }, () =>
    Array.from({ length: 1 + random.below(Math.min(4, width)) }, () => random.below(width)),
  );
}

/** More often one of the last. */
function any(known: readonly Value[], random: Random): Value {
  return at(known, known.length - 1 - Math.min(random.below(known.length), random.below(known.length)));
}

/** About as large as a trained weight, of 24 bits. */
function real(random: Random): number {
  return (random.below(2 ** 24) - 2 ** 23) / 2 ** 22;
}
