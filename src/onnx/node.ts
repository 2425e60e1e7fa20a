// A NodeProto: an operator, the names of what goes in and out, and its attributes.

import { printable } from "../lib/printable.ts";
import { readAttribute } from "./attribute.ts";
import type { Attribute, OnnxNode } from "./model.ts";
import { malformed } from "./refusal.ts";
import { type Fields, type Message, many, one, skipped, walk } from "./wire.ts";

/** `index` is its place in the file. Throws `model.file`, `model.size` and `model.value`. */
export function readNode(message: Message, index: number): OnnxNode {
  const { inputs, outputs, attributes: unread, texts } = collect(message);
  const operator = texts.get(FIELD.operator) ?? "";
  if (operator === "") throw malformed({ got: "a node without an operator", where: message.where, want: "one" });
  const name = texts.get(FIELD.name) || `${operator}_${index}`;
  const where = `node ${printable(name)}`;
  if (texts.get(FIELD.overload)) throw malformed({ got: "an overloaded operator", where, want: "one by its name" });

  const attributes = new Map<string, Attribute>();
  for (const bytes of unread) {
    const read = readAttribute({ ...message, where, bytes });
    if (attributes.has(read.name)) {
      throw malformed({ got: `attribute ${printable(read.name)} twice`, where, want: "it once" });
    }
    attributes.set(read.name, read.attribute);
  }
  return { name, operator, domain: domainOf(texts.get(FIELD.domain) ?? ""), inputs, outputs, attributes };
}

/** The two ways of writing the standard domain are one. */
export function domainOf(text: string): string {
  return text === "ai.onnx" ? "" : text;
}

const FIELD = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7, overload: 8 } as const;

const NODE: Fields = new Map([
  [FIELD.input, many("text")],
  [FIELD.output, many("text")],
  [FIELD.name, one("text")],
  [FIELD.operator, one("text")],
  [FIELD.attribute, many("bytes")],
  [6, skipped("text")], // doc_string
  [FIELD.domain, one("text")],
  [FIELD.overload, one("text")],
  [9, skipped("bytes")], // metadata_props
  [10, skipped("bytes")], // device_configurations
]);

type Raw = {
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: Uint8Array[];
  /** Of the fields that occur once. */
  readonly texts: Map<number, string>;
};

function collect(message: Message): Raw {
  const raw: Raw = { inputs: [], outputs: [], attributes: [], texts: new Map() };
  walk(message, NODE, {
    text: (field, value) => {
      if (field === FIELD.input) raw.inputs.push(value);
      else if (field === FIELD.output) raw.outputs.push(value);
      else raw.texts.set(field, value);
    },
    bytes: (_, value) => void raw.attributes.push(value),
  });
  return raw;
}
