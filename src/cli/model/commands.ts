// `assay model ...`: from an .onnx file to a verified inference. Each command is loaded when it is run: with all of
// them every command of assay would take longer to start.

import { Argument, type Command, Option } from "commander";
import { GATE_FUNCTIONS } from "../../chain/inferenceCall.ts";
import { hash, names, positive, word } from "../arguments.ts";
import type { ChainEnvironment } from "../chainCommands.ts";
import { address, bits, contractName, element, inputVisibility, rowRanges, target } from "./arguments.ts";
import { addModelChainCommands } from "./chainCommands.ts";

export function addModelCommands(assay: Command, environment: ChainEnvironment): void {
  const model = assay
    .command("model")
    .description("models as circuits: from an .onnx file to a verified inference")
    .addHelpText(
      "after",
      "\nThe way from a model to a proof: docs/models.md. Files, salts, keys, chains: docs/operations.md.",
    );
  model
    .command("inspect")
    .description(
      "every node of a model: operator, shape, parameters, supported or why not; exits 65 if it cannot be proven",
    )
    .argument("<model>", "an .onnx file")
    .option("--outputs <names>", "outputs that are wanted, separated by commas (default: all)", names)
    .option("--json", "one JSON object on stdout", false)
    .action(async (path, options) => (await import("./inspect.ts")).inspectModelCommand(path, options, environment));

  model
    .command("calibrate")
    .description("writes a job for a model: quantisation chosen on rows, with what it costs and loses on them")
    .argument("<model>", "an .onnx file")
    .requiredOption("--data <file>", "calibration rows, .csv or .json")
    .option(
      "--target <goal>",
      "accuracy=<share> of rows whose class changes, or without classes of the range that the median error may have (fewest constraints); size=<constraints> (most accurate)",
      target,
    )
    .option(
      "--input-bits <n>",
      "of an input's elements at most, 1 to 32 (default: 8, or what the target asks for)",
      bits(1, 32),
    )
    .option("--weight-bits <n>", "of weights, 2 to 16 (default: 8, or what the target asks for)", bits(2, 16))
    .option(
      "--activation-bits <n>",
      "of layers' values, 2 to 16 (default: 8, or what the target asks for)",
      bits(2, 16),
    )
    .addOption(
      new Option("--input <name=visibility>", "public, private or hashed; may be repeated")
        .argParser(inputVisibility)
        .default({}, "private"),
    )
    .addOption(
      new Option("--parameters <how>", "fixed: constants of the circuit; private: committed to, not shown")
        .choices(["fixed", "private"])
        .default("fixed"),
    )
    .option(
      "--headroom <bits>",
      "that private parameters of later versions may have more, 0 to 8 (default: 0)",
      bits(0, 8),
    )
    .option("--outputs <names>", "outputs that are proven, separated by commas (default: all)", names)
    .option("--out <file>", "the job (default: stdout)")
    .addOption(force())
    .option("--json", "the report and the job as one JSON object on stdout", false)
    .action(async (path, options) => (await import("./calibrate.ts")).calibrateCommand(path, options, environment));

  model
    .command("evaluate")
    .description("what a job that is there loses on other rows, and which of them it refuses")
    .addArgument(job())
    .requiredOption("--data <file>", "rows, .csv or .json")
    .option("--json", "one JSON object on stdout", false)
    .action(async (path, options) => (await import("./evaluate.ts")).evaluateCommand(path, options, environment));

  model
    .command("salts")
    .description(
      "draws the salts that a job's hashed inputs and private parameters need, into a new file that only its owner can read",
    )
    .addArgument(job())
    .requiredOption("--out <file>", "where they go; nothing is overwritten, whatever is asked for")
    .option("--data <file>", "rows whose digests are printed: of more than one with a warning")
    .option("--row <numbers>", "which of them, from 1, such as 3 or 1,4-7 (default: all)", rowRanges)
    .action(async (path, options) => (await import("./salts.ts")).saltsCommand(path, options, environment));

  ofRow(
    model
      .command("witness")
      .description("what would be proven of a row: outputs as people read them, integers, statement; no keys"),
  )
    .option("--out <file>", "the same as JSON")
    .addOption(force())
    .option("--json", "one JSON object on stdout", false)
    .action(async (path, options) => (await import("./witness.ts")).witnessCommand(path, options, environment));

  ofRow(
    model
      .command("mock")
      .description(
        "what would be proven of a row, and every constraint of the circuit checked with it; no keys, no proof",
      ),
  )
    .option("--out <file>", "the same as JSON")
    .addOption(force())
    .option("--json", "one JSON object on stdout", false)
    .action(async (path, options) => (await import("./witness.ts")).mockCommand(path, options, environment));

  model
    .command("compile")
    .description("the circuit of a job, its keys, and what whoever relies on it has to know")
    .addArgument(job())
    .option("--manifest <file>", "hashes, layout, units and notes, as JSON")
    .option("--verification-key <file>", "a copy of the key that proofs are checked with")
    .option("--secrets <file>", "salts: with them the manifest has the commitment to private parameters")
    .addOption(force())
    .option("--json", "the manifest on stdout", false)
    .action(async (path, options) => (await import("./compile.ts")).compileCommand(path, options, environment));

  ofRow(
    model.command("prove").description("proves a row's inference for one caller of one consumer: the proof as a file"),
  )
    .option("--out <file>", "the proof (default: stdout)")
    .addOption(force())
    .action(async (path, options) => (await import("./prove.ts")).proveCommand(path, options, environment));

  bound(
    model
      .command("verify")
      .description("recomputes what a proof file says from the job or a manifest; exits 65 if it is refused"),
  )
    .argument("[job]", "a model's job, beside its .onnx file; or --manifest")
    .requiredOption("--proof <file>", "made by prove")
    .option(
      "--manifest <file>",
      "written by compile: then neither job nor model is wanted, and a --verification-key is",
    )
    .option("--verification-key <file>", "the key (default: that of the artifacts here; none is made)")
    .option("--model <element>", "the model that is wanted: of private parameters their commitment", element)
    .option("--secrets <file>", "the same from the salt of the parameters")
    .option("--json", "what is proven as one JSON object on stdout", false)
    .action(async (path, options) => (await import("./verify.ts")).verifyCommand(path, options, environment));

  model
    .command("export-verifier")
    .description("the verifier of a job's circuit as Solidity: a key over contracts/verifier/StatementVerifier.sol")
    .addArgument(job())
    .option("--out <file>", "the contract (default: stdout)")
    .option("--name <name>", "what it is called", contractName, "ModelVerifier")
    .option(
      "--import <path>",
      "where it imports StatementVerifier.sol from (default: ../verifier/StatementVerifier.sol)",
    )
    .addOption(force())
    .action(async (path, options) => (await import("./solidity.ts")).exportVerifierCommand(path, options, environment));

  model
    .command("calldata")
    .description("a proof as the bytes of a call of the gate, on stdout")
    .requiredOption("--proof <file>", "made by prove")
    .requiredOption("--model-id <id>", "the model's id in the gate's registry", hash)
    .addOption(
      new Option(
        "--function <name>",
        "record and recordAndCall are the caller's to send, consume is the consumer contract's",
      )
        .choices(GATE_FUNCTIONS)
        .default("record"),
    )
    .action(async (options) => (await import("./solidity.ts")).calldataCommand(options, environment));
  addModelChainCommands(model, environment);
}

const force = (): Option =>
  new Option("--force", "overwrite files that are there; without it they are refused, before any work").default(false);

const job = (): Argument => new Argument("<job>", "a model's job, written by calibrate");

/** A job, a row, salts, and what a proof is bound to. */
function ofRow(command: Command): Command {
  return bound(command)
    .addArgument(job())
    .requiredOption("--data <file>", "rows, .csv or .json")
    .option("--row <n>", "which of them, from 1", positive, 1)
    .option("--secrets <file>", "salts, made by salts");
}

/** Prove wants all of it; others none or all; verify compares what is given. */
function bound(command: Command): Command {
  return command
    .option("--chain-id <n>", "the gate's chain", word)
    .option("--gate <address>", "the InferenceGate", address)
    .option("--consumer <address>", "whom the inference is for", address)
    .option("--caller <address>", "who brings it to the gate or the consumer", address)
    .option("--nonce <n>", "any number that the caller has not used with the consumer", word);
}
