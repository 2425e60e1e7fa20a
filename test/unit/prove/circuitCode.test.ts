import { appendFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import * as Artifacts from "../../../src/prove/artifacts.ts";
import { codeOf } from "../../../src/prove/witnessCheck.ts";
import { createProject, type Project } from "./support.ts";

const projects: Project[] = [];
let root: string;
beforeEach(async () => {
  const project = await createProject();
  projects.push(project);
  root = project.root;
});
afterAll(() => Promise.all(projects.map((project) => project.remove())));

const entries = (): Promise<string[]> => readdir(path.join(root, ".assay/artifacts"));

/** Runs it and collects the names of the steps that it reports. */
async function steps<T>(
  run: (options: Artifacts.ArtifactOptions) => Promise<T>,
): Promise<{ readonly result: T; readonly said: readonly string[] }> {
  const said: string[] = [];
  const onProgress = ({ step }: Artifacts.Progress): void => {
    if (said.at(-1) !== step) said.push(step);
  };
  return { result: await run({ root, onProgress }), said };
}

describe("a circuit that is checked, and keyed afterwards", () => {
  test("is compiled once, and what was kept for the keys goes when they are there", async () => {
    const first = await steps((options) => codeOf("sparse", options));
    expect(first.said).toEqual(["compile"]);
    const second = await steps((options) => codeOf("sparse", options));
    expect(second.said).toEqual([]);
    expect(Buffer.from(second.result.wasm).equals(first.result.wasm)).toBe(true);
    expect(second.result.r1cs.constraintCount).toBe(1);
    expect(second.result.r1cs).toEqual(first.result.r1cs);
    expect(await entries()).toEqual([expect.stringMatching(/^sparse-[0-9a-f]{16}\.code$/)]);

    const keyed = await steps((options) => Artifacts.ensure("sparse", options));
    expect(keyed.said).toEqual(["scalars", "points", "verify"]);
    expect(keyed.result.manifest.compileMs).toBeGreaterThan(0);
    expect(await entries()).toEqual([expect.stringMatching(/^sparse-[0-9a-f]{16}$/)]);
    const last = await steps((options) => codeOf("sparse", options));
    expect(last.said).toEqual(["verify"]);
    expect(last.result.r1cs).toEqual(first.result.r1cs);
  });

  test("is compiled again where what was kept is damaged, or of other sources", async () => {
    await codeOf("sparse", { root });
    const [entry = ""] = await entries();
    await appendFile(path.join(root, ".assay/artifacts", entry, "circuit.wasm"), "x");
    expect((await steps((options) => codeOf("sparse", options))).said).toEqual(["compile"]);
    expect(await entries()).toEqual([entry]);
    await writeFile(path.join(root, ".assay/artifacts", entry, "manifest.json"), "{");
    expect((await steps((options) => Artifacts.ensure("sparse", options))).said[0]).toBe("compile");
  });

  test("leaves nothing when it is interrupted, and removes what a killed process has left", async () => {
    const controller = new AbortController();
    const interrupted = codeOf("sparse", {
      ...{ root, signal: controller.signal },
      onProgress: () => controller.abort(new Error("interrupted")),
    });
    await expect(interrupted).rejects.toThrow("interrupted");
    expect(await entries()).toEqual([]);
    // Above the greatest number that Linux gives a process.
    const left = `sparse-0123456789abcdef.code.tmp-${hostname()}-4194305-0123abcd`;
    await mkdir(path.join(root, ".assay/artifacts", left), { recursive: true });
    await codeOf("sparse", { root });
    expect(await entries()).toEqual([expect.stringMatching(/^sparse-[0-9a-f]{16}\.code$/)]);
  });
});
