// A use of examples/ on a local chain: its model with keys and rows, a registry and a gate, proofs for whomever.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Contract, HDNodeWallet, Interface, isError, keccak256, toUtf8Bytes, ZeroHash } from "ethers";
import * as Solidity from "../../../src/chain/solidity.ts";
import { type CompiledModel, compile, graphOf } from "../../../src/inference/compiledModel.ts";
import { contextOf, type Inference, infer, modelOf, type Salts } from "../../../src/inference/inference.ts";
import { ensure } from "../../../src/inference/modelArtifacts.ts";
import { load, type ModelJob } from "../../../src/inference/modelJob.ts";
import { rowInputs } from "../../../src/inference/reference.ts";
import * as Rows from "../../../src/inference/rows.ts";
import { type Field, low248 } from "../../../src/lib/field.ts";
import type { Artifacts } from "../../../src/prove/artifacts.ts";
import type { Proven, Prover } from "../../../src/prove/prover.ts";
import { createSnarkjsProver } from "../../../src/prove/snarkjsProver.ts";
import { type Chain, startChain } from "../deploying.ts";
import { done, make } from "../transactions.ts";
import { deployGate, inferenceOf } from "./gate.ts";

const root = join(import.meta.dirname, "../../..");

/* MODELS */

export type Use = {
  readonly folder: string;
  readonly job: ModelJob;
  readonly onnx: Uint8Array;
  readonly rows: readonly Rows.Row[];
  readonly compiled: CompiledModel;
};

/** From examples/<name>. */
export async function loadUse(name: string): Promise<Use> {
  const folder = join(root, "examples", name);
  const { job, onnx } = await load(join(folder, "job.json"));
  const path = join(folder, "rows.csv");
  const rows = Rows.parse(await readFile(path, "utf8"), path, rowInputs(graphOf(onnx, job.outputs)));
  return { folder, job, onnx, rows, compiled: compile(onnx, job) };
}

/** What a card says: the number that follows `label |` in one of its tables. */
export async function cardFigure({ folder }: Pick<Use, "folder">, label: string): Promise<number> {
  const card = await readFile(join(folder, "README.md"), "utf8");
  const [, figure] = new RegExp(`\\| ${label} \\| ([\\d,.]+)`).exec(card) ?? [];
  if (figure === undefined) throw new Error(`got no "${label}" in the card of ${folder}`);
  return Number(figure.replaceAll(",", ""));
}

/** A salt for a test: the same in each run, unlike a real one. */
export function salt(text: string): Field {
  return low248(BigInt(keccak256(toUtf8Bytes(text))));
}

/* CHAIN */

/** A use whose parties and consumer contract stand. Each of examples/ has a module that makes one. */
export type Setting = {
  readonly station: Station;
  readonly use: Use;
  readonly model: Keyed;
  readonly registered: Registered;
  readonly consumer: Contract;
  /** A transaction that the consumer accepts, of another party or round each time. */
  readonly honest: (run: number) => Promise<{ readonly proven: Proven; readonly gas: number }>;
};

/** A model with keys. Two that differ in their private parameters share them. */
export type Keyed = { readonly compiled: CompiledModel; readonly artifacts: Artifacts; readonly prover: Prover };

export type Asked = {
  readonly model: Keyed;
  readonly inputs: ReadonlyMap<string, ArrayLike<number>>;
  readonly salts?: Salts;
  readonly consumer: string;
  readonly caller: string;
  readonly nonce: bigint;
};

/** IInferenceGate.Inference. */
export type Call = {
  readonly nonce: bigint;
  readonly proof: readonly bigint[];
  readonly commitment: bigint;
  readonly inputs: readonly bigint[];
  readonly outputs: readonly bigint[];
};

export type Answered = { readonly inference: Inference; readonly proven: Proven; readonly call: Call };

export type Registered = { readonly id: string; readonly verifier: string };

export type Station = {
  readonly chain: Chain;
  readonly gate: Contract;
  readonly registry: Contract;
  /** Account `index` of anvil's phrase: 0 deploys and registers. Those from 40 on have nothing and only look. */
  readonly account: (index: number) => HDNodeWallet;
  /** A consumer of examples/, with the errors of the contracts that it calls. */
  readonly deploy: (file: string, ...args: readonly unknown[]) => Promise<Contract>;
  readonly key: (compiled: CompiledModel) => Promise<Keyed>;
  readonly register: (model: Keyed, options?: RegisterOptions) => Promise<Registered>;
  readonly prove: (asked: Asked) => Promise<Answered>;
  readonly close: () => Promise<void>;
};

export type RegisterOptions = {
  readonly parent?: string;
  /** Of an earlier registration: its keys are this model's too. */
  readonly verifier?: string;
  readonly registrar?: HDNodeWallet;
  readonly salts?: Salts;
  readonly modelFile?: Uint8Array;
};

/** With one ether each: anvil itself gives to the first ten. */
const ACCOUNTS = 40;
const PHRASE = "test test test test test test test test test test test junk";

export async function openStation(): Promise<Station> {
  const signal = new AbortController().signal;
  const chain = await startChain();
  const account = (index: number): HDNodeWallet =>
    HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${index}`).connect(chain.provider);
  for (let index = 0; index < ACCOUNTS; index++) {
    await chain.provider.send("anvil_setBalance", [account(index).address, "0xde0b6b3a7640000"]);
  }
  const { gate, registry, verifier: deployVerifier } = await deployGate(account(0));
  const { chainId } = await chain.provider.getNetwork();
  const provers: Prover[] = [];
  const errors = [gate, registry].flatMap(({ interface: { fragments } }) =>
    fragments.filter(({ type }) => type === "error"),
  );

  return {
    chain,
    gate,
    registry,
    account,
    deploy: async (file, ...args) => {
      const name = file.replace(/^.*\/|\.sol$/g, "");
      const compiled = await Solidity.compile({ root, entries: { [name]: file }, generated: {} }, signal);
      const artifact = Solidity.get(compiled, name);
      const address = await make(artifact, account(0), ...args);
      return new Contract(address, [...Interface.from(artifact.abi).fragments, ...errors], chain.provider);
    },
    key: async (compiled) => {
      const artifacts = await ensure(compiled, { root });
      const prover = createSnarkjsProver(artifacts);
      provers.push(prover);
      return { compiled, artifacts, prover };
    },
    register: async ({ compiled, artifacts }, options = {}) => {
      const { parent = ZeroHash, registrar = account(0), salts = { inputs: new Map() }, modelFile } = options;
      const { inputElements, outputWords, outputStride } = compiled.layout;
      const model = modelOf(compiled, salts);
      const verifier = options.verifier ?? (await deployVerifier(artifacts.verificationKey));
      const provenance = [modelFile === undefined ? ZeroHash : keccak256(modelFile), ...new Array(4).fill(ZeroHash)];
      const registration = { model, verifier, inputElements, outputWords, outputStride, parent, provenance };
      await sent(registry.connect(registrar), "register", registration);
      return { id: await registry.getFunction("idOf")(registrar.address, verifier, model), verifier };
    },
    prove: async ({ model: { compiled, prover }, inputs, salts, consumer, caller, nonce }) => {
      const context = contextOf({ chainId, gate: String(gate.target), consumer, caller, nonce });
      const inference = infer(compiled, inputs, context, salts);
      const proven = await prover.prove(inference.circuitInput);
      return { inference, proven, call: inferenceOf(inference, proven, nonce, compiled.layout.inputElements) };
    },
    close: async () => {
      await Promise.all(provers.map((prover) => prover.close()));
      await chain.close();
    },
  };
}

/** Gas of a transaction that is accepted. */
export async function sent(contract: Contract | ReturnType<Contract["connect"]>, name: string, ...args: unknown[]) {
  return Number(await done(contract, name, ...args));
}

/** The custom error with which a call is refused. Throws where it is not. */
export async function refusal(contract: ReturnType<Contract["connect"]>, name: string, ...args: unknown[]) {
  try {
    await (contract as Contract).getFunction(name).staticCall(...args);
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION")) return error.revert?.name ?? "no custom error";
    throw error;
  }
  throw new Error(`${name} was accepted`);
}
