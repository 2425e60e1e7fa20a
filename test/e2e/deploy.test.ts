import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Stage } from "../../src/chain/making.ts";
import * as Solidity from "../../src/chain/solidity.ts";
import { ACCOUNTS, deployableJob, writeJob } from "../support/deployableJob.ts";
import { type Chain, type Prepared, prepare, runDeployment, startChain } from "../support/deploying.ts";
import { make, receiptOf } from "../support/transactions.ts";
import { assayWith, type Running } from "./process.ts";

/** timelock, verifier, feedSet and two feeds. */
const CONTRACTS = ["timelock", "verifier", "feedSet", "feed BTC/USD", "feed BTC/USDT"];
const STAGES: readonly Stage[] = ["planned", "sent", "made"];

let directory: string;
let chain: Chain;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-deploy-"));
  chain = await startChain();
});
afterAll(async () => {
  await chain.close();
  await rm(directory, { recursive: true, force: true });
});

const deployer = () => new Wallet(ACCOUNTS.deployerKey, chain.provider);
/** Contracts are the only thing that the deployer sends. */
const sent = () => chain.provider.getTransactionCount(ACCOUNTS.deployer);

describe("assay deploy", () => {
  const run = (job: string, ...more: string[]): Running =>
    assayWith(
      { DEPLOYER: ACCOUNTS.deployerKey },
      ...["deploy", "--job", job, "--rpc-url", chain.anvil.url, "--key-env", "DEPLOYER"],
      ...["--deployments", join(directory, "command"), ...more],
    );
  let job: string;
  beforeAll(async () => {
    job = await writeJob(join(directory, "job.json"), await deployableJob());
  });

  it("killed while the set is on its way makes each contract once all the same, and then nothing more", async () => {
    const first = run(job);
    await first.said(/feedSet: sent/);
    first.kill();
    await first.ended;
    const second = await run(job).ended;
    expect(second.code, second.stderr).toBe(0);
    expect(await sent()).toBe(CONTRACTS.length);
    const third = await run(job).ended;
    expect(third.code, third.stderr).toBe(0);
    expect(third.stdout).toContain("nothing sent: all of it was there");
    expect(await sent()).toBe(CONTRACTS.length);
    for (const { stdout, stderr } of [second, third]) {
      expect(stdout + stderr).not.toContain(ACCOUNTS.deployerKey.slice(2));
    }
  });

  it("keeps the record of one set when it makes another, which shares what is the same", async () => {
    const before = await sent();
    const other = await writeJob(join(directory, "other.json"), await deployableJob({ name: "other" }));
    const { code, stdout, stderr } = await run(other).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/timelock .* shared\nverifier .* shared/);
    expect(await sent()).toBe(before + 3);
    const { sets } = JSON.parse(await readFile(join(directory, "command/31337.json"), "utf8"));
    expect(Object.values(sets).map((set) => (set as { name: string }).name)).toEqual(["deployable", "other"]);
    expect((await run(job).ended).stdout).toContain("nothing sent");
  });

  it("says by path in what the set that is there is not the job's, sends nothing and exits 78", async () => {
    const before = await sent();
    const changed = { minSigners: 4, maxAgeEpochs: 1, model: { kQ8: 1329 } };
    const { code, stderr } = await run(await writeJob(join(directory, "new.json"), await deployableJob(changed))).ended;
    expect(code, stderr).toBe(78);
    expect(stderr).toContain("[deploy.differs]");
    expect(stderr).toContain("minSigners: got 3, want 4");
    expect(stderr).toContain("model.kQ8: got 1328, want 1329");
    expect(stderr).toContain("maxAgeEpochs: got 2, want 1");
    expect(stderr).not.toContain("quorum");
    expect(await sent()).toBe(before);
  });

  it.each([
    ["without governance", { governance: undefined }, "[job.governance]"],
    [
      "with registrations that do not hold",
      { reporters: undefined },
      "reporters[0].registration.possession: binanceus: got a signature that is not the key's",
    ],
  ])("refuses a job %s before it asks the chain, and exits 78", async (_what, change, said) => {
    const value = await deployableJob();
    const reporters = structuredClone(value.reporters) as { registration: { possession: { s: string } } }[];
    for (const { registration } of reporters) registration.possession.s = "1";
    const bad = { ...value, ...change, ...("reporters" in change ? { reporters } : {}) };
    const path = await writeJob(join(directory, "bad.json"), bad);
    const { code, stderr } = await run(path, "--rpc-url", "http://127.0.0.1:1").ended;
    expect(code, stderr).toBe(78);
    expect(stderr).toContain(said);
  });

  it("exits 75 when nobody answers, with no more of the endpoint than its host", async () => {
    const { code, stderr } = await run(job, "--rpc-url", "http://user:word@127.0.0.1:1/token").ended;
    expect(code).toBe(75);
    expect(stderr).toContain("from the RPC endpoint 127.0.0.1:1");
    expect(stderr).not.toMatch(/user|word|token/);
  });

  it("exits 64 for a variable that holds no key, without a word of what it holds", async () => {
    const { code, stderr } = await run(job, "--key-env", "HOME").ended;
    expect(code).toBe(64);
    expect(stderr).toContain("got something else in HOME, want a private key of 32 bytes");
    expect(stderr).not.toContain(String(process.env.HOME));
  });
});

describe("assay deploy on a chain that is not local", () => {
  it("refuses development keys and sends nothing, unless it is told to be unsafe", async () => {
    const foreign = await startChain({ chainId: 11_155_111 });
    try {
      const job = await writeJob(join(directory, "foreign.json"), await deployableJob());
      const refused = await assayWith(
        { DEPLOYER: ACCOUNTS.deployerKey },
        ...["deploy", "--job", job, "--rpc-url", foreign.anvil.url, "--key-env", "DEPLOYER"],
        ...["--deployments", directory],
      ).ended;
      expect(refused.code, refused.stderr).toBe(78);
      expect(refused.stderr).toContain("got development keys for chain 11155111");
      expect(await foreign.provider.getTransactionCount(ACCOUNTS.deployer)).toBe(0);
      const { request, contracts } = await prepare(await deployableJob());
      const unsafe = { request: { ...request, developmentKeys: "any chain" as const }, contracts };
      await runDeployment(unsafe, foreign, { directory });
      expect(await foreign.provider.getTransactionCount(ACCOUNTS.deployer)).toBe(CONTRACTS.length);
    } finally {
      await foreign.close();
    }
  });
});

describe("a deployment that ends", () => {
  class Killed extends Error {}
  let prepared: Prepared;
  let records: string;
  beforeAll(async () => {
    prepared = await prepare(await deployableJob({ name: "interrupted" }));
  });
  beforeEach(async () => {
    await chain.close();
    chain = await startChain();
    records = await mkdtemp(join(directory, "records-"));
  });
  const run = (onStage?: (name: string, stage: Stage) => Promise<void> | void) =>
    runDeployment(prepared, chain, { directory: records, ...(onStage === undefined ? {} : { onStage }) });
  const endAt = (name: string, stage: Stage) =>
    run((at, reached) => {
      if (at === name && reached === stage) throw new Killed();
    });
  const record = async () => JSON.parse(await readFile(join(records, "31337.json"), "utf8"));
  const makings = async () => Object.values((await record()).sets)[0] as { contracts: Record<string, never> };

  it("after any stage of any contract is taken up where it ended: five contracts, five transactions", async () => {
    for (const name of CONTRACTS) {
      for (const stage of STAGES) await expect(endAt(name, stage), `${name} ${stage}`).rejects.toThrow(Killed);
    }
    const { timelock, verifier, feedSet, feeds } = await run();
    expect(await sent()).toBe(CONTRACTS.length);
    for (const address of [timelock, verifier, feedSet, ...Object.values(feeds)]) {
      expect(await chain.provider.getCode(String(address))).not.toBe("0x");
    }
    const stages: string[] = [];
    await run((_name, stage) => void stages.push(stage));
    expect(stages).toEqual(CONTRACTS.map(() => "found"));
    expect(await sent()).toBe(CONTRACTS.length);
  });

  it("while its transaction waits to be mined waits for the same one", async () => {
    await chain.provider.send("evm_setAutomine", [false]);
    await expect(endAt("timelock", "sent")).rejects.toThrow(Killed);
    expect(await sent()).toBe(0);
    await run(async (_name, stage) => {
      if (stage === "sent") await chain.provider.send("evm_mine", []);
    });
    expect(await sent()).toBe(CONTRACTS.length);
  });

  it("before a transaction whose fee is too low by now signs the same nonce again", async () => {
    await expect(endAt("verifier", "planned")).rejects.toThrow(Killed);
    await chain.provider.send("anvil_setNextBlockBaseFeePerGas", ["0x2540be4000"]);
    await chain.provider.send("evm_mine", []);
    await run();
    expect(await sent()).toBe(CONTRACTS.length);
    expect((await makings()).contracts).toMatchObject({
      verifier: { nonce: 1, transactions: [{}, {}].map(() => expect.any(String)) },
    });
  });

  it.each([
    ["a transfer", async () => receiptOf(await deployer().sendTransaction({ to: ACCOUNTS.guardian, value: 1n }))],
    [
      "another contract",
      () => make(Solidity.get(prepared.contracts, "TimelockController"), deployer(), 0, [], [], ACCOUNTS.guardian),
    ],
  ])("before its nonce was used for %s takes the next one", async (_what, use) => {
    await expect(endAt("feedSet", "planned")).rejects.toThrow(Killed);
    await use();
    const { feedSet } = await run();
    expect(await sent()).toBe(CONTRACTS.length + 1);
    expect(await chain.provider.getCode(feedSet)).not.toBe("0x");
  });

  it("before anything was sent does not keep another set of the same account waiting, and shares what that one made", async () => {
    await expect(endAt("timelock", "planned")).rejects.toThrow(Killed);
    const other = await prepare(await deployableJob({ name: "meanwhile" }));
    const made = await runDeployment(other, chain, { directory: records });
    const { timelock, verifier, feedSet } = await run();
    expect([timelock, verifier]).toEqual([made.timelock, made.verifier]);
    expect(feedSet).not.toBe(made.feedSet);
    expect(await sent()).toBe(CONTRACTS.length + 3);
  });

  it("because its account has no funds says so, and goes on once it has", async () => {
    const key = `0x${"42".repeat(32)}`;
    const { address } = new Wallet(key);
    const poor = () => runDeployment(prepared, chain, { directory: records, key });
    const funds = { code: "deploy.funds", message: expect.stringContaining(address) };
    await expect(poor()).rejects.toMatchObject(funds);
    await chain.provider.send("anvil_setBalance", [address, "0x56bc75e2d63100000"]);
    await poor();
    expect(await chain.provider.getTransactionCount(address)).toBe(CONTRACTS.length);
  });

  it("and is begun again by another key is finished by it, but only from where nothing was signed", async () => {
    await expect(endAt("verifier", "made")).rejects.toThrow(Killed);
    const key = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    await runDeployment(prepared, chain, { directory: records, key });
    expect([await sent(), await chain.provider.getTransactionCount(ACCOUNTS.proposer)]).toEqual([2, 3]);
  });

  it("leaves a record that is refused for another chain of the same id, and for anything else", async () => {
    await run();
    const path = join(records, "31337.json");
    const good = await record();
    await writeFile(path, JSON.stringify({ ...good, genesis: `0x${"1".repeat(64)}` }));
    await expect(run()).rejects.toMatchObject({ code: "deploy.record" });
    await writeFile(path, "{");
    await expect(run()).rejects.toMatchObject({ code: "deploy.record" });
    await writeFile(path, JSON.stringify(good));
    await run();
  });

  it("holds its record alone while it is at work", async () => {
    await run(async (name, stage) => {
      if (name !== "timelock" || stage !== "planned") return;
      await expect(run()).rejects.toMatchObject({ code: "deploy.busy", disposition: "retry" });
    });
    expect(await sent()).toBe(CONTRACTS.length);
  });
});
