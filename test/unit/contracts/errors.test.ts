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
  const bodies = (await read("test/contracts/{*.t.sol,support/*.sol}")).flatMap((source) =>
    source.split(/\bfunction\b/),
  );
  const selectors = (body: string) => [...body.matchAll(/\.(\w+_\w+)\.selector\b/g)].map(([, name = ""]) => name);
  const expects = (body: string) => /\bvm\.expect(?:Partial)?Revert\(|\b_expect\w*\(/.test(body);
  // A function that expects a revert, by the cheatcode or by a helper of its suite, names the error itself or calls one
  // that encodes it.
  const encoders = bodies
    .filter((body) => !expects(body) && selectors(body).length > 0)
    .map((body) => ({ name: /^\s*(\w+)/.exec(body)?.[1] ?? "", errors: selectors(body) }));
  const expected = bodies
    .filter(expects)
    .flatMap((body) => [
      ...selectors(body),
      ...encoders.flatMap(({ name, errors }) => (new RegExp(`\\b${name}\\(`).test(body) ? errors : [])),
    ]);
  expect(declared.length).toBeGreaterThan(45);
  expect(declared.filter((name) => !expected.includes(name))).toEqual([]);
});

it("every custom error of the examples' contracts is one that their tests name", async () => {
  const declared = (await read("examples/*/*.sol"))
    .flatMap((source) => [...source.matchAll(/^\s*error (\w+)\(/gm)])
    .map(([, name = ""]) => name);
  const tests = (await read("examples/*/*.test.ts")).join("\n");
  expect(declared.length).toBeGreaterThan(20);
  expect(declared.filter((name) => !tests.includes(`"${name}"`))).toEqual([]);
});
