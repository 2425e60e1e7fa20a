// Loads a job: the file and the venue files it names, checked as a whole, every problem in one report.

import { readFile as readFileFromDisk } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parse as parseJson } from "lossless-json";
import type * as z from "zod";
import { AssayError } from "../lib/errors.ts";
import { digest } from "./canonical.ts";
import { crossCheck, type Issue } from "./crossChecks.ts";
import { isInside, type Source, Spec, Venue } from "./schema.ts";

declare const brand: unique symbol;
/** SHA-256 of the job's canonical form: defaults filled in, venue files inlined, unused sources dropped. */
export type JobId = `0x${string}` & { readonly [brand]: "JobId" };

export type Job = {
  readonly id: JobId;
  /** Replay files are relative to it. */
  readonly directory: string;
  readonly spec: Spec;
};

export type LoadOptions = {
  readonly readFile?: (path: string) => Promise<string>;
  /** When given, another id is refused with `job.id`. */
  readonly wantId?: string;
};

/** Throws `job.invalid` with data.issues, or `job.id`. */
export async function load(path: string, options: LoadOptions = {}): Promise<Job> {
  const readFile = options.readFile ?? ((file) => readFileFromDisk(file, "utf8"));
  const directory = dirname(path);
  const issues: Issue[] = [];
  const raw = await readJson(readFile, path, "", issues);
  if (issues.length > 0) {
    throw invalid(path, issues);
  }
  const whole = await inlineVenues(raw, (file, at) => readJson(readFile, join(directory, file), at, issues), issues);
  const job = check(whole, { path, directory, issues });
  if (options.wantId !== undefined && options.wantId !== job.id) {
    throw new AssayError("job.id", `got job ${job.id}, want ${options.wantId}`, { data: { path } });
  }
  return job;
}

/** The same checks for a job that is already a value, venue files in place. `directory` is where replay files are. */
export function parse(value: unknown, directory: string): Job {
  return check(value, { path: "job", directory, issues: [] });
}

type Context = { readonly path: string; readonly directory: string; readonly issues: readonly Issue[] };

function check(value: unknown, { path, directory, issues }: Context): Job {
  const parsed = Spec.safeParse(value);
  const malformed = parsed.success ? [] : parsed.error.issues.flatMap(toIssues);
  // A setting that could not be read, or is malformed in itself, is reported once.
  const found = withNewPaths(withNewPaths(issues, malformed), crossCheck(parsed.success ? parsed.data : value));
  if (!parsed.success || found.length > 0) {
    throw invalid(path, found);
  }
  const spec = withoutUnusedSources(parsed.data);
  return { id: digest(spec) as JobId, directory, spec };
}

function withNewPaths(known: readonly Issue[], more: readonly Issue[]): readonly Issue[] {
  const paths = new Set(known.map((issue) => issue.path));
  return [...known, ...more.filter((issue) => !paths.has(issue.path))];
}

/** So that a pair added to a venue file does not change the id of a job that does not use it. */
function withoutUnusedSources(spec: Spec): Spec {
  const wanted = new Set(spec.feeds.map((feed) => feed.pair));
  const operands = (sources: readonly Source[]): string[] =>
    sources.flatMap((source) =>
      source.kind === "quotient" && wanted.has(source.pair) ? [source.dividend, source.divisor] : [],
    );
  const reporters = spec.reporters.map((reporter) => {
    const used = new Set([...wanted, ...operands(reporter.sources)]);
    return { ...reporter, sources: reporter.sources.filter((source) => used.has(source.pair)) };
  });
  return { ...spec, reporters };
}

async function inlineVenues(
  raw: unknown,
  read: (file: string, at: string) => Promise<unknown>,
  issues: Issue[],
): Promise<unknown> {
  if (!isRecord(raw) || !Array.isArray(raw.reporters)) {
    return raw;
  }
  const reporters = await Promise.all(
    raw.reporters.map(async (reporter: unknown, i) => {
      const at = `reporters[${i}].sources`;
      if (!isRecord(reporter) || typeof reporter.sources !== "string") {
        return reporter;
      }
      const file = reporter.sources;
      if (!isInside(file)) {
        issues.push({ path: at, message: `got ${JSON.stringify(file)}, want a path below the job's directory` });
        return { ...reporter, sources: undefined };
      }
      const body = await read(file, at);
      if (!isRecord(body)) {
        return { ...reporter, sources: undefined };
      }
      issues.push(...venueIssues(body, reporter.venue, file, at));
      return { ...reporter, sources: body.sources };
    }),
  );
  return { ...raw, reporters };
}

/** The file's own members; its sources are checked in place with the rest of the job. */
function venueIssues(body: Record<string, unknown>, venue: unknown, file: string, at: string): Issue[] {
  const { sources: _checkedInPlace, ...members } = body;
  const parsed = Venue.omit({ sources: true }).safeParse(members);
  if (!parsed.success) {
    const own = parsed.error.issues.flatMap(toIssues);
    return own.map(({ path, message }) => ({ path: `${at} (${file}: ${path})`, message }));
  }
  return typeof venue !== "string" || parsed.data.venue === venue
    ? []
    : [{ path: at, message: `got the file of ${parsed.data.venue}, want the one of ${venue}` }];
}

async function readJson(
  readFile: (path: string) => Promise<string>,
  path: string,
  at: string,
  issues: Issue[],
): Promise<unknown> {
  try {
    // Unlike JSON.parse this refuses a key that is given twice with two values.
    return parseJson(await readFile(path), undefined, { parseNumber: Number });
  } catch (error) {
    issues.push({ path: at, message: `${basename(path)}: ${error instanceof Error ? error.message : String(error)}` });
    return undefined;
  }
}

/** An unknown key is reported at its own path, each key by itself. */
function toIssues(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: toPath([...issue.path, key]), message: "unknown key" }));
  }
  return [{ path: toPath(issue.path), message: issue.message }];
}

function toPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${String(part)}`))
    .join("");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(path: string, issues: readonly Issue[]): AssayError {
  const lines = issues.map((issue) => `  ${issue.path === "" ? "(file)" : issue.path}: ${issue.message}`);
  return new AssayError("job.invalid", `got ${issues.length} problems in ${path}, want none\n${lines.join("\n")}`, {
    disposition: "fatal",
    data: { path, issues },
  });
}
