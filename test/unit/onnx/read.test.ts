import { describe, expect, it } from "vitest";
import { read } from "../../../src/onnx/read.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";
import { encode, type ModelLiteral, tensor, value } from "../../support/onnx/encode.ts";
import * as Field from "../../support/onnx/fields.ts";
import { float, floatTensor } from "../../support/onnx/literals.ts";
import { randomModel } from "../../support/onnx/randomModel.ts";
import { SMALL } from "../../support/onnx/small.ts";

/** A model of nodes that pass on what they get: `[output, ...inputs]` each, "y" the output of all. */
function chain(...nodes: readonly (readonly [string, ...string[]])[]): ModelLiteral {
  return {
    inputs: [{ name: "x", type: "float", shape: [1] }],
    outputs: [{ name: "y", type: "float", shape: [1] }],
    nodes: nodes.map(([output, ...inputs]) => ({
      operator: "Sum",
      name: `makes ${output}`,
      inputs,
      outputs: [output],
    })),
  };
}

/** The parts of a model around a graph of the given fields. */
function aroundGraph(...fields: readonly Uint8Array[]): Uint8Array {
  const opset = Field.bytes(8, Field.text(1, ""), Field.int(2, 17));
  return Field.concat(Field.int(1, 8), Field.bytes(7, ...fields), opset);
}

const OUTPUT = Field.bytes(12, value({ name: "w", type: "float" }));

/** The tensor that these fields of a TensorProto are. */
function readTensor(...fields: readonly Uint8Array[]) {
  return read(aroundGraph(Field.bytes(5, Field.text(8, "w"), ...fields), OUTPUT)).initializers.get("w");
}

describe("read", () => {
  it("gives a model as it was written", () => {
    const model = read(encode(SMALL));
    expect(model.producer).toBe("assay tests");
    expect([...model.opsets]).toEqual([
      ["", 17],
      ["ai.onnx.ml", 3],
    ]);
    expect(model.inputs).toEqual([{ name: "x", type: "float", shape: [undefined, 3] }]);
    expect(model.outputs).toEqual([
      { name: "label", type: "string", shape: [undefined] },
      { name: "scores", type: "float", shape: [undefined, 2] },
    ]);
    expect(model.nodes.map(({ name }) => name)).toEqual(["bias of the layer", "layer", "cut", "classes"]);
    expect(model.nodes[1]).toEqual({
      name: "layer",
      operator: "Gemm",
      domain: "",
      inputs: ["x", "weights", "bias"],
      outputs: ["hidden"],
      attributes: new Map([
        ["alpha", { kind: "float", value: 0.5 }],
        ["transB", { kind: "int", value: 0 }],
      ]),
    });
    expect(model.initializers.get("weights")).toEqual({
      type: "float",
      shape: [3, 2],
      data: Float64Array.of(1, -2, 0.5, 4, 0, -0.25),
    });
    expect(model.nodes[0]?.attributes.get("value")).toEqual({
      kind: "tensor",
      value: { type: "float", shape: [2], data: Float64Array.of(0.125, -1) },
    });
  });

  const seed = seedOfRun();
  it(`gives 300 random models as they were written (seed ${seed})`, () => {
    const choices = random(seed);
    for (let i = 0; i < 300; i++) {
      const model = randomModel(choices);
      expect(read(encode(model))).toEqual(model);
    }
  });

  it("takes a Buffer, and bytes in the middle of others", () => {
    const bytes = encode(SMALL);
    const within = new Uint8Array(bytes.length + 7);
    within.set(bytes, 3);
    expect(read(within.subarray(3, 3 + bytes.length))).toEqual(read(bytes));
    expect(read(Buffer.from(bytes))).toEqual(read(bytes));
  });

  it("names a node without a name by its operator and its place in the file", () => {
    const model = read(
      encode({
        ...chain(),
        nodes: [
          { operator: "Relu", inputs: ["x"], outputs: ["h"] },
          { operator: "Relu", inputs: ["h"], outputs: ["y"], name: "" },
        ],
      }),
    );
    expect(model.nodes.map(({ name }) => name)).toEqual(["Relu_0", "Relu_1"]);
  });

  it("leaves initializers out of the inputs", () => {
    const { inputs } = read(
      encode({
        ...chain(["y", "x", "w"]),
        inputs: [
          { name: "w", type: "float", shape: [undefined] },
          { name: "x", type: "float", shape: [1] },
        ],
        initializers: { w: floatTensor([1], [1]) },
      }),
    );
    expect(inputs.map(({ name }) => name)).toEqual(["x"]);
  });

  it("leaves open what a dimension does not say", () => {
    const [input] = read(
      encode({ ...chain(["y", "x"]), inputs: [{ name: "x", type: "float", shape: ["batch", undefined, -1, 4] }] }),
    ).inputs;
    expect(input?.shape).toEqual([undefined, undefined, undefined, 4]);
  });

  it("takes a scalar's shape for a shape, and none for none", () => {
    const shapeOf = (shape: readonly number[] | undefined) =>
      read(encode({ ...chain(["y", "x"]), inputs: [{ name: "x", type: "float", shape }] })).inputs[0]?.shape;
    expect(shapeOf([])).toEqual([]);
    expect(shapeOf(undefined)).toBeUndefined();
  });

  it("knows an output of maps as something that is no tensor", () => {
    const { outputs } = read(encode({ ...chain(["y", "x"]), outputs: [{ name: "y", type: "maps" }] }));
    expect(outputs).toEqual([{ name: "y", type: undefined, shape: undefined }]);
  });

  it("takes the two names of the standard domain for one, and an import that is there twice", () => {
    const model = read(
      Field.concat(
        encode({
          ...chain(),
          nodes: [{ operator: "Relu", domain: "ai.onnx", inputs: ["x"], outputs: ["y"] }],
          opsets: { "": 17 },
        }),
        Field.bytes(8, Field.text(1, "ai.onnx"), Field.int(2, 17)),
        Field.bytes(8, Field.int(2, 17)),
      ),
    );
    expect([...model.opsets]).toEqual([["", 17]]);
    expect(model.nodes[0]?.domain).toBe("");
  });

  it("keeps operators of other domains, and attributes that are no numbers or strings by what they are", () => {
    const [node] = read(
      encode({
        ...chain(),
        opsets: { "com.example": 1 },
        nodes: [
          {
            operator: "Fancy",
            domain: "com.example",
            inputs: ["x", ""],
            outputs: ["", "y"],
            attributes: { then_branch: { kind: "other", value: "graph" } },
          },
        ],
      }),
    ).nodes;
    expect(node).toEqual({
      name: "Fancy_0",
      operator: "Fancy",
      domain: "com.example",
      inputs: ["x", ""],
      outputs: ["", "y"],
      attributes: new Map([["then_branch", { kind: "other", value: "graph" }]]),
    });
  });

  it("takes a reference for an attribute that is not known", () => {
    const reference = Field.bytes(5, Field.text(1, "alpha"), Field.int(20, 1), Field.text(21, "the function's"));
    const node = Field.bytes(1, Field.text(1, "x"), Field.text(2, "w"), Field.text(4, "Relu"), reference);
    const input = Field.bytes(11, value({ name: "x", type: "float" }));
    expect(read(aroundGraph(node, input, OUTPUT)).nodes[0]?.attributes.get("alpha")).toEqual({
      kind: "other",
      value: "a reference",
    });
  });

  it("takes 0 and nothing for scalars that are not there", () => {
    const attributes = [1, 2, 3, 6, 7, 8].map((type) => Field.bytes(5, Field.text(1, `${type}`), Field.int(20, type)));
    const node = Field.bytes(1, Field.text(2, "w"), Field.text(4, "Op"), ...attributes);
    expect([...(read(aroundGraph(node, OUTPUT)).nodes[0]?.attributes.values() ?? [])]).toEqual([
      { kind: "float", value: 0 },
      { kind: "int", value: 0 },
      { kind: "string", value: "" },
      { kind: "floats", value: new Float64Array(0) },
      { kind: "ints", value: new Float64Array(0) },
      { kind: "strings", value: [] },
    ]);
  });

  it("passes over what documents a model", () => {
    const note = (field: number) => Field.bytes(field, Field.text(1, "key"), Field.text(2, "value"));
    const node = Field.bytes(1, Field.text(2, "w"), Field.text(4, "Op"), Field.text(6, "doc"), note(9));
    const hidden = Field.bytes(13, value({ name: "nowhere", type: "float", shape: [2 ** 40] }));
    const bytes = Field.concat(aroundGraph(node, OUTPUT, hidden, Field.text(10, "doc"), note(16)), note(14));
    expect(read(bytes).nodes).toHaveLength(1);
  });

  it("passes over a function that nobody calls", () => {
    const unused = Field.bytes(25, Field.text(1, "Twice"), Field.text(10, "com.example"));
    expect(read(Field.concat(encode(SMALL), unused))).toEqual(read(encode(SMALL)));
  });
});

describe("the order of nodes", () => {
  const orderOf = (model: ModelLiteral) => read(encode(model)).nodes.map(({ outputs }) => outputs.join());

  it("is the file's own where that is one", () => {
    expect(orderOf(chain(["b", "x"], ["a", "x"], ["y", "a", "b"]))).toEqual(["b", "a", "y"]);
  });

  it("puts every node after those that make its inputs", () => {
    expect(orderOf(chain(["y", "a", "b"], ["b", "a"], ["a", "x"]))).toEqual(["a", "b", "y"]);
    expect(orderOf(chain(["b", "a"], ["a", "x"], ["y", "b", "b", "a"]))).toEqual(["a", "b", "y"]);
  });

  it("is found for a chain of 10,000 nodes that stand the wrong way around", () => {
    const length = 10_000;
    const name = (i: number) => (i === 0 ? "x" : i === length ? "y" : `h${i}`);
    const nodes = Array.from({ length }, (_, i) => [name(length - i), name(length - i - 1)] as const);
    expect(orderOf(chain(...nodes))).toEqual(Array.from({ length }, (_, i) => name(i + 1)));
  });

  const seed = seedOfRun();
  it(`is one for 100 random graphs in random order (seed ${seed})`, () => {
    const choices = random(seed);
    for (let round = 0; round < 100; round++) {
      const count = 2 + choices.below(12);
      const nodes = Array.from({ length: count }, (_, i): [string, ...string[]] => {
        const inputs = Array.from({ length: choices.below(4) }, () => choices.below(i + 1));
        return [i === count - 1 ? "y" : `h${i}`, ...inputs.map((j) => (j === 0 ? "x" : `h${j - 1}`))];
      });
      for (let i = count - 1; i > 0; i--) {
        const j = choices.below(i + 1);
        [nodes[i], nodes[j]] = [nodes[j] as [string], nodes[i] as [string]]; // both are positions of the list
      }
      const made = new Set(["x"]);
      for (const { inputs, outputs } of read(encode(chain(...nodes))).nodes) {
        for (const input of inputs) expect(made).toContain(input);
        for (const output of outputs) made.add(output);
      }
      expect(made.size).toBe(count + 1);
    }
  });
});

describe("a tensor's elements", () => {
  const shape = (...lengths: readonly number[]) => Field.packedInts(1, lengths);
  const type = (code: number) => Field.int(2, code);

  it("stand in typed fields too, packed or one by one", () => {
    const four = Float64Array.of(1, -2, 3, 0.5);
    expect(readTensor(shape(4), type(1), Field.packedFloats(4, four))?.data).toEqual(four);
    expect(readTensor(shape(4), type(1), ...[...four].map((each) => Field.float(4, each)))?.data).toEqual(four);
    expect(readTensor(shape(4), type(11), ...[...four].map((each) => Field.double(10, each)))?.data).toEqual(four);
    const packed = Field.bytes(10, new Uint8Array(four.buffer));
    expect(readTensor(shape(4), type(11), packed)?.data).toEqual(four);
    expect(readTensor(shape(2), type(7), Field.packedInts(7, [5, -6]))?.data).toEqual(Float64Array.of(5, -6));
    expect(readTensor(shape(2), type(7), Field.int(7, 5), Field.int(7, -6))?.data).toEqual(Float64Array.of(5, -6));
    for (const code of [2, 3, 6, 9]) {
      expect(readTensor(shape(2), type(code), Field.packedInts(5, [1, 0]))?.data).toEqual(Float64Array.of(1, 0));
    }
  });

  it("may be packed in parts, and its dimensions one by one", () => {
    const read = readTensor(
      Field.int(1, 2),
      Field.int(1, 2),
      type(1),
      Field.packedFloats(4, [1]),
      Field.float(4, 2),
      Field.packedFloats(4, [3, 4]),
    );
    expect(read).toEqual({ type: "float", shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
  });

  it("are none where a dimension is 0, and one without dimensions", () => {
    expect(readTensor(shape(3, 0), type(1))).toEqual({ type: "float", shape: [3, 0], data: new Float64Array(0) });
    expect(readTensor(type(1), Field.packedFloats(4, [7]))).toEqual({
      type: "float",
      shape: [],
      data: Float64Array.of(7),
    });
  });

  it("of float16 are what Node's own says of all 63,488 finite bit patterns, in bytes and in the typed field", () => {
    const bits = Array.from({ length: 1 << 16 }, (_, i) => i).filter((i) => (i & 0x7c00) !== 0x7c00);
    const expected = Float64Array.from(new Float16Array(Uint16Array.from(bits).buffer));
    const raw = Field.bytes(9, new Uint8Array(Uint16Array.from(bits).buffer));
    expect(readTensor(shape(bits.length), type(10), raw)?.data).toEqual(expected);
    expect(readTensor(shape(bits.length), type(10), Field.packedInts(5, bits))?.data).toEqual(expected);
  });

  it("of 64 bits are exact to 2^53, and their ends are 2^63 and -2^63", () => {
    const integers = [2n ** 53n - 1n, 1n - 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n + 5n, -1n];
    const expected = Float64Array.of(2 ** 53 - 1, 1 - 2 ** 53, 2 ** 63, -(2 ** 63), 2 ** 32 + 5, -1);
    const raw = Field.bytes(9, new Uint8Array(BigInt64Array.from(integers).buffer));
    expect(readTensor(shape(6), type(7), raw)?.data).toEqual(expected);
    expect(readTensor(shape(6), type(7), Field.packedInts(7, integers))?.data).toEqual(expected);
    const node = Field.bytes(
      1,
      Field.text(2, "w"),
      Field.text(4, "Op"),
      Field.bytes(5, Field.text(1, "ints"), Field.packedInts(8, integers), Field.int(20, 7)),
    );
    expect(read(aroundGraph(node, OUTPUT)).nodes[0]?.attributes.get("ints")).toEqual({ kind: "ints", value: expected });
  });

  it("keep the float that the file holds, not the decimal that was meant", () => {
    const { initializers, nodes } = read(
      encode({
        ...chain(),
        initializers: { w: floatTensor([1], [0.1]) },
        nodes: [{ operator: "Op", inputs: [], outputs: ["y"], attributes: { alpha: float(0.1) } }],
      }),
    );
    expect(initializers.get("w")?.data[0]).toBe(Math.fround(0.1));
    expect(nodes[0]?.attributes.get("alpha")).toEqual({ kind: "float", value: Math.fround(0.1) });
  });

  it("do not keep the file's bytes alive", () => {
    const raw = tensor(floatTensor([2], [1, 2]), "w");
    const bytes = aroundGraph(Field.bytes(5, raw), OUTPUT);
    const data = read(bytes).initializers.get("w")?.data;
    bytes.fill(0xff);
    expect(data).toEqual(Float64Array.of(1, 2));
    expect(data?.buffer.byteLength).toBe(16);
  });
});
