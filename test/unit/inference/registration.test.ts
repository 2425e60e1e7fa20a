import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ZeroHash } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf, fileDigest, trainingRoot } from "../../../src/inference/provenance.ts";
import { type RegistrationRequest, registrationOf } from "../../../src/inference/registration.ts";
import { parse } from "../../../src/lib/field.ts";
import { curves } from "../../support/inference/specimens.ts";

const VERIFIER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-registration-"));
  for (const name of ["rows.csv", "make.py", "metrics.txt", "LICENSE"]) await writeFile(at(name), `of ${name}\n`);
});
afterAll(() => rm(directory, { recursive: true, force: true }));
const at = (name: string): string => join(directory, name);

const registration = (more: Partial<RegistrationRequest> = {}) =>
  registrationOf({
    ...{ onnx: Buffer.from("model"), compiled: curves().compiled, model: parse(5n) },
    ...{ verifier: VERIFIER.toLowerCase(), files: {}, ...more },
  });

describe("registrationOf", () => {
  it("has the model, its verifier as it is written, and the statement's layout", async () => {
    const { inputElements, outputWords, outputStride } = curves().compiled.layout;
    expect(await registration()).toMatchObject({
      ...{ model: 5n, verifier: VERIFIER, parent: ZeroHash, inputElements: BigInt(inputElements) },
      ...{ outputWords: BigInt(outputWords), outputStride: BigInt(outputStride) },
    });
  });

  it("has zero for what is left out, and always the model's own file", async () => {
    expect((await registration()).provenance).toEqual({
      modelFile: digestOf(Buffer.from("model")),
      ...{ trainingData: ZeroHash, trainingConfig: ZeroHash, metrics: ZeroHash, licence: ZeroHash },
    });
  });

  it("has the root of the training data, the digests of other files, each in its own place, and the parent", async () => {
    const parent = `0x${"12".repeat(32)}`;
    const files = { trainingData: at("rows.csv"), trainingConfig: at("make.py") };
    const more = { metrics: at("metrics.txt"), licence: at("LICENSE") };
    const found = await registration({ parent, files: { ...files, ...more } });
    expect(found.parent).toBe(parent);
    expect(found.provenance).toEqual({
      modelFile: digestOf(Buffer.from("model")),
      trainingData: await trainingRoot(at("rows.csv")),
      trainingConfig: await fileDigest(at("make.py")),
      metrics: await fileDigest(at("metrics.txt")),
      licence: await fileDigest(at("LICENSE")),
    });
    expect(new Set(Object.values(found.provenance)).size).toBe(5);
  });

  it.each(["trainingData", "trainingConfig", "metrics", "licence"])("refuses %s that cannot be read", async (name) => {
    await expect(registration({ files: { [name]: at("absent") } })).rejects.toMatchObject({ code: "inference.file" });
  });
});
