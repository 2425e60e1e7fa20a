import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAbsence, readIfThere, readText, writeDurably, writeWhole } from "../../../src/lib/file.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-file-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("readIfThere", () => {
  it("reads the text of a file, be it empty", async () => {
    await writeFile(join(root, "full"), "größer\n");
    await writeFile(join(root, "empty"), "");
    expect(await readIfThere(join(root, "full"))).toBe("größer\n");
    expect(await readIfThere(join(root, "empty"))).toBe("");
  });

  it("is undefined where there is no file, no directory, or a file in a directory's place", async () => {
    await writeFile(join(root, "file"), "");
    for (const path of ["absent", "absent/file", "file/file"]) {
      expect(await readIfThere(join(root, path))).toBeUndefined();
    }
  });

  it("throws whatever else goes wrong", async () => {
    await expect(readIfThere(root)).rejects.toMatchObject({ code: "EISDIR" });
  });
});

describe.each([
  ["writeWhole", writeWhole],
  ["writeDurably", writeDurably],
] as const)("%s", (_name, write) => {
  it("makes the directories, writes, and leaves nothing beside the file", async () => {
    const path = join(root, "a/b/file");
    await write(path, "größer\n");
    expect(await readFile(path, "utf8")).toBe("größer\n");
    expect(await readdir(join(root, "a/b"))).toEqual(["file"]);
  });

  it("replaces a file by another one, and does not write into it", async () => {
    const path = join(root, "file");
    await writeFile(path, "old and longer");
    const { ino } = await stat(path);
    await write(path, "new");
    expect(await readFile(path, "utf8")).toBe("new");
    expect((await stat(path)).ino).not.toBe(ino);
  });

  it("keeps writers of one process apart", async () => {
    const path = join(root, "file");
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(100_000));
    await Promise.all(texts.map((text) => write(path, text)));
    expect(texts).toContain(await readFile(path, "utf8"));
    expect(await readdir(root)).toEqual(["file"]);
  });

  it("leaves nothing when it fails", async () => {
    await mkdir(join(root, "directory"));
    await expect(write(join(root, "directory"), "text")).rejects.toMatchObject({ code: "EISDIR" });
    expect(await readdir(root)).toEqual(["directory"]);
  });
});

describe("readText", () => {
  it("reads as many bytes as a file may have, and refuses one more as node:fs would", async () => {
    const path = join(root, "text");
    await writeFile(path, "größe");
    expect(await readText(path, 7)).toBe("größe");
    await expect(readText(path, 6)).rejects.toMatchObject({ code: "EFBIG", path, message: expect.stringMatching(/6/) });
    await expect(readText(join(root, "none"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it.skipIf(process.platform === "win32")("does not read what has no end (of the devices of Unix)", async () => {
    await expect(readText("/dev/zero", 1000)).rejects.toMatchObject({ code: "EFBIG" });
  });
});

describe("isAbsence", () => {
  it("tells absence from every other error", () => {
    const codes = ["ENOENT", "ENOTDIR", "EACCES", "EISDIR"];
    expect(codes.filter((code) => isAbsence(Object.assign(new Error(code), { code })))).toEqual(["ENOENT", "ENOTDIR"]);
    expect(isAbsence(new Error("ENOENT"))).toBe(false);
  });
});
