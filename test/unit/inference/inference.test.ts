import { keccak256 } from "ethers";
import { describe, expect, it } from "vitest";
import {
  type Binding,
  contextOf,
  type Inference,
  infer,
  inputHash,
  modelOf,
  NO_SALTS,
  packed,
  type Salts,
} from "../../../src/inference/inference.ts";
import { low248, PRIME, parse } from "../../../src/lib/field.ts";
import { digest } from "../../../src/statement/digest.ts";
import * as Statement from "../../../src/statement/statement.ts";
import { TAGS } from "../../../src/statement/tags.ts";
import { convolution, curves, forest, perceptron, type Specimen } from "../../support/inference/specimens.ts";

const CONTEXT = parse(77n);
const SALTS: Salts = {
  inputs: new Map(["x", "a", "b", "v", "w"].map((name, i) => [name, parse(BigInt(1000 + i))])),
  parameters: parse(5000n),
};
type Row = Readonly<Record<string, readonly number[]>>;
const run = ({ compiled }: Pick<Specimen, "compiled">, row: Row, context = CONTEXT, salts = SALTS): Inference =>
  infer(compiled, new Map(Object.entries(row)), context, salts);

/** Positions in which two statements differ. */
function changed(one: Inference, other: Inference): readonly number[] {
  expect(one.vector).toHaveLength(other.vector.length);
  const found = one.vector.flatMap((element, i) => (element === other.vector[i] ? [] : [i]));
  expect(one.statement.commitment === other.statement.commitment).toBe(found.length === 0);
  return found;
}

const FOREST: Row = { a: [7, 1, 15], b: [2] };
const CONVOLUTION: Row = { x: [0, 31, 5, 9, 0, 17, 3, 30] };
const CURVES: Row = { x: [31, 15], v: [4, 12], w: [4, 12], unused: [0, 1, 2] };

describe("infer", () => {
  it("states the model, the context, the inputs' elements in order and the outputs' words", () => {
    const trees = forest();
    const { vector, outputs, statement } = run(trees, FOREST);
    const { outputStride, outputWords } = trees.compiled.layout;
    expect(vector).toHaveLength(2 + 1 + 1 + outputWords);
    expect(vector.slice(0, 2)).toEqual([trees.compiled.model, CONTEXT]);
    // a is public: three elements, as wide as the widest, low first. b is hashed.
    expect(vector[2]).toBe(7n + (1n << 4n) + (15n << 8n));
    expect(vector[3]).toBe(digest(TAGS.input, [parse(1002n), parse(2n)]));
    const integers = outputs.flatMap((list) => [...list]).map((q) => BigInt(q) + (1n << BigInt(outputStride - 1)));
    const word = integers.reduce((sum, q, j) => sum + (q << BigInt(j * outputStride)), 0n);
    expect(vector.slice(4)).toEqual([word]);
    expect(statement).toEqual(Statement.of(vector));
  });

  it("gives the circuit every signal by its place, and salts only of what is hashed", () => {
    const { circuitInput, statement } = run(forest(), FOREST);
    expect(circuitInput).toEqual({
      ...{ challenge: statement.challenge, context: CONTEXT, x0: [7n, 1n, 15n], x1: [2n], salt1: 1002n },
    });
    expect(Object.keys(run(perceptron(), { x: [0, 1, 2, 3, 4, 15] }).circuitInput)).toEqual([
      ...["challenge", "context", "x0"],
    ]);
  });

  it("gives the circuit private parameters, negative ones as field elements", () => {
    const { compiled } = convolution();
    const { circuitInput } = run({ compiled }, CONVOLUTION);
    const field = (value: number): bigint => (value < 0 ? PRIME + BigInt(value) : BigInt(value));
    expect(circuitInput.weight).toEqual(compiled.parameters.weights.map(field));
    expect(circuitInput.bias).toEqual(compiled.parameters.biases.map(field));
    expect(circuitInput.parameterSalt).toBe(SALTS.parameters);
    expect(compiled.parameters.weights.some((weight) => weight < 0)).toBe(true);
  });

  it("changes the context's element with the context, and nothing else", () => {
    const one = run(forest(), FOREST);
    const other = run(forest(), FOREST, parse(78n));
    expect(changed(one, other)).toEqual([1]);
    expect(other.outputs).toEqual(one.outputs);
    const { context, challenge, ...rest } = other.circuitInput;
    expect([context === CONTEXT, challenge === one.circuitInput.challenge]).toEqual([false, false]);
    expect(one.circuitInput).toMatchObject(rest);
  });

  it("changes the digest of a hashed input with its salt, and nothing else", () => {
    const salted = (name: string) => ({ ...SALTS, inputs: new Map([...SALTS.inputs, [name, parse(9n)]]) });
    const one = run(curves(), CURVES);
    expect(changed(one, run(curves(), CURVES, CONTEXT, salted("v")))).toEqual([3]);
    expect(changed(one, run(curves(), CURVES, CONTEXT, salted("w")))).toEqual([4]);
    // x is public: it has no salt.
    expect(changed(one, run(curves(), CURVES, CONTEXT, salted("x")))).toEqual([]);
  });

  it("gives equal inputs other digests by their salts, and the same one by the same salt", () => {
    const alike = { ...SALTS, inputs: new Map([...SALTS.inputs, ["w", parse(1003n)]]) };
    const { vector } = run(curves(), CURVES);
    expect(vector[3]).not.toBe(vector[4]);
    const same = run(curves(), CURVES, CONTEXT, alike).vector;
    expect(same[3]).toBe(same[4]);
  });

  it("shows a change of an input in its own element: a public and a hashed one, never of a private one", () => {
    const one = run(curves(), CURVES);
    expect(changed(one, run(curves(), { ...CURVES, unused: [3, 3, 3] }))).toEqual([]);
    expect(changed(one, run(curves(), { ...CURVES, x: [30, 15] }))).toContain(2);
    expect(changed(one, run(curves(), { ...CURVES, v: [5, 12] }))).toContain(3);
    expect(changed(one, run(curves(), { ...CURVES, v: [5, 12] }))).not.toContain(4);
    // Trees with a threshold at 3: 0 and 2 are one side of it.
    expect(changed(run(forest(), { ...FOREST, a: [0, 1, 15] }), run(forest(), { ...FOREST, a: [2, 1, 15] }))).toEqual([
      2,
    ]);
  });

  it("changes the commitment to private parameters with a weight or the salt, under the same context and input", () => {
    const one = run(convolution(), CONVOLUTION);
    const { compiled } = convolution([0.5, -1, 0.5]);
    expect(changed(one, run({ compiled }, CONVOLUTION))).toContain(0);
    expect(changed(one, run({ compiled }, CONVOLUTION))).not.toContain(1);
    expect(changed(one, run({ compiled }, CONVOLUTION))).not.toContain(2);
    expect(changed(one, run(convolution(), CONVOLUTION, CONTEXT, { ...SALTS, parameters: parse(1n) }))).toEqual([0]);
  });

  it("refuses a hashed input without its salt, private parameters without theirs, and asks no salt of others", () => {
    const without = (name: string) => ({
      ...SALTS,
      inputs: new Map([...SALTS.inputs].filter(([key]) => key !== name)),
    });
    const noSalt = (what: string) =>
      expect.objectContaining({
        ...{ code: "model.salt", disposition: "reject", message: expect.stringContaining(`got no salt for ${what}`) },
      });
    expect(() => run(forest(), FOREST, CONTEXT, without("b"))).toThrow(noSalt("input b, which is hashed"));
    expect(() => run(forest(), FOREST, CONTEXT, without("a"))).not.toThrow();
    expect(() => run(convolution(), CONVOLUTION, CONTEXT, { ...SALTS, parameters: undefined })).toThrow(
      noSalt("the parameters, which are private"),
    );
    expect(() => infer(perceptron().compiled, new Map([["x", [0, 0, 0, 0, 0, 0]]]), CONTEXT)).not.toThrow();
  });

  it.each<[string, Row]>([
    ["one integer too wide", { ...FOREST, a: [8, 1, 15] }],
    ["a negative integer", { ...FOREST, b: [-1] }],
    ["half an integer", { ...FOREST, b: [0.5] }],
    ["an element too few", { ...FOREST, a: [7, 1] }],
    ["an element too many", { ...FOREST, a: [7, 1, 15, 0] }],
    ["an input left out", { a: [7, 1, 15] }],
  ])("refuses %s", (_what, row) => {
    expect(() => run(forest(), row)).toThrow(expect.objectContaining({ code: "model.input" }));
  });
});

describe("modelOf", () => {
  it("is the job's own of fixed parameters, whatever the salts", () => {
    const { compiled } = forest();
    expect(modelOf(compiled, NO_SALTS)).toBe(compiled.model);
    expect(modelOf(compiled, SALTS)).toBe(compiled.model);
  });

  it("is a digest of the identity, the salt, the weights and the biases, each moved up by half its range", () => {
    const { compiled } = convolution();
    const { weights, biases } = compiled.parameters;
    const { weightBits, biasBits } = compiled.program.parameters;
    const words = (list: readonly number[], bits: number): readonly bigint[] => {
      const [all, perWord] = [list.map((value) => BigInt(value) + (1n << BigInt(bits - 1))), Math.floor(248 / bits)];
      return Array.from({ length: Math.ceil(all.length / perWord) }, (_, w) =>
        all.slice(w * perWord, (w + 1) * perWord).reduce((sum, q, j) => sum + (q << BigInt(j * bits)), 0n),
      );
    };
    const elements = [compiled.identity, 5000n, ...words(weights, weightBits), ...words(biases, biasBits)].map(parse);
    expect(elements.length).toBeGreaterThan(2);
    expect(modelOf(compiled, SALTS)).toBe(digest(TAGS.parameters, elements));
  });
});

describe("packed", () => {
  it("puts as many elements into a word as fit in 248 bits, low first", () => {
    expect(packed([1n, 2n, 3n], 8)).toEqual([0x030201n]);
    expect(packed([1n, 2n, 3n], 124)).toEqual([1n + (2n << 124n), 3n]);
    expect(packed([1n, 2n], 125)).toEqual([1n, 2n]);
    expect(packed([], 8)).toEqual([]);
    expect(packed([(1n << 248n) - 1n], 248)).toEqual([(1n << 248n) - 1n]);
  });

  it.each([[256n], [-1n], [1n << 300n]])("refuses %s in 8 bits, which would be another list's words", (element) => {
    expect(() => packed([1n, element], 8)).toThrow(new RangeError(`got ${element}, want an integer of 8 bits`));
  });
});

describe("inputHash", () => {
  it("is of words: whoever compares digests knows of which layout they are", () => {
    const salt = parse(16n);
    expect(inputHash([1n, 2n, 3n, 4n], 8, salt)).toBe(inputHash([513n, 1027n], 16, salt));
    expect(inputHash([1n, 2n], 8, salt)).toBe(inputHash([1n, 2n, 0n], 8, salt));
    expect(inputHash([1n, 2n], 8, salt)).not.toBe(inputHash([2n, 1n], 8, salt));
  });
});

describe("contextOf", () => {
  const binding: Binding = {
    chainId: 31337n,
    gate: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    consumer: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    caller: "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    nonce: 5n,
  };
  const word = (value: bigint | string): string => BigInt(value).toString(16).padStart(64, "0");

  it("is the low 248 bits of the hash of five words", () => {
    const { chainId, gate, consumer, caller, nonce } = binding;
    const hash = keccak256(`0x${[chainId, gate, consumer, caller, nonce].map(word).join("")}`);
    expect(contextOf(binding)).toBe(low248(BigInt(hash)));
    expect(contextOf(binding) >> 248n).toBe(0n);
  });

  it.each<[string, Partial<Binding>]>([
    ["chain", { chainId: 1n }],
    ["gate", { gate: binding.caller }],
    ["consumer", { consumer: binding.gate }],
    ["caller", { caller: binding.consumer }],
    ["nonce", { nonce: 6n }],
  ])("is another one for another %s", (_what, change) => {
    expect(contextOf({ ...binding, ...change })).not.toBe(contextOf(binding));
  });

  it("is the same however an address is written", () => {
    expect(contextOf({ ...binding, caller: binding.caller.toLowerCase() })).toBe(contextOf(binding));
  });
});
