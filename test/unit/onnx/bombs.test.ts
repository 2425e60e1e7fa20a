import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/onnx/budget.ts";
import { BOMBS } from "../../support/onnx/bombs.ts";
import { encode } from "../../support/onnx/encode.ts";
import { refusalOf } from "../../support/onnx/refusing.ts";

const run = promisify(execFile);

type Cost = { readonly code: string; readonly ms: number; readonly maxMb: number };

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-bombs-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function readInAProcess(bytes: Uint8Array): Promise<Cost> {
  const path = join(folder, "bomb.onnx");
  await writeFile(path, bytes);
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "readOnce.ts"), path]);
  return JSON.parse(stdout) as Cost; // what readOnce.ts writes
}

describe("read, in a process of its own", () => {
  // A second is what one is promised. On a busy machine it is no figure to test: the test's name and its cost are shown.
  it.each(BOMBS)("stays below 500 MB with a file of $name", async ({ bytes }) => {
    const file = bytes();
    expect(file.length).toBeLessThanOrEqual(LIMITS.bytes);
    const cost = await readInAProcess(file);
    expect(["taken", "model.file", "model.size"]).toContain(cost.code);
    expect(cost.maxMb).toBeLessThan(500);
    process.stdout.write(`      ${cost.code}, ${cost.ms} ms, ${cost.maxMb} MB\n`);
  });
});

describe("the limits of a file", () => {
  const ofBytes = (count: number): Uint8Array =>
    encode({
      inputs: [],
      outputs: [{ name: "w", type: "uint8" }],
      initializers: { w: { type: "uint8", shape: [count], data: new Uint8Array(count) } },
      nodes: [],
    });

  it("are as many numbers as they say and not one more", () => {
    expect(refusalOf(ofBytes(LIMITS.numbers - 1))).toBeUndefined(); // and its one dimension
    expect(refusalOf(ofBytes(LIMITS.numbers))?.message).toBe(
      "got too many numbers (initializer w), want at most 4194304 in a file",
    );
  });

  it("count all tensors together", () => {
    const half = { type: "uint8", shape: [LIMITS.numbers / 2], data: new Uint8Array(LIMITS.numbers / 2) } as const;
    const bytes = encode({
      inputs: [],
      outputs: [{ name: "a", type: "uint8" }],
      initializers: { a: half, b: half },
      nodes: [],
    });
    expect(refusalOf(bytes)?.code).toBe("model.size");
  });
});
