import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { hash, word } from "../../../src/cli/arguments.ts";
import {
  address,
  contractName,
  element,
  inputVisibility,
  rowRanges,
  target,
} from "../../../src/cli/model/arguments.ts";
import { bindingFrom } from "../../../src/cli/model/given.ts";
import { PRIME } from "../../../src/lib/field.ts";

describe("target", () => {
  it("is an accuracy or a size", () => {
    expect(target("accuracy=0.01")).toEqual({ kind: "accuracy", share: 0.01 });
    expect(target("size=3000")).toEqual({ kind: "size", constraints: 3000 });
  });
  it.each(["accuracy=1.5", "accuracy=", "size=1.5", "size=-3", "speed=1", "0.01"])("is not %s", (text) => {
    expect(() => target(text)).toThrow("want accuracy=");
  });
});

describe("rowRanges", () => {
  it("are numbers from 1 and ranges of them", () => {
    expect(rowRanges("3")).toEqual([[3, 3]]);
    expect(rowRanges("1, 4-7")).toEqual([
      [1, 1],
      [4, 7],
    ]);
    for (const text of ["", "0", "7-4", "1,", "-3", "1-2-3", "x"]) {
      expect(() => rowRanges(text), text).toThrow("want rows' numbers");
    }
  });
});

it("an element of the field is below its prime", () => {
  expect(element((PRIME - 1n).toString())).toBe(PRIME - 1n);
  for (const text of [PRIME.toString(), "-1", "x"]) expect(() => element(text), text).toThrow(InvalidArgumentError);
});

describe("inputVisibility", () => {
  it("adds one input to those before, whose name may have an equals sign", () => {
    expect(inputVisibility("a=b=hashed", { age: "public" })).toEqual({ age: "public", "a=b": "hashed" });
    expect(() => inputVisibility("age=secret", {})).toThrow("want <input>=public, private or hashed");
    expect(() => inputVisibility("=public", {})).toThrow("want <input>");
  });
});

describe("word", () => {
  it("is a whole number of at most 256 bits", () => {
    expect([word("0"), word("0x10"), word((2n ** 256n - 1n).toString())]).toEqual([0n, 16n, 2n ** 256n - 1n]);
    for (const text of ["", "-1", "1.5", "0x", "abc", (2n ** 256n).toString()]) {
      expect(() => word(text), text).toThrow("want a whole number");
    }
  });
});

it("hashes and addresses are told from what is none", () => {
  expect(hash(`0x${"AB".repeat(32)}`)).toBe(`0x${"ab".repeat(32)}`);
  expect(() => hash("0xab")).toThrow("want 0x and 64");
  expect(address("0x70997970c51812dc3a010c7d01b50e0d17dc79c8")).toBe("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
  expect(() => address("0x70997970C51812dc3A010C7d01b50e0d17dc79c8")).toThrow(
    "want its checksum, which is its letters'",
  );
  expect(() => address("0x70997970C51812dc3A010C7d01b50e0d17dc79")).toThrow("want an address.");
});

it("a contract's name is what renderVerifier takes, and refused before keys are looked for", () => {
  expect(contractName("IrisVerifier2")).toBe("IrisVerifier2");
  for (const text of ["bad name", "lower", "", "X-1", "X\n"]) {
    expect(() => contractName(text), text).toThrow("want letters and digits, the first a capital");
  }
});

it("a binding is all of its parts or none of them", () => {
  const gate = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
  const all = { chainId: 1n, gate, consumer: gate, caller: gate, nonce: 0n };
  expect(bindingFrom({})).toBeUndefined();
  expect(bindingFrom(all)).toEqual(all);
  const { nonce: _, ...without } = all;
  expect(() => bindingFrom(without)).toThrow("got a binding without --nonce");
});
