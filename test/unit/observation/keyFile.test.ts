import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "../../../src/lib/field.ts";
import * as Key from "../../../src/observation/key.ts";
import * as KeyFile from "../../../src/observation/keyFile.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-key-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("create", () => {
  it("makes a key that only its owner can read, and that is the same when it is read", async () => {
    const path = join(directory, "one.key");
    const made = await KeyFile.create(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const read = await KeyFile.read(path);
    expect(read.publicKey).toEqual(made.publicKey);
    expect(Key.verify(made.publicKey, parse(7n), read.sign(parse(7n)))).toBe(true);
  });

  it("makes another one each time and overwrites none", async () => {
    const path = join(directory, "two.key");
    await KeyFile.create(path);
    const before = await readFile(path, "utf8");
    await expect(KeyFile.create(path)).rejects.toMatchObject({
      code: "key.file",
      message: expect.stringContaining("there already"),
    });
    expect(await readFile(path, "utf8")).toBe(before);
    expect(before).not.toBe(await readFile(join(directory, "one.key"), "utf8"));
  });

  it("says that there is no such directory", async () => {
    await expect(KeyFile.create(join(directory, "none/key"))).rejects.toMatchObject({ code: "key.file" });
  });
});

describe("read", () => {
  it("refuses a file that others can read", async () => {
    const path = join(directory, "open.key");
    await KeyFile.create(path);
    await chmod(path, 0o640);
    await expect(KeyFile.read(path)).rejects.toMatchObject({ message: expect.stringContaining("got mode 640") });
  });

  it.each([
    ["cut off", `0x${"12".repeat(31)}`],
    ["without 0x", "12".repeat(32)],
    ["with more behind it", `0x${"12".repeat(32)}\n\n`],
  ])("refuses a key %s without a word of it", async (name, text) => {
    const path = join(directory, `${name}.key`);
    await writeFile(path, text, { mode: 0o600 });
    await expect(KeyFile.read(path)).rejects.toMatchObject({
      code: "key.file",
      message: expect.not.stringContaining("1212"),
    });
  });

  it("refuses a file that is not there", async () => {
    const absent = { code: "key.file", message: expect.stringContaining("ENOENT") };
    await expect(KeyFile.read(join(directory, "absent"))).rejects.toMatchObject(absent);
  });
});
