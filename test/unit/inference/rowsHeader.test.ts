import { describe, expect, it } from "vitest";
import * as Rows from "../../../src/inference/rows.ts";

const FLOWER = ["sepal_length", "sepal_width", "petal_length"].map((name) => ({ name, size: 1 }));
const VECTOR = [{ name: "input", size: 3 }];

function refusal(text: string, inputs: readonly Rows.RowInput[]): string {
  try {
    Rows.parse(text, "rows.csv", inputs);
  } catch (error) {
    expect(error).toMatchObject({ code: "model.rows", disposition: "reject" });
    return (error as Error).message; // AssayError, as the line above says
  }
  throw new Error("nothing was refused");
}

describe("a CSV's header", () => {
  it("is refused where it is a row: the row would be missing from everything without a word", () => {
    expect(refusal("5.1,3.5,1.4\n4.9,3,1.4\n", VECTOR)).toContain("got 5.1,3.5,1.4 as the header, want names");
    expect(refusal("5.1,-3.5e1,1.4\n", FLOWER)).toContain("put a line of them before the first row");
    expect(refusal("0,1,2,3\n5.1,3.5,1.4,0\n", FLOWER)).toContain("got 0,1,2,... as the header");
  });

  it("may have numbers for names beside a label, or one name that is none", () => {
    expect(Rows.parse("0,1,2,label\n5.1,3.5,1.4,7\n", "rows.csv", VECTOR)).toHaveLength(1);
    expect(Rows.parse("0,1,x\n5.1,3.5,1.4\n", "rows.csv", VECTOR)).toHaveLength(1);
  });

  it("is refused with the names that are missing and those that the model does not have", () => {
    const message = refusal("sepal_length,petal_length,age,id,label\n", FLOWER);
    expect(message).toContain('got 4 columns beside "label", want 3 columns');
    expect(message).toContain("missing: sepal_width\n");
    expect(message).toContain("not of the model: age, id");
    expect(refusal("sepal_length,petal_length,label\n5,1,0\n", FLOWER)).toContain("missing: sepal_width");
  });

  it("is refused where it has the inputs' names in another order", () => {
    const moved = "sepal_width,sepal_length,petal_length\n3.5,5.1,1.4\n";
    expect(refusal(moved, FLOWER)).toContain("in another order, want sepal_length,sepal_width,petal_length");
    expect(Rows.parse("a,b,c\n3.5,5.1,1.4\n", "rows.csv", FLOWER)).toHaveLength(1);
  });

  it("names the column of a cell that is no number", () => {
    const message = refusal("sepal_length,sepal_width,petal_length,label\n5.1,3.5,1.4,0\n5.1,,1.4,0\n", FLOWER);
    expect(message).toContain('row 2, column sepal_width: got "", want a number');
  });
});
