import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as ModelJob from "../../../src/inference/modelJob.ts";

const INPUT = { visibility: "private", bits: [8], minimum: [0], unit: [1] };
const LEAST = { version: 1, model: "x.onnx", inputs: { x: INPUT } };
const FULL: ModelJob.ModelJob = {
  ...{ version: 1, model: "models/x.onnx", outputs: ["label", "scores"], parameters: "private" },
  inputs: {
    x: { visibility: "hashed", bits: [8, 16], minimum: [-0.1, 1e-7], unit: [0.1, 1e21] },
    'a "b"': { visibility: "public", bits: [1], minimum: [0], unit: [1 / 255] },
  },
  ...{ weightBits: 10, biasBits: 24, headroom: 3, activationBits: 6, curvePieces: 16 },
  ...{ ranges: { relu: 12.5 }, units: { "Gemm#2": 2 ** -20 } },
};
const text = (name: string): string => join(import.meta.dirname, "../../../", name);

/** Every problem of it, a line each. */
function problems(value: unknown): readonly string[] {
  try {
    ModelJob.parse(value, "job.json");
  } catch (error) {
    expect(error).toMatchObject({ code: "job.model", disposition: "reject" });
    const [first, ...rest] = (error as Error).message.split("\n");
    expect(first).toBe("got job.json, want a model's job");
    expect(error).toMatchObject({ data: { problems: rest } });
    return rest;
  }
  return [];
}

describe("parse", () => {
  it("fills in what a job leaves out: fixed parameters, 8 bits, 32 pieces of a curve, and no scales", () => {
    expect(ModelJob.parse(LEAST, "job.json")).toEqual({
      ...LEAST,
      ...{ parameters: "fixed", weightBits: 8, activationBits: 8, curvePieces: 32, ranges: {}, units: {} },
    });
  });

  it("takes all that a job may have as it is", () => {
    expect(ModelJob.parse(FULL, "job.json")).toEqual(FULL);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["another version", { version: 2 }, "version: "],
    ["no version", { version: undefined }, "version: "],
    ["no model", { model: undefined }, "model: "],
    ["a model of an absolute path", { model: "/x.onnx" }, "model: want a path of an .onnx file, relative to the job"],
    ["a model that is no .onnx file", { model: "x.onnx.txt" }, "model: want a path of an .onnx file"],
    ["a model without a name", { model: ".onnx" }, "model: want a path of an .onnx file"],
    ["no output at all", { outputs: [] }, "outputs: "],
    ["an output that is no name", { outputs: [1] }, "outputs.0: "],
    ["parameters that are public", { parameters: "public" }, "parameters: "],
    ["no inputs", { inputs: undefined }, "inputs: "],
    ["1 bit of weights", { weightBits: 1 }, "weightBits: "],
    ["17 bits of weights", { weightBits: 17 }, "weightBits: "],
    ["8.5 bits of weights", { weightBits: 8.5 }, "weightBits: "],
    ["1 bit of biases", { biasBits: 1 }, "biasBits: "],
    ["51 bits of biases", { biasBits: 51 }, "biasBits: "],
    ["9 bits of headroom", { headroom: 9 }, "headroom: "],
    ["1 bit of activations", { activationBits: 1 }, "activationBits: "],
    ["17 bits of activations", { activationBits: 17 }, "activationBits: "],
    ["2 pieces of a curve", { curvePieces: 2 }, "curvePieces: "],
    ["257 pieces of a curve", { curvePieces: 257 }, "curvePieces: "],
    ["a negative range", { ranges: { relu: -1 } }, "ranges.relu: "],
    ["an infinite range", { ranges: { relu: Number.POSITIVE_INFINITY } }, "ranges.relu: "],
    ["a unit of nothing", { units: { Gemm: 0 } }, "units.Gemm: "],
    ["a member that it does not know", { weightbits: 8 }, "job: "],
  ])("refuses %s, by the member's name", (_what, change, want) => {
    const found = problems({ ...LEAST, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(want);
    expect(found[0]?.startsWith(want.slice(0, want.indexOf(":")))).toBe(true);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a visibility that there is not", { visibility: "secret" }, "visibility"],
    ["0 bits", { bits: [0] }, "bits.0"],
    ["33 bits", { bits: [8, 33] }, "bits.1"],
    ["a bit and a half", { bits: [1.5] }, "bits.0"],
    ["no bits", { bits: [] }, "bits"],
    ["bits that are no list", { bits: 8 }, "bits"],
    ["no minimum", { minimum: [] }, "minimum"],
    ["a minimum that is text", { minimum: ["0"] }, "minimum.0"],
    ["a unit of 0", { unit: [0] }, "unit.0"],
    ["a negative unit", { unit: [-1] }, "unit.0"],
    ["no unit", { unit: [] }, "unit"],
    ["more than it knows", { salt: 1 }, ""],
  ])("refuses an input of %s, by its place", (_what, change, place) => {
    const found = problems({ ...LEAST, inputs: { x: { ...INPUT, ...change } } });
    expect(found).toHaveLength(1);
    expect(found[0]?.split(": ")[0]).toBe(place === "" ? "inputs.x" : `inputs.x.${place}`);
  });

  it("says every problem at once, and takes the ends of every range", () => {
    expect(problems({ ...LEAST, version: 2, weightBits: 1, inputs: { x: { ...INPUT, bits: [0] } } })).toHaveLength(3);
    expect(problems([])).toHaveLength(1);
    expect(
      problems({ ...LEAST, weightBits: 2, biasBits: 50, activationBits: 16, curvePieces: 3, outputs: ["y"] }),
    ).toEqual([]);
    expect(problems({ ...LEAST, weightBits: 16, activationBits: 2, curvePieces: 256, ranges: { a: 0 } })).toEqual([]);
    expect(problems({ ...LEAST, inputs: { x: { ...INPUT, bits: [1, 32] } } })).toEqual([]);
  });
});

describe("render", () => {
  it("gives a file that is parsed to the same job, to the last bit", () => {
    for (const job of [FULL, ModelJob.parse(LEAST, "job.json"), { ...FULL, outputs: undefined }]) {
      expect(ModelJob.parse(JSON.parse(ModelJob.render(job)), "job.json")).toEqual(
        Object.fromEntries(Object.entries(job).filter(([, value]) => value !== undefined)),
      );
    }
  });

  it("has one member a line and lists on one line", () => {
    expect(ModelJob.render({ ...ModelJob.parse(LEAST, "job.json"), outputs: ["y", "z"] })).toContain(
      [
        "{",
        '  "version": 1,',
        '  "model": "x.onnx",',
        '  "parameters": "fixed",',
        '  "inputs": {',
        '    "x": {"bits":[8],"minimum":[0],"unit":[1],"visibility":"private"}',
        "  },",
      ].join("\n"),
    );
    expect(ModelJob.render({ ...FULL, units: {} })).toContain('  "outputs": ["label","scores"],\n');
    expect(ModelJob.render({ ...FULL, units: {} })).toMatch(/ {2}"units": \{\}\n\}\n$/);
  });

  it("gives each job of examples/ as it stands there", async () => {
    for (const use of ["credit-score", "medical-screening", "identity", "game", "oracle"]) {
      const file = await readFile(text(`examples/${use}/job.json`), "utf8");
      const job = ModelJob.parse(JSON.parse(file), "job.json");
      expect(JSON.parse(ModelJob.render(job)), use).toEqual(JSON.parse(file));
    }
  });
});

describe("load", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "assay-job-"));
    await mkdir(join(directory, "models"));
    await writeFile(join(directory, "models/x.onnx"), "bytes");
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const put = async (name: string, content: string): Promise<string> => {
    await writeFile(join(directory, name), content);
    return join(directory, name);
  };

  it("finds the model beside the job", async () => {
    const { job, onnx } = await ModelJob.load(await put("job.json", ModelJob.render(FULL)));
    expect(job).toEqual(FULL);
    expect(Buffer.from(onnx).toString()).toBe("bytes");
  });

  it("refuses a model that is too large before it is read, and one that has no end", async () => {
    const path = join(directory, "large.onnx");
    await writeFile(path, "");
    await truncate(path, 2 ** 40);
    const code = "model.size";
    await expect(ModelJob.readModel(path)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${2 ** 40} bytes`),
    });
    expect(await ModelJob.readModel("/dev/zero")).toHaveLength(2 ** 24 + 1); // which reading it refuses
  });

  it("refuses a job that is not there or no JSON, and one whose model is not there, by the path", async () => {
    const wrong = await put("wrong.json", "{");
    const alone = await put("alone.json", JSON.stringify({ ...LEAST, model: "models/y.onnx" }));
    const wanted = `, want the model that ${alone} names\nENOENT`;
    for (const [path, named, reason] of [
      [join(directory, "absent.json"), join(directory, "absent.json"), ", which cannot be read\nENOENT"],
      [wrong, wrong, ", want a model's job: it is no JSON: Expected"],
      [alone, join(directory, "models/y.onnx"), `, which cannot be read${wanted}`],
    ] as const) {
      const error = await ModelJob.load(path).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "job.model", disposition: "reject" });
      expect(String(error)).toContain(`got ${named}${reason}`);
    }
  });
});

describe("visibilityOf", () => {
  it("is the job's word for an input, and refuses one that the job does not name", () => {
    expect(ModelJob.visibilityOf(FULL, 'a "b"')).toBe("public");
    for (const strange of ["y", "toString", "__proto__"]) {
      expect(() => ModelJob.visibilityOf(FULL, strange)).toThrow(
        expect.objectContaining({
          code: "job.model",
          message: expect.stringContaining(`the model's input ${strange}`),
        }),
      );
    }
  });
});

describe("quantisationOf", () => {
  it("is all of a job that decides how numbers become integers, and nothing else", () => {
    const others = ["version", "model", "outputs", "parameters"];
    const want = Object.entries(FULL).filter(([name]) => !others.includes(name));
    expect(ModelJob.quantisationOf(FULL)).toEqual(Object.fromEntries(want));
  });
});
