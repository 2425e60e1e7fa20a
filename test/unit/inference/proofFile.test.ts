import { describe, expect, it } from "vitest";
import * as ProofFile from "../../../src/inference/proofFile.ts";
import { parse as field, PRIME } from "../../../src/lib/field.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const FILE: ProofFile.ProofFile = {
  ...{ circuit: "model-0123456789abcdef0123", keyHash: `0x${"ab".repeat(32)}`, model: field(PRIME - 1n) },
  binding: { chainId: 5n, gate: ADDRESS, consumer: ADDRESS, caller: ADDRESS, nonce: 2n ** 256n - 1n },
  proof: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 2n ** 256n - 1n],
  ...{ commitment: field(9n), inputs: [], outputs: [field(10n), field(0n)] },
  readings: [
    { name: "label", integers: [2], values: [2], labels: ["setosa"] },
    { name: "scores", integers: [-1, 2 ** 50], values: [-0.1, 1e300] },
  ],
};
const plain = () => JSON.parse(ProofFile.render(FILE));
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

describe("render and parse", () => {
  it("give the file that was given, to the last bit", () => {
    expect(ProofFile.parse(ProofFile.render(FILE), "proof.json")).toEqual(FILE);
  });

  it.each([
    ["a member more", { more: 1 }],
    ["another version", { version: 2 }],
    ["a model that is no element", { model: word(PRIME) }],
    ["an output that is no element", { outputs: [word(PRIME)] }],
    ["a commitment that is no element", { commitment: word(2n ** 256n - 1n) }],
    ["a short word", { outputs: ["0x00"] }],
    ["no outputs", { outputs: [] }],
    ["seven words of a proof", { proof: plain().proof.slice(1) }],
    ["a circuit that could be a path", { circuit: "model-../../x" }],
    ["a nonce of 257 bits", { binding: { ...plain().binding, nonce: (2n ** 256n).toString() } }],
    ["a nonce with leading zeros", { binding: { ...plain().binding, nonce: "01" } }],
    ["a binding without its caller", { binding: { ...plain().binding, caller: undefined } }],
    ["an address with a letter's case changed", { binding: { ...plain().binding, gate: ADDRESS.replace("C5", "c5") } }],
    ["half an integer", { readings: [{ name: "x", integers: [0.5], values: [1] }] }],
  ])("refuse %s", (_what, change) => {
    const text = JSON.stringify({ ...plain(), ...change });
    expect(() => ProofFile.parse(text, "proof.json")).toThrow(expect.objectContaining({ code: "inference.proof" }));
  });

  it("refuse what is no JSON", () => {
    expect(() => ProofFile.parse("{", "proof.json")).toThrow(expect.objectContaining({ code: "inference.proof" }));
  });

  it.each([
    ["a model's job", '{"version":1,"model":"iris.onnx","inputs":{}}', "it has no proof in it"],
    ["a list", "[1]", "it has no proof in it"],
    ["nothing", "null", "it has no proof in it"],
    ["a model", "\b\n\u0012\u0007skl2onnx", "it is no text"],
  ])("say in one line that %s is none", (_what, text, why) => {
    const message = `got p.json, want a proof of an inference: ${why}`;
    expect(() => ProofFile.parse(text, "p.json")).toThrow(
      expect.objectContaining({ code: "inference.proof", message }),
    );
  });
});
