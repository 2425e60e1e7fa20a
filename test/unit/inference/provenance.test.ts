import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf, fileDigest, leafHash, merkleRoot, trainingRoot } from "../../../src/inference/provenance.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-provenance-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const line = (text: string): Buffer => sha256("\0", "assay.line.v1\0", text);

describe("merkleRoot", () => {
  // The inputs of RFC 6962's reference implementation, and the roots of its first one, two, ... eight.
  const ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  it.each([
    [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
    [4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    [5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"],
    [6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"],
    [7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"],
    [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
  ])("of %i entries is that of RFC 6962", (count, want) => {
    const leaves = ENTRIES.slice(0, count).map((entry) => leafHash(Buffer.from(entry, "hex")));
    expect(hex(merkleRoot(leaves))).toBe(want);
  });

  it("is of no list that has two nodes of another in their parent's place", () => {
    const leaves = ["a", "b", "c", "d"].map((text) => leafHash(Buffer.from(text)));
    const [a = line(""), b = line(""), c = line(""), d = line("")] = leaves;
    const nodes = [Buffer.concat([a, b]), Buffer.concat([c, d])].map(leafHash);
    expect(hex(merkleRoot(nodes))).not.toBe(hex(merkleRoot(leaves)));
  });
});

describe("trainingRoot", () => {
  it("of a file is that of its lines in their order, however the last one ends", async () => {
    const want = `0x${hex(sha256("\x01", sha256("\x01", line("x,y"), line("1,2")), line("3,4")))}`;
    expect(await trainingRoot(await put("rows.csv", "x,y\n1,2\n3,4\n"))).toBe(want);
    expect(await trainingRoot(await put("rows.csv", "x,y\n1,2\n3,4"))).toBe(want);
    expect(await trainingRoot(await put("rows.csv", "x,y\n3,4\n1,2\n"))).not.toBe(want);
    expect(await trainingRoot(await put("rows.csv", "x,y\r\n1,2\r\n3,4\r\n"))).not.toBe(want);
    expect(await trainingRoot(await put("rows.csv", "x,y\n1,2\n3,4\n\n"))).not.toBe(want);
  });

  it("of a directory is that of its files by their paths, wherever it lies and whatever made it first", async () => {
    await put("one/b.txt", "2");
    await put("one/a/c.bin", Uint8Array.of(0, 10, 255));
    await put("two/a/c.bin", Uint8Array.of(0, 10, 255));
    await put("two/b.txt", "2");
    const file = (name: string, content: string | Uint8Array) =>
      sha256("\0", "assay.file.v1\0", name, "\0", sha256(content));
    const leaves = [file("a/c.bin", Uint8Array.of(0, 10, 255)), file("b.txt", "2")];
    const want = `0x${hex(sha256("\x01", ...leaves))}`;
    expect(await trainingRoot(join(directory, "one"))).toBe(want);
    expect(await trainingRoot(join(directory, "two"))).toBe(want);
    await put("two/b.txt", "3");
    expect(await trainingRoot(join(directory, "two"))).not.toBe(want);
  });

  it("is never the same of a file and of a directory that has it", async () => {
    await put("only/rows.csv", "1");
    expect(await trainingRoot(join(directory, "only"))).not.toBe(await trainingRoot(join(directory, "only/rows.csv")));
  });

  it("refuses what has nothing in it, what is not there, and links", async () => {
    const code = "inference.file";
    await expect(trainingRoot(await put("empty.csv", ""))).rejects.toMatchObject({ code });
    await mkdir(join(directory, "nothing"));
    await expect(trainingRoot(join(directory, "nothing"))).rejects.toMatchObject({ code });
    await expect(trainingRoot(join(directory, "absent"))).rejects.toMatchObject({ code });
    await put("linked/a.txt", "1");
    await symlink("a.txt", join(directory, "linked/b.txt"));
    await expect(trainingRoot(join(directory, "linked"))).rejects.toMatchObject({ code });
  });

  it("refuses a device, which has no end, and so does a file's digest", async () => {
    const message = expect.stringContaining("got a device, want a file");
    await expect(trainingRoot("/dev/zero")).rejects.toMatchObject({ code: "inference.file", message });
    await expect(fileDigest("/dev/zero")).rejects.toMatchObject({ code: "inference.file", message });
    await expect(fileDigest(directory)).rejects.toMatchObject({ code: "inference.file" });
  });
});

it("digests of files are those of sha256sum", async () => {
  const want = "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await fileDigest(await put("abc", "abc"))).toBe(want);
  expect(digestOf(Buffer.from("abc"))).toBe(want);
  await expect(fileDigest(join(directory, "absent"))).rejects.toMatchObject({ code: "inference.file" });
});
