import { describe, expect, it } from "vitest";
import { harmless, printable } from "../../../src/lib/printable.ts";

describe("printable", () => {
  it("leaves an ordinary name as it is", () => {
    expect(printable("/model/Gemm_3: [0]")).toBe("/model/Gemm_3: [0]");
  });

  it("escapes what moves a terminal's cursor, turns the writing around, or ends the line", () => {
    expect(printable("\u001b[2J\u202e\n\u0085\u00e9")).toBe("\\u001b[2J\\u202e\\n\\u0085\\u00e9");
    expect(printable('a"b\\c')).toBe('a\\"b\\\\c');
  });

  it("cuts a long name and says how long it is", () => {
    expect(printable("x".repeat(5000))).toBe(`${"x".repeat(80)}... (5000 characters)`);
    expect(printable("x".repeat(80))).toBe("x".repeat(80));
    expect(printable("xyz", 2)).toBe("xy... (3 characters)");
  });

  it("escapes half of a pair that the cut leaves", () => {
    expect(printable(`${"x".repeat(79)}😀`)).toBe(`${"x".repeat(79)}\\ud83d... (81 characters)`);
  });

  it("shows an empty name as such", () => {
    expect(printable("")).toBe('""');
  });
});

describe("harmless", () => {
  it("leaves lines, tabs and other scripts as they are", () => {
    const lines = "assay: \u00e9\t\u4e2d\n  \u{1f600}\n";
    expect(harmless(lines)).toBe(lines);
  });

  it("escapes every control character and what turns the writing around", () => {
    expect(harmless("\u001b[2J\r\u0007\u007f\u009b\u202e\u2066\0")).toBe(
      "\\u001b[2J\\u000d\\u0007\\u007f\\u009b\\u202e\\u2066\\u0000",
    );
  });

  it("changes nothing of what JSON says", () => {
    const value = { "\u009b2J": ["\u202e", "\u007f\n\\", "\u001b"] };
    const shown = harmless(JSON.stringify(value, undefined, 2));
    expect(shown).not.toMatch(/[\u007f-\u009f\u202e]/);
    expect(JSON.parse(shown)).toEqual(value);
  });
});
