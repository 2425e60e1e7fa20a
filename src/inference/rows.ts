// Rows of real numbers for a model's inputs, from CSV or JSON.

import { parse as parseCsv } from "csv-parse/sync";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { whyNoJson } from "../lib/noJson.ts";
import { printable } from "../lib/printable.ts";

export type RowInput = { readonly name: string; readonly size: number };

export type Row = {
  /** Elements by input name, flat. */
  readonly inputs: ReadonlyMap<string, Float64Array>;
  /** The CSV's last column, where it is called so. */
  readonly label?: string | undefined;
};

const LABEL = "label";
const WANT = "rows of numbers for the model's inputs";

/** By the file's name: `.csv` or `.json`. Throws `model.rows`. */
export function parse(text: string, path: string, inputs: readonly RowInput[]): readonly Row[] {
  const rows = path.endsWith(".csv") ? fromCsv(text, path, inputs) : fromJson(text, path, inputs);
  if (rows.length === 0) throw bad(path, "no rows");
  return rows;
}

/** A header, then a row a line: the elements of all inputs in order, and `label` if the last column is called so. */
function fromCsv(text: string, path: string, inputs: readonly RowInput[]): readonly Row[] {
  const [header = [], ...lines] = records(text, path);
  const width = inputs.reduce((sum, { size }) => sum + size, 0);
  const labelled = header.at(-1) === LABEL;
  const columns = labelled ? header.slice(0, -1) : header;
  if (!labelled && header.length > 0 && header.every(isNumber)) throw noHeader(path, header);
  if (columns.length !== width) throw otherColumns(path, { columns, labelled, inputs, width });
  const names = inputs.map(({ name }) => name);
  if (columns.join() !== names.join() && columns.toSorted().join() === names.toSorted().join()) {
    throw bad(path, `got the inputs' columns in another order, want ${printable(names.join(), 500)}`);
  }
  return lines.map((line, i) => ({
    inputs: split(
      columns.map((name, j) => number(line[j], path, `row ${i + 1}, column ${printable(name)}`)),
      inputs,
    ),
    label: labelled ? line[width] : undefined,
  }));
}

/** A row, or a list of rows. A row is one flat list of all inputs' elements, or an object of (nested) lists by input. */
function fromJson(text: string, path: string, inputs: readonly RowInput[]): readonly Row[] {
  const value = json(text, path);
  const isOneRow = !Array.isArray(value) || typeof value[0] === "number";
  const list: readonly unknown[] = isOneRow ? [value] : value;
  return list.map((row, i) => ({ inputs: jsonRow(row, path, `row ${i + 1}`, inputs) }));
}

function jsonRow(row: unknown, path: string, where: string, inputs: readonly RowInput[]): Row["inputs"] {
  if (Array.isArray(row)) {
    const flat = numbers(row, path, where);
    const width = inputs.reduce((sum, { size }) => sum + size, 0);
    if (flat.length !== width) throw bad(path, `${where}: got ${flat.length} numbers, want ${width}`);
    return split(flat, inputs);
  }
  if (typeof row !== "object" || row === null) throw bad(path, `${where}: want a list or an object of lists`);
  const unknown = Object.keys(row).filter((key) => !inputs.some(({ name }) => name === key));
  if (unknown.length > 0) throw bad(path, `${where}: no input is called ${printable(unknown.join(", "), 500)}`);
  return new Map(
    inputs.map(({ name, size }) => {
      const flat = numbers((row as Readonly<Record<string, unknown>>)[name], path, `${where}, ${name}`);
      if (flat.length !== size) throw bad(path, `${where}, ${name}: got ${flat.length} numbers, want ${size}`);
      return [name, Float64Array.from(flat)];
    }),
  );
}

function split(flat: readonly number[], inputs: readonly RowInput[]): Row["inputs"] {
  let from = 0;
  return new Map(
    inputs.map(({ name, size }) => {
      const part = Float64Array.from({ length: size }, (_, j) => at(flat, from + j));
      from += size;
      return [name, part];
    }),
  );
}

function numbers(value: unknown, path: string, where: string): readonly number[] {
  const flat: unknown[] = Array.isArray(value) ? value.flat(8) : [value];
  return flat.map((one) => number(one, path, where));
}

const isNumber = (cell: string): boolean => cell !== "" && Number.isFinite(Number(cell));

function number(value: unknown, path: string, where: string): number {
  const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof parsed !== "number" || !Number.isFinite(parsed)) {
    // A list can be nested deeper than anything that writes it out.
    const got =
      typeof value === "object" && value !== null ? "a list or an object" : JSON.stringify(value)?.slice(0, 60);
    throw bad(path, `${where}: got ${got}, want a number`);
  }
  return parsed;
}

function records(text: string, path: string): readonly (readonly string[])[] {
  try {
    return parseCsv(text, { trim: true, skip_empty_lines: true, bom: true }) as string[][]; // rows of strings, unless columns are asked for
  } catch (error) {
    throw bad(path, error instanceof Error ? error.message : String(error));
  }
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `got ${path}, want ${WANT}: ${whyNoJson(text, cause)}`;
    throw new AssayError("model.rows", message, { cause, disposition: "reject" });
  }
}

/** The first row would be taken for names, and be missing from the report without a word. */
function noHeader(path: string, header: readonly string[]): AssayError {
  const first = header.slice(0, 3).join(",") + (header.length > 3 ? ",..." : "");
  return bad(
    path,
    `got ${printable(first)} as the header, want names: put a line of them before the first row, any will do`,
  );
}

type Columns = {
  readonly columns: readonly string[];
  readonly labelled: boolean;
  readonly inputs: readonly RowInput[];
  readonly width: number;
};

function otherColumns(path: string, { columns, labelled, inputs, width }: Columns): AssayError {
  // Names can be compared where each column is an input of its own.
  const named = inputs.every(({ size }) => size === 1) ? inputs.map(({ name }) => name) : [];
  const missing = named.filter((name) => !columns.includes(name));
  const more = named.length === 0 ? [] : columns.filter((column) => !named.includes(column));
  const list = (what: string, names: readonly string[]): readonly string[] =>
    names.length === 0 || names.length === width ? [] : [`${what} ${names.map((name) => printable(name)).join(", ")}`];
  const beside = labelled ? ` beside "${LABEL}"` : "";
  const sizes = inputs.map(({ name, size }) => `${size} of ${printable(name)}`).join(", ");
  const or = labelled ? "" : `, and "${LABEL}" as the last one or not`;
  return bad(
    path,
    [
      `got ${columns.length} columns${beside}, want ${width} columns (${printable(sizes, 500)})${or}`,
      ...list("missing:", missing),
      ...list("not of the model:", more),
    ].join("\n"),
  );
}

function bad(path: string, reason: string): AssayError {
  return new AssayError("model.rows", `got ${path}, want ${WANT}\n${reason}`, {
    disposition: "reject",
  });
}
