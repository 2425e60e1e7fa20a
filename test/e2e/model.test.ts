import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contract, Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/chain/creations.ts";
import * as Solidity from "../../src/chain/solidity.ts";
import { type ProvenanceOptions, provenanceCommand } from "../../src/cli/model/provenance.ts";
import { type SaltsOptions, saltsCommand } from "../../src/cli/model/salts.ts";
import { type VerifyOptions, verifyCommand } from "../../src/cli/model/verify.ts";
import * as CompiledModel from "../../src/inference/compiledModel.ts";
import { mock } from "../../src/inference/mock.ts";
import * as ModelJob from "../../src/inference/modelJob.ts";
import * as ProofFile from "../../src/inference/proofFile.ts";
import * as Secrets from "../../src/inference/secrets.ts";
import { verify } from "../../src/inference/verification.ts";
import { witnessOf } from "../../src/inference/witness.ts";
import { parse as parseField } from "../../src/lib/field.ts";
import * as VerificationKey from "../../src/prove/verificationKey.ts";
import { here } from "../support/commandHere.ts";
import { ACCOUNTS } from "../support/deployableJob.ts";
import { type Chain, startChain } from "../support/deploying.ts";
import { receiptOf } from "../support/transactions.ts";
import { assayWith, type Ended, root } from "./process.ts";

/** Read from left to right: each part goes on with what the one before it left. */
const ONNX = join(root, "test/models/iris-logistic.onnx");
const ROWS = join(root, "test/models/iris-logistic.csv");
const POISSON = join(root, "test/models/diabetes-xgboost-poisson.onnx");
const CONSUMER = ACCOUNTS.guardian;

let directory: string;
let chain: Chain;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-model-"));
  chain = await startChain();
});
afterAll(async () => {
  await chain.close();
  await rm(directory, { recursive: true, force: true });
});

const at = (name: string): string => join(directory, name);
const everything: Ended[] = [];

async function model(...args: readonly string[]): Promise<Ended> {
  const ended = await assayWith({ OWNER: ACCOUNTS.deployerKey }, "model", ...args).ended;
  everything.push(ended);
  return ended;
}

/** The output of a run that ends well. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await model(...args);
  expect(code, `${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
}

async function refused(code: number, said: string, ...args: readonly string[]): Promise<void> {
  const ended = await model(...args);
  expect(ended.stderr).toContain(said);
  expect(ended.code, ended.stderr).toBe(code);
}

async function json(name: string) {
  return JSON.parse(await readFile(at(name), "utf8"));
}

const onChain = () => ["--rpc-url", chain.anvil.url, "--deployments", at("deployments")];
const asOwner = () => [...onChain(), "--key-env", "OWNER"];
const record = () => json("deployments/31337.models.json");
const job = () => at("job.json");
const row = () => ["--data", ROWS, "--row", "3", "--secrets", at("secrets.json")];

async function binding(nonce = "7"): Promise<readonly string[]> {
  const { gate } = (await record()).contracts;
  const caller = ACCOUNTS.deployer;
  return ["--chain-id", "31337", "--gate", gate.address, "--consumer", CONSUMER, "--caller", caller, "--nonce", nonce];
}

describe("assay model, before there is a chain", () => {
  it("inspect shows every node, and exits 65 with the node's name where one cannot be proven", async () => {
    const stdout = await done("inspect", ONNX);
    expect(stdout).toMatch(/LinearClassifier +ai\.onnx\.ml\.LinearClassifier +\[1\] +15 +yes/);
    expect(JSON.parse(await done("inspect", ONNX, "--json"))).toMatchObject({ supported: true, parameters: 23 });
    await refused(65, "[inspect.unsupported]", "inspect", POISSON);
    expect(everything.at(-1)?.stdout).toMatch(/Exp +\? +0 +NO: got Exp \(node Exp_1\), which is not supported/);
  });

  it("inspect exits 78 for what is no model at all", async () => {
    await refused(78, "[model.file]", "inspect", ROWS);
  });

  it("calibrate reports what is lost and writes a job, over which it writes no other", async () => {
    const { code, stdout, stderr } = await model("calibrate", ONNX, "--data", ROWS, ...CALIBRATION, "--out", job());
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("on 60 rows");
    expect(stderr).toMatch(/class changes +0 % of rows \(0\)/);
    expect(await json("job.json")).toMatchObject({
      parameters: "private",
      inputs: { input: { visibility: "hashed" } },
    });
    const again = ["calibrate", ONNX, "--data", ROWS, ...CALIBRATION, "--out", job()];
    await refused(64, "[usage.overwrite]", ...again);
    const before = await readFile(job(), "utf8");
    await done(...again, "--force");
    expect(await readFile(job(), "utf8")).toBe(before);
  });
  const CALIBRATION = ["--input", "input=hashed", "--parameters", "private"];

  it("calibrate refuses an unsupported model, an input that there is not, and rows of another model", async () => {
    await refused(78, "[model.operator]", "calibrate", POISSON, "--data", ROWS);
    await refused(64, "[usage.input]", "calibrate", ONNX, "--data", ROWS, "--input", "age=public");
    const cancer = join(root, "test/models/cancer-logistic.csv");
    await refused(
      78,
      'got 30 columns beside "label", want 4 columns (4 of input)',
      "calibrate",
      ONNX,
      "--data",
      cancer,
    );
    await refused(78, "[model.target]", "calibrate", ONNX, "--data", ROWS, "--target", "size=100");
  });

  it("a job with something to hide wants salts, which go into one file that only its owner reads", async () => {
    await refused(78, "`assay model salts` draws them", "witness", job(), "--data", ROWS);
    const stdout = await done("salts", job(), "--out", at("secrets.json"), "--data", ROWS);
    expect(stdout).toMatch(/^model 0x[0-9a-f]{64}\nrow 1 input 0x[0-9a-f]{64}\nrow 2 /);
    expect(everything.at(-1)?.stderr).toContain("digests of 60 rows under one salt: equal inputs have equal digests");
    expect((await stat(at("secrets.json"))).mode & 0o777).toBe(0o600);
    const before = await readFile(at("secrets.json"), "utf8");
    await refused(78, "there already", "salts", job(), "--out", at("secrets.json"));
    expect(await readFile(at("secrets.json"), "utf8")).toBe(before);
  });

  it("salts prints the digests of the rows that are asked for, without a warning for one", async () => {
    const salts = (name: string, options: Omit<SaltsOptions, "out">) =>
      here((environment) => saltsCommand(job(), { out: at(name), ...options }, environment));
    const one = await salts("one.json", { data: ROWS, row: [[3, 3]] });
    expect(one.stdout).toMatch(/^model 0x[0-9a-f]{64}\nrow 3 input 0x[0-9a-f]{64}\n$/);
    expect(one.stderr).not.toContain("under one salt");
    const some = await salts("some.json", {
      data: ROWS,
      row: [
        [59, 60],
        [1, 1],
      ],
    });
    expect(some.stdout.split("\n").map((line) => line.slice(0, 6))).toEqual([
      "model ",
      "row 59",
      "row 60",
      "row 1 ",
      "",
    ]);
    expect(some.stderr).toContain("digests of 3 rows under one salt");
    expect(await salts("none.json", { row: [[1, 1]] })).toMatchObject({ code: 64 });
    expect(await salts("none.json", { data: ROWS, row: [[60, 61]] })).toMatchObject({ code: 64, stdout: "" });
    await writeFile(at("far.json"), "[[5.1, 3.5, 1.4, 0.2], [5.1, 3.5, 1.4, 99]]");
    expect((await salts("alone.json", {})).stdout).toMatch(/^model 0x[0-9a-f]{64}\n$/);
    const far = await salts("none.json", { data: at("far.json") });
    expect(far).toMatchObject({
      code: 78,
      stderr: expect.stringContaining(`row 2 of ${at("far.json")}: got 99 for element 3`),
    });
    await expect(stat(at("none.json"))).rejects.toThrow("ENOENT");
  });

  it("witness says what would be proven, with the digests that salts has said", async () => {
    const salts = everything.find(({ stdout }) => stdout.startsWith("model 0x"))?.stdout ?? "";
    const { outputs, statement } = JSON.parse(await done("witness", job(), ...row(), "--json"));
    expect(outputs).toMatchObject([
      { name: "output_label", labels: ["0"] },
      { name: "output_probability", linked: { link: "softmax" } },
    ]);
    expect(salts).toContain(`model ${statement.model}\n`);
    expect(salts).toContain(`row 3 input ${statement.inputs[0]}\n`);
  });

  it("witness and mock refuse a row that is not there, one out of the job's range, and half a binding", async () => {
    await refused(64, "[usage.row]", "witness", job(), ...row(), "--row", "61");
    await writeFile(at("far.json"), "[5.1, 3.5, 1.4, 99]");
    await refused(
      78,
      `row 1 of ${at("far.json")}: got 99`,
      "mock",
      job(),
      ...row(),
      "--data",
      at("far.json"),
      "--row",
      "1",
    );
    await refused(64, "without --gate, --consumer", "witness", job(), ...row(), "--chain-id", "5");
  });

  it("mock checks every constraint without keys", async () => {
    const mocked = JSON.parse(await done("mock", job(), ...row(), "--json"));
    expect(mocked.constraints).toBeGreaterThan(1000);
    expect(everything.at(-1)?.stderr).toContain(`all of ${mocked.constraints} constraints hold`);
  });

  it("verify names the command that makes keys where there are none", async () => {
    // Another circuit than any that another test makes.
    await done("calibrate", ONNX, "--data", ROWS, "--weight-bits", "5", "--out", at("unkeyed.json"));
    const { job: unkeyed, onnx } = await ModelJob.load(at("unkeyed.json"));
    const { circuit } = CompiledModel.compile(onnx, unkeyed);
    await writeFile(at("any.json"), JSON.stringify({ ...ANY_PROOF, circuit }));
    await refused(78, "[inference.key]", "verify", at("unkeyed.json"), "--proof", at("any.json"));
  });
});

describe("assay model, with a chain", () => {
  it("compile makes keys once, and a manifest with what whoever relies on it has to know", async () => {
    const key = ["--verification-key", at("key.json")];
    await done("compile", job(), "--manifest", at("manifest.json"), "--secrets", at("secrets.json"), ...key);
    const manifest = await json("manifest.json");
    expect(manifest).toMatchObject({ version: 1, keys: "development", parameters: "private" });
    expect(manifest.layout).toEqual({ inputElements: 1, outputWords: 1, outputStride: 18 });
    expect(manifest.constraints).toBeGreaterThan(1000);
    expect(manifest.model).toMatch(/^0x/);
    expect(JSON.parse(await done("compile", job(), "--json"))).toEqual({ ...manifest, model: null });
  });

  it("export-verifier gives Solidity of the same key", async () => {
    const { keyHash } = await json("manifest.json");
    const text = await done("export-verifier", job(), "--name", "IrisVerifier");
    expect(text).toContain(`@notice Key hash ${keyHash}.`);
    expect(text).toContain("contract IrisVerifier is StatementVerifier {");
  });

  it("register wants a registry, which deploy makes once", async () => {
    await refused(64, "`assay model deploy` makes one", "register", job(), ...asOwner(), ...secret());
    const nowhere = ["--deployments", job()];
    await refused(78, "[deploy.record]", "register", job(), ...asOwner(), ...secret(), ...nowhere);
    expect(await done("deploy", ...asOwner())).toMatch(/registry .* made\ngate .* made\n/);
    expect(await done("deploy", ...asOwner())).toContain("nothing sent: all of it was there");
  });
  const secret = () => ["--secrets", at("secrets.json")];

  it("register deploys the verifier and registers the model, each once", async () => {
    await writeFile(at("metrics.txt"), "accuracy 0.9667\n");
    const files = ["--training-data", ROWS, "--metrics", at("metrics.txt"), "--licence", join(root, "LICENSE")];
    expect(await done("register", job(), ...asOwner(), ...secret(), ...files)).toMatch(/registered, transaction 0x/);
    const before = await chain.provider.getTransactionCount(ACCOUNTS.deployer);
    expect(await done("register", job(), ...asOwner(), ...secret(), ...files)).toContain("registered already");
    expect(await chain.provider.getTransactionCount(ACCOUNTS.deployer)).toBe(before);
    await refused(78, "provenance.metrics: got 0x", "register", job(), ...asOwner(), ...secret(), ...files.slice(0, 2));
    await refused(78, "[model.salt]", "register", job(), ...asOwner());
  });

  it("prove wants a binding, and makes a file that verify accepts", async () => {
    await refused(64, "[usage.binding]", "prove", job(), ...row());
    await done("prove", job(), ...row(), ...(await binding()), "--out", at("proof.json"));
    const stdout = await done("verify", job(), "--proof", at("proof.json"), ...secret(), ...(await binding()));
    expect(stdout).toContain("output_label: 0\n");
    expect(stdout).toContain(`input input: digest ${(await json("proof.json")).inputs[0]}\n`);
    expect(stdout).toMatch(/bound to chain 31337, gate 0x.*, nonce 7\n/);
    const byKey = ["verify", job(), "--proof", at("proof.json"), "--verification-key", at("key.json")];
    await refused(64, "private parameters, which whoever proves may choose", ...byKey);
    expect(await done(...byKey, "--model", (await json("manifest.json")).model)).toBe(stdout);
  });

  it("verify takes a manifest and a key in place of the job and its model", async () => {
    const { model: element, ...manifest } = await json("manifest.json");
    const proof = { proof: at("proof.json"), json: false };
    const by = { ...proof, manifest: at("manifest.json"), verificationKey: at("key.json") };
    const open = { ...by, manifest: at("open.json") };
    const byJob = await done("verify", job(), "--proof", at("proof.json"), ...secret());
    const flags = ["--manifest", by.manifest, "--verification-key", by.verificationKey, "--proof", at("proof.json")];
    expect(await done("verify", ...flags)).toBe(byJob);
    expect(everything.at(-1)?.stderr).toContain("it is as good as its source");

    const ended = (options: VerifyOptions, path?: string) =>
      here((environment) => verifyCommand(path, options, environment));
    const ends = async (code: number, said: string, options: VerifyOptions, path?: string) =>
      expect(await ended(options, path), said).toMatchObject({ code, stderr: expect.stringContaining(said) });
    const five = parseField(5n);
    await ends(64, `--model ${FIVE} and ${by.manifest}'s model ${element}`, { ...by, model: five });
    await ends(65, "for nonce 7, want 8", { ...by, nonce: 8n });
    await writeFile(at("open.json"), JSON.stringify({ ...manifest, model: null }));
    await ends(64, "private parameters, which whoever proves may choose", open);
    await ends(65, `got a proof of model ${element}, want ${FIVE}`, { ...open, model: five });
    expect((await ended({ ...open, model: parseField(BigInt(element)) })).stdout).toBe(byJob);
    await ends(64, "[usage.manifest]", proof);
    await ends(64, "[usage.manifest]", open, job());
    await ends(64, "[usage.manifest]", { ...open, secrets: at("secrets.json") });
    await ends(64, "[usage.manifest]", { ...proof, manifest: by.manifest });

    const { keyHash } = manifest;
    await writeFile(at("open.json"), JSON.stringify({ ...manifest, model: element, keyHash: plusOne(keyHash) }));
    await ends(78, `got ${keyHash}, want ${plusOne(keyHash)}, which`, open);
    const key = await json("key.json");
    await writeFile(at("forged.json"), JSON.stringify({ ...key, vk_delta_2: key.vk_gamma_2 }));
    await ends(78, "with this one anyone can forge proofs", { ...by, verificationKey: at("forged.json") });
  });
  const FIVE = `0x${"5".padStart(64, "0")}`;
  const five = ["--model", "5"];

  it("verify exits 65 for another binding than the wanted one, another model, and whatever is changed in the file", async () => {
    const other = [...secret(), ...(await binding("8"))];
    await refused(65, "for nonce 7, want 8", "verify", job(), "--proof", at("proof.json"), ...other);
    await refused(65, `want ${FIVE}`, "verify", job(), "--proof", at("proof.json"), ...five);
    const proof = await json("proof.json");
    const [label, scores] = proof.readings;
    const changes: readonly (readonly [string, object])[] = [
      ["a commitment to another statement", { outputs: proof.outputs, binding: { ...proof.binding, nonce: "8" } }],
      ["readings that are not", { readings: [{ ...label, integers: [1] }, scores] }],
      ["readings that are not", { outputs: [plusOne(proof.outputs[0])] }],
      ["bits that no output has", { outputs: [`0x00ff${proof.outputs[0].slice(6)}`] }],
      ["a proof that does not hold", { proof: [proof.proof[6], proof.proof[7], ...proof.proof.slice(2)] }],
      ["a commitment to another statement", { inputs: [plusOne(proof.inputs[0])] }],
      ["a commitment to another statement", { commitment: plusOne(proof.commitment) }],
      ["0 elements of inputs", { inputs: [] }],
      ["a proof of circuit model-0", { circuit: "model-0" }],
      ["a proof under the key", { keyHash: plusOne(proof.keyHash) }],
    ];
    const { job: parsed, onnx } = await ModelJob.load(job());
    const compiled = CompiledModel.compile(onnx, parsed);
    const verificationKey = VerificationKey.parse(await readFile(at("key.json"), "utf8"));
    if (verificationKey === undefined) throw new TypeError("got no key");
    for (const [said, change] of changes) {
      const file = ProofFile.parse(JSON.stringify({ ...proof, ...change }), "changed.json");
      const reason = expect.stringContaining(said);
      expect(await verify(compiled, file, { verificationKey }), said).toEqual({ ok: false, reason });
    }
    // A model that is known is no reason to leave out what the caller wants.
    const file = ProofFile.parse(JSON.stringify(proof), "proof.json");
    const fixed = { ...compiled, model: file.model };
    expect((await verify(fixed, file, { verificationKey })).ok).toBe(true);
    expect((await verify(fixed, file, { verificationKey, model: file.commitment })).ok).toBe(false);
    await writeFile(at("changed.json"), JSON.stringify({ ...proof, ...changes[0]?.[1] }));
    await refused(65, "a commitment to another statement", "verify", job(), ...secret(), "--proof", at("changed.json"));
  });

  it("verify exits 78 for a file that is no proof", async () => {
    const proof = await json("proof.json");
    await writeFile(at("changed.json"), JSON.stringify({ ...proof, more: 1 }));
    await refused(78, "[inference.proof]", "verify", job(), ...secret(), "--proof", at("changed.json"));
    await writeFile(at("changed.json"), JSON.stringify(proof).slice(0, 500));
    await refused(78, "it is no JSON", "verify", job(), ...secret(), "--proof", at("changed.json"));
    await refused(78, "EISDIR", "verify", job(), "--proof", directory);
  });

  it("calldata refuses a file that was changed: the gate would", async () => {
    const proof = await json("proof.json");
    await writeFile(at("changed.json"), JSON.stringify({ ...proof, outputs: [plusOne(proof.outputs[0])] }));
    const said = "want 0x[0-9a-f]{64} of the file's model, binding, inputs and outputs";
    await refused(65, "[inference.refused]", "calldata", "--proof", at("changed.json"), "--model-id", ZERO_ONE);
    expect(everything.at(-1)?.stderr).toMatch(new RegExp(`got a commitment to another statement, 0x.*, ${said}`));
    expect(everything.at(-1)?.stdout).toBe("");
  });

  it("calldata is what the gate records, from the caller and nobody else, and once", async () => {
    const [id = ""] = Object.keys((await record()).models);
    const data = (await done("calldata", "--proof", at("proof.json"), "--model-id", id)).trim();
    const { gate } = (await record()).contracts;
    const signal = new AbortController().signal;
    const { abi } = Solidity.get(await compile({ root, names: ["InferenceGate"] }, signal), "InferenceGate");
    const contract = new Contract(gate.address, abi, chain.provider);
    const caller = new Wallet(ACCOUNTS.deployerKey, chain.provider);
    const transaction = { to: gate.address, data };
    await expect(chain.provider.call({ ...transaction, from: ACCOUNTS.guardian })).rejects.toThrow();
    const receipt = await receiptOf(await caller.sendTransaction(transaction));
    expect(receipt?.status).toBe(1);
    const { inputs, outputs } = await json("proof.json");
    const context = await contract.getFunction("contextOf")(CONSUMER, ACCOUNTS.deployer, 7n);
    expect(await contract.getFunction("recorded")(context, id, inputs, outputs)).toBeGreaterThan(0n);
    await expect(chain.provider.call({ ...transaction, from: ACCOUNTS.deployer })).rejects.toThrow();
  });

  it("provenance agrees with the files that were registered, and exits 65 by name for others", async () => {
    const [id = ""] = Object.keys((await record()).models);
    const stdout = await done("provenance", id, ...onChain(), ...secret());
    for (const check of ["modelFile", "trainingData", "metrics", "licence", "model ", "verifier.code"]) {
      expect(stdout).toMatch(new RegExp(`^ok +${check}`, "m"));
    }
    expect(stdout).toMatch(/^ +trainingConfig +the registrar does not say/m);
    expect(await done("provenance", id, ...onChain())).toMatch(/^unchecked +model +0x/m);
    const other = join(root, "test/models/iris-tree.csv");
    await refused(65, "[inspect.differs]", "provenance", id, ...onChain(), "--metrics", other);
    expect(everything.at(-1)?.stdout).toMatch(/^DIFFERS +metrics +got 0x/m);
    await refused(78, "[chain.answer]", "provenance", id, ...onChain(), "--registry", CONSUMER);
    await refused(64, "[usage.model]", "provenance", `0x${"1".repeat(64)}`, ...onChain());
  });

  it("a new version of private weights has the same verifier, names its parent, and both are shown", async () => {
    const [parent = ""] = Object.keys((await record()).models);
    // Other salts are another commitment, as other weights are.
    await done("salts", job(), "--out", at("second.json"));
    const second = ["--secrets", at("second.json")];
    await refused(78, "[deploy.parent]", "register", job(), ...asOwner(), ...second, "--parent", ZERO_ONE);
    const stdout = await done("register", job(), ...asOwner(), ...second, "--parent", parent);
    expect(stdout).toMatch(/^verifier .* there already\nmodel .* registered, transaction/);
    const id = Object.keys((await record()).models).find((one) => one !== parent) ?? "";
    const lineage = JSON.parse(await done("provenance", id, ...onChain(), ...second, "--json"));
    expect(lineage.lineage.map((one: { id: string }) => one.id)).toEqual([id, parent]);
    expect(lineage.agrees).toBe(true);
    await refused(65, "[inspect.differs]", "provenance", id, ...onChain(), ...secret());
    expect(everything.at(-1)?.stdout).toMatch(/^DIFFERS +model +got 0x/m);
  });

  it("provenance takes salts of ancestors from a directory, counts its checks, and names the files that are not there", async () => {
    const [parent = "", id = ""] = Object.keys((await record()).models);
    const files = { [parent]: { secrets: "../secrets.json" }, [id]: { secrets: "../second.json" } };
    await mkdir(at("files"));
    await writeFile(at("files/provenance.json"), JSON.stringify(files));
    const all = await provenance(id, { files: at("files") });
    expect(all.stdout.match(/^ok +model +0x/gm)).toHaveLength(2);
    expect(all.stdout).toMatch(/^checks of 2 models: \d+ agree, 0 differ, 0 unchecked$/m);
    expect(all.stdout).not.toContain("not here");

    await rm(at("metrics.txt"));
    const { code, stdout } = await provenance(id, { files: at("files"), json: true });
    const { agrees, counts, lineage } = JSON.parse(stdout);
    expect([code, agrees, counts.differ, counts.unchecked]).toEqual([0, true, 0, 1]);
    expect(lineage.map((one: { missing: string[] }) => one.missing)).toEqual([[], [at("metrics.txt")]]);
    const text = (await provenance(id, { files: at("files") })).stdout;
    expect(text).toContain(`not here, of the files that are named for them:\n  ${at("metrics.txt")}\n`);
    await writeFile(at("files/provenance.json"), "[");
    expect((await provenance(id, { files: at("files") })).stderr).toContain("[inference.file]");
  });

  it("provenance digests a model before it reads it, and differs where a registered job no longer compiles", async () => {
    const [id = ""] = Object.keys((await record()).models);
    const secrets = at("secrets.json");
    const moved = { ...(await json("job.json")), model: "damaged.onnx" };
    await writeFile(at("moved.json"), JSON.stringify(moved));
    const missing = await provenance(id, { job: at("moved.json"), secrets });
    expect(missing.code).toBe(0);
    expect(missing.stdout).toMatch(/^unchecked +modelFile .*want the model that .*moved\.json names$/m);
    expect(missing.stdout).toContain(`\n  ${at("damaged.onnx")}\n`);

    const bytes = await readFile(ONNX);
    await writeFile(at("damaged.onnx"), bytes.subarray(0, 300));
    const damaged = await provenance(id, { job: at("moved.json"), secrets });
    expect(damaged).toMatchObject({ code: 65, stderr: expect.stringContaining("got 2 of ") });
    expect(damaged.stdout).toMatch(/^DIFFERS +job +got .*, want the registered job and model$/m);
    expect(damaged.stdout).toMatch(/^DIFFERS +modelFile +got 0x[0-9a-f]{64}, want 0x[0-9a-f]{64}$/m);
    expect(damaged.stdout).toMatch(/^unchecked +model +0x/m);

    await writeFile(at("damaged.onnx"), bytes);
    await writeFile(at("moved.json"), JSON.stringify({ ...moved, outputs: ["none"] }));
    const narrowed = await provenance(id, { job: at("moved.json"), secrets });
    expect(narrowed).toMatchObject({ code: 65, stderr: expect.stringContaining("got 1 of ") });
    expect(narrowed.stdout).toMatch(/^ok +modelFile +0x/m);
  });
  const provenance = (
    id: string,
    options: Omit<ProvenanceOptions, "rpcUrl" | "deployments" | "json"> & { json?: true },
  ) =>
    here((environment) => {
      const where = { rpcUrl: chain.anvil.url, deployments: at("deployments") };
      return provenanceCommand(id, { ...where, json: false, ...options }, environment);
    });

  it("mock refuses a witness whose statement is not the evaluator's", async () => {
    const { job: parsed, onnx } = await ModelJob.load(job());
    const compiled = CompiledModel.compile(onnx, parsed);
    const salts = await Secrets.read(at("secrets.json"));
    const row = { inputs: new Map([["input", Float64Array.of(5.1, 3.5, 1.4, 0.2)]]) };
    const { statement, circuitInput } = witnessOf(compiled, row, undefined, salts).inference;
    expect(await mock(compiled, { statement, circuitInput }, { root })).toMatchObject({ wires: expect.any(Number) });
    const other = { ...circuitInput, context: 1n };
    await expect(mock(compiled, { statement, circuitInput: other }, { root })).rejects.toMatchObject({
      code: "inference.unsatisfied",
    });
  });

  it("never prints a salt or the sender's key", async () => {
    const { inputs, parameters } = await json("secrets.json");
    const said = everything.map(({ stdout, stderr }) => stdout + stderr).join("");
    for (const secret of [inputs.input, parameters, ACCOUNTS.deployerKey]) expect(said).not.toContain(secret.slice(2));
  });
});

const ZERO_ONE = `0x${"01".repeat(32)}`;
const ZERO = `0x${"0".repeat(64)}`;
const ANY_PROOF = {
  ...{ version: 1, circuit: "model-0", keyHash: ZERO, model: ZERO, proof: Array(8).fill(ZERO), commitment: ZERO },
  binding: { chainId: "1", gate: CONSUMER, consumer: CONSUMER, caller: CONSUMER, nonce: "0" },
  ...{ inputs: [], outputs: [ZERO], readings: [] },
};

/** A word of 32 bytes, and one more. */
function plusOne(word: string): string {
  return `0x${(BigInt(word) + 1n).toString(16).padStart(64, "0")}`;
}
