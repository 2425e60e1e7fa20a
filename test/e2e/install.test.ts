import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { root, startIn } from "./process.ts";

/** A project whose one package, `node`, takes as long to install as the test says: real npm, no registry. */
let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "assay-install-"));
  await cp(join(root, "bin"), join(project, "bin"), { recursive: true });
  await mkdir(join(project, "stub"));
  await writeFile(join(project, "stub/node.js"), "#!/usr/bin/env node\n");
  await writeFile(
    join(project, "package.json"),
    JSON.stringify({ name: "project", version: "1.0.0", dependencies: { node: "file:stub" } }),
  );
  await takes(0);
  const lock = spawn("npm", ["install", "--package-lock-only", "--offline"], { cwd: project, stdio: "ignore" });
  expect(await once(lock, "exit")).toEqual([0, null]);
});
afterEach(() => rm(project, { recursive: true, force: true }));

const takes = (seconds: number) =>
  writeFile(
    join(project, "stub/package.json"),
    JSON.stringify({
      name: "node",
      version: "1.0.0",
      bin: { node: "node.js" },
      scripts: { preinstall: `echo begun > ${join(project, "begun")}; sleep ${seconds}` },
    }),
  );
const install = () => startIn(project, process.execPath, ["bin/install.mjs"]);
const there = (path: string) =>
  readFile(join(project, path)).then(
    () => true,
    () => false,
  );
const begun = async () => {
  while (!(await there("begun"))) await systemClock.sleep(20);
};

describe("install", () => {
  it("installs once, and again when the lock file or what was installed has changed", async () => {
    expect(await install().ended).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringContaining("installed in"),
    });
    expect(await install().ended).toEqual({ code: 0, stdout: "", stderr: "" });
    await rm(join(project, "node_modules/.bin/node"));
    expect((await install().ended).stderr).toContain("installed in");
    const lock = await readFile(join(project, "package-lock.json"), "utf8");
    await writeFile(join(project, "package-lock.json"), `${lock}\n`);
    expect((await install().ended).stderr).toContain("installed in");
    expect((await install().ended).stderr).toBe("");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends npm with %s, says so, and is begun anew by the next start", async (signal, code) => {
    await takes(600);
    const running = install();
    await begun();
    running.child.kill(signal);
    expect(await running.ended).toMatchObject({ code, stderr: expect.stringContaining("the next start begins anew") });
    expect(await running.survivors()).toEqual([]);
    await takes(0);
    expect(await install().ended).toMatchObject({ code: 0, stderr: expect.stringContaining("was cut off") });
  });

  it("that was killed is begun anew, with nothing of what it left", async () => {
    await takes(600);
    const running = install();
    await begun();
    running.kill();
    await running.ended;
    expect(await running.survivors()).toEqual([]);
    await mkdir(join(project, "node_modules/half"), { recursive: true });
    await takes(0);
    expect(await install().ended).toMatchObject({ code: 0, stderr: expect.stringContaining("was cut off") });
    expect(await there("node_modules/half")).toBe(false);
    expect(await there("node_modules/.bin/node")).toBe(true);
  });

  it("started twice at once is done once: the second waits for the first", async () => {
    await takes(2);
    const first = install();
    await begun();
    const second = install();
    await second.said(/waiting for it/);
    expect((await first.ended).code).toBe(0);
    const { code, stderr } = await second.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain("installing packages");
  });
});
