// A job for a model, with a quantisation chosen on calibration rows: as cheap as an accuracy allows, or as accurate as a
// size allows.

import { evaluate } from "../graph/evaluate.ts";
import { type Graph, node, sizeOf } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { layerKeys } from "../program/layerKeys.ts";
import { DEFAULTS } from "../program/quantisation.ts";
import { type Accuracy, accuracyOf, type Reference } from "./accuracy.ts";
import { type CompiledModel, compileGraph, integerModelOf } from "./compiledModel.ts";
import { inputGrid } from "./inputGrid.ts";
import type { Visibility } from "./layout.ts";
import type { ModelJob } from "./modelJob.ts";
import type { Row } from "./rows.ts";

export type Target =
  /** The fewest constraints that lose at most this share: of rows, whose class changes; without classes of the range, in the median. */
  | { readonly kind: "accuracy"; readonly share: number }
  /** The most accurate within so many constraints. */
  | { readonly kind: "size"; readonly constraints: number };

export type CalibrateOptions = {
  readonly model: string;
  readonly outputs?: readonly string[] | undefined;
  readonly parameters: ModelJob["parameters"];
  readonly visibility: (input: string) => Visibility;
  /** None: 8 bits for everything. */
  readonly target?: Target | undefined;
  /** Fixed where given, chosen otherwise. */
  readonly inputBits?: number | undefined;
  readonly weightBits?: number | undefined;
  readonly activationBits?: number | undefined;
  /** Bits that private parameters of later versions may have more; none where left out. */
  readonly headroom?: number | undefined;
};

export type Calibrated = {
  readonly job: ModelJob;
  readonly compiled: CompiledModel;
  readonly accuracy: Accuracy;
  readonly constraints: number;
};

/**
 * Throws `model.target` where no quantisation that is tried meets the target; where none fits at all what the last one threw:
 * `model.bounds`, `model.weights` or `model.size`, with the layer named.
 */
export function calibrate(
  graph: Graph,
  rows: readonly Row[],
  references: readonly Reference[],
  options: CalibrateOptions,
): Calibrated {
  return choose(graph, [...attempts(graph, rows, references, options)], options.target);
}

/** One quantisation that was looked at, without its circuit. */
type Tried = Omit<Calibrated, "compiled">;

export type Attempt = {
  /** What was found, or what was thrown by one that does not fit. */
  readonly result: Tried | AssayError;
  /** Of all attempts, with this one. */
  readonly done: number;
};

/** One quantisation after the other, for a caller that has something to do in between. `choose` takes the best. */
export function* attempts(
  graph: Graph,
  rows: readonly Row[],
  references: readonly Reference[],
  options: CalibrateOptions,
): Generator<Attempt, void> {
  const ranges = rangesOf(graph, rows);
  const list = candidates(graph, options);
  for (const [i, bits] of list.entries()) {
    const done = (i + 1) / list.length;
    let result: Tried | AssayError;
    try {
      result = tryOut(graph, rows, references, jobOf(graph, rows, ranges, bits, options));
    } catch (error) {
      if (!(error instanceof AssayError && UNFIT.has(error.code))) throw error;
      result = error;
    }
    yield { result, done };
  }
}

/** Makes the circuit of the best attempt, or of the first without a target. Throws as `calibrate` does. */
export function choose(graph: Graph, all: readonly Attempt[], target: Target | undefined): Calibrated {
  const tried = all.flatMap(({ result }) => (result instanceof AssayError ? [] : [result]));
  const [first] = tried;
  if (first === undefined) throw all.at(-1)?.result ?? new TypeError("there is always an attempt");
  const { job, accuracy, constraints } = target === undefined ? first : best(tried, target);
  return { job, compiled: compileGraph(graph, job), accuracy, constraints };
}

/** What a quantisation with other bits may not throw. */
const UNFIT: ReadonlySet<string> = new Set(["model.bounds", "model.weights", "model.size"]);

function best(tried: readonly Tried[], target: Target): Tried {
  const [found] =
    target.kind === "accuracy"
      ? tried
          .filter(({ accuracy }) => loss(accuracy) <= target.share)
          .toSorted((a, b) => a.constraints - b.constraints || byLoss(a, b))
      : tried
          .filter(({ constraints }) => constraints <= target.constraints)
          .toSorted((a, b) => byLoss(a, b) || a.constraints - b.constraints);
  if (found === undefined) throw noneFits(tried, target);
  return found;
}

/** Of two that change as many classes the one whose numbers are nearer. */
const byLoss = (a: Tried, b: Tried): number =>
  loss(a.accuracy) - loss(b.accuracy) || a.accuracy.meanError - b.accuracy.meanError;

type Bits = { readonly input: number; readonly weight: number; readonly activation: number };

function candidates(graph: Graph, options: CalibrateOptions): readonly Bits[] {
  const { target, inputBits, weightBits, activationBits } = options;
  const choices = (given: number | undefined, standard: number, more: readonly number[]): readonly number[] =>
    given !== undefined ? [given] : target === undefined ? [standard] : more;
  // Nothing but ReLUs keeps so many bits.
  const isActive = graph.nodes.some(({ operation }) => operation.kind === "relu");
  const list: Bits[] = [];
  for (const input of choices(inputBits, DEFAULTS.inputBits, [4, 6, 8, 10, 12, 16])) {
    for (const weight of choices(weightBits, DEFAULTS.weightBits, [4, 6, 8, 10, 12])) {
      for (const activation of choices(activationBits, DEFAULTS.activationBits, isActive ? [4, 6, 8, 10, 12] : [8])) {
        list.push({ input, weight, activation });
      }
    }
  }
  return list;
}

function jobOf(
  graph: Graph,
  rows: readonly Row[],
  ranges: Readonly<Record<string, number>>,
  { input, weight, activation }: Bits,
  { model, outputs, parameters, visibility, headroom }: CalibrateOptions,
): ModelJob {
  const inputs = Object.fromEntries(
    graph.inputs.map((id) => {
      const name = inputName(graph, id);
      const size = sizeOf(node(graph, id).shape);
      const columns = Array.from({ length: size }, (_, j) =>
        Float64Array.from(rows, (row) => at(row.inputs.get(name) ?? new Float64Array(), j)),
      );
      return [name, { visibility: visibility(name), ...inputGrid(columns, input) }];
    }),
  );
  return {
    version: 1,
    model,
    outputs: outputs === undefined ? undefined : [...outputs],
    parameters,
    inputs: inputs as ModelJob["inputs"], // mutable lists to zod, never changed here
    weightBits: weight,
    biasBits: undefined,
    headroom,
    activationBits: activation,
    curvePieces: DEFAULTS.curvePieces,
    ranges: { ...ranges },
    units: {},
  };
}

/** With the units and width that it gives private parameters. Throws one of UNFIT. */
function tryOut(graph: Graph, rows: readonly Row[], references: readonly Reference[], job: ModelJob): Tried {
  const model = integerModelOf(graph, job);
  const accuracy = accuracyOf(model, rows, references);
  const { biasBits } = model.program.parameters;
  const chosen = job.parameters === "private" ? { biasBits, units: { ...model.units } } : {};
  return { job: { ...job, ...chosen }, accuracy, constraints: model.cost.total };
}

/** Greatest of every ReLU's values over the rows: what activations are scaled by. */
function rangesOf(graph: Graph, rows: readonly Row[]): Readonly<Record<string, number>> {
  const keys = layerKeys(graph);
  const greatest = new Map<string, number>();
  for (const row of rows) {
    const values = evaluate(graph, row.inputs);
    for (const [id, { operation }] of graph.nodes.entries()) {
      if (operation.kind !== "relu") continue;
      const key = at(keys, id);
      const most = at(values, id).reduce((found, value) => Math.max(found, Math.abs(value)), 0);
      greatest.set(key, Math.max(greatest.get(key) ?? 0, most));
    }
  }
  // Six digits are as good as all of them, and a file that people read.
  return Object.fromEntries([...greatest].map(([key, value]) => [key, Number(value.toPrecision(6))]));
}

export function inputName(graph: Graph, id: number): string {
  const { operation } = node(graph, id);
  if (operation.kind !== "input") throw new TypeError("an input is an input");
  return operation.name;
}

/**
 * What is compared: the share of changed classes; for models without classes the median error, as a share of the range, or
 * as it is where all rows give the same number.
 */
function loss({ changedClassShare, medianError, range }: Accuracy): number {
  return changedClassShare ?? medianError / (range === 0 ? 1 : range);
}

function noneFits(tried: readonly Tried[], target: Target): AssayError {
  const hasClasses = tried.some(({ accuracy }) => accuracy.changedClassShare !== undefined);
  const lost = hasClasses ? "of rows, whose class changes" : "of the range, by its median error";
  const least = (of: (attempt: Tried) => number): number =>
    tried.reduce((found, attempt) => Math.min(found, of(attempt)), Number.POSITIVE_INFINITY);
  const closest =
    target.kind === "accuracy"
      ? `the most accurate one loses a share of ${least(({ accuracy }) => loss(accuracy))} ${lost}`
      : `the smallest one has ${least(({ constraints }) => constraints)} constraints`;
  return new AssayError("model.target", `got no quantisation that meets the target: ${closest}`, {
    disposition: "reject",
  });
}
