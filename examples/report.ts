// `node examples/report.ts [USE ...] [--write]`: the figures of the uses' cards, each on a chain and with keys of its own. With
// --write they replace those that stand in the cards.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { evaluate } from "../src/graph/evaluate.ts";
import { node, operandsOf } from "../src/graph/graph.ts";
import { accuracyOf } from "../src/inference/accuracy.ts";
import { compile, compileGraph, graphOf } from "../src/inference/compiledModel.ts";
import { quantise, realOutput } from "../src/inference/quantise.ts";
import { references } from "../src/inference/reference.ts";
import { at } from "../src/lib/element.ts";
import { outputs } from "../src/program/evaluate.ts";
import { median } from "../test/bench/machine.ts";
import type { Setting, Use } from "../test/support/inference/uses.ts";
import { openCredit } from "./credit-score/setting.ts";
import { elementsOf, reachable } from "./game/positions.ts";
import { moveOf, openTable } from "./game/setting.ts";
import { openEntry } from "./identity/setting.ts";
import { openClinic } from "./medical-screening/setting.ts";

type Reported = {
  readonly open: () => Promise<Setting>;
  /** What is compared before the largest of it is taken: its name, and which of the elements, all without it. */
  readonly behind: string;
  readonly element?: number;
  readonly transaction: string;
  readonly more?: (use: Use) => Promise<readonly Figure[]>;
};

type Figure = readonly [label: string, figure: number];

const USES: Readonly<Record<string, Reported>> = {
  "credit-score": { open: openCredit, behind: "score", element: 1, transaction: "open" },
  "medical-screening": { open: openClinic, behind: "logit", element: 1, transaction: "screen", more: ofTheNextVersion },
  identity: { open: openEntry, behind: "distance", element: 0, transaction: "enter" },
  game: { open: openTable, behind: "logit", transaction: "answer", more: onEveryBoard },
};
const RUNS = 5;
const [BEGIN, END] = ["<!-- written by `node examples/report.ts --write` -->", "<!-- end of what is written -->"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean", default: false } },
});
for (const [name, reported] of Object.entries(USES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const table = tableOf(await figuresOf(reported));
  process.stdout.write(`${name}\n\n${table}\n`);
  if (values.write) await replaceIn(join(import.meta.dirname, name, "README.md"), table);
}

async function figuresOf({ open, behind, element, transaction, more }: Reported): Promise<readonly Figure[]> {
  const setting = await open();
  const { use, model, station } = setting;
  try {
    const runs: Awaited<ReturnType<Setting["honest"]>>[] = [];
    for (let run = 0; run <= RUNS; run++) runs.push(await setting.honest(run));
    const [, ...warm] = runs;
    const { manifest } = model.artifacts;
    const { mean, middle, greatest } = errorsOf(use, element);
    return [
      ["constraints", manifest.constraints],
      ["kilobytes of the proving key", Math.round(manifest.files["proving.zkey"].bytes / 1000)],
      ["rows", use.rows.length],
      ["rows decided otherwise", await decidedOtherwise(use)],
      [`mean error of a ${behind}`, mean],
      [`median error of a ${behind}`, middle],
      [`greatest error of a ${behind}`, greatest],
      ...((await more?.(use)) ?? []),
      ["milliseconds for a witness", median(warm.map(({ proven }) => proven.witnessMs))],
      ["milliseconds for a proof", median(warm.map(({ proven }) => proven.proveMs))],
      [`gas of \`${transaction}\``, median(warm.map(({ gas }) => gas))],
    ];
  } finally {
    await station.close();
  }
}

/** Of the numbers that are compared, on all rows: the circuit's less the float model's. */
function errorsOf({ onnx, job, rows }: Use, element: number | undefined) {
  const graph = graphOf(onnx, job.outputs);
  const compared = at(operandsOf(node(graph, at(graph.outputs, 0).node).operation), 0);
  const { program, parameters } = compileGraph(
    { ...graph, outputs: [{ name: "compared", node: compared, kind: "number" }] },
    job,
  );
  const errors = rows.flatMap(({ inputs }) => {
    const ours = realOutput(at(program.outputs, 0), at(outputs(program, quantise(program, inputs), parameters), 0));
    const all = Array.from(at(evaluate(graph, inputs), compared), (theirs, j) => Math.abs(theirs - at(ours, j)));
    return element === undefined ? all : [at(all, element)];
  });
  errors.sort((a, b) => a - b);
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    middle: at(errors, Math.floor(errors.length / 2)),
    greatest: at(errors, errors.length - 1),
  };
}

async function ofTheNextVersion({ folder, job, rows, compiled }: Use): Promise<readonly Figure[]> {
  const onnx = await readFile(join(folder, "next.onnx"));
  const next = compile(onnx, job);
  const largest = ({ parameters }: Use["compiled"]): number => Math.max(...parameters.weights.map(Math.abs));
  return [
    ["largest weight that there is room for", 2 ** (job.weightBits - 1) - 1],
    ["largest weight", largest(compiled)],
    ["largest weight of `next.onnx`", largest(next)],
    ["rows decided otherwise by `next.onnx`", await decidedOtherwise({ onnx, job, rows, compiled: next })],
  ];
}

async function onEveryBoard({ onnx, job, compiled }: Use): Promise<readonly Figure[]> {
  const graph = graphOf(onnx);
  const positions = [...reachable().values()];
  const network = positions.map(({ position }) => {
    const values = evaluate(graph, new Map([["board", Float64Array.from(elementsOf(position))]]));
    return at(at(values, at(graph.outputs, 0).node), 0);
  });
  const misses = (model: Use["compiled"]) => {
    const moves = positions.map(({ position }) => moveOf(model, position));
    const otherwise = moves.filter((move, i) => move !== network[i]).length;
    return { otherwise, worse: positions.filter(({ best }, i) => !best.includes(at(moves, i))).length };
  };
  const coarse = compile(onnx, { ...job, weightBits: 8, activationBits: 8 });
  return [
    ["boards that can come up", positions.length],
    ["of them decided otherwise", misses(compiled).otherwise],
    ["of them without a best move", misses(compiled).worse],
    ["of them decided otherwise with 8 bits", misses(coarse).otherwise],
    ["of them without a best move with 8 bits", misses(coarse).worse],
  ];
}

/** Rows whose class is another than onnxruntime's. */
async function decidedOtherwise({ onnx, job, rows, compiled }: Omit<Use, "folder">): Promise<number> {
  const wanted = await references(onnx, graphOf(onnx, job.outputs), rows);
  return Math.round((accuracyOf(compiled, rows, wanted).changedClassShare ?? 0) * rows.length);
}

function tableOf(figures: readonly Figure[]): string {
  const lines = figures.map(([label, figure]) => `| ${label} | ${shown(figure)} |`);
  return ["| | |", "| --- | --- |", ...lines, ""].join("\n");
}

function shown(figure: number): string {
  return Number.isInteger(figure) ? figure.toLocaleString("en") : String(Number(figure.toPrecision(2)));
}

async function replaceIn(path: string, table: string): Promise<void> {
  const card = await readFile(path, "utf8");
  const [before, rest = ""] = card.split(BEGIN, 2);
  const [, after] = rest.split(END, 2);
  if (after === undefined) throw new Error(`got ${path} without ${BEGIN} .. ${END}`);
  await writeFile(path, `${before}${BEGIN}\n\n${table}\n${END}${after}`);
}
