import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Environment } from "../../../src/cli/environment.ts";
import { calibrateCommand } from "../../../src/cli/model/calibrate.ts";
import { compileCommand } from "../../../src/cli/model/compile.ts";
import { requireRoom, writeOnce } from "../../../src/cli/model/files.ts";
import { proveCommand } from "../../../src/cli/model/prove.ts";
import { saltsCommand } from "../../../src/cli/model/salts.ts";
import { exportVerifierCommand } from "../../../src/cli/model/solidity.ts";
import { mockCommand, witnessCommand } from "../../../src/cli/model/witness.ts";
import { here } from "../../support/commandHere.ts";

let directory: string;
const at = (name: string): string => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-outputs-"));
  await writeFile(at("there.json"), "{}");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("requireRoom", () => {
  it.each([
    ["a file that is there", "usage.overwrite", ["there.json"], false],
    ["a directory", "usage.output", ["."], true],
    ["a path below a file", "usage.output", ["there.json/below/out.json"], true],
    ["one path for two outputs", "usage.output", ["new.json", "./x/../new.json"], true],
  ])("refuses %s", async (_what, code, names, force) => {
    const paths = names.map((name) => `${directory}/${name}`);
    await expect(requireRoom(paths, force)).rejects.toMatchObject({ code });
  });

  it("refuses a device, which a file would take the place of, and a folder that cannot be written to", async () => {
    await expect(requireRoom(["/dev/null"], true)).rejects.toMatchObject({ code: "usage.output" });
    if (process.getuid?.() === 0) return; // who may write anywhere
    await expect(requireRoom(["/proc/out.json"], false)).rejects.toMatchObject({ code: "usage.output" });
  });

  it("lets a new file be, in folders that are there or not, and one that is there be overwritten", async () => {
    await requireRoom([at("new.json"), at("new/folder/out.json"), undefined], false);
    await requireRoom([at("there.json")], true);
    await writeOnce(at("new/folder/out.json"), "text", false);
    expect(await readFile(at("new/folder/out.json"), "utf8")).toBe("text");
    await expect(writeOnce(at("new/folder/out.json"), "other", false)).rejects.toMatchObject({
      code: "usage.overwrite",
    });
    expect(await readFile(at("new/folder/out.json"), "utf8")).toBe("text");
  });
});

describe("every command that writes", () => {
  const rows = { data: "none.csv", row: 1 };
  const shown = { ...rows, json: false, force: false };
  const binding = { chainId: 1n, gate: "0x1", consumer: "0x1", caller: "0x1", nonce: 1n };
  const commands: readonly (readonly [string, (out: string, environment: Environment) => Promise<void>])[] = [
    [
      "calibrate",
      (out, environment) =>
        calibrateCommand("none.onnx", { ...shown, out, input: {}, parameters: "fixed" }, environment),
    ],
    ["witness", (out, environment) => witnessCommand("none.json", { ...shown, out }, environment)],
    ["mock", (out, environment) => mockCommand("none.json", { ...shown, out }, environment)],
    ["compile", (manifest, environment) => compileCommand("none.json", { ...shown, manifest }, environment)],
    [
      "compile",
      (verificationKey, environment) => compileCommand("none.json", { ...shown, verificationKey }, environment),
    ],
    ["prove", (out, environment) => proveCommand("none.json", { ...rows, ...binding, force: false, out }, environment)],
    [
      "export-verifier",
      (out, environment) => exportVerifierCommand("none.json", { out, name: "X", force: false }, environment),
    ],
    ["salts", (out, environment) => saltsCommand("none.json", { out }, environment)],
  ];

  it.each(commands)("looks at where it will, before its work: %s", async (name, run) => {
    // Neither job nor rows are there: what is said is of the output all the same.
    const taken = await here((environment) => run(at("there.json"), environment));
    expect(taken.stderr).toContain(name === "salts" ? "[inference.secrets]" : "[usage.overwrite]");
    expect(taken.code).toBe(name === "salts" ? 78 : 64);
    const below = await here((environment) => run(at("there.json/below.json"), environment));
    expect(below.stderr).toContain(name === "salts" ? "got ENOTDIR" : "[usage.output]");
    expect((await here((environment) => run(at("new.json"), environment))).stderr).toContain("[job.model]");
  });
});
