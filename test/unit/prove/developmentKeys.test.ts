import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import * as snarkjs from "snarkjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PRIME } from "../../../src/lib/field.ts";
import * as Compile from "../../../src/prove/compile.ts";
import * as DevelopmentKeys from "../../../src/prove/developmentKeys.ts";
import * as R1cs from "../../../src/prove/r1cs.ts";
import { chain, createProject, endSnarkjs, type Project } from "./support.ts";

let project: Project;

beforeAll(async () => {
  project = await createProject();
  await mkdir(path.join(project.root, "out"));
  await Compile.compile("chain", { root: project.root, outDir: "out" });
  await Compile.compile("sparse", { root: project.root, outDir: "out" });
});
afterAll(async () => {
  await endSnarkjs();
  await project.remove();
});

function readOutput(file: string): Promise<Uint8Array> {
  return readFile(path.join(project.root, "out", file));
}

async function witnessOf(name: string, input: Record<string, bigint>): Promise<Uint8Array> {
  const witness: { type: "mem"; data?: Uint8Array } = { type: "mem" };
  await snarkjs.wtns.calculate(input, await readOutput(`${name}_js/${name}.wasm`), witness, { memorySize: 1 });
  return witness.data ?? new Uint8Array();
}

describe("R1cs.parse", () => {
  test("reads the counts of circom's file", async () => {
    const r1cs = R1cs.parse(await readOutput("chain.r1cs"));
    expect(r1cs).toMatchObject({ publicOutputCount: 1, publicInputCount: 1 });
    expect(r1cs.constraintCount).toBeGreaterThan(100);
    expect(r1cs.starts.length).toBe(3 * r1cs.constraintCount);
    const sparse = R1cs.parse(await readOutput("sparse.r1cs"));
    expect(sparse).toMatchObject({ constraintCount: 1, wireCount: 5, publicOutputCount: 0, publicInputCount: 1 });
  });

  test("reads coefficients that a witness satisfies, and only that", async () => {
    const r1cs = R1cs.parse(await readOutput("chain.r1cs"));
    const values = await snarkjs.wtns.exportJson(await witnessOf("chain", { x: 3n, k: 5n }));
    expect(R1cs.unsatisfied(r1cs, values)).toEqual([]);
    expect(R1cs.unsatisfied(r1cs, values.with(1, (values[1] ?? 0n) + 1n))).not.toEqual([]);
  });

  test("refuses a file that is cut short, longer, or none", async () => {
    const file = await readOutput("chain.r1cs");
    for (const length of [0, 11, 12, 40, 100, file.byteLength - 1]) {
      expect(() => R1cs.parse(file.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: "prove.r1cs" }),
      );
    }
    expect(() => R1cs.parse(Uint8Array.from(file).fill(0, 0, 1))).toThrow(/magic number/);
  });
});

describe("create", () => {
  test("makes keys with which plain snarkjs proves and verifies", async () => {
    const keys = await DevelopmentKeys.create(R1cs.parse(await readOutput("chain.r1cs")));
    const { proof, publicSignals } = await snarkjs.groth16.prove(keys.zkey, await witnessOf("chain", { x: 3n, k: 5n }));
    expect(publicSignals).toEqual([String(chain(3n, 5n, PRIME)), "3"]);
    expect(await snarkjs.groth16.verify(keys.verificationKey, publicSignals, proof)).toBe(true);
    expect(await snarkjs.groth16.verify(keys.verificationKey, [publicSignals[0] ?? "", "4"], proof)).toBe(false);
    expect(await snarkjs.groth16.verify(keys.verificationKey, ["1", "3"], proof)).toBe(false);
    expect(await snarkjs.zKey.exportVerificationKey(keys.zkey)).toEqual(keys.verificationKey);
  });

  test("makes keys for wires that occur in one of A, B and C only, or nowhere", async () => {
    const keys = await DevelopmentKeys.create(R1cs.parse(await readOutput("sparse.r1cs")));
    const witness = await witnessOf("sparse", { a: 6n, b: 7n, c: 42n, d: PRIME - 1n, e: 9n });
    const { proof, publicSignals } = await snarkjs.groth16.prove(keys.zkey, witness);
    expect(publicSignals).toEqual(["9"]);
    expect(await snarkjs.groth16.verify(keys.verificationKey, ["9"], proof)).toBe(true);
    expect(await snarkjs.groth16.verify(keys.verificationKey, ["10"], proof)).toBe(false);
    expect(await snarkjs.zKey.exportVerificationKey(keys.zkey)).toEqual(keys.verificationKey);
  });

  test("refuses the proof of another key for the same circuit", async () => {
    const r1cs = R1cs.parse(await readOutput("sparse.r1cs"));
    const [first, second] = [await DevelopmentKeys.create(r1cs), await DevelopmentKeys.create(r1cs)];
    const witness = await witnessOf("sparse", { a: 6n, b: 7n, c: 42n, d: 0n, e: 9n });
    const { proof } = await snarkjs.groth16.prove(first.zkey, witness);
    expect(await snarkjs.groth16.verify(second.verificationKey, ["9"], proof)).toBe(false);
  });

  test("draws again outside [1, p), and overwrites the secret", async () => {
    const seen: Uint8Array[] = [];
    const draws = [0x00, 0xff, 0x3f, 0x05, 0x04, 0x03, 0x02, 0x01]; // zero and two above p are drawn again
    const r1cs = R1cs.parse(await readOutput("sparse.r1cs"));
    const keys = await DevelopmentKeys.create(r1cs, {
      fillRandom: (bytes) => {
        seen.push(bytes);
        bytes.fill(draws[seen.length - 1] ?? 0);
      },
    });
    expect(seen.length).toBe(draws.length);
    expect(seen.flatMap((bytes) => [...bytes]).every((byte) => byte === 0)).toBe(true);
    expect(keys.zkey.byteLength).toBeGreaterThan(0);
  });

  test("reports progress up to the whole", async () => {
    const reports: unknown[] = [];
    await DevelopmentKeys.create(R1cs.parse(await readOutput("sparse.r1cs")), { onProgress: (p) => reports.push(p) });
    expect(reports).toContainEqual({ step: "scalars", fraction: 1 });
    expect(reports.at(-1)).toEqual({ step: "points", fraction: 1 });
  });

  test.for(["scalars", "points"] as const)(
    "rejects with the signal's reason when it aborts during %s",
    async (step) => {
      const controller = new AbortController();
      const reason = new Error("no longer wanted");
      const making = DevelopmentKeys.create(R1cs.parse(await readOutput("chain.r1cs")), {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.step === step) controller.abort(reason);
        },
      });
      await expect(making).rejects.toBe(reason);
    },
  );
});
