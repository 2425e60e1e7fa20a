import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import * as ProofFile from "../../src/inference/proofFile.ts";
import { root } from "./process.ts";

it("the program of docs/models.md proves a row and ends", async () => {
  const page = await readFile(join(root, "docs/models.md"), "utf8");
  const [, program = ""] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
  const models = join(root, "test/models");
  const here = program
    .replaceAll('from "./src/', 'from "../src/')
    .replace('readFile("cancer.onnx")', `readFile(${JSON.stringify(join(models, "cancer-logistic.onnx"))})`)
    .replace('readFile("rows.csv",', `readFile(${JSON.stringify(join(models, "cancer-logistic.csv"))},`);
  const path = join(root, ".assay", `snippet-${randomUUID()}.ts`);
  await mkdir(join(root, ".assay"), { recursive: true });
  await writeFile(path, here);
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [path], { cwd: root });
    expect(stderr).toContain("changedClassShare: 0");
    const file = ProofFile.parse(stdout, "stdout");
    expect(file.binding.nonce).toBe(1n);
    expect(file.readings.length).toBeGreaterThan(0);
  } finally {
    await rm(path);
  }
});
