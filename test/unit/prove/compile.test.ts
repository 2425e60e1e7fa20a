import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as Compile from "../../../src/prove/compile.ts";
import { createProject, type Project } from "./support.ts";

let project: Project;

beforeAll(async () => {
  project = await createProject();
  await mkdir(path.join(project.root, "out"));
});
afterAll(() => project.remove());

describe("compile", () => {
  test("writes constraints, witness code and symbols", async () => {
    await Compile.compile("chain", { root: project.root, outDir: "out" });
    expect(await readdir(path.join(project.root, "out"))).toEqual(
      expect.arrayContaining(["chain.r1cs", "chain.sym", "chain_js"]),
    );
  });

  test("writes nothing but the constraints where they are all that is asked for", async () => {
    await mkdir(path.join(project.root, "counts"));
    await Compile.compile("chain", { root: project.root, outDir: "counts", outputs: ["r1cs"] });
    expect(await readdir(path.join(project.root, "counts"))).toEqual(["chain.r1cs"]);
  });

  test("rejects with the compiler's own words, without colours", async () => {
    await writeFile(
      path.join(project.root, "circuits/broken.circom"),
      "pragma circom 2.2.3;\ntemplate T() { signal }\n",
    );
    const failure = Compile.compile("broken", { root: project.root, outDir: "out" });
    await expect(failure).rejects.toMatchObject({ code: "prove.compile", data: { circuit: "broken" } });
    await expect(failure).rejects.toThrow(/error\[P\d+\].*circuits\/broken\.circom/s);
    await expect(failure).rejects.not.toThrow(String.fromCharCode(27));
  });

  test("rejects with the signal's reason when it aborts", async () => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const compiling = Compile.compile("chain", { root: project.root, outDir: "out", signal: controller.signal });
    controller.abort(reason);
    await expect(compiling).rejects.toBe(reason);
    await expect(
      Compile.compile("chain", { root: project.root, outDir: "out", signal: controller.signal }),
    ).rejects.toBe(reason);
  });
});
