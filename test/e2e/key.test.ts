import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registered } from "../../src/job/configuration.ts";
import * as Job from "../../src/job/job.ts";
import { deployableJob, writeJob } from "../support/deployableJob.ts";
import { assay, root } from "./process.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-key-e2e-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("assay key", () => {
  it("makes a key and a registration of it that a job can be deployed with, and prints no secret", async () => {
    const path = join(directory, "reporter.key");
    const created = await assay("key", "create", path).ended;
    expect(created.code, created.stderr).toBe(0);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await assay("key", "create", path).ended;
    expect([again.code, again.stderr]).toEqual([78, expect.stringContaining("there already")]);

    const value = (await deployableJob()) as { reporters: { registration?: unknown }[] };
    const job = await writeJob(join(directory, "job.json"), value);
    const { code, stdout, stderr } = await assay("key", "register", path, "--job", job).ended;
    expect(code, stderr).toBe(0);
    const registration = JSON.parse(stdout);
    const reporters = value.reporters.with(0, { ...value.reporters[0], registration });
    const { configuration } = registered(Job.parse({ ...value, reporters }, root), {
      capacity: { reporters: 4, feeds: 4 },
      model: "HampelChart",
    });
    expect(configuration.keys[0]?.[0]).toBe(BigInt(registration.x));
    const secret = (await readFile(path, "utf8")).trim().slice(2);
    expect([created.stdout, created.stderr, again.stderr, stdout, stderr].join("")).not.toContain(secret);
  });
});
