// A recorded market as a CSV `ts,venue1,venue2,...`: which columns are venues, and every row's prices.

import { readFile } from "node:fs/promises";
import { parse as parseCsv } from "csv-parse/sync";
import * as Decimal from "../../lib/decimal.ts";
import { AssayError } from "../../lib/errors.ts";

export type Market = {
  readonly venues: readonly string[];
  /** Pairs that the venues' names end in, as in the file; more than one if they were chosen so. */
  readonly pairs: readonly string[];
  readonly rows: readonly Row[];
};

export type Row = {
  /** Unix seconds. */
  readonly ts: number;
  /** One a venue, scaled; 0n = none. */
  readonly prices: readonly bigint[];
  /** Cells that hold no price and are not empty: left out, with the reason. */
  readonly refused: readonly string[];
};

export type MarketRequest = {
  readonly path: string;
  readonly decimals: number;
  /** Columns to use; all of them without it. */
  readonly venues?: readonly string[] | undefined;
};

/** A column `venue_btcusd` prices a pair of its own; `venue` or `venue_usdt` does not say one. */
const PAIR_SUFFIX = /_([a-z0-9]{2,6}(?:usd|usdt|usdc|eur|gbp|jpy|btc|eth))$/i;

/** Throws `usage.market` for a file that cannot be read as one, or that has several pairs and no choice of columns. */
export async function readMarket({ path, decimals, venues }: MarketRequest): Promise<Market> {
  const records = parseRecords(await readText(path), path);
  const header = (records[0]?.record ?? []).map((name) => name.trim());
  if (records.length === 0) throw bad(`${path}: got an empty file, want the header ts,venue1,venue2,... and rows`);
  if (header[0] !== "ts" || header.length < 2 || new Set(header).size !== header.length || header.includes("")) {
    throw bad(`${path}: got the header ${header.join(",")}, want ts,venue1,venue2,... with distinct names`);
  }
  const columns = header.slice(1);
  const chosen = venues === undefined ? onePair(columns, path) : chooseColumns(columns, venues, path);
  let last: number | undefined;
  const rows = records.slice(1).map(({ record, line }) => {
    const ts = record[0] ?? "";
    const known = Number(ts);
    if (!/^[0-9]{1,12}$/.test(ts) || (last !== undefined && known <= last)) {
      const after = last === undefined ? "" : ` after ${last}`;
      throw bad(`${path}: line ${line}: got ts ${JSON.stringify(ts)}, want unix seconds${after}`);
    }
    last = known;
    const refused: string[] = [];
    const prices = chosen.map((name) => {
      const cell = (record[header.indexOf(name)] ?? "").trim();
      if (cell === "") return 0n;
      try {
        return Decimal.checkPrice(Decimal.scaleDown(Decimal.parse(cell), decimals));
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        refused.push(`line ${line}: ${name}: ${error.message}`);
        return 0n;
      }
    });
    return { ts: known, prices, refused };
  });
  return { venues: chosen, pairs: [...byPair(chosen).keys()].filter((pair) => pair !== ""), rows };
}

function chooseColumns(columns: readonly string[], venues: readonly string[], path: string): readonly string[] {
  const unknown = venues.filter((name) => !columns.includes(name));
  if (unknown.length > 0) {
    throw bad(`${path}: got --venues ${unknown.join(",")}, want some of ${columns.join(",")}`);
  }
  if (new Set(venues).size !== venues.length) throw bad(`got --venues ${venues.join(",")}, want each once`);
  return venues;
}

function onePair(columns: readonly string[], path: string): readonly string[] {
  const lists = [...byPair(columns)];
  if (lists.filter(([pair]) => pair !== "").length <= 1) return columns;
  const hints = lists.map(([pair, names]) => `${pair === "" ? "other" : pair}: ${names.join(",")}`);
  throw bad([`${path}: the columns price several pairs; choose one pair's with --venues`, ...hints].join("\n  "));
}

/** Columns by the pair that their names end in; "" for those that name none. */
function byPair(columns: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(columns, (name) => PAIR_SUFFIX.exec(name)?.[1]?.toLowerCase() ?? "");
}

type Record = { readonly record: readonly string[] /** As an editor counts it. */; readonly line: number };

function parseRecords(text: string, path: string): readonly Record[] {
  try {
    // `as`: what csv-parse gives with `info`; its types know records only.
    const parsed = parseCsv(text, { skip_empty_lines: true, bom: true, info: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return parsed.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    throw bad(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw bad(`${path}: got no text of it (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

function bad(message: string, cause?: unknown): AssayError {
  return new AssayError("usage.market", message, cause === undefined ? {} : { cause });
}
