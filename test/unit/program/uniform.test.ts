import { describe, expect, it } from "vitest";
import { structure, sum, type Value } from "../../../src/graph/builder.ts";
import { uniformNodes } from "../../../src/program/uniform.ts";
import { type Hand, hand } from "../../support/inference/graphs.ts";

/** Ids of the nodes that must have one unit. */
function uniform(make: (h: Hand, x: Value) => readonly Value[]): readonly number[] {
  const h = hand();
  return [...uniformNodes(h.finish(make(h, h.input("x", 2))))].toSorted((a, b) => a - b);
}

const sums = (h: Hand, x: Value): Value => h.affine([x], [sum([structure(0), structure(1)]), sum([])]);

describe("uniformNodes", () => {
  it("are what is handed out", () => {
    expect(uniform((h, x) => [sums(h, x)])).toEqual([1]);
  });

  it("are what is compared: by a maximum, an argmax, a curve", () => {
    expect(uniform((h, x) => [sums(h, h.maximum([sums(h, x)], [[0, 1], [1]]))])).toEqual([1, 3]);
    expect(uniform((h, x) => [h.argmax([sums(h, x), x], [[0, 3]])])).toEqual([0, 1, 2]);
    expect(uniform((h, x) => [sums(h, h.curve("tanh", x))])).toEqual([0, 2]);
  });

  it("are what only moves and ReLUs lie between", () => {
    expect(uniform((h, x) => [h.moved([h.relu(sums(h, x))], [1, 0, 0])])).toEqual([1, 2, 3]);
  });

  it("are not the operands of sums, products and trees", () => {
    expect(uniform((h, x) => [h.product(sums(h, x), x)])).toEqual([2]);
    expect(uniform((h, x) => [h.trees(x, [0], [{ values: [] }])])).toEqual([1]);
  });
});
