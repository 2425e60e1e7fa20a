// An inspection as lines for a person, or as one JSON object.

import type { Inspection } from "../../chain/inspection/inspect.ts";
import type { Finding, Verdict } from "../../lib/finding.ts";
import { isoSeconds } from "../text.ts";

export type Head = {
  readonly chainId: number;
  readonly block: number;
  readonly atSeconds: number;
  readonly feedSet: string;
};

const WORDS: Readonly<Record<Verdict, string>> = { ok: "ok", differs: "DIFFERS", unchecked: "unchecked", note: "" };
const VERDICT_WIDTH = 10;
const CHECK_WIDTH = 26;

export function asText({ chainId, block, atSeconds, feedSet }: Head, { findings }: Inspection): string {
  const lines = findings.map(findingLine);
  return [`feed set ${feedSet} on chain ${chainId}, block ${block}, ${isoSeconds(atSeconds)}`, ...lines, ""].join("\n");
}

/** What a hostile contract or file calls itself does not move the cursor. */
export function findingLine({ check, verdict, text }: Finding): string {
  return `${WORDS[verdict].padEnd(VERDICT_WIDTH)}${check.padEnd(CHECK_WIDTH)} ${printable(text)}`;
}

export function asJson(head: Head, { feedSetId, findings, pending }: Inspection): string {
  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
  const agrees = findings.every(({ verdict }) => verdict !== "differs");
  const id = `0x${feedSetId.toString(16)}`;
  return `${JSON.stringify({ type: "inspection", ...head, feedSetId: id, agrees, findings, pending }, plain)}\n`;
}

function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => (character === "\n" ? " | " : "?"));
}
