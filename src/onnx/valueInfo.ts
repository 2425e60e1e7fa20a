// A ValueInfoProto: the name, element type and shape of an input or an output, as far as the file says them.

import { printable } from "../lib/printable.ts";
import { LIMITS } from "./budget.ts";
import { elementType } from "./elements.ts";
import type { ValueInfo } from "./model.ts";
import { malformed, tooLarge } from "./refusal.ts";
import { type Fields, type Message, many, one, skipped, walk } from "./wire.ts";

/** Throws `model.file` and `model.size`. An input must say its type; that of an output follows from the nodes. */
export function readValueInfo(message: Message, role: "input" | "output"): ValueInfo {
  const value: { name: string; type: Uint8Array | undefined } = { name: "", type: undefined };
  walk(message, VALUE, {
    text: (_, name) => {
      value.name = name;
    },
    bytes: (_, type) => {
      value.type = type;
    },
  });
  const { name, type } = value;
  if (name === "") throw malformed({ got: "no name", where: `an ${role}`, want: "one" });
  const where = `${role} ${printable(name)}`;
  if (type === undefined && role === "input") throw malformed({ got: "no type", where, want: "one" });
  const tensor = type === undefined ? undefined : tensorOf({ ...message, where, bytes: type });
  if (tensor === undefined) return { name, type: undefined, shape: undefined };

  const { code, shape } = collectTensor({ ...message, where, bytes: tensor });
  return {
    name,
    type: code === UNDEFINED ? undefined : elementType(code, where),
    shape: shape === undefined ? undefined : readShape({ ...message, where, bytes: shape }),
  };
}

const UNDEFINED = 0;

const VALUE: Fields = new Map([
  [1, one("text")],
  [2, one("bytes")],
  [3, skipped("text")], // doc_string
  [4, skipped("bytes")], // metadata_props
]);

const TENSOR_TYPE = 1;
/** What is no tensor is not looked into: a sequence of sequences of sequences is one field here. */
const TYPE: Fields = new Map([
  [TENSOR_TYPE, one("bytes")],
  [4, one("bytes")], // sequence_type
  [5, one("bytes")], // map_type
  [6, skipped("text")], // denotation
  [7, one("bytes")], // opaque_type
  [8, one("bytes")], // sparse_tensor_type
  [9, one("bytes")], // optional_type
]);

/** Undefined for what is no tensor. */
function tensorOf(message: Message): Uint8Array | undefined {
  const found = new Map<number, Uint8Array>();
  walk(message, TYPE, { bytes: (field, value) => void found.set(field, value) });
  if (found.size > 1) throw malformed({ got: "two types", where: message.where, want: "one" });
  return found.get(TENSOR_TYPE);
}

const TENSOR: Fields = new Map([
  [1, one("int")],
  [2, one("bytes")],
]);

function collectTensor(message: Message): { code: number; shape: Uint8Array | undefined } {
  const found: { code: number; shape: Uint8Array | undefined } = { code: UNDEFINED, shape: undefined };
  walk(message, TENSOR, {
    number: (_, value) => {
      found.code = value;
    },
    bytes: (_, value) => {
      found.shape = value;
    },
  });
  return found;
}

const SHAPE: Fields = new Map([[1, many("bytes")]]);

const DIMENSION: Fields = new Map([
  [1, one("int")],
  [2, one("text")],
  [3, skipped("text")], // denotation
]);

function readShape(message: Message): (number | undefined)[] {
  const { where } = message;
  const dimensions: Uint8Array[] = [];
  walk(message, SHAPE, { bytes: (_, value) => void dimensions.push(value) });
  if (dimensions.length > LIMITS.rank) {
    throw tooLarge({ got: `${dimensions.length} dimensions`, where, want: `at most ${LIMITS.rank}` });
  }
  return dimensions.map((bytes) => readDimension({ ...message, bytes }));
}

/** Undefined for a parameter, for none at all, and for -1, which old exporters write and runtimes take as that. */
function readDimension(message: Message): number | undefined {
  const { where } = message;
  let length: number | undefined;
  walk(message, DIMENSION, {
    number: (_, value) => {
      length = value;
    },
  });
  if (length === undefined || length === -1) return undefined;
  if (length < 0) throw malformed({ got: `dimension ${length}`, where, want: "one that is not negative" });
  if (length > LIMITS.dimension) {
    throw tooLarge({ got: `dimension ${length}`, where, want: `at most ${LIMITS.dimension}` });
  }
  return length;
}
