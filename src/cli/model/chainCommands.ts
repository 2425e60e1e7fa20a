// `assay model deploy`, `register` and `provenance`: those that meet a chain.

import { type Command, Option } from "commander";
import { hash } from "../arguments.ts";
import { type ChainEnvironment, deployments, rpcUrl } from "../chainCommands.ts";
import { walletFrom } from "../wallet.ts";
import { address } from "./arguments.ts";

export function addModelChainCommands(model: Command, environment: ChainEnvironment): void {
  model
    .command("deploy")
    .description("puts a ModelRegistry and its InferenceGate on a chain, each once")
    .addOption(rpcUrl())
    .addOption(keyEnv())
    .addOption(deployments(RECORD))
    .action(async ({ keyEnv, ...options }) =>
      (await import("./register.ts")).deployCommand(options, walletFrom(keyEnv, environment.takeVariable), environment),
    );

  withFiles(
    model
      .command("register")
      .description("registers a job's model, once, with the verifier of its circuit, made once too"),
  )
    .argument("<job>", "a model's job, written by calibrate")
    .addOption(rpcUrl())
    .addOption(keyEnv())
    .addOption(deployments(RECORD))
    .option("--registry <address>", "the ModelRegistry (default: the one that deploy has recorded)", address)
    .option("--parent <id>", "the version before this one, registered already", hash)
    .option("--secrets <file>", "salts: of private parameters, whose commitment is the model")
    .option("--unsafe-development-keys", "let keys whose maker can forge proofs go to any chain", false)
    .action(async (path, { keyEnv, ...options }) =>
      (await import("./register.ts")).registerCommand(
        path,
        options,
        walletFrom(keyEnv, environment.takeVariable),
        environment,
      ),
    );

  withFiles(
    model
      .command("provenance")
      .description("a registered model's lineage, every digest against local files; exits 65 if something differs"),
  )
    .argument("<id>", "the model's id", hash)
    .addOption(rpcUrl())
    .addOption(deployments(RECORD))
    .option("--registry <address>", "the ModelRegistry (default: the recorded one)", address)
    .option("--job <file>", "the model's job")
    .option("--secrets <file>", "salts: of private parameters, whose commitment is the model; of ancestors in --files")
    .option(
      "--files <path>",
      "JSON, or a directory with it as provenance.json: paths of job, trainingData, trainingConfig, metrics, licence and secrets by model id, relative to it",
    )
    .option("--json", "one JSON object on stdout", false)
    .action(async (id, options) => (await import("./provenance.ts")).provenanceCommand(id, options, environment));
}

const RECORD = "<chainId>.models.json";

const keyEnv = (): Option =>
  new Option("--key-env <name>", "the environment variable that holds the sender's private key").makeOptionMandatory();

/** What a registration's digests are of. */
function withFiles(command: Command): Command {
  return command
    .option("--training-data <path>", "a file, of which each line is an entry, or a directory")
    .option("--training-config <file>", "how it was trained: a script, its settings")
    .option("--metrics <file>", "how well it does")
    .option("--licence <file>", "the licence's text");
}
