// A job for a model, with a quantisation chosen on calibration rows: as cheap as an accuracy allows, or as accurate as a
// size allows.

import { evaluate } from "../graph/evaluate.ts";
import { type Graph, node, sizeOf } from "../graph/graph.ts";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { DEFAULTS, layerKey } from "../program/quantisation.ts";
import { type Accuracy, accuracyOf, type Reference } from "./accuracy.ts";
import { type CompiledModel, compileGraph } from "./compiledModel.ts";
import { costOf } from "./cost.ts";
import { inputGrid } from "./inputGrid.ts";
import type { Visibility } from "./layout.ts";
import type { ModelJob } from "./modelJob.ts";
import type { Row } from "./rows.ts";

export type Target =
  /** The fewest constraints with at most this share of rows whose class changes (and a median error of at most this). */
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
};

export type Calibrated = {
  readonly job: ModelJob;
  readonly compiled: CompiledModel;
  readonly accuracy: Accuracy;
  readonly constraints: number;
};

/** Throws `model.target` where no quantisation that is tried meets the target, `model.bounds` without a target. */
export function calibrate(
  graph: Graph,
  rows: readonly Row[],
  references: readonly Reference[],
  options: CalibrateOptions,
): Calibrated {
  return choose([...attempts(graph, rows, references, options)], options.target);
}

export type Attempt = {
  /** Undefined where sums do not fit. */
  readonly calibrated: Calibrated | undefined;
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
    try {
      yield { calibrated: tryOut(graph, rows, references, ranges, bits, options), done };
    } catch (error) {
      // With a target, one that does not fit is one that is not chosen.
      if (options.target === undefined || !(error instanceof AssayError && error.code === "model.bounds")) throw error;
      yield { calibrated: undefined, done };
    }
  }
}

/** Throws `model.target`. Without a target there is one attempt. */
export function choose(all: readonly Attempt[], target: Target | undefined): Calibrated {
  const tried = all.flatMap(({ calibrated }) => calibrated ?? []);
  const [first] = tried;
  if (first === undefined) throw noneFits("sums are too large in all of them");
  if (target === undefined) return first;
  const fits = tried.filter(({ accuracy, constraints }) =>
    target.kind === "accuracy" ? loss(accuracy) <= target.share : constraints <= target.constraints,
  );
  const best = fits.toSorted((a, b) =>
    target.kind === "accuracy"
      ? a.constraints - b.constraints || loss(a.accuracy) - loss(b.accuracy)
      : loss(a.accuracy) - loss(b.accuracy) || a.constraints - b.constraints,
  )[0];
  if (best === undefined) throw noneFits(closest(tried, target));
  return best;
}

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

/** Throws `model.bounds` where sums do not fit. */
function tryOut(
  graph: Graph,
  rows: readonly Row[],
  references: readonly Reference[],
  ranges: Readonly<Record<string, number>>,
  { input, weight, activation }: Bits,
  { model, outputs, parameters, visibility }: CalibrateOptions,
): Calibrated {
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
  const job: ModelJob = {
    version: 1,
    model,
    outputs: outputs === undefined ? undefined : [...outputs],
    parameters,
    inputs: inputs as ModelJob["inputs"], // mutable lists to zod, never changed here
    weightBits: weight,
    activationBits: activation,
    curvePieces: DEFAULTS.curvePieces,
    ranges: { ...ranges },
    units: {},
  };
  const compiled = compileGraph(graph, job);
  const constraints = costOf(compiled.program, compiled.layout).total;
  const accuracy = accuracyOf(compiled, rows, references);
  return { job: { ...job, units: { ...compiled.units } }, compiled, accuracy, constraints };
}

/** Greatest magnitude of every ReLU's values over the rows: what activations are scaled by. */
function rangesOf(graph: Graph, rows: readonly Row[]): Readonly<Record<string, number>> {
  const greatest = new Map<string, number>();
  for (const row of rows) {
    const values = evaluate(graph, row.inputs);
    for (const [id, { name, operation }] of graph.nodes.entries()) {
      if (operation.kind !== "relu") continue;
      const key = layerKey(id, name);
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

/** What is compared: the share of changed classes; for models without classes the median error, as a share of the range. */
function loss({ changedClassShare, medianError, range }: Accuracy): number {
  return changedClassShare ?? (range === 0 ? 0 : medianError / range);
}

function closest(tried: readonly Calibrated[], target: Target): string {
  const least =
    target.kind === "accuracy"
      ? Math.min(...tried.map(({ accuracy }) => loss(accuracy)))
      : Math.min(...tried.map(({ constraints }) => constraints));
  return target.kind === "accuracy"
    ? `the most accurate one loses ${least}`
    : `the smallest one has ${least} constraints`;
}

function noneFits(reason: string): AssayError {
  return new AssayError("model.target", `got no quantisation that meets the target: ${reason}`, {
    disposition: "reject",
  });
}
