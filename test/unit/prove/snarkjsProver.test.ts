import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import * as snarkjs from "snarkjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PRIME } from "../../../src/lib/field.ts";
import * as Artifacts from "../../../src/prove/artifacts.ts";
import type { Prover } from "../../../src/prove/prover.ts";
import { createSnarkjsProver } from "../../../src/prove/snarkjsProver.ts";
import * as SolidityCalldata from "../../../src/prove/solidityCalldata.ts";
import { chain, createProject, endSnarkjs, type Project } from "./support.ts";

let project: Project;
let artifacts: Artifacts.Artifacts;
let prover: Prover;

beforeAll(async () => {
  project = await createProject();
  artifacts = await Artifacts.ensure("chain", { root: project.root });
  prover = createSnarkjsProver(artifacts);
});
afterAll(async () => {
  await prover.close();
  await endSnarkjs();
  await project.remove();
});

describe("prove", () => {
  test("returns a proof that plain snarkjs verifies", async () => {
    const { proof, publicSignals, witnessMs, proveMs } = await prover.prove({ x: 3n, k: 5n });
    expect(publicSignals).toEqual([chain(3n, 5n, PRIME), 3n]);
    expect(witnessMs).toBeGreaterThan(0);
    expect(proveMs).toBeGreaterThan(0);
    const text = (pair: readonly [bigint, bigint]): [string, string] => [String(pair[0]), String(pair[1])];
    const verified = await snarkjs.groth16.verify(artifacts.verificationKey, publicSignals.map(String), {
      pi_a: [...text(proof.a), "1"],
      pi_b: [text(proof.b[0]), text(proof.b[1]), ["1", "0"]],
      pi_c: [...text(proof.c), "1"],
      protocol: "groth16",
      curve: "bn128",
    });
    expect(verified).toBe(true);
  });

  test("serves calls that are made at once, each with its own answer", async () => {
    const proven = await Promise.all([1n, 2n, 3n].map((x) => prover.prove({ x, k: 5n })));
    expect(proven.map(({ publicSignals }) => publicSignals[1])).toEqual([1n, 2n, 3n]);
  });

  test.for([
    ["a value that the circuit refuses", { x: 3n, k: 1n << 16n }, /Num2Bits/],
    ["a missing signal", { x: 3n }, /Not all inputs have been set/],
    ["a signal that is none", { x: 3n, k: 5n, z: 1n }, /input signal z/],
    ["too many values", { x: 3n, k: [5n, 6n] }, /Too many values/],
  ] as const)("refuses %s, and works on", async ([, input, message]) => {
    const refused = prover.prove(input);
    await expect(refused).rejects.toMatchObject({ code: "prove.witness", disposition: "reject" });
    await expect(refused).rejects.toThrow(message);
    expect((await prover.prove({ x: 4n, k: 5n })).publicSignals[1]).toBe(4n);
  });

  test.for([PRIME, -1n])("refuses %s instead of reducing it", async (k) => {
    await expect(prover.prove({ x: [[k]], k: 5n })).rejects.toMatchObject({ code: "field.range" });
  });

  test("rejects with the signal's reason when it aborts, and serves the next call", async () => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const aborted = prover.prove({ x: 3n, k: 5n }, controller.signal);
    const queued = prover.prove({ x: 3n, k: 5n }, controller.signal);
    const next = prover.prove({ x: 8n, k: 5n });
    setImmediate(() => controller.abort(reason));
    await expect(aborted).rejects.toBe(reason);
    await expect(queued).rejects.toBe(reason);
    expect((await next).publicSignals[1]).toBe(8n);
    await expect(prover.prove({ x: 3n, k: 5n }, controller.signal)).rejects.toBe(reason);
  });

  test("returns no proof that does not verify", async () => {
    const { verificationKey } = artifacts;
    const [first, , ...rest] = verificationKey.IC;
    if (first === undefined) throw new Error("no IC");
    const other = createSnarkjsProver({
      ...artifacts,
      verificationKey: { ...verificationKey, IC: [first, first, ...rest] },
    });
    await expect(other.prove({ x: 3n, k: 5n })).rejects.toMatchObject({
      code: "prove.selfcheck",
      disposition: "fatal",
    });
    await other.close();
  });

  test("reports a key that snarkjs cannot read", async () => {
    const other = createSnarkjsProver({ ...artifacts, zkey: artifacts.zkey.slice(0, 1000) });
    await expect(other.prove({ x: 3n, k: 5n })).rejects.toMatchObject({ code: "prove.failed" });
    await other.close();
  });
});

describe("close", () => {
  test("fails what runs and what comes later", async () => {
    const other = createSnarkjsProver(artifacts);
    const running = other.prove({ x: 3n, k: 5n });
    const queued = other.prove({ x: 3n, k: 5n });
    setImmediate(() => void other.close());
    await expect(running).rejects.toMatchObject({ code: "prove.closed" });
    await expect(queued).rejects.toMatchObject({ code: "prove.closed" });
    await expect(other.prove({ x: 3n, k: 5n })).rejects.toMatchObject({ code: "prove.closed" });
    await other.close();
  });

  test("lets the process exit by itself", async () => {
    const script = path.join(import.meta.dirname, "proveOnce.ts");
    // Without compiler threads, at whose joining Node itself can hang (nodejs/node#54918): our threads are what is tested.
    const flags = ["--no-concurrent-sparkplug", "--no-concurrent-recompilation"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, script, project.root]);
    expect({ stdout, stderr }).toEqual({ stdout: "proven", stderr: "" });
  });
});

describe("SolidityCalldata.words", () => {
  test("swaps the halves of B's coordinates", () => {
    const words = SolidityCalldata.words({
      a: [1n, 2n],
      b: [
        [3n, 4n],
        [5n, 6n],
      ],
      c: [7n, 8n],
    });
    expect(words).toEqual([1n, 2n, 4n, 3n, 6n, 5n, 7n, 8n]);
  });
});
