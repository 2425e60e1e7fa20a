// What options and arguments have as values. Throws commander's own error, which names the option.

import { InvalidArgumentError } from "commander";

export function natural(text: string): number {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(text)) throw new InvalidArgumentError(`got ${text}, want a whole number.`);
  return Number(text);
}

export function positive(text: string): number {
  if (natural(text) === 0) throw new InvalidArgumentError("got 0, want at least 1.");
  return natural(text);
}

/** Of 256 bits, decimal or 0x-prefixed. */
export function word(text: string): bigint {
  const value = /^(0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/.test(text) ? BigInt(text) : -1n;
  if (value < 0n || value >> 256n !== 0n) {
    throw new InvalidArgumentError(`got ${text}, want a whole number of at most 256 bits.`);
  }
  return value;
}

/** 32 bytes. */
export function hash(text: string): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text))
    throw new InvalidArgumentError(`got ${text}, want 0x and 64 hexadecimal digits.`);
  return text.toLowerCase();
}

export const names = (text: string): readonly string[] => text.split(",").map((name) => name.trim());

export const collect = (text: string, all: readonly string[]): readonly string[] => [...all, text];
