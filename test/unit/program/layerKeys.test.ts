import { describe, expect, it } from "vitest";
import type { Graph, GraphNode, Operation } from "../../../src/graph/graph.ts";
import { layerKeys } from "../../../src/program/layerKeys.ts";

const INPUT: Operation = { kind: "input", name: "x" };
const RELU: Operation = { kind: "relu", operands: [0] };

function keys(...nodes: readonly (readonly [name: string, operation: Operation])[]): readonly string[] {
  const made = nodes.map(([name, operation]): GraphNode => ({ name, shape: [1], operation }));
  const graph: Graph = { nodes: made, inputs: [], outputs: [], notes: [] };
  return layerKeys(graph);
}

describe("layerKeys", () => {
  it("are the names of nodes, whatever has the name of another kind", () => {
    expect(keys(["x", INPUT], ["fc", INPUT], ["fc", RELU], ["act", RELU])).toEqual(["x", "fc", "fc", "act"]);
  });

  it("count nodes of one name and kind, and meet no name that looks like such a count", () => {
    expect(keys(["a", RELU], ["a", RELU], ["b", RELU], ["a", RELU])).toEqual(["a", "a#2", "b", "a#3"]);
    expect(keys(["a#2", RELU], ["a", RELU], ["a", RELU])).toEqual(["a#2", "a", "a#3"]);
  });

  it("are members that an object can have, whatever a file calls its nodes", () => {
    const found = keys(["__proto__", RELU], ["__proto__", RELU], ["constructor", RELU]);
    expect(Object.keys(JSON.parse(JSON.stringify(Object.fromEntries(found.map((key) => [key, 1])))))).toEqual(found);
    expect(found).toEqual(["__proto__#2", "__proto__#3", "constructor"]);
    const object: Record<string, number> = {};
    for (const key of found) object[key] = 1;
    expect(Object.keys(object)).toEqual(found);
  });

  it("are the same beside other nodes", () => {
    expect(keys(["z", INPUT], ["y", RELU], ["a", RELU], ["a", RELU]).slice(2)).toEqual(["a", "a#2"]);
  });
});
