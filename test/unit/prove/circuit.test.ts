import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as Circuit from "../../../src/prove/circuit.ts";

const root = join(import.meta.dirname, "../../..");
const names = (circuits: readonly Circuit.Circuit[]) => circuits.map(({ name }) => name);

describe("the list of entry circuits", () => {
  it("has all of them, smallest first", async () => {
    expect(names(await Circuit.all(root))).toEqual([
      "round-4x1",
      "round-4x4",
      "round-4x4-learned",
      "round-4x32",
      "round-8x20",
    ]);
  });

  it("keeps those for measurement from operation", async () => {
    expect(names(await Circuit.operational(root))).toEqual(["round-4x4", "round-4x4-learned", "round-8x20"]);
  });
});

describe("describe", () => {
  it("gives the sizes of a circuit and its model", async () => {
    expect(await Circuit.describe(root, "round-4x4-learned")).toMatchObject({ model: "LearnedChart" });
    expect((await Circuit.describe(root, "round-8x20")).capacity).toEqual({ reporters: 8, feeds: 20 });
  });

  it.each(["round-5x5", "round-4x1"])("refuses %s, naming those for operation", async (name) => {
    await expect(Circuit.describe(root, name)).rejects.toMatchObject({
      code: "job.circuit",
      message: `got circuit ${name}, want one of round-4x4, round-4x4-learned, round-8x20`,
    });
  });
});
