import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");

it("docs/invariants.md names tests that exist", async () => {
  const page = await readFile(join(root, "docs/invariants.md"), "utf8");
  const sources: string[] = [];
  for await (const path of glob("test/**/*.{ts,sol}", { cwd: root })) {
    sources.push((await readFile(join(root, path), "utf8")).replaceAll(/\s+/g, " "));
  }
  const all = sources.join("\n");
  const names = [
    ...[...page.matchAll(/"([^"|]{12,})"/g)].map(([, name = ""]) => name),
    ...[...page.matchAll(/`((?:test(?:Fuzz)?|invariant)_\w+|(?:assert|submit)[A-Z]\w+)`/g)].map(
      ([, name = ""]) => name,
    ),
  ];
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !all.includes(name))).toEqual([]);
});
