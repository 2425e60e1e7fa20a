import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadJob } from "../../../src/inference/loadedJob.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-job-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("a model that is missing is named with the job that wants it, a missing job alone", async () => {
  const [job, model] = [join(directory, "job.json"), join(directory, "net.onnx")];
  const message = async (): Promise<string> => await loadJob(job).then(String, (error: Error) => error.message);
  expect(await message()).toMatch(new RegExp(`^got ${job}, which cannot be read\n`));
  await writeFile(job, JSON.stringify({ version: 1, model: "net.onnx", inputs: {} }));
  expect(await message()).toMatch(
    new RegExp(`^got ${model}, which cannot be read, want the model that ${job} names\nENOENT`),
  );
  await writeFile(job, "{");
  expect(await message()).toMatch(new RegExp(`^got ${job}, which cannot be read\n.*JSON`));
  await writeFile(job, JSON.stringify({ version: 1, model: "net.onnx", inputs: {} }));
  await writeFile(model, "x");
  expect((await loadJob(job)).onnx).toHaveLength(1);
});
