// A model's job: which file, what of it is seen by whom, and how its numbers become integers. Data only.

import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { stringify } from "../job/canonical.ts";
import { AssayError } from "../lib/errors.ts";
import { readAtMost, readText } from "../lib/file.ts";
import { whyNoJson } from "../lib/noJson.ts";
import { LIMITS } from "../onnx/budget.ts";
import { checkFileSize } from "../onnx/read.ts";
import { DEFAULTS, type Quantisation } from "../program/quantisation.ts";
import type { Visibility } from "./layout.ts";

const numbers = z.array(z.number()).min(1);
const positive = z.array(z.number().positive()).min(1);

const schema = z.strictObject({
  version: z.literal(1),
  /** Relative to the job. */
  model: z.string().regex(/^[^/].*\.onnx$/, "want a path of an .onnx file, relative to the job"),
  /** Every output of the file, where these are left out. */
  outputs: z.array(z.string()).min(1).optional(),
  /** "fixed": constants of the circuit. "private": the prover's own, committed to; other weights need no other keys. */
  parameters: z.enum(["fixed", "private"]).default("fixed"),
  inputs: z.record(
    z.string(),
    z.strictObject({
      visibility: z.enum(["public", "private", "hashed"]),
      /** Of the integers, of all elements or of each. */
      bits: z.array(z.int().min(1).max(32)).min(1),
      /** Real value of the integer 0, of all elements or of each. */
      minimum: numbers,
      /** Real value of one step, of all elements or of each. */
      unit: positive,
    }),
  ),
  weightBits: z.int().min(2).max(16).default(DEFAULTS.weightBits),
  /** Of private biases; found on them where it is left out. */
  biasBits: z.int().min(2).max(50).optional(),
  /** Bits that private parameters of later versions may have more, where units and widths are still to be found. */
  headroom: z.int().min(0).max(8).optional(),
  activationBits: z.int().min(2).max(16).default(DEFAULTS.activationBits),
  curvePieces: z.int().min(3).max(256).default(DEFAULTS.curvePieces),
  /** Greatest magnitude of layers' values on the calibration rows. */
  ranges: z.record(z.string(), z.number().nonnegative()).default({}),
  /** Units of layers whose parameters are private. */
  units: z.record(z.string(), z.number().positive()).default({}),
});

export type ModelJob = z.infer<typeof schema>;

export type LoadedJob = { readonly job: ModelJob; readonly onnx: Uint8Array };

/** Throws `job.model` for what is no model's job, with every problem. */
export function parse(value: unknown, path: string): ModelJob {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    path,
    parsed.error.issues.map((issue) => `${issue.path.join(".") || "job"}: ${issue.message}`),
  );
}

/** Throws `job.model` for what is no model's job, and for a file that cannot be read; `model.size`. */
export async function load(path: string): Promise<LoadedJob> {
  const job = parse(await readJson(path), path);
  return { job, onnx: await readModel(join(dirname(path), job.model), path) };
}

/** `job`: which one names the model. Throws `job.model` for a file that cannot be read, `model.size` without reading it. */
export async function readModel(path: string, job?: string): Promise<Uint8Array> {
  try {
    checkFileSize((await stat(path)).size);
    return await readAtMost(path, LIMITS.bytes + 1); // a device says that it has none
  } catch (error) {
    if (error instanceof AssayError) throw error;
    throw unreadable(path, error, job === undefined ? "" : `, want the model that ${job} names`);
  }
}

export function quantisationOf(job: ModelJob): Quantisation {
  const { weightBits, biasBits, headroom, activationBits, curvePieces, inputs, ranges, units } = job;
  return { weightBits, biasBits, headroom, activationBits, curvePieces, inputs, ranges, units };
}

/** Throws `job.model` for an input that the job does not name. */
export function visibilityOf(job: ModelJob, input: string): Visibility {
  const found = Object.hasOwn(job.inputs, input) ? job.inputs[input] : undefined;
  if (found === undefined) throw invalid("job", [`inputs: nothing for the model's input ${input}`]);
  return found.visibility;
}

/** As a file: one key a line, lists on one line. */
export function render(job: ModelJob): string {
  const entries = Object.entries(job).filter(([, value]) => value !== undefined);
  const lines = entries.map(([key, value]) => {
    if (typeof value !== "object" || Array.isArray(value)) return `  ${JSON.stringify(key)}: ${stringify(value)}`;
    const members = Object.entries(value).map(([name, member]) => `    ${JSON.stringify(name)}: ${stringify(member)}`);
    return `  ${JSON.stringify(key)}: {${members.length === 0 ? "" : `\n${members.join(",\n")}\n  `}}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `got ${path}, want a model's job: ${whyNoJson(text, cause)}`;
    throw new AssayError("job.model", message, { cause, disposition: "reject" });
  }
}

function unreadable(path: string, cause: unknown, want = ""): AssayError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `got ${path}, which cannot be read${want}\n${reason}`;
  return new AssayError("job.model", message, { cause, disposition: "reject" });
}

function invalid(path: string, problems: readonly string[]): AssayError {
  return new AssayError("job.model", `got ${path}, want a model's job\n${problems.join("\n")}`, {
    disposition: "reject",
    data: { problems },
  });
}
