import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { read } from "../../../src/onnx/read.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";
import { encode } from "../../support/onnx/encode.ts";
import { randomModel } from "../../support/onnx/randomModel.ts";
import { refusalOf } from "../../support/onnx/refusing.ts";
import { SMALL } from "../../support/onnx/small.ts";

const MODELS = join(import.meta.dirname, "../../models");
const HOSTILE = join(MODELS, "hostile");

/** What a reader alone can tell; the others are the graph's affair. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "model.file": [
    "attribute-twice",
    "attribute-type-lies",
    "cycle-of-one",
    "cycle",
    "data-in-wrong-field",
    "data-missing",
    "data-not-of-four-bytes",
    "data-too-long",
    "data-too-short",
    "data-twice",
    "data-type-undefined",
    "data-type-unknown",
    "deep-groups",
    "duplicate-initializers",
    "duplicate-inputs",
    "duplicate-names-in-one-node",
    "duplicate-output-names",
    "empty",
    "endless-varint",
    "external-data-absolute-path",
    "external-data-beside",
    "external-data-no-location",
    "external-data-parent-path",
    "external-data-url",
    "field-number-zero",
    "git-lfs-pointer",
    "initializer-negative-dims",
    "initializer-other-shape-than-input",
    "input-negative-dim",
    "input-no-type",
    "input-nobody-makes",
    "invalid-utf8",
    "ir-9999",
    "length-2-pow-63",
    "length-beyond-file",
    "many-graphs",
    "many-tiny-nodes",
    "no-graph",
    "no-opset",
    "no-outputs",
    "node-overwrites-input",
    "op-domain-without-opset",
    "op-function",
    "op-function-named-relu",
    "op-function-recursive",
    "opset-negative",
    "opset-of-other-domain",
    "opset-twice-differently",
    "output-nobody-makes",
    "overlong-varint",
    "packed-floats-cut",
    "random-bytes",
    "sparse-initializer",
    "sparse-initializer-2-pow-40",
    "sparse-initializer-outside",
    "strings-initializer",
    "text",
    "trailing-bytes",
    "truncated",
    "truncated-by-one",
    "types-2000-deep",
    "weights-bfloat16",
    "weights-complex",
    "weights-int4",
    "wire-type-six",
    "wrong-wire-type",
  ],
  "model.size": [
    "initializer-2-pow-40",
    "initializer-many-dims",
    "initializer-product-overflows",
    "initializer-product-wraps-to-8",
    "input-2-pow-40",
  ],
  "model.value": [
    "attribute-infinite",
    "attribute-nan",
    "linear-coefficient-nan",
    "scaler-infinite",
    "tree-leaf-infinite",
    "tree-leaf-nan",
    "tree-threshold-infinite",
    "tree-threshold-nan",
    "weight-infinite",
    "weight-minus-infinite",
    "weight-nan",
  ],
};

function modelsIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".onnx")) : [];
}

describe.runIf(existsSync(HOSTILE))("a hostile file", () => {
  it.each(modelsIn(HOSTILE))("%s ends in a model or a refusal", (name) => {
    const code = refusalOf(readFileSync(join(HOSTILE, name)))?.code;
    if (code !== undefined) expect(code).toMatch(/^model\.(file|size|value)$/);
  });

  const cases = Object.entries(REFUSED).flatMap(([code, names]) => names.map((name) => [name, code] as const));
  it.each(cases)("%s.onnx is refused as %s", (name, code) => {
    expect(refusalOf(readFileSync(join(HOSTILE, `${name}.onnx`)))?.code).toBe(code);
  });

  it("names the paths of external data, escaped, and opens none", () => {
    const message = refusalOf(readFileSync(join(HOSTILE, "external-data-parent-path.onnx")))?.message;
    expect(message).toContain("data outside of the file, in ../../etc/passwd (initializer w)");
  });
});

describe.runIf(existsSync(MODELS))("a real export", () => {
  it.each(modelsIn(MODELS))("%s is read, written and read again as the same model", (name) => {
    const model = read(readFileSync(join(MODELS, name)));
    expect(model.nodes.length).toBeGreaterThan(0);
    // An output of maps is no tensor: it is written without a type, as it has been read.
    expect(read(encode(model))).toEqual(model);
  });
});

describe("a file cut short", () => {
  it("at any byte is refused", () => {
    const bytes = encode(SMALL);
    expect(refusalOf(bytes)).toBeUndefined();
    for (let length = 0; length < bytes.length; length++) {
      expect(refusalOf(bytes.subarray(0, length))?.code, `${length} of ${bytes.length} bytes`).toBe("model.file");
    }
  });
});

describe("a file changed by chance", () => {
  const seed = seedOfRun();

  it(`ends in a model or a refusal after 2,000 changes of a byte (seed ${seed})`, () => {
    const choices = random(seed);
    const bytes = encode(SMALL);
    const came = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const changed = bytes.slice();
      for (let flips = 1 + choices.below(3); flips > 0; flips--) {
        const at = choices.below(changed.length);
        changed[at] = choices.below(256);
      }
      came.add(refusalOf(changed)?.code ?? "taken");
    }
    for (const code of ["taken", "model.file", "model.value"]) expect(came).toContain(code);
  });

  it(`ends in a model or a refusal after 2,000 changes of random models (seed ${seed})`, () => {
    const choices = random(seed + 1n);
    for (let i = 0; i < 2000; i++) {
      const bytes = encode(randomModel(choices));
      const at = choices.below(bytes.length);
      const end = at + choices.below(bytes.length - at);
      const change = choices.pick(["flip", "cut", "repeat", "fill"] as const);
      if (change === "flip") bytes[at] = (bytes[at] ?? 0) ^ (1 << choices.below(8));
      if (change === "fill") bytes.fill(choices.below(256), at, end);
      const parts = { flip: [bytes], fill: [bytes], cut: [bytes.subarray(0, at), bytes.subarray(end)] };
      const repeated = [bytes.subarray(0, end), bytes.subarray(at)];
      refusalOf(Buffer.concat(change === "repeat" ? repeated : parts[change]));
    }
  });

  it(`ends in a model or a refusal where it is nothing but random bytes, 2,000 times (seed ${seed})`, () => {
    const choices = random(seed + 2n);
    for (let i = 0; i < 2000; i++) {
      refusalOf(Uint8Array.from({ length: choices.below(200) }, () => choices.below(256)));
    }
  });
});
