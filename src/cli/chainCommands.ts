// The commands that meet a chain which is not their own, and the keys for it.

import { type Command, InvalidArgumentError, Option } from "commander";
import { deployCommand } from "./deploy/command.ts";
import type { Environment } from "./environment.ts";
import { inspectCommand } from "./inspect/command.ts";
import { createKey, registerKey } from "./key/command.ts";
import { walletFrom } from "./wallet.ts";

export type ChainEnvironment = Environment & {
  /** A variable of the process' environment, and for the last time: what the process starts does not get it. */
  readonly takeVariable: (name: string) => string | undefined;
};

export function addChainCommands(assay: Command, environment: ChainEnvironment): void {
  assay
    .command("deploy")
    .description("puts a job's contracts on a chain, each once: what is there already is looked at and kept")
    .requiredOption("--job <file>", "the job, with governance and registrations")
    .addOption(rpcUrl())
    .requiredOption("--key-env <name>", "the environment variable that holds the deployer's private key")
    .addOption(deployments())
    .option("--unsafe-development-keys", "let keys whose maker can forge proofs go to any chain", false)
    .action(({ keyEnv, ...options }) =>
      deployCommand(options, walletFrom(keyEnv, environment.takeVariable), environment),
    );

  assay
    .command("feed")
    .description("what stands on a chain")
    .command("inspect")
    .description("recomputes what anyone can of a feed set, one line a check; exits 65 if something differs")
    .addOption(rpcUrl())
    .option("--feed-set <address>", "the set's address")
    .option("--job <file>", "the job to compare it with; says where the set is, if it is recorded")
    .addOption(deployments())
    .option("--from-block <n>", "look for events from here on (default: as recorded, or 0)", blockNumber)
    .option("--json", "one JSON object on stdout", false)
    .action((options) => inspectCommand(options, environment));

  const key = assay.command("key").description("a reporter's key");
  key
    .command("create")
    .description("makes a key in a new file that only its owner can read")
    .argument("<file>", "where it goes; nothing is overwritten")
    .action((file) => createKey(file, environment));
  key
    .command("register")
    .description("prints what a job's registration says of a key: the public key and the proof that it is held")
    .argument("<file>", "made by key create")
    .requiredOption("--job <file>", "the job: a registration is for one feed set")
    .action((file, options) => registerKey(file, options, environment));
}

function blockNumber(text: string): number {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text)) throw new InvalidArgumentError(`got ${text}, want a block's number.`);
  return Number(text);
}

export const rpcUrl = (): Option =>
  new Option("--rpc-url <url>", "the chain's JSON-RPC endpoint; other users of the machine see command lines")
    .env("ASSAY_RPC_URL")
    .makeOptionMandatory();

/** `record`: what a chain's file there is called. */
export const deployments = (record = "<chainId>.json"): Option =>
  new Option("--deployments <directory>", `where chains' records are: ${record}`).default("deployments");
