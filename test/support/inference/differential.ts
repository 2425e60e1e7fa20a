// One model by chance three times: in float64, by the exact evaluator, in its circuit.

import { evaluate as evaluateGraph } from "../../../src/graph/evaluate.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { type CompiledModel, compileGraph } from "../../../src/inference/compiledModel.ts";
import * as Inference from "../../../src/inference/inference.ts";
import { quantisationOf } from "../../../src/inference/modelJob.ts";
import { at } from "../../../src/lib/element.ts";
import { AssayError } from "../../../src/lib/errors.ts";
import { parse } from "../../../src/lib/field.ts";
import { evaluate } from "../../../src/program/evaluate.ts";
import { type Lowered, lower } from "../../../src/program/lower.ts";
import * as Statement from "../../../src/statement/statement.ts";
import * as Circuit from "../circuits/circuit.ts";
import * as Constraints from "../circuits/constraints.ts";
import type { Random } from "../circuits/random.ts";
import { compare } from "./errorBound.ts";
import { inParts } from "./inParts.ts";
import { type Integers, type RandomModel, randomIntegers, randomModel, realRow } from "./randomModel.ts";

export type Counts = {
  models: number;
  rows: number;
  constraints: number;
  /** Models whose sums do not fit: another one is made instead. */
  refused: number;
  readonly kinds: Set<string>;
};

const REFUSALS = ["model.bounds", "model.weights", "model.parameters"];
const CIRCUIT_ROWS = 12;
const PROGRAM_ROWS = 12;

/** Of one model and its circuit, in words; none where all agree. */
export async function differences(random: Random, counts: Counts): Promise<readonly string[]> {
  return differencesOf(fitting(random, counts), random, counts);
}

export async function differencesOf(
  { model, compiled, lowered }: Fitting,
  random: Random,
  counts: Counts,
): Promise<readonly string[]> {
  // Every other one cut into small templates.
  const circuit = await Circuit.generated(counts.models % 2 === 0 ? compiled : inParts(compiled, 2 + random.below(20)));
  counts.models++;
  counts.constraints += circuit.system().rows.length;
  for (const kind of model.kinds) counts.kinds.add(kind);
  const found: string[] = [];
  for (let row = 0; row < CIRCUIT_ROWS; row++) {
    const integers = randomIntegers(compiled.program, random);
    found.push(...rowDifferences(model.graph, lowered, integers).found);
    found.push(...(await circuitDifferences(compiled, circuit, integers, random)));
    counts.rows++;
  }
  return found.map((text) => `seed ${random.seed}: ${text}`);
}

/**
 * The same without a circuit. `factor`: of the float model's weights, where the comparison is to fail.
 *
 * `tightness`: of every node that has a value, its bound as a part of that.
 */
export function programDifferences(random: Random, factor = 1) {
  const model = randomModel(random);
  const lowered = lowerOf(model);
  if (lowered === undefined) return { differences: [], tightness: [], refused: true };
  const graph = factor === 1 ? model.graph : scaled(model.graph, factor);
  const found: string[] = [];
  const tightness: number[] = [];
  for (let row = 0; row < PROGRAM_ROWS; row++) {
    const integers = randomIntegers(lowered.program, random);
    const result = rowDifferences(graph, lowered, integers);
    found.push(...result.found, ...fusedDifferences(model, realRow(lowered.program, integers)));
    tightness.push(...result.tightness);
  }
  return { differences: found.map((text) => `seed ${random.seed}: ${text}`), tightness, refused: false };
}

export type Fitting = { readonly model: RandomModel; readonly lowered: Lowered; readonly compiled: CompiledModel };

/** The first model by chance whose sums fit. */
export function fitting(random: Random, counts: Counts): Fitting {
  for (;;) {
    const model = randomModel(random);
    const lowered = lowerOf(model);
    if (lowered !== undefined) return { model, lowered, compiled: compileGraph(model.graph, model.job) };
    counts.refused++;
  }
}

/** Undefined where sums, or private parameters, do not fit, or there are none. */
function lowerOf({ graph, job }: RandomModel): Lowered | undefined {
  try {
    return lower(graph, { quantisation: quantisationOf(job), parameters: job.parameters });
  } catch (error) {
    if (error instanceof AssayError && REFUSALS.includes(error.code)) return undefined;
    throw error;
  }
}

function rowDifferences(graph: Graph, lowered: Lowered, integers: Integers) {
  const { program, values } = lowered;
  const steps = evaluate(program, integers, values);
  const found: string[] = [];
  for (const [id, { name, step, bounds }] of program.steps.entries()) {
    for (const [j, value] of at(steps, id).entries()) {
      if (Number.isInteger(value) && value >= at(bounds.low, j) && value <= at(bounds.high, j)) continue;
      found.push(`step ${id} (${step.kind}, ${name}): got ${value}, want ${bounds.low[j]} to ${bounds.high[j]}`);
    }
  }
  const { ours, floats, bounds } = compare(graph, lowered, steps, realRow(program, integers));
  const tightness: number[] = [];
  for (const [id, { name, operation }] of graph.nodes.entries()) {
    for (const [j, value] of at(floats, id).entries()) {
      const [got, bound] = [at(at(ours, id), j), at(at(bounds, id), j)];
      if (!(Math.abs(got - value) <= bound))
        found.push(`${name}[${j}]: got ${got}, the float model ${value} within ${bound}`);
      if (operation.kind !== "input" && value !== 0) tightness.push(bound / Math.abs(value));
    }
  }
  return { found, tightness };
}

/** Fusing changes no output by more than rounding of float64 does. */
function fusedDifferences({ original, graph }: RandomModel, row: Integers): readonly string[] {
  const [before, after] = [evaluateGraph(original, row), evaluateGraph(graph, row)];
  return original.outputs.flatMap(({ name, node }, i) => {
    const fused = at(after, at(graph.outputs, i).node);
    return [...at(before, node)].flatMap((value, j) =>
      Math.abs(value - at(fused, j)) <= 1e-9 * (1 + Math.abs(value))
        ? []
        : [`${name}[${j}]: ${value}, fused ${fused[j]}`],
    );
  });
}

async function circuitDifferences(
  compiled: CompiledModel,
  circuit: Circuit.Circuit,
  integers: Integers,
  random: Random,
): Promise<readonly string[]> {
  const { statement, circuitInput } = inferenceBy(random, compiled, integers);
  const label = JSON.stringify([...integers].map(([name, list]) => [name, [...list]]));
  try {
    const witness = await circuit.witness(circuitInput);
    if (Constraints.refuses(circuit.system(), witness)) return [`${label}: refused by the constraints`];
    const want = Statement.publicSignals(statement);
    return want.every((signal, i) => signal === witness[1 + i]) ? [] : [`${label}: another statement`];
  } catch (error) {
    return [`${label}: ${error}`];
  }
}

/** In a context and with salts by chance. */
export function inferenceBy(random: Random, compiled: CompiledModel, integers: Integers): Inference.Inference {
  const salt = () => parse(random.bits(250));
  const inputs = new Map(compiled.program.inputs.map(({ name }) => [name, salt()]));
  return Inference.infer(compiled, integers, parse(random.bits(248)), { inputs, parameters: salt() });
}

/** The same graph with other weights. */
function scaled(graph: Graph, factor: number): Graph {
  const nodes = graph.nodes.map((one) =>
    one.operation.kind === "affine"
      ? { ...one, operation: { ...one.operation, weights: one.operation.weights.map((weight) => weight * factor) } }
      : one,
  );
  return { ...graph, nodes };
}
