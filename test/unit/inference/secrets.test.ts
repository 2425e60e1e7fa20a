import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Secrets from "../../../src/inference/secrets.ts";
import { compiledIris } from "../../support/irisModel.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-secrets-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("draw", () => {
  it("gives one salt for each hashed input and one for private parameters, other ones each time", () => {
    const both = compiledIris({ visibility: "hashed", parameters: "private" });
    const [one, other] = [Secrets.draw(both), Secrets.draw(both)];
    expect([...one.inputs.keys()]).toEqual(["input"]);
    expect(one.inputs.get("input")).not.toBe(one.parameters);
    expect(one.inputs.get("input")).not.toBe(other.inputs.get("input"));
    const neither = Secrets.draw(compiledIris({ visibility: "public", parameters: "fixed" }));
    expect([neither.inputs.size, neither.parameters]).toEqual([0, undefined]);
  });
});

describe("create and read", () => {
  const salts = () => Secrets.draw(compiledIris({ visibility: "hashed", parameters: "private" }));

  it("keep salts as they are, in a file that only its owner reads", async () => {
    const [path, drawn] = [join(directory, "kept.json"), salts()];
    await Secrets.create(path, drawn);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await Secrets.read(path)).toEqual(drawn);
  });

  it("overwrite nothing", async () => {
    const path = join(directory, "twice.json");
    await Secrets.create(path, salts());
    const before = await readFile(path, "utf8");
    await expect(Secrets.create(path, salts())).rejects.toMatchObject({ code: "inference.secrets" });
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("leave nothing of a file that cannot be written whole, and say why", async () => {
    const path = join(directory, "full.json");
    const script = `
      import { create } from ${JSON.stringify(new URL("../../../src/inference/secrets.ts", import.meta.url).href)};
      const problem = await create(${JSON.stringify(path)}, { inputs: new Map() }).catch((error) => error);
      console.log(problem?.code, problem?.message);`;
    // A process whose files may have no bytes, as on a full disk.
    const limited = [
      "-c",
      'trap "" XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      script,
    ];
    const { stdout } = await promisify(execFile)("sh", limited);
    expect(stdout).toBe(`inference.secrets ${path}: got EFBIG, want to make a new file\n`);
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("refuse a file that others may read", async () => {
    const path = join(directory, "open.json");
    await Secrets.create(path, salts());
    await chmod(path, 0o644);
    await expect(Secrets.read(path)).rejects.toThrow("got mode 644, want 600");
  });

  it.each([
    ["text", "0x1234"],
    ["a salt that is too long", JSON.stringify({ version: 1, inputs: { input: `0x${"12".repeat(32)}` } })],
    ["more than salts", JSON.stringify({ version: 1, inputs: {}, more: `0x${"12".repeat(31)}` })],
  ])("refuse %s, without a word of what is in it", async (_what, text) => {
    const path = join(directory, "bad.json");
    await writeFile(path, text, { mode: 0o600 });
    const error = await Secrets.read(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "inference.secrets" });
    expect(String(error)).not.toContain("12");
    await expect(Secrets.read(join(directory, "absent.json"))).rejects.toMatchObject({ code: "inference.secrets" });
  });
});
