// Compiles contracts with npm's solc and keeps the result by the hash of everything that went in.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { InterfaceAbi } from "ethers";
import { z } from "zod";
import { AssayError } from "../lib/errors.ts";
import { readIfThere, writeWhole } from "../lib/file.ts";

export type Contract = { readonly abi: InterfaceAbi; readonly bytecode: string };
export type Contracts = Readonly<Record<string, Contract>>;

export type CompileRequest = {
  /** Project root: contracts/ and node_modules/ are below it. */
  readonly root: string;
  /** Contract name to its file, relative to the root. */
  readonly entries: Readonly<Record<string, string>>;
  /** Files that stand nowhere, by the path under which they are imported. */
  readonly generated: Readonly<Record<string, string>>;
};

// Optimizer and EVM version mirror foundry.toml: what is tested is what is deployed.
const SETTINGS = {
  optimizer: { enabled: true, runs: 1_000_000 },
  evmVersion: "prague",
  metadata: { bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
} as const;

const contractsSchema = z.record(
  z.string(),
  z.object({ abi: z.array(z.unknown()), bytecode: z.string().startsWith("0x") }),
);

/** Throws `chain.contract` for a name that was not compiled. */
export function get(contracts: Contracts, name: string): Contract {
  const contract = contracts[name];
  if (contract === undefined) throw new AssayError("chain.contract", `got no compiled contract ${name}`);
  return contract;
}

/** Throws `chain.solc` with the compiler's errors. */
export async function compile(request: CompileRequest, signal: AbortSignal): Promise<Contracts> {
  const { root, entries } = request;
  const sources = await collectSources(request);
  const solcVersion = JSON.parse(await readFile(join(root, "node_modules/solc/package.json"), "utf8"))
    .version as string;
  const input = JSON.stringify({ language: "Solidity", sources, settings: SETTINGS });
  const key = createHash("sha256").update(solcVersion).update(JSON.stringify(entries)).update(input).digest("hex");
  const cached = join(root, ".assay", "contracts", `${key}.json`);
  const known = await readCached(cached);
  if (known !== undefined) return known;

  const output = solcOutput.parse(JSON.parse(await runSolc(root, input, signal)));
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw new AssayError("chain.solc", errors.map((error) => error.formattedMessage).join("\n"));
  }
  const contracts: Record<string, Contract> = {};
  for (const [name, file] of Object.entries(entries)) {
    const found = output.contracts?.[file]?.[name];
    if (found === undefined) throw new AssayError("chain.solc", `got no contract ${name} from ${file}`);
    // `as`: solc's own ABI.
    contracts[name] = { abi: found.abi as InterfaceAbi, bytecode: `0x${found.evm.bytecode.object}` };
  }
  await writeWhole(cached, JSON.stringify(contracts));
  return contracts;
}

/** Every file that the entries reach, by the path solc knows it under. */
async function collectSources({ root, entries, generated }: CompileRequest) {
  const sources: Record<string, { content: string }> = {};
  const visit = async (path: string): Promise<void> => {
    if (sources[path] !== undefined) return;
    const inNodeModules = path.startsWith("@");
    const content = generated[path] ?? (await readFile(join(root, inNodeModules ? "node_modules" : "", path), "utf8"));
    sources[path] = { content };
    for (const [, imported = ""] of content.matchAll(/^\s*import\s+(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/gm)) {
      await visit(imported.startsWith(".") ? posix.join(posix.dirname(path), imported) : imported);
    }
  };
  for (const file of Object.values(entries)) {
    await visit(file);
  }
  return Object.fromEntries(Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A cached file that does not parse is as good as none: it is compiled and written again. */
async function readCached(path: string): Promise<Contracts | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = contractsSchema.safeParse(parseJson(text));
  // `as`: written below from solc's output.
  return parsed.success ? (parsed.data as Contracts) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

function runSolc(root: string, input: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "bin/solc"), "--standard-json"], {
      signal,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", (error) => reject(signal.aborted ? signal.reason : error));
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new AssayError("chain.solc", `solc ended with ${code}: ${Buffer.concat(err).toString()}`));
    });
    child.stdin.on("error", reject);
    child.stdin.end(input);
  });
}

const solcOutput = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({ abi: z.array(z.unknown()), evm: z.object({ bytecode: z.object({ object: z.string() }) }) }),
      ),
    )
    .optional(),
});
