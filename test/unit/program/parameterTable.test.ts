import { describe, expect, it } from "vitest";
import { BIAS_BITS, createParameterTable } from "../../../src/program/parameterTable.ts";

describe("createParameterTable", () => {
  it("has each key once, in the order of first use, weights and biases apart", () => {
    const table = createParameterTable(4);
    expect([table.weight("a", 7, "l"), table.weight("b", -8, "l"), table.weight("a", 7, "m")]).toEqual([0, 1, 0]);
    expect([table.bias("b", 2, "l"), table.bias("a", 2, "l")]).toEqual([0, 1]);
    expect(table.values()).toEqual({ weights: [7, -8], biases: [2, 2] });
    expect(table.counts()).toEqual({ weightBits: 4, biasBits: BIAS_BITS, weights: 2, biases: 2 });
  });

  it("takes weights of its bits and biases of 32, to the last", () => {
    const table = createParameterTable(4);
    const refused = expect.objectContaining({ code: "model.weights", data: { layer: "fc1" }, disposition: "reject" });
    for (const value of [-8, 7, 0, -0]) table.weight(`${value} ${Object.is(value, -0)}`, value, "fc1");
    for (const value of [-9, 8, 0.5, Number.NaN]) expect(() => table.weight("x", value, "fc1")).toThrowError(refused);
    for (const value of [-(2 ** 31), 2 ** 31 - 1]) table.bias(`${value}`, value, "fc1");
    for (const value of [-(2 ** 31) - 1, 2 ** 31]) expect(() => table.bias("x", value, "fc1")).toThrowError(refused);
  });

  it("takes no second value for a key: that is a bug, not a model", () => {
    const table = createParameterTable(4);
    table.weight("a", 1, "l");
    expect(() => table.weight("a", 2, "l")).toThrow(TypeError);
  });
});
