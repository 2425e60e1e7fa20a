// `assay model ...`: from an .onnx file to a verified inference.

import { type Command, Option } from "commander";
import { names, positive } from "./arguments.ts";
import type { ChainEnvironment } from "./chainCommands.ts";
import { calibrateCommand, inputVisibility, target } from "./model/calibrate.ts";
import { inspectModelCommand } from "./model/inspect.ts";

export function addModelCommands(assay: Command, environment: ChainEnvironment): void {
  const model = assay.command("model").description("models as circuits: from an .onnx file to a verified inference");
  model
    .command("inspect")
    .description(
      "every node of a model: operator, shape, parameters, supported or why not; exits 65 if it cannot be proven",
    )
    .argument("<model>", "an .onnx file")
    .option("--outputs <names>", "outputs that are wanted, separated by commas (default: all)", names)
    .option("--json", "one JSON object on stdout", false)
    .action((path, options) => inspectModelCommand(path, options, environment));

  model
    .command("calibrate")
    .description("writes a job for a model: quantisation chosen on rows, with what it costs and loses on them")
    .argument("<model>", "an .onnx file")
    .requiredOption("--data <file>", "calibration rows, .csv or .json")
    .option("--target <goal>", "accuracy=<share> (fewest constraints) or size=<constraints> (most accurate)", target)
    .option("--input-bits <n>", "of an input's elements at most (default: 8, or what the target asks for)", positive)
    .option("--weight-bits <n>", "of weights (default: 8, or what the target asks for)", positive)
    .option("--activation-bits <n>", "of layers' values (default: 8, or what the target asks for)", positive)
    .option(
      "--input <name=visibility>",
      "public, private or hashed; may be repeated (default: private)",
      inputVisibility,
      {},
    )
    .addOption(
      new Option("--parameters <how>", "fixed: constants of the circuit; private: committed to, not shown")
        .choices(["fixed", "private"])
        .default("fixed"),
    )
    .option("--outputs <names>", "outputs that are proven, separated by commas (default: all)", names)
    .option("--out <file>", "the job; nothing else is overwritten (default: stdout)")
    .addOption(force())
    .option("--json", "the report and the job as one JSON object on stdout", false)
    .action((path, options) => calibrateCommand(path, options, environment));
}

const force = (): Option => new Option("--force", "overwrite files that are there").default(false);
