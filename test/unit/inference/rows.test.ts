import { describe, expect, it } from "vitest";
import * as Rows from "../../../src/inference/rows.ts";

const INPUTS = [
  { name: "a", size: 2 },
  { name: "b", size: 1 },
];

/** Plain values of rows. */
const read = (text: string, path: string, inputs = INPUTS) =>
  Rows.parse(text, path, inputs).map(({ inputs: row, label }) => ({
    ...Object.fromEntries([...row].map(([name, elements]) => [name, [...elements]])),
    ...(label === undefined ? {} : { label }),
  }));
const csv = (...lines: readonly string[]) => read(lines.join("\n"), "x.csv");
const json = (value: unknown) => read(JSON.stringify(value), "x.json");

/** What follows the first line of the refusal. */
function refusal(of: () => unknown): string {
  try {
    of();
  } catch (error) {
    expect(error).toMatchObject({ code: "model.rows", disposition: "reject" });
    const [first, ...rest] = String((error as Error).message).split("\n");
    expect(first).toMatch(/^got x\.(csv|json), want rows of numbers for the model's inputs$/);
    return rest.join("\n");
  }
  throw new Error("nothing was refused");
}

describe("rows of CSV", () => {
  it("are the inputs' elements in order, whatever the header calls them", () => {
    expect(csv("b,x,y", "1,2,3", "-4.5,1e3,.25")).toEqual([
      { a: [1, 2], b: [3] },
      { a: [-4.5, 1000], b: [0.25] },
    ]);
  });

  it("have a label where the last column is called so, and as it is written", () => {
    expect(csv("x,y,z,label", '1,2,3,"Iris, the ""first"""', "4,5,6,007")).toEqual([
      { a: [1, 2], b: [3], label: 'Iris, the "first"' },
      { a: [4, 5], b: [6], label: "007" },
    ]);
  });

  it("may be quoted, spaced, ended as on Windows, marked as UTF-8 and have empty lines between", () => {
    expect(csv('\uFEFF"x", y ,z\r', '"1" , 2,\t3\r', "\r", "4,5,6\r", "")).toEqual([
      { a: [1, 2], b: [3] },
      { a: [4, 5], b: [6] },
    ]);
  });

  it.each([
    ["two columns", "x,y", 2],
    ["four of which the last is no label", "x,y,z,class", 4],
    ["nothing", "", 0],
  ])("are refused for a header of %s, with what is wanted of each input", (_what, header, got) => {
    const want = "want 3 columns (2 of a, 1 of b)";
    expect(refusal(() => csv(header))).toBe(`got ${got} columns, ${want}, and "label" as the last one or not`);
  });

  it("are refused for a header of two and the label, which is none of them", () => {
    expect(refusal(() => csv("x,y,label"))).toBe('got 2 columns beside "label", want 3 columns (2 of a, 1 of b)');
  });

  it("are refused where one is shorter or longer than the header, by its line", () => {
    expect(refusal(() => csv("x,y,z", "1,2,3", "4,5"))).toMatch(/expect 3, got 2 on line 3/);
    expect(refusal(() => csv("x,y,z", "1,2,3,4"))).toMatch(/expect 3, got 4 on line 2/);
    expect(refusal(() => csv("x,y,z", '1,"2,3'))).toMatch(/quote/i);
  });

  it.each(["", "one", "1,5", "NaN", "Infinity", "-Infinity", "1e999", "12px", "--1", "null"])(
    "are refused for %j in place of a number, by the row's number below the header",
    (cell) => {
      expect(refusal(() => csv("x,y,z", "1,2,3", `4,"${cell}",6`))).toBe(
        `row 2, column y: got "${cell}", want a number`,
      );
    },
  );

  it("are refused where there are none", () => {
    expect(refusal(() => csv("x,y,z"))).toBe("no rows");
  });
});

describe("rows of JSON", () => {
  const want = [
    { a: [1, 2], b: [3] },
    { a: [4, 5], b: [6] },
  ];

  it("are lists, or objects of lists by input, nested or not", () => {
    expect(json([1, 2, 3])).toEqual(want.slice(0, 1));
    expect(
      json([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toEqual(want);
    expect(json([[[1], [2, [3]]]])).toEqual(want.slice(0, 1));
    expect(json({ b: 3, a: [[1], [2]] })).toEqual(want.slice(0, 1));
    expect(json([{ a: [1, 2], b: [3] }, [4, 5, 6]])).toEqual(want);
    expect(json([["1", " 2 ", "3"]])).toEqual(want.slice(0, 1));
  });

  it("are in the model's order of inputs, not the file's", () => {
    expect([...(Rows.parse('{"b":[3],"a":[1,2]}', "x.json", INPUTS)[0]?.inputs.keys() ?? [])]).toEqual(["a", "b"]);
  });

  it.each([
    ["too few numbers", [[1, 2, 3], [4]], "row 2: got 1 numbers, want 3"],
    ["too many numbers", [[1, 2, 3, 4]], "row 1: got 4 numbers, want 3"],
    ["too few of one input", [{ a: [1], b: [3] }], "row 1, a: got 1 numbers, want 2"],
    ["an input left out", [{ a: [1, 2] }], "row 1, b: got undefined, want a number"],
    ["inputs that there are not", [{ a: [1, 2], b: 3, c: 4, d: 5 }], "row 1: no input is called c, d"],
    [
      "null",
      [
        [1, 2, 3],
        [4, null, 6],
      ],
      "row 2: got null, want a number",
    ],
    ["true", [[1, 2, true]], "row 1: got true, want a number"],
    ["an object", [[1, 2, {}]], "row 1: got a list or an object, want a number"],
    ["an empty text", [[1, 2, " "]], 'row 1: got " ", want a number'],
    ["a row that is no list", [[1, 2, 3], null], "row 2: want a list or an object of lists"],
    ["a number alone", 1, "row 1: want a list or an object of lists"],
    ["an empty list", [], "no rows"],
  ])("are refused for %s", (_what, value, reason) => {
    expect(refusal(() => json(value))).toBe(reason);
  });

  it("are refused for a list that is nested as deep as a file can have it, and for names that would move a cursor", () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    expect(refusal(() => read(`[[1,2,${deep}]]`, "x.json"))).toBe("row 1: got a list or an object, want a number");
    expect(refusal(() => json([{ "\u001b[2J": 1 }]))).toBe("row 1: no input is called \\u001b[2J");
  });

  it("are refused for what is no JSON, and say no more than 60 letters of what is no number", () => {
    expect(() => read("[1,2", "x.json")).toThrow(
      "got x.json, want rows of numbers for the model's inputs: it is no JSON: Expected ',' or ']'",
    );
    expect(refusal(() => json([[1, 2, "x".repeat(1000)]])).length).toBeLessThan(100);
  });
});
