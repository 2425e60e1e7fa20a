// `assay backtest`: a model over a recorded market, one row an epoch, one venue a reporter.

import { COMMITTED_MODEL, Pair } from "../../job/schema.ts";
import * as Decimal from "../../lib/decimal.ts";
import { AssayError } from "../../lib/errors.ts";
import * as Model from "../../model/hampelChart.ts";
import type { ModelName } from "../../model/models.ts";
import * as Circuit from "../../prove/circuit.ts";
import * as Configuration from "../../round/configuration.ts";
import type { Environment } from "../environment.ts";
import { createProgress } from "../progress.ts";
import { countText, isoSeconds, percentOf, scoreText } from "../text.ts";
import { type Judge, modelJudge, provingJudge } from "./judge.ts";
import { type Market, type Row, readMarket } from "./market.ts";

export type BacktestOptions = {
  readonly market: string;
  readonly pair: string;
  readonly venues?: readonly string[];
  readonly decimals: number;
  readonly quorum?: number;
  readonly model: ModelName;
  readonly param: readonly string[];
  readonly json: boolean;
  readonly prove: boolean;
};

export async function backtest(options: BacktestOptions, environment: Environment): Promise<void> {
  const { root, signal, out, err } = environment;
  if (options.decimals > Decimal.MAX_DECIMALS) {
    throw new AssayError("usage.decimals", `got --decimals ${options.decimals}, want at most ${Decimal.MAX_DECIMALS}`);
  }
  if (!Pair.safeParse(options.pair).success) {
    throw new AssayError("usage.pair", `got --pair ${options.pair}, want one like BTC/USD`);
  }
  const parameters = parametersOf(options.param);
  const market = await readMarket({ path: options.market, decimals: options.decimals, venues: options.venues });
  const circuit = await smallestFor(market, options.model, root);
  const quorum = options.quorum ?? Math.floor(market.venues.length / 2) + 1;
  if (quorum > market.venues.length) {
    throw new AssayError("usage.quorum", `got --quorum ${quorum}, want at most the ${market.venues.length} venues`);
  }
  const slots = circuit.capacity.reporters;
  const unused = slots - market.venues.length;
  err(
    `assay: ${options.pair}: ${market.venues.length} venues (${market.venues.join(", ")}), quorum ${quorum}, ${circuit.name}` +
      `${unused === 0 ? "" : `: ${unused} of its ${slots} slots stay unused`}\n`,
  );
  if (market.rows.length === 0) err(`assay: ${options.market} has a header and no rows\n`);
  if (market.pairs.length > 1) err(`assay: the chosen columns name several pairs: ${market.pairs.join(", ")}\n`);

  const setting = {
    circuit,
    parameters,
    quorum,
    venues: market.venues.length,
    pair: options.pair,
    decimals: options.decimals,
  };
  const progress = createProgress(environment.clock, err);
  const judge = options.prove
    ? await progress.during(() => provingJudge(setting, { ...environment, progress }))
    : modelJudge(setting);
  const tally = createTally(market);
  for (const row of market.rows) {
    signal.throwIfAborted();
    for (const reason of row.refused) err(`assay: left out: ${reason}\n`);
    const judged = await judge(row.prices);
    const outliers = Model.outliers(judged.report, row.prices).map((slot) => market.venues[slot] ?? `slot ${slot}`);
    count(tally, judged.report, outliers);
    const shown = { row, judged, outliers, venues: market.venues, decimals: options.decimals };
    out(options.json ? `${JSON.stringify(rowObject(shown))}\n` : `${rowLine(shown)}\n`);
  }
  out(options.json ? `${JSON.stringify({ summary: tally })}\n` : summaryText(tally, options.prove));
  if (2 * tally.noQuorum > tally.rounds) {
    err(
      `assay: ${tally.noQuorum} of ${tally.rounds} rows have fewer prices than the quorum of ${quorum}: ` +
        "choose venues that have this pair, or another --quorum\n",
    );
  }
}

/** The committed ones, with those settings instead. */
function parametersOf(settings: readonly string[]): Model.Parameters {
  const parameters: Record<Model.ParameterName, bigint> = { ...Configuration.parametersFrom(COMMITTED_MODEL) };
  for (const setting of settings) {
    const [, name = "", value] = /^(\w+)(?:=([0-9]{1,7}))?/.exec(setting) ?? [];
    const known = Model.PARAMETER_NAMES.find((parameter) => parameter === name);
    if (known === undefined) {
      const ranges = Model.PARAMETER_NAMES.map((parameter) => `  ${rangeOf(parameter)}`);
      throw new AssayError("usage.param", [`got --param ${setting}, want one of`, ...ranges].join("\n"));
    }
    const [low, high] = Model.PARAMETER_RANGES[known];
    if (value === undefined || setting !== `${name}=${value}` || BigInt(value) < low || BigInt(value) > high) {
      throw new AssayError("usage.param", `got --param ${setting}, want ${rangeOf(known)}`);
    }
    parameters[known] = BigInt(value);
  }
  return parameters;
}

function rangeOf(parameter: Model.ParameterName): string {
  const [low, high] = Model.PARAMETER_RANGES[parameter];
  return `${parameter}=${low}..${high}`;
}

async function smallestFor({ venues }: Market, model: ModelName, root: string): Promise<Circuit.Circuit> {
  const circuits = (await Circuit.operational(root)).filter((circuit) => circuit.model === model);
  const found = circuits.find(({ capacity }) => capacity.reporters >= venues.length);
  if (found === undefined) {
    const largest = circuits.at(-1);
    throw new AssayError(
      "usage.venues",
      `got ${venues.length} venues, want at most the ${largest?.capacity.reporters} of ${largest?.name}: choose some with --venues`,
    );
  }
  return found;
}

type Tally = {
  rounds: number;
  readonly outliers: Record<string, number>;
  ok: number;
  held: number;
  refused: number;
  noQuorum: number;
};

function createTally({ venues }: Market): Tally {
  const outliers = Object.fromEntries(venues.map((venue) => [venue, 0]));
  return { rounds: 0, outliers, ok: 0, held: 0, refused: 0, noQuorum: 0 };
}

const COUNTER = { OK: "ok", HELD: "held", REFUSED: "refused", NO_QUORUM: "noQuorum" } as const;

function count(tally: Tally, { status }: Model.Report, outliers: readonly string[]): void {
  tally.rounds += 1;
  tally[COUNTER[status]] += 1;
  for (const venue of outliers) tally.outliers[venue] = (tally.outliers[venue] ?? 0) + 1;
}

type Shown = {
  readonly row: Row;
  readonly judged: Awaited<ReturnType<Judge>>;
  readonly outliers: readonly string[];
  readonly venues: readonly string[];
  readonly decimals: number;
};

function rowObject({ row, judged: { report, detail }, outliers, decimals }: Shown) {
  return {
    ts: row.ts,
    answer: Decimal.format(report.answer, decimals),
    status: report.status,
    score: Number(report.score),
    observers: detail.observers,
    outliers,
  };
}

function rowLine({ row, judged: { report, detail }, outliers, venues, decimals }: Shown): string {
  const answer =
    report.status === "NO_QUORUM" ? countText(detail.observers, "price") : Decimal.format(report.answer, decimals);
  const rejected = outliers.map((venue) => {
    const price = row.prices[venues.indexOf(venue)] ?? 0n;
    return `${venue} ${Decimal.format(price, decimals)} (${percentOf(price - detail.median, detail.median)})`;
  });
  const tail = rejected.length === 0 ? "" : `  rejected: ${rejected.join(", ")}`;
  return `${isoSeconds(row.ts)}  ${answer.padEnd(16)} ${report.status.padEnd(9)} score ${scoreText(report.score).padStart(5)}${tail}`;
}

function summaryText({ rounds, outliers, ok, held, refused, noQuorum }: Tally, proven: boolean): string {
  const perVenue = Object.entries(outliers).map(([venue, times]) => `${venue} ${times}`);
  return [
    "",
    `summary   ${countText(rounds, "round")}${proven ? ", each proven and verified" : ""}: OK ${ok}, HELD ${held}, REFUSED ${refused}, NO_QUORUM ${noQuorum}`,
    `          rejected prices: ${perVenue.join(", ")}`,
    "",
  ].join("\n");
}
