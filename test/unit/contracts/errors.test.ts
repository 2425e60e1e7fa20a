import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");

async function read(pattern: string): Promise<readonly string[]> {
  const sources: string[] = [];
  for await (const path of glob(pattern, { cwd: root })) sources.push(await readFile(join(root, path), "utf8"));
  return sources;
}

it("every custom error of the contracts is one that a test expects", async () => {
  const declared = (await read("contracts/**/*.sol"))
    .flatMap((source) => [...source.matchAll(/^\s*error (\w+)\(/gm)])
    .map(([, name = ""]) => name);
  // A function that expects a revert, by the cheatcode or by a helper of its suite, and the errors that it names.
  const expected = (await read("test/contracts/*.t.sol"))
    .flatMap((source) => source.split(/\bfunction\b/))
    .filter((body) => /\bvm\.expect(?:Partial)?Revert\(|\b_expect\w*\(/.test(body))
    .flatMap((body) => [...body.matchAll(/\.(\w+_\w+)\.selector\b/g)])
    .map(([, name = ""]) => name);
  expect(declared.length).toBeGreaterThan(45);
  expect(declared.filter((name) => !expected.includes(name))).toEqual([]);
});
