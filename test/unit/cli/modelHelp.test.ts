import { basename } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { pathOf } from "../../../src/chain/modelRecord.ts";
import type { ChainEnvironment } from "../../../src/cli/chainCommands.ts";
import { addModelCommands } from "../../../src/cli/model/commands.ts";
import * as ModelJob from "../../../src/inference/modelJob.ts";

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

  it.each([
    ["--input-bits", 1, 32],
    ["--weight-bits", 2, 16],
    ["--activation-bits", 2, 16],
    ["--headroom", 0, 8],
  ])("names the range of %s, which is that of a job's, and takes nothing else", (long, least, most) => {
    const option = commands.flatMap((command) => command.options).find((one) => one.long === long);
    expect(option?.description).toContain(`${least} to ${most}`);
    const read = (text: string) => option?.parseArg?.(text, undefined);
    expect([read(`${least}`), read(`${most}`)]).toEqual([least, most]);
    for (const bits of [least - 1, most + 1]) {
      const key = { "--weight-bits": "weightBits", "--activation-bits": "activationBits" }[long] ?? "headroom";
      const input = { visibility: "public", bits: [long === "--input-bits" ? bits : 8], minimum: [0], unit: [1] };
      const job = {
        version: 1,
        model: "a.onnx",
        inputs: { input },
        ...(long === "--input-bits" ? {} : { [key]: bits }),
      };
      expect(() => ModelJob.parse(job, "job.json")).toThrow("want a model's job");
      if (bits < 0) continue; // commander takes it for an option
      expect(() => read(`${bits}`)).toThrow(`got ${bits}, want ${least} to ${most} bits`);
    }
  });

  it("takes no name for a contract that cannot be one", () => {
    const option = commands.flatMap((command) => command.options).find((one) => one.long === "--name");
    expect(() => option?.parseArg?.("bad name", undefined)).toThrow("got bad name, want letters");
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
