// `assay model ...`: from an .onnx file to a verified inference.

import type { Command } from "commander";
import { names } from "./arguments.ts";
import type { ChainEnvironment } from "./chainCommands.ts";
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
}
