// A prover's salts in a file of their own, which only its owner reads. Whoever has them can find what they hide by trying;
// whoever has lost them can prove nothing more of a commitment that is out already.

import { randomBytes } from "node:crypto";
import { access, constants, lstat, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { toBeHex } from "ethers";
import * as z from "zod";
import { at } from "../lib/element.ts";
import { AssayError } from "../lib/errors.ts";
import { type Field, parse as parseField } from "../lib/field.ts";
import { readText } from "../lib/file.ts";
import type { CompiledModel } from "./compiledModel.ts";
import type { Salts } from "./inference.ts";

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
/** 248 bits: below the field's prime. */
const SALT_BYTES = 31;

const salt = z.string().regex(/^0x[0-9a-f]{62}$/);
const schema = z.strictObject({
  version: z.literal(1),
  /** By input name. */
  inputs: z.record(z.string(), salt),
  parameters: salt.optional(),
});

/** One for each hashed input, and one for private parameters. */
export function draw({ program, layout, model }: Pick<CompiledModel, "program" | "layout" | "model">): Salts {
  const hashed = program.inputs.filter((_, i) => at(layout.visibilities, i) === "hashed");
  return {
    inputs: new Map(hashed.map(({ name }) => [name, fresh()])),
    ...(model === undefined ? { parameters: fresh() } : {}),
  };
}

/** What `create` would refuse, before there is anything to be written. */
export async function requireNew(path: string): Promise<void> {
  const there = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw noNewFile(path, cause);
  });
  if (there !== undefined) throw noNewFile(path, { code: "EEXIST" });
  await access(dirname(path), constants.W_OK | constants.X_OK).catch((cause: NodeJS.ErrnoException) => {
    throw noNewFile(path, cause);
  });
}

/** Throws `inference.secrets` where a file is already (salts that are overwritten are lost), and where it cannot be written whole. */
export async function create(path: string, { inputs, parameters }: Salts): Promise<void> {
  const handle = await open(path, "wx", OWNER_ONLY).catch((cause: NodeJS.ErrnoException) => {
    throw noNewFile(path, cause);
  });
  const hex = (value: Field): string => toBeHex(value, SALT_BYTES);
  const value = {
    version: 1,
    inputs: Object.fromEntries([...inputs].map(([name, one]) => [name, hex(one)])),
    ...(parameters === undefined ? {} : { parameters: hex(parameters) }),
  };
  try {
    await handle.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
    await handle.sync();
  } catch (cause) {
    await rm(path, { force: true }); // a part of a salt is none, and would be in the next one's way
    throw noNewFile(path, cause as NodeJS.ErrnoException); // what node:fs rejects with
  } finally {
    await handle.close();
  }
}

/** Throws `inference.secrets` for a file that is none, or that others than its owner may read. Never says what is in it. */
export async function read(path: string): Promise<Salts> {
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    throw bad(path, `got ${cause.code ?? "a failure"}, want a file that \`assay model salts\` has made`, cause);
  });
  // Windows has no such permissions and shows every file as readable to all.
  const mode = process.platform === "win32" ? 0 : (await stat(path)).mode;
  if ((mode & OTHERS) !== 0) throw bad(path, `got mode ${(mode & 0o777).toString(8)}, want 600: others may read it`);
  const parsed = schema.safeParse(json(text));
  if (!parsed.success) throw bad(path, "got something else, want a file that `assay model salts` has made");
  const { inputs, parameters } = parsed.data;
  return {
    inputs: new Map(Object.entries(inputs).map(([name, one]) => [name, parseField(BigInt(one))])),
    ...(parameters === undefined ? {} : { parameters: parseField(BigInt(parameters)) }),
  };
}

function fresh(): Field {
  return parseField(BigInt(`0x${randomBytes(SALT_BYTES).toString("hex")}`));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not the error: it would quote the file.
  }
}

function noNewFile(path: string, cause: Pick<NodeJS.ErrnoException, "code">): AssayError {
  const got = cause.code === "EEXIST" ? "a file that is there already" : (cause.code ?? "a failure");
  return bad(path, `got ${got}, want to make a new file`, cause);
}

function bad(path: string, problem: string, cause?: unknown): AssayError {
  return new AssayError("inference.secrets", `${path}: ${problem}`, { cause, disposition: "reject" });
}
