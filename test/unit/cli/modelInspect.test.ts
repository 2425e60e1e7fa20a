import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectModelCommand } from "../../../src/cli/model/inspect.ts";
import { here } from "../../support/commandHere.ts";

const MODELS = join(import.meta.dirname, "../../models");
const inspect = (path: string) => here((environment) => inspectModelCommand(path, { json: false }, environment));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-inspect-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("inspect", () => {
  it("counts the numbers of trees: 6 thresholds, 7 leaves of 3 classes", async () => {
    const { code, stdout } = await inspect(join(MODELS, "iris-tree.onnx"));
    expect(stdout).toMatch(/TreeEnsembleClassifier +\[1\] +27 +yes$/m);
    expect(stdout).toContain("3 nodes, 27 parameters");
    expect(code).toBe(0);
    // 29 thresholds, 30 leaves.
    expect((await inspect(join(MODELS, "diabetes-tree.onnx"))).stdout).toMatch(/TreeEnsembleRegressor +\[1, 1\] +59 /);
  });

  it("says of an open dimension what it is, and of what comes after it that it is not known", async () => {
    const { code, stdout, stderr } = await inspect(join(MODELS, "hostile/dynamic-image.onnx"));
    expect(stdout).toContain("input   x float [1, 3, open, open]");
    expect(stdout).toMatch(/GlobalAveragePool +\? +0 +not known: got the input x with an open dimension at axis 2/);
    expect([code, stderr]).toEqual([65, expect.stringContaining("[inspect.unsupported]")]);
    expect((await inspect(join(MODELS, "iris-logistic.onnx"))).stdout).toMatch(/^input +\S+ float \[(batch|1), 4\]$/m);
  });

  it.each([
    ["a PNG image", "\x89PNG\r\n\x1a\n\0\0"],
    ["a zip archive", "PK\x03\x04\x14\0"],
    ["an HDF5 file", "\x89HDF\r\n\x1a\n"],
    ["a Python pickle", "\x80\x04\x95"],
    ["JSON", '{"version": 1}'],
    ["HTML", "<!doctype html>"],
    ["a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\n"],
    ["text", "sepal_length,sepal_width\n5.1,3.5\n"],
  ])("says of what is no model that it is %s", async (kind, text) => {
    const path = join(directory, "model.onnx");
    await writeFile(path, Buffer.from(text, "latin1"));
    expect(await inspect(path)).toMatchObject({ code: 78, stderr: expect.stringContaining(`got ${kind}`) });
  });

  it("says of a damaged model what is damaged", async () => {
    const path = join(directory, "model.onnx");
    await writeFile(path, (await readFile(join(MODELS, "iris-tree.onnx"))).subarray(0, 100));
    const { code, stderr } = await inspect(path);
    expect([code, stderr]).toEqual([78, expect.stringContaining("[model.file]")]);
    expect(stderr).toContain("got bytes cut short before its byte 36");
  });
});
