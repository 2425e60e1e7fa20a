import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/graph/builder.ts";
import { evaluate } from "../../../src/graph/evaluate.ts";
import { fuse } from "../../../src/graph/fuse.ts";
import { type Graph, node, sizeOf } from "../../../src/graph/graph.ts";
import { rectifyLate } from "../../../src/graph/rectifyLate.ts";
import { at } from "../../../src/lib/element.ts";
import { random, seedOfRun } from "../../support/circuits/random.ts";
import { hand } from "../../support/inference/graphs.ts";
import { randomModel } from "../../support/inference/randomModel.ts";

const WINDOWS = [
  [0, 1],
  [1, 2],
];

/** What is left once nothing that is unused is. */
const kinds = (graph: Graph): readonly string[] =>
  fuse(rectifyLate(graph)).nodes.map(({ operation }) => operation.kind);

describe("rectifyLate", () => {
  it("has one ReLU where a window of a pool had many", () => {
    const h = hand();
    const graph = h.finish([h.maximum([h.relu(h.input("x", 3))], WINDOWS)]);
    expect(kinds(graph)).toEqual(["input", "maximum", "relu"]);
    const late = fuse(rectifyLate(graph));
    expect(node(late, 2)).toMatchObject({ shape: [2], operation: { operands: [1] } });
    expect(late.outputs).toEqual([{ name: "y0", node: 2, kind: "number" }]);
  });

  it("does so for maxima of several ReLUs, and of one that stands twice", () => {
    const h = hand();
    const [a, b] = [h.relu(h.input("a", 2)), h.relu(h.input("b", 2))];
    const graph = h.finish([
      h.maximum(
        [a, b, a],
        [
          [0, 2],
          [1, 3, 5],
        ],
      ),
    ]);
    expect(kinds(graph)).toEqual(["input", "input", "maximum", "relu"]);
  });

  it("names the ReLU after the first that it was, and the maximum after itself", () => {
    const h = hand();
    const late = fuse(rectifyLate(h.finish([h.maximum([h.relu(h.input("x", 3))], WINDOWS)])));
    expect(late.nodes.map(({ name }) => name)).toEqual(["x", "maximum1", "relu0"]);
  });

  it.each<[string, (h: ReturnType<typeof hand>, relu: Value) => readonly Value[]]>([
    ["is an output too", (h, relu) => [relu, h.maximum([relu], WINDOWS)]],
    ["has another user", (h, relu) => [h.maximum([relu], WINDOWS), h.moved([relu], [0])]],
    ["is one of two operands, the other no ReLU", (h, relu) => [h.maximum([relu, h.input("z", 1)], [[0, 3]])]],
    ["goes into an argmax", (h, relu) => [h.argmax([relu], WINDOWS)]],
  ])("leaves a ReLU that %s", (_, make) => {
    const h = hand();
    const graph = h.finish(make(h, h.relu(h.input("x", 3))));
    expect(kinds(graph)).toEqual(graph.nodes.map(({ operation }) => operation.kind));
  });

  it("goes through pools of pools", () => {
    const h = hand();
    const graph = h.finish([h.maximum([h.maximum([h.relu(h.input("x", 3))], WINDOWS)], [[0, 1]])]);
    const twice = fuse(rectifyLate(rectifyLate(graph)));
    expect(twice.nodes.map(({ operation }) => operation.kind)).toEqual(["input", "maximum", "maximum", "relu"]);
  });

  it("changes no value at all, on graphs by chance", () => {
    let moved = 0;
    for (let i = 0; i < 300; i++) {
      const source = random(seedOfRun() + BigInt(i));
      const { graph } = randomModel(source);
      const late = rectifyLate(graph);
      moved += late.nodes.length - graph.nodes.length;
      const row = new Map(
        graph.inputs.map((id) => {
          const { shape, operation } = node(graph, id);
          const elements = Float64Array.from({ length: sizeOf(shape) }, () => source.below(64) / 8 - 4);
          return [operation.kind === "input" ? operation.name : "", elements];
        }),
      );
      const [old, now] = [evaluate(graph, row), evaluate(late, row)];
      for (const [k, { node: id }] of graph.outputs.entries()) {
        expect([...at(now, at(late.outputs, k).node)].map(positive), `seed ${source.seed}`).toEqual(
          [...at(old, id)].map(positive),
        );
      }
    }
    expect(moved).toBeGreaterThan(0);
  });
});

/** max(-0, 0) may be either. */
const positive = (value: number): number => (value === 0 ? 0 : value);
