// A TensorProto as numbers. Nothing is made of its data before the bytes that are there agree with its shape.

import { printable } from "../lib/printable.ts";
import { LIMITS, spend } from "./budget.ts";
import { type Element, element, TYPED_DATA } from "./elements.ts";
import type { Tensor } from "./model.ts";
import { checkFinite, checkIntegers, checkRange, createNumbers, type Numbers } from "./numbers.ts";
import { malformed, tooLarge } from "./refusal.ts";
import { type Fields, type Message, many, one, skipped, walk } from "./wire.ts";

export type Named = { readonly name: string; readonly tensor: Tensor };

/** `named` is how messages call a tensor of that name. Throws `model.file`, `model.size` and `model.value`. */
export function readTensor(message: Message, named: (name: string) => string): Named {
  const raw = collect(message);
  const where = named(raw.name);
  if (raw.external || raw.entries.length > 0) throw external(message, raw, where);
  const kind = element(raw.type, where);
  const { shape, size } = checkShape(raw.dims.finish(), where);
  const data = raw.bytes === undefined ? fromField(raw, kind, where) : fromBytes(message, raw, kind, size, where);
  if (data.length !== size) throw wrongSize(`${data.length} elements`, shape, size, where);
  checkFinite(data, where);
  if (kind.type === "int64") checkIntegers(data, where);
  if (kind.type === "bool") checkRange(data, [0, 1], where);
  return { name: raw.name, tensor: { type: kind.type, shape, data } };
}

const FIELD = { dims: 1, type: 2, strings: 6, name: 8, raw: 9, entries: 13, location: 14 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const IN_THE_FILE = 0;
/** More entries than a real file has: only one of them is printed. */
const MAX_ENTRIES = 16;

const TENSOR: Fields = new Map([
  [FIELD.dims, many("int")],
  [FIELD.type, one("int")],
  [TYPED_DATA.float, many("float")],
  [TYPED_DATA.int32, many("int")],
  [FIELD.strings, many("text")],
  [TYPED_DATA.int64, many("int")],
  [FIELD.name, one("text")],
  [FIELD.raw, one("bytes")],
  [TYPED_DATA.double, many("double")],
  [TYPED_DATA.uint64, many("int")],
  [12, skipped("text")], // doc_string
  [FIELD.entries, many("bytes")],
  [FIELD.location, one("int")],
  [16, skipped("bytes")], // metadata_props
]);

const STRING_ENTRY: Fields = new Map([
  [ENTRY.key, one("text")],
  [ENTRY.value, one("text")],
]);

type Raw = {
  name: string;
  type: number;
  readonly dims: Numbers;
  /** The typed field that has been seen, and its numbers. Strings are only noticed. */
  field: number | undefined;
  readonly numbers: Numbers;
  bytes: Uint8Array | undefined;
  external: boolean;
  readonly entries: Uint8Array[];
};

function collect(message: Message): Raw {
  const raw: Raw = {
    name: "",
    type: 0,
    dims: createNumbers(),
    field: undefined,
    numbers: createNumbers(),
    bytes: undefined,
    external: false,
    entries: [],
  };
  const typed = (field: number): Numbers => {
    if (raw.field !== undefined && raw.field !== field) throw twoKinds(message.where);
    raw.field = field;
    return raw.numbers;
  };
  walk(message, TENSOR, {
    text: (field, value) => {
      if (field === FIELD.name) raw.name = value;
      else typed(field);
    },
    bytes: (field, value) => {
      if (field === FIELD.raw) raw.bytes = value;
      else if (raw.entries.length < MAX_ENTRIES) raw.entries.push(value);
    },
    number: (field, value) => {
      if (field === FIELD.dims) raw.dims.push(value);
      else if (field === FIELD.type) raw.type = value;
      else if (field === FIELD.location) raw.external = value !== IN_THE_FILE;
      else typed(field).push(value);
    },
    numbers: (field, values) => {
      (field === FIELD.dims ? raw.dims : typed(field)).append(values);
    },
  });
  return raw;
}

function checkShape(dims: Float64Array, where: string): { readonly shape: number[]; readonly size: number } {
  if (dims.length > LIMITS.rank) {
    throw tooLarge({ got: `${dims.length} dimensions`, where, want: `at most ${LIMITS.rank}` });
  }
  const shape = [...dims];
  if (shape.some((length) => length < 0)) {
    throw malformed({ got: `shape [${shape}]`, where, want: "dimensions that are not negative" });
  }
  const size = shape.reduce((product, length) => product * length, 1);
  if (shape.some((length) => length > LIMITS.dimension) || size > LIMITS.numbers) {
    throw tooLarge({ got: `shape [${shape}]`, where, want: `at most ${LIMITS.numbers} elements` });
  }
  return { shape, size };
}

function fromField(raw: Raw, { type, field, range, fromField: convert }: Element, where: string): Float64Array {
  if (raw.field !== undefined && raw.field !== field) {
    throw malformed({ got: `elements of type ${type} in field ${raw.field}`, where, want: `them in field ${field}` });
  }
  const data = raw.numbers.finish();
  if (range !== undefined) checkRange(data, range, where);
  return convert === undefined ? data : data.map(convert);
}

function fromBytes(message: Message, raw: Raw, kind: Element, size: number, where: string): Float64Array {
  const { bytes } = raw;
  if (raw.field !== undefined || bytes === undefined) throw twoKinds(where);
  if (bytes.length !== size * kind.width) {
    throw wrongSize(`${bytes.length} bytes of ${kind.type}`, [...raw.dims.finish()], size * kind.width, where);
  }
  spend(message.budget, "numbers", size, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float64Array(size);
  for (let i = 0; i < size; i++) data[i] = kind.fromBytes(view, i * kind.width);
  return data;
}

/** The path is only ever printed. */
function external({ budget }: Message, { entries }: Raw, where: string): Error {
  let path = "";
  for (const bytes of entries) {
    const entry = { key: "", value: "" };
    walk({ bytes, where, budget }, STRING_ENTRY, {
      text: (field, value) => {
        entry[field === ENTRY.key ? "key" : "value"] = value;
      },
    });
    if (entry.key === "location") path = entry.value;
  }
  return malformed({ got: `data outside of the file, in ${printable(path)}`, where, want: "all data in the file" });
}

function twoKinds(where: string): Error {
  return malformed({ got: "elements in two fields", where, want: "them in one" });
}

function wrongSize(got: string, shape: readonly number[], want: number, where: string): Error {
  return malformed({ got: `${got} for shape [${shape}]`, where, want: `${want}` });
}
