// What circuits/circuits.json says of an entry circuit.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AssayError } from "../lib/errors.ts";
import { MODEL_NAMES, type ModelName } from "../model/models.ts";

const schema = z.record(
  z.string(),
  z.strictObject({
    template: z.literal("PriceRound"),
    model: z.enum(MODEL_NAMES),
    parameters: z.strictObject({ N: z.int().min(1).max(16), M: z.int().min(1).max(32) }),
    publicSignals: z.tuple([z.literal("commitment"), z.literal("evaluation"), z.literal("challenge")]),
    /** The constraints and public signals must fit a domain of 2^this. */
    maxDomainPower: z.int().min(1).max(28),
    /** "operation": jobs and backtests may name or choose it. "measurement": it is there for `npm run bench` alone. */
    purpose: z.enum(["operation", "measurement"]),
  }),
);

export type Circuit = {
  readonly name: string;
  readonly model: ModelName;
  readonly capacity: { readonly reporters: number; readonly feeds: number };
  readonly maxDomainPower: number;
  readonly purpose: "operation" | "measurement";
};

/** Every entry circuit, smallest first. */
export async function all(root: string): Promise<readonly Circuit[]> {
  const entries = schema.parse(JSON.parse(await readFile(join(root, "circuits/circuits.json"), "utf8")));
  return Object.entries(entries)
    .map(([name, { model, parameters, maxDomainPower, purpose }]) => ({
      name,
      model,
      capacity: { reporters: parameters.N, feeds: parameters.M },
      maxDomainPower,
      purpose,
    }))
    .sort((a, b) => a.capacity.reporters - b.capacity.reporters || a.capacity.feeds - b.capacity.feeds);
}

/** Those for operation, smallest first. */
export async function operational(root: string): Promise<readonly Circuit[]> {
  return (await all(root)).filter(({ purpose }) => purpose === "operation");
}

/** One for operation. Throws `job.circuit` for any other name. */
export async function describe(root: string, name: string): Promise<Circuit> {
  const circuits = await operational(root);
  const found = circuits.find((circuit) => circuit.name === name);
  if (found === undefined) {
    throw new AssayError("job.circuit", `got circuit ${name}, want one of ${circuits.map((c) => c.name).join(", ")}`);
  }
  return found;
}
