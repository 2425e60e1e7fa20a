import { basename } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { pathOf } from "../../../src/chain/modelRecord.ts";
import type { ChainEnvironment } from "../../../src/cli/chainCommands.ts";
import { addModelCommands } from "../../../src/cli/model/commands.ts";

const assay = new Command();
addModelCommands(assay, {} as ChainEnvironment); // nothing is run
const [model] = assay.commands;
const commands = model?.commands ?? [];
const optionsOf = (command: Command) => new Map(command.options.map((option) => [option.long, option.description]));

describe("the help of assay model", () => {
  it("has a line for each of its fourteen verbs", () => {
    expect(commands.map((command) => command.name())).toHaveLength(14);
    for (const command of commands) expect(command.description(), command.name()).not.toMatch(/^the same/);
  });

  it("names the record as it is written", () => {
    const record = basename(pathOf("deployments", 31337)).replace("31337", "<chainId>");
    const said = commands.flatMap((command) => optionsOf(command).get("--deployments") ?? []);
    expect(said).toHaveLength(3);
    for (const one of said) expect(one).toContain(record);
  });

  it("says of every command that writes a file what it does with one that is there", () => {
    for (const command of commands) {
      const options = optionsOf(command);
      const out = options.get("--out") ?? options.get("--manifest");
      if (out === undefined || command.name() === "verify") continue;
      expect(`${out} ${options.get("--force")}`, command.name()).toMatch(
        /nothing is overwritten|without it they are refused/,
      );
    }
  });
});
