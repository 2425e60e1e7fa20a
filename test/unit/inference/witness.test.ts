import { describe, expect, it } from "vitest";
import { contextOf, packed } from "../../../src/inference/inference.ts";
import * as Secrets from "../../../src/inference/secrets.ts";
import { inputHashes, statementParts, UNBOUND, witnessOf } from "../../../src/inference/witness.ts";
import { compiledIris } from "../../support/irisModel.ts";

const ROW = { inputs: new Map([["input", Float64Array.of(5.1, 3.5, 1.4, 0.2)]]) };
const FAR = { inputs: new Map([["input", Float64Array.of(5.1, 3.5, 1.4, 12.8)]]) };
const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const BINDING = { chainId: 1n, gate: ADDRESS, consumer: ADDRESS, caller: ADDRESS, nonce: 0n };

describe("witnessOf", () => {
  it("binds to what it is given, and to nothing where nothing is given", () => {
    const compiled = compiledIris({ visibility: "private", parameters: "fixed" });
    expect(witnessOf(compiled, ROW, undefined).inference.vector[1]).toBe(UNBOUND);
    expect(witnessOf(compiled, ROW, BINDING).inference.vector[1]).toBe(contextOf(BINDING));
  });

  it("reads labels by name and scores by their link", () => {
    const { readings } = witnessOf(compiledIris({ visibility: "private", parameters: "fixed" }), ROW, undefined);
    expect(readings[0]).toMatchObject({ kind: "index", labels: ["setosa"] });
    const probabilities = readings[1]?.linked?.values ?? [];
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(probabilities[0]).toBeGreaterThan(0.9);
  });

  it("refuses a row beyond the job's range, and one without the salts that it needs", () => {
    const hashed = compiledIris({ visibility: "hashed", parameters: "fixed" });
    expect(() => witnessOf(hashed, FAR, undefined)).toThrow(expect.objectContaining({ code: "model.input" }));
    expect(() => witnessOf(hashed, ROW, undefined)).toThrow(/assay model salts/);
    const secret = compiledIris({ visibility: "private", parameters: "private" });
    expect(() => witnessOf(secret, ROW, undefined)).toThrow(expect.objectContaining({ code: "model.salt" }));
  });
});

describe("statementParts", () => {
  it("are a public input's packed integers, a hashed one's digest, and nothing of a private one", () => {
    const shown = compiledIris({ visibility: "public", parameters: "fixed" });
    const inputs = statementParts(shown, witnessOf(shown, ROW, undefined).inference).inputs;
    expect(inputs.map(BigInt)).toEqual(packed([51n, 35n, 14n, 2n], 7));
    const hashed = compiledIris({ visibility: "hashed", parameters: "fixed" });
    const salts = Secrets.draw(hashed);
    const digests = statementParts(hashed, witnessOf(hashed, ROW, undefined, salts).inference).inputs;
    expect(digests.map(BigInt)).toEqual([inputHashes(hashed, ROW, salts).get("input")]);
    const hidden = compiledIris({ visibility: "private", parameters: "fixed" });
    expect(statementParts(hidden, witnessOf(hidden, ROW, undefined).inference).inputs).toEqual([]);
  });

  it("have another digest with other salts", () => {
    const hashed = compiledIris({ visibility: "hashed", parameters: "fixed" });
    const [one, other] = [Secrets.draw(hashed), Secrets.draw(hashed)];
    expect(inputHashes(hashed, ROW, one)).not.toEqual(inputHashes(hashed, ROW, other));
  });
});
