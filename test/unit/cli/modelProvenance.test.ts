import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { provenanceCommand } from "../../../src/cli/model/provenance.ts";
import { here } from "../../support/commandHere.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-provenance-command-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const ID = `0x${"12".repeat(32)}`;

describe("provenance", () => {
  it.each([
    ["job", "--job"],
    ["secrets", "--secrets"],
    ["files", "--files"],
    ["trainingData", "--training-data"],
    ["trainingConfig", "--training-config"],
    ["metrics", "--metrics"],
    ["licence", "--licence"],
  ])("refuses a file of the command line that is not there before anything else: %s", async (option, flag) => {
    // Nobody answers there.
    const chain = { rpcUrl: "http://127.0.0.1:1", deployments: directory, json: false };
    const typo = join(directory, "typo");
    const ended = await here((environment) => provenanceCommand(ID, { ...chain, [option]: typo }, environment));
    expect(ended).toEqual({
      ...{ code: 64, stdout: "" },
      stderr: `assay: got ${flag} ${typo}, want one that is there [usage.file]\n`,
    });
  });
});
