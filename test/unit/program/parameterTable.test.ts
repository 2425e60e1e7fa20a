import { describe, expect, it } from "vitest";
import { createParameterTable, requireBiasesFit } from "../../../src/program/parameterTable.ts";

const WIDTHS = { weightBits: 4, biasBits: 8 };
const refused = (layer: string) =>
  expect.objectContaining({ code: "model.weights", data: { layer }, disposition: "reject" });

describe("createParameterTable", () => {
  it("has each key once, in the order of first use, weights and biases apart", () => {
    const table = createParameterTable(WIDTHS);
    expect([table.weight("a", 7, "l"), table.weight("b", -8, "l"), table.weight("a", 7, "m")]).toEqual([0, 1, 0]);
    expect([table.bias("b", 2, "l"), table.bias("a", 2, "l")]).toEqual([0, 1]);
    expect(table.values()).toEqual({ weights: [7, -8], biases: [2, 2] });
    expect(table.counts()).toEqual({ ...WIDTHS, weights: 2, biases: 2 });
  });

  it("takes weights of its bits, to the last", () => {
    const table = createParameterTable(WIDTHS);
    for (const value of [-8, 7, 0, -0]) table.weight(`${value} ${Object.is(value, -0)}`, value, "fc1");
    for (const value of [-9, 8, 0.5, Number.NaN])
      expect(() => table.weight("x", value, "fc1")).toThrowError(refused("fc1"));
  });

  it("takes biases of any width, tells the widest, and refuses them by layer when they have to fit", () => {
    const table = createParameterTable(WIDTHS);
    for (const value of [-128, 127]) table.bias(`${value}`, value, "fc1");
    expect(table.widestBias()).toEqual({ value: -128, bits: 8, layer: "fc1" });
    requireBiasesFit(table);
    table.bias("wide", -129, "fc2");
    table.bias("narrow", 127, "fc3");
    expect(table.widestBias()).toEqual({ value: -129, bits: 9, layer: "fc2" });
    expect(() => requireBiasesFit(table)).toThrowError(refused("fc2"));
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => table.bias("x", value, "fc1")).toThrowError(refused("fc1"));
  });

  it("takes no second value for a key: that is a bug, not a model", () => {
    const table = createParameterTable(WIDTHS);
    table.weight("a", 1, "l");
    expect(() => table.weight("a", 2, "l")).toThrow(TypeError);
  });
});
