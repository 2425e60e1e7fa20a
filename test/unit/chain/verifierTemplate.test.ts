import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Contract, type InterfaceAbi, id, JsonRpcProvider, type JsonRpcSigner } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  keyHash,
  keyWords,
  renderVerifier,
  selector,
  type VerificationKey,
} from "../../../src/chain/verifierTemplate.ts";
import { PRIME } from "../../../src/lib/field.ts";
import { createSynthetic, type Synthetic } from "../../contracts/synthetic/groth16.ts";
import { make } from "../../support/transactions.ts";

type Compiled = { readonly abi: InterfaceAbi; readonly bytecode: string };
type CompilerOutput = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts: Record<string, Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>>;
};

const require = createRequire(import.meta.url);
const BASE_PRIME = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const SIGNALS = [123n, PRIME - 1n, (1n << 248n) - 1n];
const ROOT = new URL("../../../", import.meta.url);

let synthetic: Synthetic;
let vk: VerificationKey;
let proof: readonly bigint[];

beforeAll(async () => {
  synthetic = await createSynthetic("verifierTemplate.test");
  vk = synthetic.verificationKey;
  proof = synthetic.prove(SIGNALS, "0");
});

afterAll(() => synthetic.terminate());

describe("renderVerifier", () => {
  test("renders the same text for the same key", () => {
    const options = { contractName: "Some4x4Verifier", importPath: "./RoundBatchVerifier.sol" };
    expect(renderVerifier(vk, options)).toBe(renderVerifier(structuredClone(vk), options));
    expect(renderVerifier(vk, options)).toContain("contract Some4x4Verifier is RoundBatchVerifier {");
    expect(renderVerifier(vk, options)).toContain(`Key hash ${keyHash(vk)}.`);
  });

  test("swaps the coordinates of G2 for the precompile", () => {
    const words = keyWords(vk);
    expect(words).toHaveLength(22);
    expect(words.slice(0, 6)).toEqual([
      BigInt(vk.vk_alpha_1[0] ?? ""),
      BigInt(vk.vk_alpha_1[1] ?? ""),
      BigInt(vk.vk_beta_2[0]?.[1] ?? ""),
      BigInt(vk.vk_beta_2[0]?.[0] ?? ""),
      BigInt(vk.vk_beta_2[1]?.[1] ?? ""),
      BigInt(vk.vk_beta_2[1]?.[0] ?? ""),
    ]);
  });

  test.each<[string, (key: VerificationKey) => VerificationKey]>([
    ["gamma = delta", (key) => ({ ...key, vk_delta_2: key.vk_gamma_2 })],
    ["gamma = -delta", (key) => ({ ...key, vk_delta_2: negated(key.vk_gamma_2) })],
    ["beta = gamma", (key) => ({ ...key, vk_beta_2: key.vk_gamma_2 })],
    ["beta = -gamma", (key) => ({ ...key, vk_beta_2: negated(key.vk_gamma_2) })],
    ["beta = delta", (key) => ({ ...key, vk_beta_2: key.vk_delta_2 })],
    ["beta = -delta", (key) => ({ ...key, vk_beta_2: negated(key.vk_delta_2) })],
    ["another protocol", (key) => ({ ...key, protocol: "plonk" })],
    ["another curve", (key) => ({ ...key, curve: "bls12381" })],
    ["four public signals", (key) => ({ ...key, nPublic: 4 })],
    ["an IC point too many", (key) => ({ ...key, IC: [...key.IC, ["1", "2", "1"]] })],
    ["a point at infinity", (key) => ({ ...key, vk_alpha_1: ["0", "1", "0"] })],
    [
      "a G2 point at infinity",
      (key) => ({
        ...key,
        vk_beta_2: [
          ["0", "0"],
          ["1", "0"],
          ["0", "0"],
        ],
      }),
    ],
    ["a coordinate of q", (key) => ({ ...key, vk_alpha_1: [String(BASE_PRIME), "2", "1"] })],
    ["a coordinate in hex", (key) => ({ ...key, vk_alpha_1: ["0x1", "2", "1"] })],
    ["a coordinate that is code", (key) => ({ ...key, vk_alpha_1: ["1; } //", "2", "1"] })],
  ])("refuses a key with %s", (_, change) => {
    expect(() => renderVerifier(change(vk), { contractName: "Bad" })).toThrow(
      expect.objectContaining({ code: "verifier.key" }),
    );
  });

  test.each(["", "lower", "With Space", "Two;contract Evil"])("refuses the contract name %j", (contractName) => {
    expect(() => renderVerifier(vk, { contractName })).toThrow(expect.objectContaining({ code: "verifier.name" }));
  });
});

describe("a rendered verifier on a chain", () => {
  let node: Awaited<ReturnType<typeof startAnvil>>;
  let provider: JsonRpcProvider;
  let signer: JsonRpcSigner;
  let verifier: Contract;

  beforeAll(async () => {
    node = await startAnvil();
    provider = new JsonRpcProvider(node.url, undefined, { cacheTimeout: -1 });
    signer = await provider.getSigner();
    verifier = await deploy(renderVerifier(vk, { contractName: "Rendered" }));
  });

  afterAll(async () => {
    provider.destroy();
    await node.stop();
  });

  async function deploy(source: string): Promise<Contract> {
    const artifact = await compile(source);
    return new Contract(await make(artifact, signer), artifact.abi, provider);
  }

  async function holds(words: readonly bigint[], signals: readonly bigint[]): Promise<boolean> {
    // A precompile that refuses a point burns its gas, so the call gets a limit.
    return verifier.getFunction("verify")(words, ...signals, { gasLimit: 1_000_000 });
  }

  test("answers with the key's hash and selector", async () => {
    expect(await verifier.getFunction("keyHash")()).toBe(keyHash(vk));
    expect(await verifier.getFunction("selector")()).toBe(selector(vk));
  });

  test("accepts proofs", async () => {
    expect(await holds(proof, SIGNALS)).toBe(true);
    expect(await holds(synthetic.prove([0n, 0n, 0n], "1"), [0n, 0n, 0n])).toBe(true);
    expect(await holds(synthetic.prove(SIGNALS, "2"), SIGNALS)).toBe(true);
  });

  test("refuses another signal in any place", async () => {
    for (const index of SIGNALS.keys()) {
      expect(await holds(proof, SIGNALS.with(index, 5n)), `signal ${index}`).toBe(false);
    }
    expect(await holds(proof, SIGNALS.toReversed())).toBe(false);
  });

  test("refuses a changed proof word", async () => {
    for (const [index, word] of proof.entries()) {
      expect(await holds(proof.with(index, word ^ 1n), SIGNALS), `word ${index}, bit 0`).toBe(false);
      expect(await holds(proof.with(index, word ^ (1n << 255n)), SIGNALS), `word ${index}, bit 255`).toBe(false);
      expect(await holds(proof.with(index, 0n), SIGNALS), `word ${index}, zero`).toBe(false);
    }
  });

  test("refuses the second spelling of a coordinate or a signal", async () => {
    for (const [index, word] of proof.entries()) {
      expect(await holds(proof.with(index, word + BASE_PRIME), SIGNALS), `word ${index}`).toBe(false);
    }
    for (const [index, signal] of SIGNALS.entries()) {
      expect(await holds(proof, SIGNALS.with(index, signal + PRIME)), `signal ${index}`).toBe(false);
    }
  });

  test("cannot be deployed with a key that anyone can forge with", async () => {
    const forged = renderVerifier(vk, { contractName: "Rendered" }).replace(
      /key\[1([0-3])\] = 0x[0-9a-f]+;/g,
      (_, digit: string) => `key[1${digit}] = key[${6 + Number(digit)}];`,
    );
    await expect(deploy(forged)).rejects.toThrow(id("Verifier_ForgeableKey()").slice(0, 10));
  });
});

function negated([x, y, z]: VerificationKey["vk_gamma_2"]): VerificationKey["vk_gamma_2"] {
  return [x ?? [], (y ?? []).map((text) => String(BASE_PRIME - BigInt(text))), z ?? []];
}

/** solc over the rendered source and the two files that it stands on. */
async function compile(source: string): Promise<Compiled> {
  const solc = require("solc") as { compile: (input: string) => string };
  const ours = [
    ...["IVerifier", "IFeedSet", "IRoundBatch"].map((name) => `interfaces/${name}.sol`),
    ...["Groth16Lib", "AcceptDeferredLib", "Groth16BatchLib", "StatementVerifier", "RoundBatchVerifier"].map(
      (name) => `verifier/${name}.sol`,
    ),
  ];
  const sources: Record<string, { content: string }> = { "generated/Rendered.sol": { content: source } };
  for (const path of ours) {
    sources[path] = { content: await readFile(new URL(`contracts/${path}`, ROOT), "utf8") };
  }
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources,
        settings: {
          optimizer: { enabled: true, runs: 1_000_000 },
          outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
        },
      }),
    ),
  ) as CompilerOutput;
  const failures = (output.errors ?? []).filter((error) => error.severity === "error");
  if (failures.length > 0) throw new Error(failures.map((error) => error.formattedMessage).join("\n"));
  const made = output.contracts["generated/Rendered.sol"]?.Rendered;
  if (made === undefined) throw new Error("solc returned no contract Rendered");
  return { abi: made.abi, bytecode: made.evm.bytecode.object };
}

/** anvil on a port that it picks itself; stopped by its own handle. */
async function startAnvil(): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(new URL("node_modules/.bin/anvil", ROOT).pathname, ["--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const found = /Listening on (\S+)/.exec(printed);
      if (found?.[1] !== undefined) resolve(`http://${found[1]}`);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`anvil ended with ${code} before it listened`)));
  });
  return {
    url,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
