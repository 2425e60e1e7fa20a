import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const files = (...patterns: readonly string[]): readonly string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();

/** As GitHub makes anchors of headings. */
function anchors(path: string): readonly string[] {
  return [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("what documents and sources refer to", () => {
  it.each(files("README.md", "docs/*.md", "examples/**/*.md"))("exists: links of %s", (path) => {
    const links = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    for (const link of links.filter((one) => !/^[a-z]+:/.test(one))) {
      const [target = "", anchor] = link.split("#");
      const place = target === "" ? path : join(dirname(path), target);
      expect(existsSync(join(root, place)), link).toBe(true);
      if (anchor !== undefined) expect(anchors(place), link).toContain(anchor);
    }
  });

  it("exists: documents and their sections in the sources", () => {
    const seen: string[] = [];
    for (const path of files("src/**/*.ts", "contracts/**/*.sol", "circuits/**/*.circom", "bin/*.mjs")) {
      for (const [text, name = "", section] of read(path).matchAll(/docs\/([a-z-]+\.md)(?:, "([^"]+)")?/g)) {
        seen.push(text);
        expect(existsSync(join(root, "docs", name)), `${path}: ${text}`).toBe(true);
        if (section === undefined) continue;
        const headings = [...read(`docs/${name}`).matchAll(/^#+ (?:\d+\. )?(.*)$/gm)].map(([, heading]) => heading);
        const inside = new RegExp(`^\\*\\*${section}`, "m").test(read(`docs/${name}`));
        expect(
          inside || headings.some((heading) => heading?.toLowerCase().includes(section.toLowerCase())),
          `${path}: ${text}`,
        ).toBe(true);
      }
    }
    expect(seen.length).toBeGreaterThan(5);
  });

  it("exists: commands of the models' way in documents", () => {
    const text = files("README.md", "docs/*.md", "examples/**/*.md").map(read).join("\n");
    const named = new Set([...text.matchAll(/assay model ([a-z][a-z-]+)/g)].map(([, verb]) => verb));
    const made = read("src/cli/model/commands.ts") + read("src/cli/model/chainCommands.ts");
    for (const verb of named) expect(made, verb).toContain(`.command("${verb}")`);
    expect(named.size).toBeGreaterThan(10);
  });
});
