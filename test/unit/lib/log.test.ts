import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const LOG = join(import.meta.dirname, "../../../src/lib/log.ts");

/** The log writes to the process's stderr, so it is looked at from outside. */
async function run(script: string) {
  const source = `import { createLog } from ${JSON.stringify(LOG)};\n${script}`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source]);
  const lines = stderr.split("\n").filter((line) => line !== "");
  return { stdout, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("createLog", () => {
  it("writes one JSON object a line to stderr, context flat, and nothing to stdout", async () => {
    const { stdout, lines } = await run(
      `createLog("info").child({ runId: "r" }).warn("observation refused", { slot: 2 }, new Error("why"));`,
    );
    expect(stdout).toBe("");
    expect(lines).toEqual([expect.objectContaining({ level: 40, runId: "r", slot: 2, msg: "observation refused" })]);
    expect(lines[0]?.err).toMatchObject({ message: "why" });
  });

  it("leaves out what is below its level, and writes the line before an exit", async () => {
    const { lines } = await run(
      `const log = createLog("warn"); log.debug("a"); log.info("b"); log.warn("c"); log.error("d"); process.exit(0);`,
    );
    expect(lines.map(({ msg }) => msg)).toEqual(["c", "d"]);
  });

  it("is silent when asked to be", async () => {
    const { lines } = await run(`createLog("silent").error("a");`);
    expect(lines).toEqual([]);
  });
});
