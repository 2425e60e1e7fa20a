// A price from a recorded CSV file, by the minute in which the epoch starts. For the demo and for tests.

import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Replay } from "../job/schema.ts";
import { divide, parseValue, type Reader, refusal, sha256, show } from "./source.ts";

export type ReplayDeps = { readonly readFile: (path: string) => Promise<string>; readonly directory: string };

type Row = ReadonlyMap<string, string>;
type Table = { readonly columns: ReadonlySet<string>; readonly rows: ReadonlyMap<number, Row> };
export type ReadTable = (file: string) => Promise<Table>;

/** Reads each file once: a recording does not change. */
export function createReadTable({ readFile, directory }: ReplayDeps): ReadTable {
  const tables = new Map<string, Promise<Table>>();
  return (file) => {
    const table = tables.get(file) ?? readFile(join(directory, file)).then(toTable).catch(fileError(file));
    tables.set(file, table);
    return table;
  };
}

/** `decimals` are the places of the quotient when there is an `over`. */
export function createReplay(setting: Replay, decimals: number, readTable: ReadTable): Reader {
  const { file, column, over } = setting;
  return async ({ epoch, periodSeconds }) => {
    const table = await readTable(file);
    for (const wanted of over === undefined ? [column] : [column, over]) {
      if (!table.columns.has(wanted)) {
        throw refusal("source.file", `got no column ${show(wanted)} in ${file}, want one`, { data: { file } });
      }
    }
    const ts = Math.floor((epoch * periodSeconds) / 60) * 60;
    const row = table.rows.get(ts);
    const price = readCell(row, column, ts);
    const common = { observedAtMs: ts * 1000, attempts: 0 };
    if (over === undefined) {
      const rawDigest = sha256(`${ts},${price}`);
      return { ...common, value: parseValue(price), origin: `${file}#${column}@${ts}`, rawDigest };
    }
    const divisor = readCell(row, over, ts);
    return {
      ...common,
      value: divide(parseValue(price), parseValue(divisor), decimals),
      origin: `${file}#${column}/${over}@${ts}`,
      rawDigest: sha256(`${ts},${price},${divisor}`),
    };
  };
}

function readCell(row: Row | undefined, column: string, ts: number): string {
  const cell = row?.get(column) ?? "";
  if (cell === "") {
    throw refusal("source.none", `got no ${column} at ${ts}, want a price`, { data: { ts } });
  }
  return cell;
}

function toTable(text: string): Table {
  const [header = [], ...records] = parse(text, { skip_empty_lines: true });
  if (header[0] !== "ts" || new Set(header).size !== header.length) {
    throw new SyntaxError(`got the header ${show(header)}, want ts first and distinct names`);
  }
  const rows = new Map<number, Row>();
  for (const record of records) {
    const ts = record[0] ?? "";
    if (!/^\d{1,12}$/.test(ts) || rows.has(Number(ts))) {
      throw new SyntaxError(`got the ts ${show(ts)}, want distinct unix seconds`);
    }
    rows.set(Number(ts), new Map(record.map((cell, i) => [header[i] ?? "", cell])));
  }
  return { columns: new Set(header), rows };
}

function fileError(file: string): (cause: unknown) => never {
  return (cause) => {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw refusal("source.file", `got ${show(got)} from ${file}, want a CSV file`, { cause, data: { file } });
  };
}
