import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as Solidity from "../../../src/chain/solidity.ts";

const PROJECT = join(import.meta.dirname, "../../..");
const { signal } = new AbortController();

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-solidity-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/**
 * A compiler that keeps its input and gives each contract named in a source the bytecode of its file's length. Why a fake:
 * the real one takes seconds, and how often it runs cannot be seen from outside.
 */
const FAKE_COMPILER = `
import { appendFileSync, readFileSync } from "node:fs";
const input = readFileSync(0, "utf8");
appendFileSync(new URL("../runs.txt", import.meta.url), JSON.stringify(process.argv.slice(2)) + "\\t" + input + "\\n");
const contracts = {};
for (const [file, { content }] of Object.entries(JSON.parse(input).sources)) {
  for (const [, name] of content.matchAll(/contract (\\w+)/g)) {
    const object = content.length.toString(16).padStart(4, "0");
    contracts[file] = { ...contracts[file], [name]: { abi: [], evm: { bytecode: { object } } } };
  }
}
if (input.includes("CRASH")) { process.stderr.write("out of memory"); process.exit(3); }
if (input.includes("HANG")) setInterval(() => {}, 1e6);
else process.stdout.write(JSON.stringify({ contracts, errors: [{ severity: "warning", formattedMessage: "unused" }] }));
`;

type Run = { readonly args: readonly string[]; readonly input: Record<string, unknown> };

async function withFakeCompiler(files: Readonly<Record<string, string>>): Promise<void> {
  await write("bin/package.json", '{"type":"module"}');
  await write("bin/solc", FAKE_COMPILER);
  await write("node_modules/solc/package.json", '{"version":"0.0.1"}');
  for (const [path, content] of Object.entries(files)) await write(path, content);
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), content);
}

async function runs(): Promise<readonly Run[]> {
  const text = await readFile(join(root, "runs.txt"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [args = "", input = ""] = line.split("\t");
      return { args: JSON.parse(args), input: JSON.parse(input) };
    });
}

const cacheFiles = async (): Promise<readonly string[]> => await readdir(join(root, ".assay/contracts"));

const compile = (entries: Readonly<Record<string, string>> = { A: "contracts/A.sol" }, generated = {}) =>
  Solidity.compile({ root, entries, generated }, signal);

describe("compile", () => {
  it("compiles what the entries reach, by the paths that imports resolve to, and nothing else", async () => {
    await withFakeCompiler({
      "contracts/A.sol": 'import {B} from "./lib/B.sol";\nimport "@oz/C.sol";\n// import "./D.sol";\ncontract A {}',
      "contracts/lib/B.sol": 'import {A} from "../A.sol";\nimport * as G from "../made/G.sol";\ncontract B {}',
      "node_modules/@oz/C.sol": "contract C {}",
      "contracts/Unused.sol": "contract Unused {}",
    });
    const contracts = await compile(
      { A: "contracts/A.sol", B: "contracts/lib/B.sol" },
      { "contracts/made/G.sol": "// G" },
    );
    expect(Object.keys(contracts)).toEqual(["A", "B"]);
    const [run] = await runs();
    expect(run?.args).toEqual(["--standard-json"]);
    expect(Object.keys(run?.input.sources ?? {})).toEqual([
      "@oz/C.sol",
      "contracts/A.sol",
      "contracts/lib/B.sol",
      "contracts/made/G.sol",
    ]);
  });

  it("uses the settings of foundry.toml, so that what is tested is what is deployed", async () => {
    await withFakeCompiler({ "contracts/A.sol": "contract A {}" });
    await compile();
    const foundry = await readFile(join(PROJECT, "foundry.toml"), "utf8");
    const setting = (name: string) => new RegExp(`^${name} = "?([^"\\n]+)"?$`, "m").exec(foundry)?.[1];
    expect((await runs())[0]?.input.settings).toMatchObject({
      optimizer: {
        enabled: setting("optimizer") === "true",
        runs: Number(setting("optimizer_runs")?.replaceAll("_", "")),
      },
      evmVersion: setting("evm_version"),
    });
  });

  it("gives the cached result of the same input without running the compiler", async () => {
    await withFakeCompiler({ "contracts/A.sol": "contract A {}" });
    const first = await compile();
    expect(await compile()).toEqual(first);
    expect(await runs()).toHaveLength(1);
    expect(first).toEqual({ A: { abi: [], bytecode: "0x000d" } });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["an entry", () => write("contracts/A.sol", "contract A { }")],
    ["an imported file", () => write("contracts/B.sol", "// B, changed")],
    ["the compiler's version", () => write("node_modules/solc/package.json", '{"version":"0.0.2"}')],
  ])("compiles again when %s has changed", async (_name, change) => {
    await withFakeCompiler({ "contracts/A.sol": 'import "./B.sol";\ncontract A {}', "contracts/B.sol": "// B" });
    await compile();
    await change();
    await compile();
    expect(await runs()).toHaveLength(2);
    expect(await cacheFiles()).toHaveLength(2);
  });

  it("compiles again when a generated file or the choice of contracts is another", async () => {
    await withFakeCompiler({ "contracts/A.sol": 'import "./G.sol";\ncontract A {}\ncontract B {}' });
    await compile(undefined, { "contracts/G.sol": "// 1" });
    await compile(undefined, { "contracts/G.sol": "// 2" });
    expect(Object.keys(await compile({ B: "contracts/A.sol" }, { "contracts/G.sol": "// 2" }))).toEqual(["B"]);
    expect(await runs()).toHaveLength(3);
  });

  it.each([
    ["empty", ""],
    ["cut off", '{"A":{"abi":[],"byte'],
    ["of another shape", '{"A":{"abi":[],"bytecode":"6080"}}'],
  ])("compiles again, and mends the file, when what is cached is %s", async (_name, content) => {
    await withFakeCompiler({ "contracts/A.sol": "contract A {}" });
    const first = await compile();
    const [file = ""] = await cacheFiles();
    await write(join(".assay/contracts", file), content);
    expect(await compile()).toEqual(first);
    expect(await compile()).toEqual(first);
    expect(await runs()).toHaveLength(2);
    expect(await cacheFiles()).toEqual([file]);
  });

  it("throws chain.solc when a contract is not in the file that should have it, and caches nothing", async () => {
    await withFakeCompiler({ "contracts/A.sol": "contract A {}" });
    await expect(compile({ Other: "contracts/A.sol" })).rejects.toMatchObject({
      code: "chain.solc",
      message: "got no contract Other from contracts/A.sol",
    });
    await expect(cacheFiles()).rejects.toThrow();
  });

  it("throws chain.solc with what a compiler that fails has said", async () => {
    await withFakeCompiler({ "contracts/A.sol": "contract A {} // CRASH" });
    await expect(compile()).rejects.toMatchObject({ code: "chain.solc", message: "solc ended with 3: out of memory" });
  });

  it("ends with the signal's reason while the compiler runs", async () => {
    await withFakeCompiler({ "contracts/A.sol": "contract A {} // HANG" });
    const controller = new AbortController();
    const reason = new Error("enough");
    const compiling = Solidity.compile({ root, entries: { A: "contracts/A.sol" }, generated: {} }, controller.signal);
    controller.abort(reason);
    await expect(compiling).rejects.toBe(reason);
  });
});

describe("compile with the real compiler", () => {
  beforeEach(async () => {
    await symlink(join(PROJECT, "bin"), join(root, "bin"));
    await symlink(join(PROJECT, "node_modules"), join(root, "node_modules"));
  });

  it("throws chain.solc with the compiler's words, file and line", async () => {
    await write(
      "contracts/A.sol",
      "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\ncontract A { uint256 x = true; }\n",
    );
    const failing = compile();
    await expect(failing).rejects.toMatchObject({ code: "chain.solc" });
    await expect(failing).rejects.toThrow(
      "TypeError: Type bool is not implicitly convertible to expected type uint256.",
    );
    await expect(failing).rejects.toThrow("contracts/A.sol:3:");
    await expect(cacheFiles()).rejects.toThrow();
  });

  it("compiles a contract although the compiler warns", async () => {
    await write("contracts/A.sol", "pragma solidity ^0.8.0;\ncontract A { function f(uint256 unused) external {} }\n");
    const contract = Solidity.get(await compile(), "A");
    expect(contract.abi).toEqual([expect.objectContaining({ type: "function", name: "f" })]);
    expect(contract.bytecode).toMatch(/^0x[0-9a-f]{20,}$/);
  });
});

describe("get", () => {
  it("throws chain.contract for what was not compiled", () => {
    expect(() => Solidity.get({}, "A")).toThrow(
      expect.objectContaining({ code: "chain.contract", message: "got no compiled contract A" }),
    );
  });
});
