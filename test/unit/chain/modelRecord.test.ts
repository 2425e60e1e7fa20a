import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Making } from "../../../src/chain/deployments.ts";
import { openModelBook, pathOf, type RegisteredModel, read } from "../../../src/chain/modelRecord.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-models-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const hash = (digit: string): string => `0x${digit.repeat(64)}`;
const address = (digit: string): string => `0x${digit.repeat(40)}`;
const CHAIN = { chainId: 5, genesis: hash("a") };
const MAKING: Making = {
  ...{ address: address("1"), deployer: address("2"), nonce: 3, sinceBlock: 4 },
  ...{ initCodeHash: hash("5"), transactions: [hash("6")] },
};
const MODEL: RegisteredModel = {
  ...{ registry: address("1"), registrar: address("2"), verifier: address("3"), circuit: "model-0" },
  ...{ keyHash: hash("4"), model: hash("5"), files: { job: "../job.json" } },
};

it("keeps contracts and models beside each other, and who comes after finds both", async () => {
  const path = pathOf(join(directory, "new"), 5);
  const book = await openModelBook(path, CHAIN);
  await book.put("registry", MAKING);
  await book.putModel(hash("7"), MODEL);
  await book.put("gate", { ...MAKING, nonce: 8 });
  book.close();
  const next = await openModelBook(path, CHAIN);
  expect([next.find("registry"), next.find("verifier 0x")]).toEqual([MAKING, undefined]);
  expect(next.freeNonce(MAKING.deployer)).toBe(9);
  next.close();
  expect((await read(path, CHAIN))?.models).toEqual({ [hash("7")]: MODEL });
});

it("is one process' at a time", async () => {
  const path = pathOf(join(directory, "busy"), 5);
  const book = await openModelBook(path, CHAIN);
  await expect(openModelBook(path, CHAIN)).rejects.toMatchObject({ code: "deploy.busy" });
  book.close();
  (await openModelBook(path, CHAIN)).close();
});

it("is refused, and kept, where it is another chain's or something else", async () => {
  const path = pathOf(directory, 5);
  expect(await read(path, CHAIN)).toBeUndefined();
  await writeFile(path, JSON.stringify({ version: 1, ...CHAIN, contracts: {}, models: {}, sets: {} }));
  await expect(openModelBook(path, CHAIN)).rejects.toMatchObject({ code: "deploy.record" });
  await writeFile(path, JSON.stringify({ version: 1, ...CHAIN, contracts: {}, models: {} }));
  const before = await readFile(path, "utf8");
  await expect(openModelBook(path, { ...CHAIN, genesis: hash("b") })).rejects.toThrow(
    "for another chain, move the file",
  );
  expect(await readFile(path, "utf8")).toBe(before);
});
