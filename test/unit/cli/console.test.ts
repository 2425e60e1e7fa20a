// What strangers' files say does not drive the terminal that it is printed to.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const MAIN = join(import.meta.dirname, "../../../src/cli/main.ts");
const HOSTILE = "\u001b[2J\u001b]0;owned\u0007\u009b1m\u202e";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-console-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function assay(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  await new Promise((resolve) => child.once("close", resolve));
  return said;
}

it.each([
  ["a job that is no text", `${HOSTILE}{`, "want a model's job: it is no text", "[job.model]"],
  ["a job that is no JSON", "\u202e{", "it is no JSON", "\\u202e"],
  ["a job with a member of that name", JSON.stringify({ version: 1, [HOSTILE]: 1 }), "Unrecognized key", "\\u001b[2J"],
])("of %s nothing but printable characters arrives", async (_what, text, reason, shown) => {
  const path = join(directory, "job.json");
  await writeFile(path, text);
  const said = await assay("model", "mock", path, "--data", path);
  expect(said).toContain(reason);
  expect(said).toContain(shown);
  expect(said).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
});
