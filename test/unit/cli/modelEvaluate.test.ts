import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateCommand } from "../../../src/cli/model/evaluate.ts";

const EXAMPLE = join(import.meta.dirname, "../../../examples/medical-screening");
const GRADES = 9;

let directory: string;
const at = (name: string): string => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-evaluate-"));
  for (const name of ["model.onnx", "job.json", "rows.csv"]) await copyFile(join(EXAMPLE, name), at(name));
  const [header = "", ...rows] = (await readFile(at("rows.csv"), "utf8")).trim().split("\n");
  // Grades of 4 bits are 0 to 15.
  const beyond = (row: string): string => row.replace(/^\d+/, "16");
  await writeFile(at("some.csv"), [header, ...rows.map((row, i) => (i % 20 === 3 ? beyond(row) : row))].join("\n"));
  await writeFile(at("none.csv"), [header, ...rows.slice(0, 2).map(beyond)].join("\n"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function evaluated(data: string, json = false): Promise<string> {
  let text = "";
  const out = (chunk: string): void => {
    text += chunk;
  };
  await evaluateCommand(at("job.json"), { data: at(data), json }, { signal: new AbortController().signal, out });
  return text;
}

describe("evaluate", () => {
  it("says of a job what calibrate would, on rows of any file", async () => {
    expect(await evaluated("rows.csv")).toMatch(
      /^against the float model, on 187 rows:\n {2}class changes {3}0 % of rows \(0\)\nbits: inputs grades 4; weights 10;/,
    );
    expect(JSON.parse(await evaluated("rows.csv", true))).toMatchObject({
      ...{ type: "evaluation", rows: 187, changedClassShare: 0, refused: [], weightBits: 10 },
    });
  });

  it("counts rows that the job refuses, names the first of them, and compares the rest", async () => {
    const text = await evaluated("some.csv");
    expect(text).toMatch(/^refused: 10 of 187 rows\n {2}row 4: got 16 for element 0 of input grades, want 0 to 15/);
    expect(text).toMatch(/\n {2}row 84: .*\n {2}and 5 more\nagainst the float model, on 177 rows:\n/);
    const { rows, refused } = JSON.parse(await evaluated("some.csv", true));
    expect([rows, refused.map(({ row }: { row: number }) => row)]).toEqual([
      177,
      Array.from({ length: 10 }, (_, k) => 20 * k + 4),
    ]);
  });

  it("refuses rows none of which the job holds, and rows of another model", async () => {
    await expect(evaluated("none.csv")).rejects.toMatchObject({
      ...{ code: "model.rows", message: expect.stringContaining("got 16 for element 0") },
    });
    await writeFile(at("other.csv"), `${Array.from({ length: GRADES + 2 }, (_, k) => `f${k}`).join(",")}\n`);
    await expect(evaluated("other.csv")).rejects.toMatchObject({ code: "model.rows" });
  });
});
