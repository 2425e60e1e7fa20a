import { describe, expect, it } from "vitest";
import { type Row, structure, sum, type Term, type Value } from "../../../src/graph/builder.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import { fuse } from "../../../src/graph/fuse.ts";
import { type Affine, type Graph, node, STRUCTURE, sizeOf } from "../../../src/graph/graph.ts";
import { at } from "../../../src/lib/element.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";
import { hand } from "../../support/inference/graphs.ts";
import { randomModel } from "../../support/inference/randomModel.ts";

describe("fuse", () => {
  it("changes no value of any output, on graphs by chance", () => {
    for (let i = 0; i < 300; i++) {
      const source = random(seedOfRun() + BigInt(i));
      const { graph } = randomModel(source);
      expectSameValues(graph, fuse(graph), `seed ${source.seed}`, source);
    }
  });

  it("makes one operation of linear layers with a bias, and of what moves elements between them", () => {
    const h = hand();
    const x = h.input("x", 2);
    const turned = h.moved([h.dense(x, [[2, 1]], [3]), x], [1, 0, 2]);
    const graph = fuse(h.finish([h.dense(turned, [[1, -1, 0.5]], [-4])]));
    expect(graph.nodes.map(({ operation }) => operation.kind)).toEqual(["input", "affine"]);
    expect(only(graph)).toMatchObject({ operands: [0], weights: Float64Array.of(-1, -0.5), bias: Float64Array.of(-7) });
  });

  it("keeps the inputs, the outputs' names and shapes, and the notes", () => {
    const h = hand();
    const [x, unused] = [h.input("x", 1), h.input("unused", 3)];
    const made = h.finish([h.moved([h.moved([x], [0, 0])], [1])]);
    const graph = fuse({ ...made, notes: ["a note"] });
    expect(graph.inputs.map((id) => node(graph, id).operation)).toMatchObject([{ name: "x" }, { name: "unused" }]);
    expect(graph.outputs).toEqual([{ name: "y0", node: 2, kind: "number" }]);
    expect(graph.notes).toEqual(["a note"]);
    expect(sizeOf(unused.shape)).toBe(3);
  });

  it("does not touch what other operations give", () => {
    const h = hand();
    const graph = h.finish([h.moved([h.relu(h.moved([h.input("x", 2)], [1, 0]))], [0])]);
    expect(fuse(graph).nodes).toEqual(graph.nodes);
  });

  it("leaves a narrow middle alone: written out, it would have more terms than both", () => {
    const h = hand();
    const wide = (size: number, rows: number) => Array.from({ length: rows }, () => new Array<number>(size).fill(1));
    const middle = h.dense(h.input("x", 20), wide(20, 2), [0, 0]);
    const graph = fuse(h.finish([h.dense(middle, wide(2, 20), new Array(20).fill(0))]));
    expect(graph.nodes).toHaveLength(3);
  });

  it("becomes one with the operand that it can, where it cannot with all", () => {
    const h = hand();
    const x = h.input("x", 20);
    const middle = h.dense(x, [new Array(20).fill(1)], [0]);
    const moved = h.moved([x], [7, 8]);
    const rows = Array.from({ length: 20 }, (): Row => sum([structure(0), structure(2)]));
    const graph = fuse(h.finish([h.affine([middle, moved], rows)]));
    expect(graph.nodes).toHaveLength(3);
    expect(operation(graph, 2).operands).toEqual([1, 0]);
  });

  it("has each operand once, and a term for each of its elements: sums of a sum with itself stay as they are", () => {
    const h = hand();
    let x = h.input("x", 3);
    const twice = (value: Value): Value =>
      h.affine(
        [value, value],
        [0, 1, 2].map((j) => sum([structure(j), structure(3 + j)])),
      );
    for (let i = 0; i < 40; i++) x = twice(x);
    const graph = fuse(h.finish([x]));
    expect(only(graph)).toMatchObject({ operands: [0], sources: Int32Array.of(0, 1, 2) });
    expect([...only(graph).weights]).toEqual([2 ** 40, 2 ** 40, 2 ** 40]);
  });

  it("keeps terms that cancel: what there is depends on no weight", () => {
    const h = hand();
    const x = h.input("x", 1);
    const same = h.moved([x], [0]);
    const graph = fuse(h.finish([h.affine([same, x], [sum([structure(0), structure(1, -1)])])]));
    expect(only(graph)).toMatchObject({ weights: Float64Array.of(0) });
  });

  it("ends soon on a graph that is made to be written out again and again", () => {
    // Each layer is a few terms and twice as many distinct elements away from the input.
    const h = hand();
    const size = 1024;
    let x = h.input("x", size);
    for (let i = 0; i < 300; i++) {
      const rows = Array.from(
        { length: size },
        (_, j): Row => sum([structure(j), structure((j * 7 + i * 13 + 1) % size)]),
      );
      x = h.affine([x], rows);
    }
    const start = performance.now();
    const graph = fuse(h.finish([x]));
    expect(performance.now() - start).toBeLessThan(60_000);
    expect(graph.nodes.length).toBeGreaterThan(2);
  });
});

describe("keys of fused layers", () => {
  it("are the parameters themselves behind moves and scales of 1", () => {
    expect(keysOf([parameter(0, 0.5, 3)], [structure(0)])).toEqual([3]);
  });

  it("are the same for the same product, and others for others", () => {
    const inner: readonly Row[] = [[parameter(0, 0.5, 3)], [parameter(1, 0.5, 3)], [parameter(2, 0.25, 4)]].map(sum);
    const outer = [0, 1, 2, 0].map((source, j) => sum([parameter(source, 2, j === 3 ? 6 : 5)]));
    const [a, b, c, d] = fusedKeys(inner, outer);
    expect(a).toBe(b);
    expect(new Set([a, c, d]).size).toBe(3);
  });

  it("tell a parameter from the same one times a constant of the structure, and one such constant from another", () => {
    const inner = [0, 1, 2, 3].map((source) => sum([parameter(source, 0.5, 3)]));
    const outer = [1, 2, 2, 3].map((weight, source) => sum([structure(source, weight)]));
    const [plain, doubled, again, tripled] = fusedKeys(inner, outer);
    expect(plain).toBe(3);
    expect(doubled).toBe(again);
    expect(new Set([plain, doubled, tripled]).size).toBe(3);
  });

  it("tell sums of a parameter with different constants of the structure apart", () => {
    const h = hand();
    const x = h.input("x", 3);
    const layer = h.affine(
      [x],
      [0, 1, 2].map((source) => sum([parameter(source, 0.5, 3)])),
    );
    const graph = fuse(
      h.finish([
        h.affine(
          [x, layer],
          [1, 2, 2].map((weight, j) => sum([structure(j, weight), structure(3 + j)])),
        ),
      ]),
    );
    const { keys, weights } = only(graph);
    expect([...weights]).toEqual([1.5, 2.5, 2.5]);
    expect(keys[0]).not.toBe(keys[1]);
    expect(keys[1]).toBe(keys[2]);
  });

  it("are the structure's where all of it is", () => {
    expect(keysOf([structure(0, 3)], [structure(0, 2)])).toEqual([STRUCTURE]);
  });

  it("never name two different weights, on graphs by chance", () => {
    for (let i = 0; i < 300; i++) {
      const source = random(seedOfRun() + 1000n + BigInt(i));
      for (const { operation } of fuse(randomModel(source).graph).nodes) {
        if (operation.kind === "affine") expectOneValueEach(operation, `seed ${source.seed}`);
      }
    }
  });

  it("are the same, and so is everything else, whatever the parameters: zeros too", () => {
    for (let i = 0; i < 200; i++) {
      const { graph, seed } = { ...randomModel(random(5000n + BigInt(i))), seed: i };
      const shape = (one: Graph) => one.nodes.map(({ operation }) => withoutParameters(operation));
      for (const weight of [() => 0, (key: number) => key + 0.5]) {
        expect(shape(fuse(withWeights(graph, weight))), `${seed}`).toEqual(shape(fuse(graph)));
      }
    }
  });
});

describe("biases of fused layers", () => {
  it("of 0 that belong to the structure are no parameters, even times one", () => {
    const { biasKeys, bias } = fused([sum([parameter(0, 0.5, 3)])], [sum([parameter(0, 2, 4)])]);
    expect([biasKeys[0], bias[0]]).toEqual([STRUCTURE, 0]);
  });

  it("stay the parameter that they are beside a bias of 0, and another beside a constant", () => {
    const inner = [0, 1, 2].map((source): Row => ({ ...sum([parameter(source, 0.5, 3)]), bias: 0.25, biasKey: 4 }));
    const outer = [0, 5, 6].map((bias, j): Row => ({ ...sum([structure(j)]), bias, biasKey: STRUCTURE }));
    const { biasKeys, bias } = fused(inner, outer);
    expect([...bias]).toEqual([0.25, 5.25, 6.25]);
    expect(biasKeys[0]).toBe(4);
    expect(new Set(biasKeys).size).toBe(3);
  });

  it("tell constants apart that come in one after the other", () => {
    const h = hand();
    const x = h.input("x", 2);
    const layer = h.affine(
      [x],
      [0, 1].map((source): Row => ({ ...sum([parameter(source, 0.5, 3)]), bias: 0.25, biasKey: 4 })),
    );
    const constants = h.affine(
      [x],
      [5, 0].map((bias, source): Row => ({ ...sum([structure(source)]), bias, biasKey: STRUCTURE })),
    );
    const both = h.affine(
      [constants, layer],
      [0, 1].map((j) => sum([structure(j), structure(2 + j)])),
    );
    const { bias, biasKeys } = only(fuse(h.finish([both])));
    expect([...bias]).toEqual([5.25, 0.25]);
    expect(biasKeys[0]).not.toBe(biasKeys[1]);
  });
});

const parameter = (source: number, weight: number, key: number): Term => ({ source, weight, key });

/** Inner rows on an input, outer rows on them. */
function fused(inner: readonly Row[], outer: readonly Row[]): Affine {
  const h = hand();
  return only(fuse(h.finish([h.affine([h.affine([h.input("x", 8)], inner)], outer)])));
}

const fusedKeys = (inner: readonly Row[], outer: readonly Row[]): readonly number[] => [...fused(inner, outer).keys];
const keysOf = (inner: readonly Term[], outer: readonly Term[]): readonly number[] =>
  fusedKeys([sum(inner)], [sum(outer)]);

function operation(graph: Graph, id: number): Affine {
  const found = node(graph, id).operation;
  if (found.kind !== "affine") throw new TypeError(`got ${found.kind}, want an affine operation`);
  return found;
}

function only(graph: Graph): Affine {
  expect(graph.nodes.map((one) => one.operation.kind)).toEqual(["input", "affine"]);
  return operation(graph, 1);
}

function expectSameValues(before: Graph, after: Graph, where: string, source: ReturnType<typeof random>): void {
  const row = new Map(
    before.inputs.map((id) => {
      const { shape, operation } = node(before, id);
      const elements = Float64Array.from({ length: sizeOf(shape) }, () => source.below(2 ** 20) / 2 ** 17 - 4);
      return [operation.kind === "input" ? operation.name : "", elements];
    }),
  );
  const [old, now] = [evaluate(before, row), evaluate(after, row)];
  for (const [i, { node: id, kind }] of before.outputs.entries()) {
    // A tie may be broken by the last digit.
    if (kind === "index" || before.nodes.some(({ operation }) => ["trees", "argmax"].includes(operation.kind)))
      continue;
    const got = at(now, at(after.outputs, i).node);
    expect(got).toHaveLength(at(old, id).length);
    for (const [j, want] of at(old, id).entries()) {
      expect(Math.abs(at(got, j) - want) / Math.max(1, Math.abs(want)), `${where}, output ${i}`).toBeLessThan(1e-9);
    }
  }
}

function expectOneValueEach({ keys, weights, bias, biasKeys }: Affine, where: string): void {
  for (const [names, values] of [
    [keys, weights],
    [biasKeys, bias],
  ] as const) {
    const known = new Map<number, number>();
    for (const [k, key] of names.entries()) {
      if (key !== STRUCTURE) expect(known.get(key) ?? at(values, k), where).toBe(at(values, k));
      known.set(key, at(values, k));
    }
  }
}

/** Every parameter by its key. */
function withWeights(graph: Graph, weight: (key: number) => number): Graph {
  const changed = (values: Float64Array, keys: Int32Array): Float64Array =>
    values.map((value, k) => (keys[k] === STRUCTURE ? value : weight(at(keys, k))));
  const nodes = graph.nodes.map((one) => {
    const { operation } = one;
    if (operation.kind !== "affine") return one;
    const { weights, keys, bias, biasKeys } = operation;
    return { ...one, operation: { ...operation, weights: changed(weights, keys), bias: changed(bias, biasKeys) } };
  });
  return { ...graph, nodes };
}

function withoutParameters(operation: Graph["nodes"][number]["operation"]): unknown {
  if (operation.kind !== "affine") return operation.kind;
  const { operands, starts, sources, keys, biasKeys, weights, bias } = operation;
  const kept = (values: Float64Array, names: Int32Array): Float64Array =>
    values.filter((_, k) => names[k] === STRUCTURE);
  return { operands, starts, sources, keys, biasKeys, structure: [kept(weights, keys), kept(bias, biasKeys)] };
}
