// `assay model deploy` and `assay model register`: registry and gate on a chain, and a model's verifier and entry there.

import { dirname, relative, resolve } from "node:path";
import { type InterfaceAbi, toBeHex, type Wallet, ZeroHash } from "ethers";
import { createContractReader } from "../../chain/contractReader.ts";
import { compile } from "../../chain/creations.ts";
import { requireKeysFor } from "../../chain/deploy.ts";
import { createDeployer } from "../../chain/deployer.ts";
import { connect } from "../../chain/endpoint.ts";
import { deployRegistryAndGate, deployVerifier } from "../../chain/modelContracts.ts";
import { type ModelBook, NAMES, openModelBook, pathOf, type RegisteredModel } from "../../chain/modelRecord.ts";
import { register, requireParent } from "../../chain/modelRegistry.ts";
import * as Solidity from "../../chain/solidity.ts";
import { keyHash } from "../../chain/verifierTemplate.ts";
import { modelOf, NO_SALTS } from "../../inference/inference.ts";
import { type ProvenanceFiles, registrationOf } from "../../inference/registration.ts";
import { AssayError } from "../../lib/errors.ts";
import { createAccount } from "../deploy/account.ts";
import type { Environment } from "../environment.ts";
import { loadModel, type SecretsOptions, saltsFrom } from "./given.ts";
import { ensureModel } from "./prover.ts";

export type ChainOptions = {
  readonly rpcUrl: string;
  /** Directory of the chains' records. */
  readonly deployments: string;
};

/** Registry and gate, each once. */
export async function deployCommand(options: ChainOptions, wallet: Wallet, environment: Environment): Promise<void> {
  const { root, signal } = environment;
  const contracts = await compile({ root, names: ["ModelRegistry", "InferenceGate"] }, signal);
  const { endpoint, make, path, account } = await open(options, wallet, environment);
  await deployRegistryAndGate({ contracts, provider: endpoint.provider, make });
  account.end(path);
}

export type RegisterOptions = ChainOptions &
  SecretsOptions &
  ProvenanceFiles & {
    /** Where it is not the record's. */
    readonly registry?: string;
    readonly parent?: string;
    readonly unsafeDevelopmentKeys: boolean;
  };

/** Throws `chain.developmentKeys`, `deploy.*`, `chain.refused`, `model.salt` for private parameters without their salt. */
export async function registerCommand(
  path: string,
  options: RegisterOptions,
  wallet: Wallet,
  environment: Environment,
): Promise<void> {
  const { root, signal, out } = environment;
  const { onnx, compiled } = await loadModel(path);
  const salts = await saltsFrom(options);
  const model = modelOf(compiled, salts ?? NO_SALTS);
  const { parent, trainingData, trainingConfig, metrics, licence } = options;
  const files = { trainingData, trainingConfig, metrics, licence };
  // Everything that can be wrong here is, before anything is sent.
  const request = { onnx, compiled, model, parent, files };
  await registrationOf({ ...request, verifier: wallet.address });
  const { endpoint, book, make, path: record } = await open(options, wallet, environment);
  const { provider, chainId } = endpoint;
  const registry = options.registry ?? registryOf(book, record);
  const readerNow = async (abi: InterfaceAbi) =>
    createContractReader(registry, abi, { provider, block: await provider.getBlockNumber(), fromBlock: 0 });
  await requireParent(await readerNow([IS_REGISTERED]), parent ?? ZeroHash); // before keys are made and a verifier is paid for
  const { verificationKey, manifest } = await ensureModel(compiled, environment);
  const names = ["ModelRegistry", "ModelVerifier"] as const;
  const contracts = await compile({ root, names, verificationKey }, signal);

  requireKeysFor(chainId, { manifest, developmentKeys: options.unsafeDevelopmentKeys ? "any chain" : "local chains" });
  const verifier = await deployVerifier(keyHash(verificationKey), { contracts, provider, make });
  const registration = await registrationOf({ ...request, verifier });
  const { abi } = Solidity.get(contracts, "ModelRegistry");
  const { id, txHash } = await register(
    registration,
    { address: registry, abi, wallet: wallet.connect(provider), readerNow: () => readerNow(abi) },
    signal,
  );
  await book.putModel(id, {
    ...{ registry, registrar: wallet.address, verifier, circuit: compiled.circuit, keyHash: keyHash(verificationKey) },
    model: toBeHex(model, 32),
    files: relativeFiles(dirname(record), { job: path, ...files }),
  });
  out(
    `${"model".padEnd(16)} ${id} ${txHash === undefined ? "registered already" : `registered, transaction ${txHash}`}\n`,
  );
  out(`recorded in ${record}\n`);
}

const IS_REGISTERED = "function isRegistered(bytes32) view returns (bool)";

async function open({ rpcUrl, deployments }: ChainOptions, wallet: Wallet, environment: Environment) {
  const { closers, clock, signal, out, err } = environment;
  const endpoint = await connect(rpcUrl);
  closers.add(() => endpoint.provider.destroy());
  const { provider, chainId, genesis } = endpoint;
  const path = pathOf(deployments, chainId);
  const book = await openModelBook(path, { chainId, genesis });
  closers.add(() => book.close());
  const account = createAccount({ out, err });
  const make = createDeployer(
    { wallet: wallet.connect(provider), provider, book, clock, onStage: account.stage },
    signal,
  );
  return { endpoint, book, make, path, account };
}

function registryOf(book: ModelBook, path: string): string {
  const made = book.find(NAMES.registry);
  if (made !== undefined) return made.address;
  const hint = "`assay model deploy` makes one";
  throw new AssayError("usage.registry", `got no registry in ${path}, want one or --registry\n${hint}`);
}

/** With slashes, so that a record can be read elsewhere. */
function relativeFiles(
  from: string,
  { job, ...more }: ProvenanceFiles & { readonly job: string },
): RegisteredModel["files"] {
  const path = (name: string): string => relative(from, resolve(name)).replaceAll("\\", "/");
  const given = Object.entries(more).flatMap(([name, file]) => (file === undefined ? [] : [[name, path(file)]]));
  return { job: path(job), ...Object.fromEntries(given) };
}
