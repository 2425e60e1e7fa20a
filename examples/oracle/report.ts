// `node examples/oracle/report.ts [--write]`: the figures of the card's section on quantisation, with keys and a chain of its
// own. With --write they replace those that stand there.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { graphOf } from "../../src/inference/compiledModel.ts";
import { load } from "../../src/inference/modelJob.ts";
import { references, rowInputs } from "../../src/inference/reference.ts";
import * as Rows from "../../src/inference/rows.ts";
import { learnedScore } from "../../src/model/learnedChart.ts";
import { median } from "../../test/bench/machine.ts";
import { random } from "../../test/support/circuits/random.ts";
import { done } from "../../test/support/transactions.ts";
import { openMarket, type Prices } from "./setting.ts";

const RUNS = 5;
const THRESHOLD = 256;
/** A score beyond is far above any threshold: how far off it is there is no matter. */
const JUDGED = 1000;
const ANYWHERE = 20_000;
const [BEGIN, END] = [
  "<!-- written by `node examples/oracle/report.ts --write` -->",
  "<!-- end of what is written -->",
];

type Figure = readonly [label: string, figure: number];

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const table = tableOf([...(await ofQuantisation()), ...(await ofRounds())]);
process.stdout.write(table);
if (values.write) await replaceIn(join(import.meta.dirname, "README.md"));

async function ofQuantisation(): Promise<readonly Figure[]> {
  const { job, onnx } = await load(join(import.meta.dirname, "job.json"));
  const graph = graphOf(onnx, job.outputs);
  const path = join(import.meta.dirname, "rows.csv");
  const rows = Rows.parse(await readFile(path, "utf8"), path, rowInputs(graph));
  const source = random(1n);
  const anywhere = Array.from({ length: ANYWHERE }, (): Rows.Row => {
    const round = [
      source.bits(1 + source.below(14)),
      source.bits(1 + source.below(12)),
      3 + source.below(2),
      source.below(4),
    ];
    return { inputs: new Map([["round", Float64Array.from(round, Number)]]) };
  });
  const compared = async (list: readonly Rows.Row[], name: string): Promise<readonly Figure[]> => {
    const wanted = await references(onnx, graph, list);
    const pairs = list.map(({ inputs }, i) => {
      const [ratio = 0, dispersion = 0, observers = 0, excluded = 0] = inputs.get("round") ?? [];
      const ours = learnedScore({ ratio: BigInt(ratio), dispersion: BigInt(dispersion), observers, excluded });
      return [Number(ours), Number(wanted[i]?.get("score")?.[0])] as const;
    });
    const errors = pairs.filter(([, theirs]) => theirs < JUDGED).map(([ours, theirs]) => Math.abs(ours - theirs));
    errors.sort((a, b) => a - b);
    return [
      [name, list.length],
      ["of them on the other side of 256", pairs.filter(([a, b]) => a > THRESHOLD !== b > THRESHOLD).length],
      ["of them with a score below 1,000", errors.length],
      ["mean error of these", errors.reduce((sum, error) => sum + error, 0) / errors.length],
      ["median error", errors[Math.floor(errors.length / 2)] ?? 0],
      ["greatest error", errors.at(-1) ?? 0],
    ];
  };
  return [
    ...(await compared(rows, "rows of the card")),
    ...(await compared(anywhere, "rounds anywhere in the features' ranges")),
  ];
}

async function ofRounds(): Promise<readonly Figure[]> {
  const setting = await openMarket();
  try {
    const { manifest } = setting.artifacts;
    const market = await setting.market(0);
    await done(market, "deposit", { value: 10n ** 18n });
    const runs: { witnessMs: number; proveMs: number; submit: bigint; borrow: bigint }[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const price: Prices = (slot, feed) => 200_000_000_000n + BigInt((slot * 7 + feed + run) % 11) * 1_000_000n;
      const { proven, submission } = await setting.prove(price);
      const submit = await done(setting.feedSet, "submit", submission);
      runs.push({ ...proven, submit, borrow: await done(market, "borrow", 1_000_000n) });
    }
    const [, ...warm] = runs;
    const of = (name: keyof (typeof runs)[number]): number => median(warm.map((run) => Number(run[name])));
    return [
      ["constraints of `round-4x4-learned`", manifest.constraints],
      ["milliseconds for a witness", of("witnessMs")],
      ["milliseconds for a proof", of("proveMs")],
      ["gas of `submit`, three series", of("submit")],
      ["gas of `borrow`", of("borrow")],
    ];
  } finally {
    await setting.close();
  }
}

function tableOf(figures: readonly Figure[]): string {
  const shown = (figure: number): string =>
    Number.isInteger(figure) ? figure.toLocaleString("en") : String(Number(figure.toPrecision(2)));
  return ["| | |", "| --- | --- |", ...figures.map(([label, figure]) => `| ${label} | ${shown(figure)} |`), ""].join(
    "\n",
  );
}

async function replaceIn(path: string): Promise<void> {
  const card = await readFile(path, "utf8");
  const [before, rest = ""] = card.split(BEGIN, 2);
  const [, after] = rest.split(END, 2);
  if (after === undefined) throw new Error(`got ${path} without ${BEGIN} .. ${END}`);
  await writeFile(path, `${before}${BEGIN}\n\n${table}\n${END}${after}`);
}
