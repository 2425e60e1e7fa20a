// An inference as lines for a person, or as members of a JSON object.

import { toBeHex } from "ethers";
import type { Binding } from "../../inference/inference.ts";
import type { Reading } from "../../inference/reading.ts";
import type { ShownInput } from "../../inference/verification.ts";
import { printable } from "../../lib/printable.ts";

/** Elements of one output that are shown to a person; JSON has them all. */
const SHOWN = 20;

export function readingLines(readings: readonly Reading[]): readonly string[] {
  return readings.flatMap(({ name, integers, values, linked, labels }) => [
    `${printable(name)}: ${list(labels?.map((label) => printable(label)) ?? values.map(figure))}`,
    ...(linked === undefined ? [] : [`  ${linked.link}: ${list(linked.values.map(figure))}`]),
    `  integers: ${list(integers.map(String))}`,
  ]);
}

export function bindingJson({ chainId, nonce, ...addresses }: Binding) {
  return { chainId: chainId.toString(), ...addresses, nonce: nonce.toString() };
}

export function bindingText({ chainId, gate, consumer, caller, nonce }: Binding): string {
  return `bound to chain ${chainId}, gate ${gate}, consumer ${consumer}, caller ${caller}, nonce ${nonce}`;
}

/** What the statement says of inputs. */
export function shownLines(inputs: readonly ShownInput[]): readonly string[] {
  return inputs.map((input) => {
    const said = input.visibility === "hashed" ? `digest ${toBeHex(input.digest, 32)}` : list(input.values.map(figure));
    return `input ${printable(input.name)}: ${said}`;
  });
}

export function shownJson(inputs: readonly ShownInput[]) {
  return inputs.map((input) =>
    input.visibility === "hashed" ? { ...input, digest: toBeHex(input.digest, 32) } : input,
  );
}

function list(items: readonly string[]): string {
  const more = items.length > SHOWN ? `, ... (${items.length})` : "";
  return items.slice(0, SHOWN).join(", ") + more;
}

const figure = (value: number): string => String(Number(value.toPrecision(6)));
