// An AttributeProto. What it does not say for certain (two kinds at once, a reference) is refused or kept as "other".

import { printable } from "../lib/printable.ts";
import type { Attribute } from "./model.ts";
import { checkFinite, checkIntegers, createNumbers, type Numbers, within } from "./numbers.ts";
import { malformed } from "./refusal.ts";
import { readTensor } from "./tensor.ts";
import { type Fields, type Message, many, one, skipped, walk } from "./wire.ts";

export type NamedAttribute = { readonly name: string; readonly attribute: Attribute };

/** `message.where` is the node. Throws `model.file`, `model.size` and `model.value`. */
export function readAttribute(message: Message): NamedAttribute {
  const raw = collect(message);
  if (raw.name === "") throw malformed({ got: "an attribute without a name", where: message.where, want: "one" });
  const where = `attribute ${printable(raw.name)} of ${message.where}`;
  const type = within(raw.type, 1, TYPES.length - 1, "attribute type", where);
  const { kind, field } = TYPES[type] ?? UNDEFINED;
  const other = [...raw.fields].find((filled) => filled !== field);
  if (other !== undefined) {
    throw malformed({ got: `field ${other} filled and a type of ${kind}`, where, want: `field ${field} only` });
  }
  if (raw.reference) return { name: raw.name, attribute: { kind: "other", value: "a reference" } };
  return { name: raw.name, attribute: attribute(message, raw, kind, where) };
}

const FIELD = {
  name: 1,
  float: 2,
  int: 3,
  string: 4,
  tensor: 5,
  floats: 7,
  ints: 8,
  strings: 9,
  type: 20,
  reference: 21,
} as const;

const ATTRIBUTE: Fields = new Map([
  [FIELD.name, one("text")],
  [FIELD.float, one("float")],
  [FIELD.int, one("int")],
  [FIELD.string, one("text")],
  [FIELD.tensor, one("bytes")],
  [6, one("bytes")],
  [FIELD.floats, many("float")],
  [FIELD.ints, many("int")],
  [FIELD.strings, many("text")],
  [10, many("bytes")],
  [11, many("bytes")],
  [13, skipped("text")], // doc_string
  [14, one("bytes")],
  [15, many("bytes")],
  [FIELD.type, one("int")],
  [FIELD.reference, one("text")],
  [22, one("bytes")],
  [23, many("bytes")],
]);

const UNDEFINED = { kind: "undefined", field: 0 };

/** By AttributeType. */
const TYPES: readonly { readonly kind: string; readonly field: number }[] = [
  UNDEFINED,
  { kind: "float", field: FIELD.float },
  { kind: "int", field: FIELD.int },
  { kind: "string", field: FIELD.string },
  { kind: "tensor", field: FIELD.tensor },
  { kind: "graph", field: 6 },
  { kind: "floats", field: FIELD.floats },
  { kind: "ints", field: FIELD.ints },
  { kind: "strings", field: FIELD.strings },
  { kind: "tensors", field: 10 },
  { kind: "graphs", field: 11 },
  { kind: "sparse tensor", field: 22 },
  { kind: "sparse tensors", field: 23 },
  { kind: "type", field: 14 },
  { kind: "types", field: 15 },
];

type Raw = {
  name: string;
  type: number;
  reference: boolean;
  /** Those with a value in them. */
  readonly fields: Set<number>;
  number: number;
  readonly numbers: Numbers;
  readonly texts: string[];
  tensor: Uint8Array | undefined;
};

function collect(message: Message): Raw {
  const numbers = createNumbers();
  const raw: Raw = {
    name: "",
    type: 0,
    reference: false,
    fields: new Set(),
    number: 0,
    numbers,
    texts: [],
    tensor: undefined,
  };
  walk(message, ATTRIBUTE, {
    text: (field, value) => {
      if (field === FIELD.name) raw.name = value;
      else if (field === FIELD.reference) raw.reference = value !== "";
      else {
        raw.fields.add(field);
        raw.texts.push(value);
      }
    },
    number: (field, value) => {
      if (field === FIELD.type) raw.type = value;
      else {
        raw.fields.add(field);
        if (field === FIELD.float || field === FIELD.int) raw.number = value;
        else numbers.push(value);
      }
    },
    numbers: (field, values) => {
      raw.fields.add(field);
      numbers.append(values);
    },
    bytes: (field, value) => {
      raw.fields.add(field);
      if (field === FIELD.tensor) raw.tensor = value;
    },
  });
  return raw;
}

/** A scalar that is not there is 0 or "": writers of proto3 leave those out. */
function attribute(message: Message, raw: Raw, kind: string, where: string): Attribute {
  switch (kind) {
    case "float":
      checkFinite([raw.number], where);
      return { kind, value: raw.number };
    case "floats": {
      const value = raw.numbers.finish();
      checkFinite(value, where);
      return { kind, value };
    }
    case "int":
      checkIntegers([raw.number], where);
      return { kind, value: raw.number };
    case "ints": {
      const value = raw.numbers.finish();
      checkIntegers(value, where);
      return { kind, value };
    }
    case "string":
      return { kind, value: raw.texts[0] ?? "" };
    case "strings":
      return { kind, value: raw.texts };
    case "tensor": {
      if (raw.tensor === undefined) throw malformed({ got: "no tensor", where, want: "one" });
      return { kind, value: readTensor({ ...message, where, bytes: raw.tensor }, () => where).tensor };
    }
    default:
      return { kind: "other", value: kind };
  }
}
