import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contract, Interface, Wallet, ZeroHash } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Creations from "../../src/chain/creations.ts";
import type { Deployment } from "../../src/chain/deploy.ts";
import { type Inspection, inspect } from "../../src/chain/inspection/inspect.ts";
import * as Solidity from "../../src/chain/solidity.ts";
import { parse } from "../../src/lib/field.ts";
import * as Circuit from "../../src/prove/circuit.ts";
import * as Configuration from "../../src/round/configuration.ts";
import * as Preimage from "../../src/round/preimage.ts";
import { ACCOUNTS, deployableJob, writeJob } from "../support/deployableJob.ts";
import { type Chain, type Prepared, prepare, runDeployment, startChain } from "../support/deploying.ts";
import * as Transactions from "../support/transactions.ts";
import { done } from "../support/transactions.ts";
import { assay, root } from "./process.ts";

const PROPOSER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
/** On the curve, of order 2. */
const BAD_KEY = [0n, 21888242871839275222246405745257275088548364400416034343698204186575808495616n] as const;
const RECORDED_EPOCH = 29_000_000;
const signal = new AbortController().signal;

let directory: string;
let chain: Chain;
let prepared: Prepared;
let deployed: Deployment;
let job: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-inspect-"));
  chain = await startChain({ timestamp: RECORDED_EPOCH * 60 - 600 });
  await chain.provider.send("anvil_setBlockTimestampInterval", [1]);
  const value = await deployableJob({ name: "inspected" });
  job = await writeJob(join(directory, "job.json"), value);
  prepared = await prepare(value);
  deployed = await runDeployment(prepared, chain, { directory });
});
afterAll(async () => {
  await chain.close();
  await rm(directory, { recursive: true, force: true });
});

const wallet = (key: string = ACCOUNTS.deployerKey) => new Wallet(key, chain.provider);

async function make({ contract, args }: { contract: string; args: readonly unknown[] }, from = prepared.contracts) {
  return await Transactions.make(Solidity.get(from, contract), wallet(), ...args);
}

/** What the deployed set was made with. */
function settings(change: Partial<Creations.FeedSetSettings> = {}): Creations.FeedSetSettings {
  const { request } = prepared;
  return {
    ...{ identity: request.identity, config: Configuration.digestOf(request.configuration), capacity: 4 },
    preimage: Preimage.of(request.configuration, request.possessions),
    ...{ maxAgeEpochs: 2, history: 8, adminDelaySeconds: 60, guardian: undefined },
    ...{ verifier: deployed.verifier, admin: String(deployed.timelock) },
    ...change,
  };
}

async function inspected(address: string, fromBlock = 0): Promise<Inspection> {
  const latest = await chain.provider.getBlock("latest");
  if (latest === null) throw new Error("no block");
  const { contracts, request } = prepared;
  return await inspect({
    ...{ address, contracts, nowSeconds: BigInt(latest.timestamp) },
    moment: { provider: chain.provider, block: latest.number, fromBlock },
    circuits: await Circuit.all(root),
    localOf: async () => ({ contracts, verificationKey: request.verificationKey }),
  });
}

/** Check to what was found, of those that differ. */
async function differing(address: string): Promise<Record<string, string>> {
  const { findings } = await inspected(address);
  return Object.fromEntries(
    findings.flatMap(({ check, verdict, text }) => (verdict === "differs" ? [[check, text]] : [])),
  );
}

describe("assay feed inspect", () => {
  const run = (...options: string[]) =>
    assay("feed", "inspect", "--rpc-url", chain.anvil.url, "--deployments", directory, ...options).ended;

  it("finds all of a deployed job right, line by line and as JSON, and exits 0", async () => {
    const [text, json] = await Promise.all([run("--job", job), run("--feed-set", deployed.feedSet, "--json")]);
    expect(text.code, text.stderr + text.stdout).toBe(0);
    expect(text.stdout).not.toMatch(/DIFFERS|unchecked/);
    for (const check of ["set.code", "config.digest", "config.possessions", "rounds.state", "verifier.code"]) {
      expect(text.stdout).toContain(`\nok        ${check} `);
    }
    expect(text.stdout).toMatch(/verifier\.circuit +round-4x4, model HampelChart\n/);
    expect(text.stdout).toMatch(/ok +job.feed BTC\/USDT +0x/);
    expect(json.code, json.stderr).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ type: "inspection", agrees: true, feedSet: deployed.feedSet });
  });

  it("names by path what a job has otherwise, and exits 65", async () => {
    const other = await deployableJob({ name: "inspected", quorum: 2, model: { kappaQ8: 2049 } });
    const governance = { ...(other.governance as object), delaySeconds: 7200 };
    const path = await writeJob(join(directory, "other.json"), { ...other, governance });
    const { code, stdout, stderr } = await run("--job", path);
    expect(code, stderr).toBe(65);
    expect(stdout).toContain("quorum: got 3, want 2; model.kappaQ8: got 2048, want 2049");
    expect(stdout).toContain("delaySeconds: got 3600, want 7200");
    expect(stderr).toMatch(/got 2 of \d+ checks that differ, want none \[inspect\.differs\]/);
  });

  it("exits 64 where there is no such set, by the record or by the chain", async () => {
    const unknown = await writeJob(join(directory, "unknown.json"), await deployableJob({ name: "unknown" }));
    const [unrecorded, absent, neither] = await Promise.all([
      run("--job", unknown),
      run("--feed-set", String(deployed.timelock)),
      run(),
    ]);
    expect([unrecorded.code, absent.code, neither.code]).toEqual([64, 64, 64]);
    expect(absent.stderr).toContain("want a FeedSet");
  });
});

describe("inspect", () => {
  it("finds a possession proof that is another key's, and nothing else wrong", async () => {
    const { preimage } = settings();
    const possessions = [preimage.possessions[1], ...preimage.possessions.slice(1)] as typeof preimage.possessions;
    const address = await make(Creations.feedSet(settings({ preimage: { ...preimage, possessions } })));
    expect(await differing(address)).toEqual({
      "config.possessions": "slot 0: the proof is not the key's over this feed set",
    });
  });

  it("says that the events of a set's creation are missing, where it was not asked for them", async () => {
    const { findings } = await inspected(deployed.feedSet, (await chain.provider.getBlockNumber()) + 1);
    const found = Object.fromEntries(findings.map(({ check, verdict, text }) => [check, { verdict, text }]));
    expect(found["identity.created"]).toEqual({ verdict: "differs", text: expect.stringContaining("--from-block") });
    expect(found["config.event"]?.verdict).toBe("differs");
    expect(found["set.code"]?.verdict).toBe("unchecked");
  });

  it("finds a digest that is not of what is shown with it", async () => {
    const address = await make(Creations.feedSet(settings({ config: 12345n })));
    expect(Object.keys(await differing(address))).toEqual(["config.digest"]);
  });

  it("finds keys outside the subgroup and parameters out of range, under a digest that is right", async () => {
    const { preimage } = settings();
    const keys = [BAD_KEY, ...preimage.keys.slice(1)];
    const bad = { ...preimage, keys, model: [...preimage.model.slice(0, 5), 1_000_001n] };
    const config = Preimage.digestOf(bad) ?? parse(0n);
    const found = await differing(await make(Creations.feedSet(settings({ preimage: bad, config }))));
    expect(found).toEqual({
      "config.keys": "slot 0: the point has order 1 or 2",
      "config.possessions": "slot 0: the proof is not the key's over this feed set",
      "config.model": "initialScalePpm: got 1000001, want 0 to 1000000",
    });
  });

  it("finds a verifier that says the right key and runs other code, and an admin that is an account", async () => {
    const names = { FakeVerifier: "test/contracts/support/FakeVerifier.sol" };
    const fakes = await Solidity.compile({ root, entries: names, generated: {} }, signal);
    const verifier = await make({ contract: "FakeVerifier", args: [deployed.keyHash] }, fakes);
    const address = await make(Creations.feedSet(settings({ verifier, admin: ACCOUNTS.deployer })));
    expect(Object.keys(await differing(address))).toEqual(["verifier.code", "roles.admin"]);
    const { findings } = await inspected(address);
    expect(findings.find(({ check }) => check === "timelock")?.verdict).toBe("unchecked");
  });

  it("replays real rounds through a reset and changes of configuration, and finds a state that they do not give", async () => {
    const { set, rounds } = JSON.parse(await readFile(join(root, "test/fixtures/round-4x4.json"), "utf8"));
    const entries = { Round4x4Verifier: "test/contracts/generated/Round4x4Verifier.sol" };
    const recorded = await Solidity.compile({ root, entries, generated: {} }, signal);
    const pairs = (list: string[], size: number) =>
      Array.from({ length: list.length / size }, (_, i) => list.slice(i * size, (i + 1) * size).map(BigInt));
    const preimage = {
      ...{ feedSetId: BigInt(set.feedSetId), reporterCount: 4n, feedCount: 3n, minSigners: 3n, quorum: 3n },
      keys: pairs(set.keys, 2) as unknown as Preimage.Preimage["keys"],
      possessions: pairs(set.possessions, 3) as unknown as Preimage.Preimage["possessions"],
      model: (set.model as string[]).map(BigInt),
    };
    const feeds = (set.pairs as string[]).map((pair) => ({ pair, decimals: 8 }));
    const identity = { ...set, feeds, periodSeconds: 60, salt: BigInt(set.salt) };
    const verifier = await make({ contract: "Round4x4Verifier", args: [] }, recorded);
    const made = { identity, preimage, config: BigInt(set.config), verifier, admin: ACCOUNTS.deployer };
    const address = await make(Creations.feedSet(settings(made)));
    const contract = new Contract(address, Solidity.get(prepared.contracts, "FeedSet").abi, wallet());
    const call = (name: string, ...args: unknown[]) => done(contract, name, ...args);
    for (const [index, round] of rounds.entries()) {
      await chain.provider.send("evm_mine", [{ timestamp: (RECORDED_EPOCH + index) * 60 + 1 }]);
      await call("submit", { ...round, commitment: round.C });
      // The configuration goes away and comes back; the last round is under a reset.
      if (index === 1) {
        await call("setConfig", 1n, { ...preimage, model: preimage.model.map((value) => value + 1n) });
        await call("setConfig", made.config, preimage);
      }
      if (index === rounds.length - 2) await call("reset", 1);
    }
    const { findings } = await inspected(address);
    expect(findings.filter(({ check }) => check.startsWith("rounds.")).map(({ verdict }) => verdict)).toEqual([
      "ok",
      "ok",
    ]);
    expect(findings.find(({ check }) => check === "rounds.state")?.text).toContain(`after ${rounds.length} rounds`);

    const [creation] = Creations.feedSet(settings(made)).args as [object];
    const wrong = await make({ contract: "FeedSet", args: [{ ...creation, genesisState: 7n }] });
    expect(await differing(wrong)).toMatchObject({ "rounds.state": expect.stringContaining("got 7, want ") });
  });
});

describe("inspect, of what the timelock is about to do", () => {
  const timelock = () =>
    new Contract(
      String(deployed.timelock),
      Solidity.get(prepared.contracts, "TimelockController").abi,
      wallet(PROPOSER_KEY),
    );
  const set = () => new Interface(Solidity.get(prepared.contracts, "FeedSet").abi);
  const schedule = async (data: string, delaySeconds: number, salt = ZeroHash): Promise<string> => {
    const args = [deployed.feedSet, 0, data, ZeroHash, salt];
    await done(timelock(), "schedule", ...args, delaySeconds);
    return (await timelock().getFunction("hashOperation")(...args)) as string;
  };

  it("flags a configuration with a bad key while it waits, says when it may be executed, and forgets it when cancelled", async () => {
    const { preimage } = settings();
    const bad = { ...preimage, keys: [BAD_KEY, ...preimage.keys.slice(1)] };
    const data = set().encodeFunctionData("setConfig", [Preimage.digestOf(bad), bad]);
    const id = await schedule(data, 3600);
    const scheduledAt = (await chain.provider.getBlock("latest"))?.timestamp ?? 0;
    const check = `pending.${id.slice(0, 10)}[0]`;
    expect(await differing(deployed.feedSet)).toEqual({
      [`${check}.config.keys`]: "slot 0: the point has order 1 or 2",
      [`${check}.config.possessions`]: "slot 0: the proof is not the key's over this feed set",
    });
    const { code, stdout } = await assay(
      ...["feed", "inspect", "--rpc-url", chain.anvil.url, "--feed-set", deployed.feedSet, "--json"],
    ).ended;
    expect(code).toBe(65);
    expect(JSON.parse(stdout)).toMatchObject({
      agrees: false,
      pending: [
        {
          ...{ operation: id, target: deployed.feedSet, function: "FeedSet.setConfig" },
          executableAt: String(scheduledAt + 3600),
          args: { preimage: { quorum: "3", keys: expect.arrayContaining([BAD_KEY.map(String)]) } },
        },
      ],
    });
    await done(timelock(), "cancel", id);
    expect(await differing(deployed.feedSet)).toEqual({});
  });

  it("names other calls with their arguments, a batch's one by one, until they are executed", async () => {
    const lock = timelock();
    const targets = [
      deployed.feedSet,
      String(deployed.timelock),
      String(Object.values(deployed.feeds)[0]),
      ACCOUNTS.guardian,
    ];
    const calls = [
      set().encodeFunctionData("setVerifier", [ACCOUNTS.guardian]),
      lock.interface.encodeFunctionData("updateDelay", [0]),
      new Interface(Solidity.get(prepared.contracts, "Feed").abi).encodeFunctionData("propose", [deployed.feedSet, 1]),
      "0x12345678",
    ];
    const batch = [targets, targets.map(() => 0), calls, ZeroHash, ZeroHash];
    await done(lock, "scheduleBatch", ...batch, 3600);
    const grow = set().encodeFunctionData("grow", [100]);
    await schedule(grow, 3600);
    const { pending, findings } = await inspected(deployed.feedSet);
    expect(pending.map(({ function: name, args }) => [name, args])).toEqual([
      ["FeedSet.setVerifier", { newVerifier: ACCOUNTS.guardian }],
      ["TimelockController.updateDelay", { newDelay: "0" }],
      ["Feed.propose", { set: deployed.feedSet, feed: "1" }],
      ["0x12345678", { data: "0x12345678" }],
      ["FeedSet.grow", { newHistory: "100" }],
    ]);
    expect(findings.filter(({ verdict }) => verdict === "differs").map(({ text }) => text)).toEqual([
      `got none at ${ACCOUNTS.guardian}, want a verifier`,
    ]);
    const scheduledAt = (await chain.provider.getBlock("latest"))?.timestamp ?? 0;
    await chain.provider.send("evm_mine", [{ timestamp: scheduledAt + 3600 }]);
    const ready = (await inspected(deployed.feedSet)).findings.find(({ text }) => text.startsWith("FeedSet.grow"));
    expect(ready?.text).toContain('FeedSet.grow(newHistory "100")');
    expect(ready?.text).toContain("executable now");
    await done(lock, "execute", deployed.feedSet, 0, grow, ZeroHash, ZeroHash);
    const after = await inspected(deployed.feedSet);
    expect(after.pending.map(({ function: name }) => name)).not.toContain("FeedSet.grow");
    expect(after.findings.find(({ check }) => check === "set.history")?.text).toContain("100");
  });
});
