import { copyFile, link, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
import { IRIS } from "../../support/irisModel.ts";

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
    await expect(requireRoom(paths, force, [])).rejects.toMatchObject({ code });
  });

  it("refuses a device, which a file would take the place of, and a folder that cannot be written to", async () => {
    await expect(requireRoom(["/dev/null"], true, [])).rejects.toMatchObject({ code: "usage.output" });
    if (process.getuid?.() === 0) return; // who may write anywhere
    await expect(requireRoom(["/proc/out.json"], false, [])).rejects.toMatchObject({ code: "usage.output" });
  });

  it("lets a new file be, in folders that are there or not, and one that is there be overwritten", async () => {
    await requireRoom([at("new.json"), at("new/folder/out.json"), undefined], false, []);
    await requireRoom([at("there.json")], true, [at("new.json")]);
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

describe("no command writes over what it reads", () => {
  const jobText = JSON.stringify({
    version: 1,
    model: "iris.onnx",
    inputs: { input: { visibility: "public", bits: [7], minimum: [0], unit: [0.1] } },
  });
  const row = (out: string) => ({ data: at("rows.csv"), row: 1, secrets: at("salts.json"), out, force: true });
  const binding = { chainId: 1n, gate: "0x1", consumer: "0x1", caller: "0x1", nonce: 1n };
  const job = () => at("job.json");
  beforeAll(async () => {
    await copyFile(IRIS, at("iris.onnx"));
    await writeFile(job(), jobText);
    for (const name of ["rows.csv", "salts.json"]) await writeFile(at(name), "kept");
    await symlink("iris.onnx", at("link.onnx"));
    await link(at("iris.onnx"), at("other-name.onnx"));
  });

  const calibrate = (out: string, environment: Environment) =>
    calibrateCommand(at("iris.onnx"), { ...row(out), input: {}, parameters: "fixed", json: false }, environment);
  const witness = (out: string, environment: Environment) =>
    witnessCommand(job(), { ...row(out), json: false }, environment);
  const mock = (out: string, environment: Environment) => mockCommand(job(), { ...row(out), json: false }, environment);
  const prove = (out: string, environment: Environment) =>
    proveCommand(job(), { ...row(out), ...binding }, environment);
  const compile = (manifest: string, environment: Environment) =>
    compileCommand(job(), { manifest, secrets: at("salts.json"), force: true, json: false }, environment);
  const compileKey = (verificationKey: string, environment: Environment) =>
    compileCommand(job(), { verificationKey, secrets: at("salts.json"), force: true, json: false }, environment);
  const exportVerifier = (out: string, environment: Environment) =>
    exportVerifierCommand(job(), { out, name: "X", force: true }, environment);

  it.each([
    ["calibrate", calibrate, ["iris.onnx", "./x/../iris.onnx", "link.onnx", "other-name.onnx", "rows.csv"]],
    ["witness", witness, ["job.json", "iris.onnx", "rows.csv", "salts.json"]],
    ["mock", mock, ["job.json", "iris.onnx", "rows.csv", "salts.json"]],
    ["prove", prove, ["job.json", "iris.onnx", "rows.csv", "salts.json"]],
    ["compile", compile, ["job.json", "iris.onnx", "link.onnx", "salts.json"]],
    ["compile", compileKey, ["job.json", "iris.onnx", "salts.json"]],
    ["export-verifier", exportVerifier, ["job.json", "iris.onnx"]],
  ])("with --force: %s", async (_name, run, outputs) => {
    for (const output of outputs) {
      const ended = await here((environment) => run(`${directory}/${output}`, environment));
      expect(ended.stderr, output).toContain("want another file than those that the command reads [usage.output]");
      expect(ended.code).toBe(64);
    }
    expect(await readFile(at("iris.onnx"))).toEqual(await readFile(IRIS));
    expect(await readFile(job(), "utf8")).toBe(jobText);
  });
});
