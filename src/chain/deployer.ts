// Makes a contract once, however often it is asked and wherever it was interrupted: what is recorded is looked for before
// anything is planned, and what is there is looked at before it is taken.

import { keccak256 } from "ethers";
import { AssayError } from "../lib/errors.ts";
import { differences } from "../lib/finding.ts";
import type { Making } from "./deployments.ts";
import { type DeployerOptions, plan, type Stage, settle, type Wanted } from "./making.ts";

/** The contract's address, once it is on the chain. Throws `deploy.differs` when it is another than the wanted one. */
export type Make = (name: string, wanted: Wanted) => Promise<string>;

export function createDeployer(options: DeployerOptions, signal: AbortSignal): Make {
  const { provider, book, wallet, onStage = () => undefined } = options;

  const require = async (name: string, making: Making, { look }: Wanted): Promise<void> => {
    const found = differences(await look(making));
    if (found.length > 0) throw otherThanWanted(name, making.address, found);
  };

  const seen = async (name: string, making: Making, stage: Stage): Promise<string> => {
    const { signed: _, ...settled } = making;
    if (making.signed !== undefined) await book.put(name, settled);
    await onStage(name, stage, settled);
    return making.address;
  };

  const share = async (name: string, wanted: Wanted): Promise<string | undefined> => {
    for (const making of book.alike(keccak256(wanted.initCode))) {
      if (differences(await wanted.look(making)).length > 0) continue;
      await book.put(name, making);
      await onStage(name, "shared", making);
      return making.address;
    }
    return undefined;
  };

  return async (name, wanted) => {
    signal.throwIfAborted();
    const known = book.find(name);
    if (known !== undefined) {
      const making = await settle(name, known, options, wanted, signal);
      if (making !== undefined) {
        await require(name, making, wanted);
        return await seen(name, making, known.signed === undefined ? "found" : "made");
      }
    }
    const shared = await share(name, wanted);
    if (shared !== undefined) return shared;
    const nonce = Math.max(
      await provider.getTransactionCount(wallet.address, "pending"),
      book.freeNonce(wallet.address),
    );
    const planned = await plan(name, wanted.initCode, nonce, undefined, options);
    const making = await settle(name, planned, options, wanted, signal);
    if (making === undefined) throw notMade(name, planned);
    await require(name, making, wanted);
    return await seen(name, making, "made");
  };
}

function otherThanWanted(name: string, address: string, found: readonly string[]): AssayError {
  const lines = found.map((line) => `  ${line}`);
  const hint = "what is deployed changes through its governance, not by deploying again";
  const message = `got another ${name} at ${address} than the job's\n${lines.join("\n")}\n${hint}`;
  return new AssayError("deploy.differs", message, { data: { name, address, differences: found } });
}

function notMade(name: string, { address, transactions }: Making): AssayError {
  const message = `got no ${name} at ${address} from transaction ${transactions.at(-1)}, whose nonce is used: it reverted, or another took its place`;
  return new AssayError("deploy.notMade", message, { disposition: "retry" });
}
