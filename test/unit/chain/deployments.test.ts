import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBook, type Making, openBook, pathOf, read } from "../../../src/chain/deployments.ts";

const HASH = `0x${"ab".repeat(32)}`;
const CHAIN = { chainId: 5, genesis: `0x${"01".repeat(32)}` };
const DEPLOYER = `0x${"dd".repeat(20)}`;
const about = (name: string) => ({
  ...{ name, environment: "staging", jobId: HASH, circuit: "round-4x4", keys: "development", keyHash: HASH },
  config: "12",
});
const making = (nonce: number, more: Partial<Making> = {}): Making => ({
  ...{ address: `0x${"aa".repeat(20)}`, deployer: DEPLOYER, nonce, sinceBlock: 3 },
  ...{ initCodeHash: HASH, transactions: [HASH], ...more },
});

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-book-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("openBook", () => {
  it("finds what an earlier process put, keeps other sets, and shares what they have that is settled", async () => {
    const path = pathOf(join(directory, "new"), 5);
    const one = await openBook(path, CHAIN, 1n, about("one"));
    await one.put("verifier", making(0));
    await one.put("feedSet", making(1, { signed: "0x12" }));
    one.close();
    const two = await openBook(path, CHAIN, 2n, about("two"));
    expect(two.find("verifier")).toBeUndefined();
    expect(two.alike(HASH)).toEqual([making(0)]);
    expect(two.freeNonce(DEPLOYER)).toBe(1);
    await two.put("timelock", making(7));
    two.close();
    const again = await openBook(path, CHAIN, 1n, about("renamed"));
    expect(again.find("feedSet")).toEqual(making(1, { signed: "0x12" }));
    expect(again.freeNonce(DEPLOYER)).toBe(8);
    again.close();
    const record = await read(path, CHAIN);
    expect(Object.values(record?.sets ?? {}).map(({ name, contracts }) => [name, Object.keys(contracts)])).toEqual([
      ["one", ["verifier", "feedSet"]],
      ["two", ["timelock"]],
    ]);
  });

  it("is one process's at a time", async () => {
    const path = pathOf(directory, 6);
    const first = await openBook(path, CHAIN, 1n, about("one"));
    await expect(openBook(path, CHAIN, 2n, about("two"))).rejects.toMatchObject({ code: "deploy.busy" });
    first.close();
    (await openBook(path, CHAIN, 2n, about("two"))).close();
  });

  it.each([
    ["no JSON", "{"],
    ["another version", JSON.stringify({ version: 2, ...CHAIN, sets: {} })],
    ["another chain's", JSON.stringify({ version: 1, ...CHAIN, chainId: 6, sets: {} })],
    ["another chain's of the same id", JSON.stringify({ version: 1, ...CHAIN, genesis: HASH, sets: {} })],
  ])("refuses a file that is %s, leaves it as it is and lets go of it", async (_what, text) => {
    const path = pathOf(directory, 5);
    await writeFile(path, text);
    for (const _twice of [1, 2]) {
      await expect(openBook(path, CHAIN, 1n, about("one"))).rejects.toMatchObject({ code: "deploy.record" });
    }
    expect(await readFile(path, "utf8")).toBe(text);
  });
});

describe("createBook", () => {
  it("has nothing that was not written", async () => {
    const book = createBook({}, {}, async () => {
      throw new Error("no space");
    });
    await expect(book.put("verifier", making(0))).rejects.toThrow("no space");
    expect(book.find("verifier")).toBeUndefined();
  });

  it("counts only the nonces of the deployer that is asked about, and none that is only planned", () => {
    const book = createBook(
      {
        verifier: making(4),
        timelock: making(5, { signed: "0x1" }),
        feedSet: making(9, { deployer: `0x${"ee".repeat(20)}` }),
      },
      {},
      async () => undefined,
    );
    expect([book.freeNonce(DEPLOYER), book.freeNonce(`0x${"00".repeat(20)}`)]).toEqual([5, 0]);
  });
});
