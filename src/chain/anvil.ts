// A local chain of one's own: anvil on a free port, ended with its handle.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { AssayError } from "../lib/errors.ts";
import { program } from "./foundry.ts";

export type Anvil = {
  readonly url: string;
  /** Funded by anvil's public mnemonic: for a local chain only. */
  readonly funded: { readonly deployer: string };
  readonly close: () => Promise<void>;
};

export type AnvilOptions = {
  /** Project root, where node_modules is. */
  readonly root: string;
  /** Genesis time, unix seconds; the present without it. */
  readonly timestamp?: number;
  /** LOCAL_CHAIN without it. */
  readonly chainId?: number;
  /** Keeps every opcode of every transaction, for debug_traceTransaction. */
  readonly tracesSteps?: boolean;
};

/** The chain id of a chain of one's own: anvil's and most other tools'. */
export const LOCAL_CHAIN = 31_337;

/** The first account of anvil's default mnemonic ("test test ... junk"). */
const DEPLOYER = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** Starts anvil on a port that the system chooses. Throws `chain.anvil` when it does not come up. */
export async function startAnvil(options: AnvilOptions, signal: AbortSignal): Promise<Anvil> {
  const { root, timestamp, chainId = LOCAL_CHAIN, tracesSteps = false } = options;
  signal.throwIfAborted();
  const time = timestamp === undefined ? [] : ["--timestamp", String(timestamp)];
  const steps = tracesSteps ? ["--steps-tracing"] : [];
  const flags = ["--host", "127.0.0.1", "--port", "0", "--chain-id", `${chainId}`, ...time, ...steps];
  const child = spawn(anvilProgram(root), flags, {
    // A group of its own: a terminal's Ctrl-C is this process' to act on, not the chain's to die of under it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // However this process ends, an uncaught error included, the chain ends with it; only SIGKILL gives no chance to.
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  const close = async (): Promise<void> => {
    await stop(child);
    process.off("exit", end);
  };
  try {
    const url = await listening(child, signal);
    // Its further log is nobody's: drained, so that the pipe never fills.
    child.stdout.resume();
    child.stderr.removeAllListeners("data").resume();
    return { url, funded: { deployer: DEPLOYER }, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function anvilProgram(root: string): string {
  try {
    return program(root, "anvil");
  } catch (cause) {
    throw new AssayError("chain.anvil", "got no anvil, want one that is built for this platform", { cause });
  }
}

async function listening(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new AssayError("chain.anvil", "anvil was started without pipes");
  let said = "";
  stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const lines = createInterface({ input: stdout });
  return await new Promise<string>((resolve, reject) => {
    const fail = (): void =>
      reject(new AssayError("chain.anvil", `anvil did not start: ${said.trim() || "no output"}`));
    lines.on("line", (line) => {
      const port = /^Listening on 127\.0\.0\.1:(\d+)$/.exec(line.trim())?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    child.once("error", (cause) => reject(new AssayError("chain.anvil", "anvil could not be run", { cause })));
    child.once("exit", fail);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
