import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id as hashOf, Interface, toBeHex, ZeroHash } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idOf, type Provenance, type RegisteredEntry, type Registration } from "../../../src/chain/modelRegistry.ts";
import { compile } from "../../../src/inference/compiledModel.ts";
import { modelOf, type Salts } from "../../../src/inference/inference.ts";
import { type LineageRequest, type LocalFiles, lineageOf } from "../../../src/inference/lineage.ts";
import * as ModelJob from "../../../src/inference/modelJob.ts";
import { registrationOf } from "../../../src/inference/registration.ts";
import { parse } from "../../../src/lib/field.ts";
import { FakeChain } from "../../support/fakeChain.ts";
import { IRIS } from "../../support/irisModel.ts";

const REGISTRAR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const VERIFIER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const KEY_HASH = `0x${"ab".repeat(32)}`;
const SALTS: Salts = { inputs: new Map(), parameters: parse(5n) };

let directory: string;
const at = (name: string): string => join(directory, name);
/** Files of the model with private parameters; `metrics` is left out of the registration. */
let files: LocalFiles;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-lineage-"));
  await copyFile(IRIS, at("iris.onnx"));
  const input = { visibility: "hashed", bits: [7], minimum: [0], unit: [0.1] };
  const job = (parameters: string) => JSON.stringify({ version: 1, model: "iris.onnx", parameters, inputs: { input } });
  await writeFile(at("private.json"), job("private"));
  await writeFile(at("fixed.json"), job("fixed"));
  for (const name of ["rows.csv", "make.py", "LICENSE", "other"]) await writeFile(at(name), `of ${name}\n`);
  files = {
    job: at("private.json"),
    trainingData: at("rows.csv"),
    trainingConfig: at("make.py"),
    licence: at("LICENSE"),
  };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function entryOf(job: string, change: Partial<Registration> = {}): Promise<RegisteredEntry> {
  const loaded = await ModelJob.load(job);
  const compiled = compile(loaded.onnx, loaded.job);
  const { job: _, ...named } = files;
  const request = { onnx: loaded.onnx, compiled, model: modelOf(compiled, SALTS), verifier: VERIFIER, files: named };
  const registration = { ...(await registrationOf(request)), ...change };
  return { registration, keyHash: KEY_HASH, registrar: REGISTRAR, registeredAt: 1000n };
}

/** A registry of these entries, under their ids or the ones that are given. */
function asked(entries: ReadonlyMap<string, RegisteredEntry>, more: Partial<LineageRequest> = {}): LineageRequest {
  const provider = new FakeChain();
  provider.answers.calls[hashOf("keyHash()").slice(0, 10)] = KEY_HASH;
  const [first = ""] = entries.keys();
  const call = async (name: string, id: unknown) =>
    name === "isRegistered" ? entries.has(String(id)) : entries.get(String(id));
  const registry = {
    address: REGISTRAR,
    interface: new Interface([]),
    code: async () => "0x",
    call,
    events: async () => [],
  };
  return {
    ...{ id: first, registry, moment: { provider, block: 7, fromBlock: 0 }, filesOf: () => files },
    ...{ saltsOf: async () => SALTS, keyOf: async () => undefined, limit: 9, ...more },
  };
}

const idsOf = (...entries: readonly RegisteredEntry[]) =>
  new Map(entries.map((entry) => [idOf(entry.registrar, entry.registration), entry]));

/** Of the first model: "ok id", "differs model: got ..". */
async function findings(entries: ReadonlyMap<string, RegisteredEntry>, more: Partial<LineageRequest> = {}) {
  const [first] = await lineageOf(asked(entries, more));
  return (first?.findings ?? []).map(({ check, verdict, text }) => ({ check, verdict, text }));
}
const verdicts = (found: readonly { readonly check: string; readonly verdict: string }[]) =>
  Object.fromEntries(found.map(({ check, verdict }) => [check, verdict]));

const AGREED = {
  ...{ id: "ok", modelFile: "ok", trainingData: "ok", trainingConfig: "ok", metrics: "note", licence: "ok" },
  ...{ model: "ok", inputElements: "ok", outputWords: "ok", outputStride: "ok", parent: "note" },
  ...{ "verifier.keyHash": "ok", "verifier.code": "unchecked" },
};

describe("lineageOf", () => {
  it("finds every digest that was registered in the files that it was registered with", async () => {
    expect(verdicts(await findings(idsOf(await entryOf(at("private.json")))))).toEqual(AGREED);
    const fixed = { filesOf: () => ({ ...files, job: at("fixed.json") }), salts: undefined };
    expect(verdicts(await findings(idsOf(await entryOf(at("fixed.json"))), fixed))).toEqual(AGREED);
  });

  it.each<[string, Partial<Registration>, string]>([
    ["model", { model: 6n }, "model"],
    ["number of input elements", { inputElements: 2n }, "inputElements"],
    ["number of output words", { outputWords: 2n }, "outputWords"],
    ["width of outputs", { outputStride: 7n }, "outputStride"],
  ])("says by name where another %s is registered", async (_what, change, check) => {
    expect(verdicts(await findings(idsOf(await entryOf(at("private.json"), change))))).toEqual({
      ...{ ...AGREED, [check]: "differs" },
    });
  });

  it.each<keyof Provenance>(["modelFile", "trainingData", "trainingConfig", "metrics", "licence"])(
    "says by name where another %s is registered, or none although there is a file",
    async (name) => {
      const entry = await entryOf(at("private.json"));
      const filesOf = () => ({ ...files, metrics: name === "metrics" ? at("other") : undefined });
      for (const digest of [`0x${"12".repeat(32)}`, ZeroHash]) {
        const provenance = { ...entry.registration.provenance, [name]: digest };
        const changed = { ...entry, registration: { ...entry.registration, provenance } };
        expect(verdicts(await findings(idsOf(changed), { filesOf }))).toEqual({ ...AGREED, [name]: "differs" });
      }
    },
  );

  it("wants what is registered, and has got what is here", async () => {
    const entry = await entryOf(at("private.json"));
    const { provenance } = entry.registration;
    const other = `0x${"12".repeat(32)}`;
    const change = { inputElements: 2n, outputWords: 3n, outputStride: 7n, model: 6n };
    const changed = {
      ...entry,
      keyHash: other,
      registration: {
        ...entry.registration,
        ...change,
        provenance: { ...provenance, licence: other, metrics: ZeroHash },
      },
    };
    const filesOf = () => ({ ...files, metrics: at("make.py") });
    const found = await findings(idsOf(changed), { filesOf });
    const texts = Object.fromEntries(found.map(({ check, text }) => [check, text]));
    expect(texts).toMatchObject({
      licence: `got ${provenance.licence}, want ${other}`,
      metrics: `got ${provenance.trainingConfig}, want none: none is registered`,
      model: `got ${toBeHex(entry.registration.model, 32)}, want ${toBeHex(6, 32)}`,
      inputElements: `got ${entry.registration.inputElements}, want 2`,
      outputWords: `got ${entry.registration.outputWords}, want 3`,
      outputStride: `got ${entry.registration.outputStride}, want 7`,
      "verifier.keyHash": `got ${KEY_HASH}, want ${other}`,
    });
  });

  it("says of training data with nothing in them that they differ: nothing like it is ever registered", async () => {
    await writeFile(at("emptied.csv"), "");
    await mkdir(at("emptied"));
    const entry = await entryOf(at("private.json"));
    for (const name of ["emptied.csv", "emptied"]) {
      const found = await findings(idsOf(entry), { filesOf: () => ({ ...files, trainingData: at(name) }) });
      expect(verdicts(found)).toEqual({ ...AGREED, trainingData: "differs" });
      expect(found.find(({ check }) => check === "trainingData")?.text).toBe(
        `${at(name)}: got nothing in it, want a line or a file; registered is ${entry.registration.provenance.trainingData}`,
      );
    }
  });

  it("says so where an entry stands under another id, and a verifier has another key than when it was registered", async () => {
    const entry = await entryOf(at("private.json"));
    const strange = new Map([[`0x${"34".repeat(32)}`, { ...entry, keyHash: ZeroHash }]]);
    expect(verdicts(await findings(strange))).toEqual({ ...AGREED, id: "differs", "verifier.keyHash": "differs" });
  });

  it("leaves unchecked what there is no file for, and only notes what the registrar does not say", async () => {
    const nothing = verdicts(await findings(idsOf(await entryOf(at("private.json"))), { filesOf: () => undefined }));
    expect(nothing).toEqual({
      ...{ id: "ok", modelFile: "unchecked", trainingData: "unchecked", trainingConfig: "unchecked" },
      ...{ metrics: "note", licence: "unchecked", model: "unchecked", parent: "note" },
      ...{ "verifier.keyHash": "ok", "verifier.code": "unchecked" },
    });
    const gone = await findings(idsOf(await entryOf(at("private.json"))), {
      filesOf: () => ({ ...files, job: at("absent.json"), licence: at("absent") }),
    });
    expect(verdicts(gone)).toEqual({ ...nothing, trainingData: "ok", trainingConfig: "ok" });
    expect(gone.find(({ check }) => check === "licence")?.text).toContain("ENOENT");
  });

  it("does not take a job that is there and does not compile for one that is not there", async () => {
    await writeFile(at("damaged.onnx"), (await readFile(IRIS)).subarray(0, 300));
    const job = { ...JSON.parse(await readFile(at("private.json"), "utf8")), model: "damaged.onnx" };
    await writeFile(at("damaged.json"), JSON.stringify(job));
    const found = await findings(idsOf(await entryOf(at("private.json"))), {
      filesOf: () => ({ ...files, job: at("damaged.json") }),
    });
    expect(found[0]).toMatchObject({ check: "job", verdict: "differs" });
    expect(found[0]?.text).toMatch(/, want the registered job and model$/);
  });

  it("checks private parameters with the salt they are hidden by, and says so where there is none", async () => {
    const entries = idsOf(await entryOf(at("private.json")));
    const other = { ...SALTS, parameters: parse(6n) };
    expect(verdicts(await findings(entries, { saltsOf: async () => other })).model).toBe("differs");
    const unsalted = await findings(entries, { saltsOf: async () => undefined });
    expect(unsalted.find(({ check }) => check === "model")).toMatchObject({
      ...{ verdict: "unchecked", text: expect.stringContaining("no salt is given") },
    });
  });

  it("goes from a model to its parent and on, as far as the limit, each with its own salts", async () => {
    const eldest = await entryOf(at("private.json"));
    const [eldestId = ""] = idsOf(eldest).keys();
    const middle = await entryOf(at("private.json"), { parent: eldestId, model: 6n });
    const [middleId = ""] = idsOf(middle).keys();
    const youngest = await entryOf(at("fixed.json"), { parent: middleId });
    const entries = idsOf(youngest, middle, eldest);
    const saltsOf = async (id: string) => (id === middleId ? undefined : SALTS);
    const found = await lineageOf(asked(entries, { saltsOf }));
    expect(found.map(({ id, entry }) => [id, entry])).toEqual([...entries]);
    expect(found.map(({ findings: all }) => verdicts(all).model)).toEqual(["differs", "unchecked", "ok"]);
    expect(found[0]?.findings.find(({ check }) => check === "parent")?.text).toBe(middleId);
    expect(await lineageOf(asked(entries, { limit: 2 }))).toHaveLength(2);
  });

  it("refuses a model that is not registered", async () => {
    await expect(lineageOf(asked(new Map(), { id: ZeroHash }))).rejects.toMatchObject({ code: "usage.model" });
  });
});
