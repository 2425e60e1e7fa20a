import { appendFile, mkdir, readdir, readFile, truncate, unlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import * as Artifacts from "../../../src/prove/artifacts.ts";
import * as CircuitSource from "../../../src/prove/circuitSource.ts";
import { createProject, type Project } from "./support.ts";

// sparse.circom compiles fastest; chain.circom has includes.
const projects: Project[] = [];
let root: string;

beforeEach(async () => {
  const project = await createProject();
  projects.push(project);
  root = project.root;
});
afterAll(() => Promise.all(projects.map((project) => project.remove())));

function entries(): Promise<string[]> {
  return readdir(path.join(root, ".assay/artifacts"));
}

/** Runs `ensure` and collects the names of the steps that it reports. */
async function ensureWithSteps(
  name: string,
): Promise<{ artifacts: Artifacts.Artifacts; steps: string[]; reasons: string[] }> {
  const steps: string[] = [];
  const reasons: string[] = [];
  const artifacts = await Artifacts.ensure(name, {
    root,
    onProgress: (progress) => {
      if (steps.at(-1) !== progress.step) steps.push(progress.step);
      if (progress.step === "discard") reasons.push(progress.reason);
    },
  });
  return { artifacts, steps, reasons };
}

describe("ensure", () => {
  test("builds, and finds what it has built the next time", async () => {
    const first = await ensureWithSteps("sparse");
    expect(first.steps).toEqual(["compile", "scalars", "points", "verify"]);
    expect(first.artifacts.manifest).toMatchObject({
      circuit: "sparse",
      keys: "development",
      constraints: 1,
      wires: 5,
      publicOutputs: 0,
      publicInputs: 1,
      domainPower: 2,
    });
    const second = await ensureWithSteps("sparse");
    expect(second.steps).toEqual(["verify"]);
    expect(second.artifacts).toEqual(first.artifacts);
    expect(Buffer.from(second.artifacts.zkey).equals(await readFile(second.artifacts.paths["proving.zkey"]))).toBe(
      true,
    );
    expect(await entries()).toEqual([`sparse-${first.artifacts.manifest.sourceHash.slice(0, 16)}`]);
  });

  test("builds again what is damaged, and says why", async () => {
    const { artifacts } = await ensureWithSteps("sparse");
    await truncate(artifacts.paths["proving.zkey"], 1000);
    const again = await ensureWithSteps("sparse");
    expect(again.reasons).toEqual([expect.stringMatching(/proving\.zkey is missing or not \d+ bytes/)]);
    expect(again.steps).toEqual(["verify", "discard", "compile", "scalars", "points", "verify"]);
    await Artifacts.load("sparse", { root });
    expect(await entries()).toHaveLength(1);
  });

  test.for(["compile", "scalars", "points"] as const)(
    "leaves nothing when it is interrupted in step %s",
    async (step) => {
      const controller = new AbortController();
      const reason = new Error("interrupted");
      const interrupted = Artifacts.ensure("sparse", {
        root,
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.step === step) controller.abort(reason);
        },
      });
      await expect(interrupted).rejects.toBe(reason);
      expect(await entries()).toEqual([]);
      expect((await ensureWithSteps("sparse")).steps).toEqual(["compile", "scalars", "points", "verify"]);
    },
  );

  test("leaves nothing when the circuit does not compile", async () => {
    await writeFile(path.join(root, "circuits/sparse.circom"), "pragma circom 2.2.3;\ncomponent main = Missing();\n");
    await expect(Artifacts.ensure("sparse", { root })).rejects.toMatchObject({ code: "prove.compile" });
    expect(await entries()).toEqual([]);
  });

  test("serves two that build the same at once", async () => {
    const [one, two] = await Promise.all([ensureWithSteps("sparse"), ensureWithSteps("sparse")]);
    expect(one.artifacts).toEqual(two.artifacts);
    expect(await entries()).toHaveLength(1);
  });

  test("removes what dead processes left, and nothing that a living one needs", async () => {
    const cache = path.join(root, ".assay/artifacts");
    const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, "_");
    const name = (owner: string): string => `sparse-0123456789abcdef.tmp-${owner}-01234567`;
    const [dead, living, ownOld, own, foreign, foreignOld] = [
      name(`${host}-4194304`), // above Linux's largest process id
      name(`${host}-1`),
      name(`${host}-${process.pid}`).replace("sparse", "chain"),
      name(`${host}-${process.pid}`),
      name("elsewhere-4194304"),
      name("elsewhere-4194305"),
    ];
    for (const entry of [dead, living, ownOld, own, foreign, foreignOld]) {
      await mkdir(path.join(cache, entry, "chain_js"), { recursive: true });
    }
    await utimes(path.join(cache, ownOld), 1, 1);
    await utimes(path.join(cache, foreignOld), 1, 1);
    await Artifacts.ensure("sparse", { root });
    const left = await entries();
    expect(left).toEqual(expect.arrayContaining([living, own, foreign]));
    expect(left).toHaveLength(4);
  });
});

describe("load", () => {
  test("refuses what is not there", async () => {
    await expect(Artifacts.load("sparse", { root })).rejects.toMatchObject({ code: "prove.artifact" });
  });

  test("refuses what is missing, cut short, altered or for something else, and says why", async () => {
    const { directory } = await Artifacts.ensure("sparse", { root });
    const manifest = await readFile(path.join(directory, "manifest.json"), "utf8");
    const damages: readonly (readonly [RegExp, string, (file: string) => Promise<void>])[] = [
      [/proving\.zkey is missing/, "proving.zkey", (file) => truncate(file, 1000)],
      [/circuit\.wasm is missing/, "circuit.wasm", unlink],
      [/circuit\.sym is missing/, "circuit.sym", (file) => appendFile(file, " ")],
      [/proving\.zkey has SHA-256/, "proving.zkey", flipLastBit],
      [/verification_key\.json has SHA-256/, "verification_key.json", flipLastBit],
      [/manifest\.json is missing/, "manifest.json", unlink],
      [/manifest\.json is missing or not/, "manifest.json", (file) => writeFile(file, '{"version":1}')],
      [/manifest\.json is missing or not/, "manifest.json", (file) => truncate(file, 20)],
      [/other sources/, "manifest.json", (file) => writeFile(file, manifest.replace('"sparse"', '"chain"'))],
      [/not a manifest/, "manifest.json", (file) => writeFile(file, manifest.replace('"development"', '"ceremony"'))],
    ];
    for (const [reason, name, damage] of damages) {
      const file = path.join(directory, name);
      const whole = await readFile(file);
      await damage(file);
      await expect(Artifacts.load("sparse", { root })).rejects.toMatchObject({ code: "prove.artifact" });
      await expect(Artifacts.load("sparse", { root })).rejects.toThrow(reason);
      await writeFile(file, whole);
      await Artifacts.load("sparse", { root });
    }
  });

  test("refuses the artifacts of sources that have changed since", async () => {
    await Artifacts.ensure("sparse", { root });
    await appendFile(path.join(root, "circuits/sparse.circom"), "\n");
    await expect(Artifacts.load("sparse", { root })).rejects.toThrow(/does not exist/);
  });
});

describe("CircuitSource.digest", () => {
  test("covers every file that is included, ours and circomlib's", async () => {
    const { files } = await CircuitSource.digest("chain", root);
    const library = "node_modules/circomlib/circuits";
    expect(files).toEqual([
      "circuits/chain.circom",
      "circuits/lib/Chain.circom",
      ...["aliascheck", "binsum", "bitify", "comparators", "compconstant"].map((name) => `${library}/${name}.circom`),
    ]);
  });

  test("differs as soon as one of them does", async () => {
    const hashes = new Set([(await CircuitSource.digest("chain", root)).hash]);
    const { files } = await CircuitSource.digest("chain", root);
    for (const file of files) {
      await appendFile(path.join(root, file), "// changed\n");
      hashes.add((await CircuitSource.digest("chain", root)).hash);
    }
    expect(hashes.size).toBe(files.length + 1);
  });

  test("passes over includes in comments, and refuses one that it cannot find", async () => {
    const entry = path.join(root, "circuits/sparse.circom");
    await appendFile(entry, '// include "a.circom";\n/* include "b.circom"; */\n');
    expect((await CircuitSource.digest("sparse", root)).files).toEqual(["circuits/sparse.circom"]);
    await appendFile(entry, 'include "c.circom";\n');
    await expect(CircuitSource.digest("sparse", root)).rejects.toMatchObject({
      code: "prove.source",
      data: { wanted: "c.circom", by: "circuits/sparse.circom" },
    });
  });

  test.for(["", "../sparse", "a/b", ".", "-o"])("refuses the name %j", async (name) => {
    await expect(CircuitSource.digest(name, root)).rejects.toMatchObject({ code: "prove.source" });
  });
});

async function flipLastBit(file: string): Promise<void> {
  const bytes = await readFile(file);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
