// Reads an .onnx file: whatever its bytes are, a model or a refusal, within a second and little memory.

import { AssayError } from "../lib/errors.ts";
import { printable } from "../lib/printable.ts";
import { createBudget, LIMITS } from "./budget.ts";
import { fileKind } from "./fileKind.ts";
import { readGraph } from "./graphProto.ts";
import type { OnnxModel, OnnxNode } from "./model.ts";
import { domainOf } from "./node.ts";
import { within } from "./numbers.ts";
import { malformed, tooLarge } from "./refusal.ts";
import { type Fields, type Message, many, one, skipped, walk } from "./wire.ts";

/**
 * Throws `model.file` for what is malformed or not supported in any model, `model.size` for more than `LIMITS`, and
 * `model.value` for numbers that are NaN, infinite or integers that a double does not hold. Opens no other file.
 */
export function read(bytes: Uint8Array): OnnxModel {
  checkFileSize(bytes.length);
  try {
    return readModel(bytes);
  } catch (error) {
    const kind = error instanceof AssayError && error.code === "model.file" ? fileKind(bytes) : undefined;
    throw kind === undefined ? error : malformed({ got: kind, where: "the file", want: "an .onnx file" }, error);
  }
}

/** Of a file that is not read yet. Throws `model.size`. */
export function checkFileSize(bytes: number): void {
  if (bytes <= LIMITS.bytes) return;
  throw tooLarge({ got: `${bytes} bytes`, where: "the file", want: `at most ${LIMITS.bytes}` });
}

function readModel(bytes: Uint8Array): OnnxModel {
  const message: Message = { bytes, where: "the model", budget: createBudget() };
  const raw = collect(message);
  if (raw.graph === undefined) throw malformed({ got: "no graph", where: "the model", want: "an .onnx file" });
  within(raw.irVersion, 1, MAX_IR, "IR version", message.where);
  const functions = new Set(raw.functions.map((bytes) => readFunction({ ...message, bytes, where: "a function" })));
  const graph = readGraph({ ...message, bytes: raw.graph, where: "the graph" });
  const opsets = readOpsets(message, raw.opsets);
  for (const node of graph.nodes) checkOperator(node, opsets, functions);
  return { producer: raw.producer.join(" "), opsets, ...graph };
}

const FIELD = { irVersion: 1, producer: 2, version: 3, graph: 7, opset: 8, training: 20, function: 25 } as const;

/** Of ONNX 1.23. What comes after it may mean something else by the same fields. */
const MAX_IR = 14;

const MODEL: Fields = new Map([
  [FIELD.irVersion, one("int")],
  [FIELD.producer, one("text")],
  [FIELD.version, one("text")],
  [4, one("text")], // domain
  [5, one("int")], // model_version
  [6, skipped("text")], // doc_string
  [FIELD.graph, one("bytes")],
  [FIELD.opset, many("bytes")],
  [14, skipped("bytes")], // metadata_props
  [FIELD.training, many("bytes")],
  [FIELD.function, many("bytes")],
  [26, skipped("bytes")], // configuration of devices
]);

type Raw = {
  irVersion: number;
  readonly producer: string[];
  graph: Uint8Array | undefined;
  readonly opsets: Uint8Array[];
  readonly functions: Uint8Array[];
};

function collect(message: Message): Raw {
  const raw: Raw = { irVersion: 0, producer: [], graph: undefined, opsets: [], functions: [] };
  walk(message, MODEL, {
    number: (field, value) => {
      if (field === FIELD.irVersion) raw.irVersion = value;
    },
    text: (field, value) => {
      if ((field === FIELD.producer || field === FIELD.version) && value !== "") raw.producer.push(value);
    },
    bytes: (field, value) => {
      if (field === FIELD.graph) raw.graph = value;
      else if (field === FIELD.opset) raw.opsets.push(value);
      else if (field === FIELD.function) raw.functions.push(value);
      else throw malformed({ got: "training information", where: message.where, want: "a model for inference" });
    },
  });
  return raw;
}

const OPSET: Fields = new Map([
  [1, one("text")],
  [2, one("int")],
]);
const MAX_OPSET = 1 << 16;

function readOpsets(message: Message, parts: readonly Uint8Array[]): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>();
  for (const bytes of parts) {
    const where = "an opset import";
    const opset = { domain: "", version: 0 };
    walk({ ...message, bytes, where }, OPSET, {
      text: (_, value) => {
        opset.domain = domainOf(value);
      },
      number: (_, value) => {
        opset.version = within(value, 1, MAX_OPSET, "version", where);
      },
    });
    const { domain, version } = opset;
    const before = opsets.get(domain) ?? version; // some exporters write the same import twice
    if (version === 0 || before !== version) {
      throw malformed({ got: `versions ${before} and ${version} of ${printable(domain)}`, where, want: "one" });
    }
    opsets.set(domain, version);
  }
  if (opsets.size === 0) throw malformed({ got: "no opset import", where: "the model", want: "at least one" });
  return opsets;
}

const FUNCTION_FIELD = { name: 1, domain: 10 } as const;

/** Only who is called what: a function that nobody calls does nothing, and one that is called is refused. */
const FUNCTION: Fields = new Map([
  [FUNCTION_FIELD.name, one("text")],
  [4, skipped("text")],
  [5, skipped("text")],
  [6, skipped("text")],
  [7, skipped("bytes")],
  [8, skipped("text")],
  [9, skipped("bytes")],
  [FUNCTION_FIELD.domain, one("text")],
  [11, skipped("bytes")],
  [12, skipped("bytes")],
  [13, skipped("text")],
  [14, skipped("bytes")],
]);

function readFunction(message: Message): string {
  const found = { name: "", domain: "" };
  walk(message, FUNCTION, {
    text: (field, value) => {
      if (field === FUNCTION_FIELD.name) found.name = value;
      else found.domain = domainOf(value);
    },
  });
  return `${found.domain}\0${found.name}`;
}

function checkOperator(node: OnnxNode, opsets: ReadonlyMap<string, number>, functions: ReadonlySet<string>): void {
  const { name, operator, domain } = node;
  const where = `node ${printable(name)}`;
  if (!opsets.has(domain)) {
    throw malformed({ got: `domain ${printable(domain)}, which has no version`, where, want: "an opset import of it" });
  }
  if (functions.has(`${domain}\0${operator}`)) {
    const got = `${printable(operator)}, a function of the model's own`;
    throw malformed({ got, where, want: "the operators that it consists of" });
  }
}
