import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { build } from "../../../../src/graph/build.ts";
import { AssayError } from "../../../../src/lib/errors.ts";
import { read } from "../../../../src/onnx/read.ts";

const HOSTILE = new URL("../../../models/hostile/", import.meta.url);
const files = readdirSync(HOSTILE).filter((file) => /^(tree|linear|svm|scaler)-.*\.onnx$/.test(file));

describe("a hostile file of trees, linear models, support vectors or a scaler", () => {
  it("is one of many", () => expect(files.length).toBeGreaterThan(40));

  it.each(files)("%s is refused within a second", (file) => {
    const start = performance.now();
    expect(() => build(read(readFileSync(new URL(file, HOSTILE))))).toThrow(AssayError);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
