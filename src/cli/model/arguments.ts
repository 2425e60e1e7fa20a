// What options of the models' commands have as values. Throws commander's own error, which names the option.

import { InvalidArgumentError } from "commander";
import { getAddress } from "ethers";
import type { Target } from "../../inference/calibrate.ts";
import type { Visibility } from "../../inference/layout.ts";
import { type Field, parse } from "../../lib/field.ts";
import { natural, word } from "../arguments.ts";
import type { RowRange } from "./row.ts";

/** "accuracy=0.01" or "size=3000". */
export function target(text: string): Target {
  const [, kind, value] = /^(accuracy|size)=([0-9]+(?:\.[0-9]+)?)$/.exec(text) ?? [];
  const number = Number(value);
  if (kind === "accuracy" && number <= 1) return { kind, share: number };
  if (kind === "size" && Number.isInteger(number)) return { kind, constraints: number };
  throw new InvalidArgumentError(`got ${text}, want accuracy=<share, 0 to 1> or size=<constraints>.`);
}

/** "name=hashed", one more of them. */
export function inputVisibility(
  text: string,
  all: Readonly<Record<string, Visibility>>,
): Readonly<Record<string, Visibility>> {
  const [, name, visibility] = /^(.+)=(public|private|hashed)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`got ${text}, want <input>=public, private or hashed.`);
  return { ...all, [name]: visibility as Visibility }; // the expression has no others
}

/** As many as a job may have of them. */
export function bits(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = natural(text);
    if (number < least || number > most) {
      throw new InvalidArgumentError(`got ${text}, want ${least} to ${most} bits.`);
    }
    return number;
  };
}

/** "3", "1,4-7". */
export function rowRanges(text: string): readonly RowRange[] {
  return text.split(",").map((part) => {
    const [, from = "", to = from] = /^([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?$/.exec(part.trim()) ?? [];
    if (from === "" || Number(to) < Number(from)) {
      throw new InvalidArgumentError(`got ${text}, want rows' numbers from 1, such as 3 or 1,4-7.`);
    }
    return [Number(from), Number(to)];
  });
}

/** Of the field, decimal or 0x-prefixed. */
export function element(text: string): Field {
  try {
    return parse(word(text));
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error;
    throw new InvalidArgumentError(`got ${text}, want an element of the field, as registries and manifests have it.`);
  }
}

/** Of a contract, as `renderVerifier` has it. */
export function contractName(text: string): string {
  if (/^[A-Z][A-Za-z0-9]*$/.test(text)) return text;
  throw new InvalidArgumentError(`got ${text}, want letters and digits, the first a capital, such as ModelVerifier.`);
}

export function address(text: string): string {
  try {
    return getAddress(text);
  } catch {
    // ethers' only answer to what is none, and to a letter that was changed.
    const want = /^0x[0-9a-fA-F]{40}$/.test(text)
      ? "its checksum, which is its letters' case, or all of them small"
      : "an address";
    throw new InvalidArgumentError(`got ${text}, want ${want}.`);
  }
}
