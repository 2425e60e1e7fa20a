// A job that can be deployed: the recorded demo's, with two feeds, governance and registered keys of fixed secrets.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { registrationOf } from "../../src/job/configuration.ts";
import * as Job from "../../src/job/job.ts";
import * as Key from "../../src/observation/key.ts";

const root = join(import.meta.dirname, "../..");

/** Public accounts of anvil's mnemonic, and the key of the first. */
export const ACCOUNTS = {
  deployerKey: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  deployer: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  proposer: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  guardian: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
} as const;

export const KEYS = [1, 2, 3, 4].map((n) => Key.fromSecret(new Uint8Array(32).fill(n)));

const GOVERNANCE = {
  delaySeconds: 3600,
  proposers: [ACCOUNTS.proposer],
  executors: [`0x${"0".repeat(40)}`],
  guardian: ACCOUNTS.guardian,
  history: 64,
};

/** Changes to the file's members; registrations are made for what comes of them. */
export async function deployableJob(change: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
  const demo = JSON.parse(await readFile(join(root, "jobs/demo-btc.json"), "utf8"));
  const value = { ...demo, name: "deployable", feeds: demo.feeds.slice(0, 2), governance: GOVERNANCE, ...change };
  const { spec } = Job.parse(value, root);
  const reporters = value.reporters.map((reporter: object, slot: number) => {
    const key = KEYS[slot];
    return key === undefined ? reporter : { registration: registrationOf(key, spec), ...reporter };
  });
  return { ...value, reporters };
}

export async function writeJob(path: string, value: unknown): Promise<string> {
  await writeFile(path, JSON.stringify(value));
  return path;
}
