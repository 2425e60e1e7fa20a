// Renders the job settings as markdown tables, from the schema alone. docs/configuration.md is made of this.

import * as z from "zod";
import { Spec, Venue } from "./schema.ts";

/** Two tables: a job file and a venue file. No setting of either is secret. */
export function describe(): string {
  return [
    "## Job file: `jobs/<name>.json`",
    "",
    ...table(Spec),
    "",
    "## Venue file: `jobs/venues/<venue>.json`",
    "",
    "Its sources are those of a reporter in a job file.",
    "",
    ...table(Venue.omit({ sources: true })),
  ].join("\n");
}

type Node = {
  readonly type?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
};

function table(schema: z.ZodType): string[] {
  // `as`: the part of JSON Schema that zod emits for these schemas, read for display only.
  const root = z.toJSONSchema(schema, { io: "input" }) as Node;
  return [
    "| setting | meaning | unit | default | bounds |",
    "| --- | --- | --- | --- | --- |",
    ...members(root, "").map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`),
  ];
}

function members(node: Node, prefix: string): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, member]) => {
    const path = `${prefix}${key}`;
    const presence = node.required?.includes(key) === true ? "required" : "none";
    const row = [
      `\`${path}\``,
      member.description ?? "",
      member.unit ?? "",
      fallback(member, presence),
      bounds(member),
    ];
    return [row, ...below(member, path)];
  });
}

function below(node: Node, path: string): string[][] {
  if (node.items !== undefined) {
    return below(node.items, `${path}[]`);
  }
  if (node.oneOf !== undefined) {
    return node.oneOf.flatMap((option) => members(option, `${path}{${String(option.properties?.kind?.const)}}.`));
  }
  return members(node, `${path}.`);
}

function fallback(node: Node, presence: string): string {
  const isGroup = node.properties !== undefined;
  return node.default === undefined ? presence : isGroup ? "its defaults" : `\`${JSON.stringify(node.default)}\``;
}

function bounds(node: Node): string {
  if (node.const !== undefined) {
    return `\`${String(node.const)}\``;
  }
  if (node.enum !== undefined) {
    return node.enum.map((value) => `\`${String(value)}\``).join(", ");
  }
  if (node.pattern !== undefined) {
    return `\`${node.pattern}\``;
  }
  return [
    range(node.minimum, node.maximum, ""),
    range(node.minLength, node.maxLength, " characters"),
    range(node.minItems, node.maxItems, " items"),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  return least === undefined && most === undefined ? "" : `${least ?? 0} to ${most ?? "any"}${unit}`;
}
