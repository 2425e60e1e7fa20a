// The commands that meet a chain which is not their own, and the keys for it.

import { type Command, Option } from "commander";
import { deployCommand } from "./deploy/command.ts";
import type { Environment } from "./environment.ts";
import { createKey, registerKey } from "./key/command.ts";
import { walletFrom } from "./wallet.ts";

export type ChainEnvironment = Environment & {
  /** Of the process: where a command is told the name of one. */
  readonly variables: Readonly<Record<string, string | undefined>>;
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
    .action(({ keyEnv, ...options }) => deployCommand(options, walletFrom(keyEnv, environment.variables), environment));

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

const rpcUrl = (): Option =>
  new Option("--rpc-url <url>", "the chain's JSON-RPC endpoint; other users of the machine see command lines")
    .env("ASSAY_RPC_URL")
    .makeOptionMandatory();

const deployments = (): Option =>
  new Option("--deployments <directory>", "where chains' records are: <chainId>.json").default("deployments");
