// `assay feed inspect`: what anyone can recompute of a feed set on a live chain, one line a check. Reads only.

import { getAddress } from "ethers";
import { compile } from "../../chain/creations.ts";
import { type DeployedSet, idText, pathOf, read } from "../../chain/deployments.ts";
import { connect, type Endpoint } from "../../chain/endpoint.ts";
import { type Inspection, inspect } from "../../chain/inspection/inspect.ts";
import type { Local } from "../../chain/inspection/verifier.ts";
import { keyHash } from "../../chain/verifierTemplate.ts";
import { identityOf } from "../../job/configuration.ts";
import * as Job from "../../job/job.ts";
import { AssayError } from "../../lib/errors.ts";
import * as Artifacts from "../../prove/artifacts.ts";
import * as Circuit from "../../prove/circuit.ts";
import * as Configuration from "../../round/configuration.ts";
import type { Environment } from "../environment.ts";
import { asJson, asText } from "./show.ts";

export type InspectOptions = {
  readonly rpcUrl: string;
  readonly feedSet?: string;
  readonly job?: string;
  /** Directory of the chains' records: says where a job's set is, and nothing else is believed of it. */
  readonly deployments: string;
  readonly fromBlock?: number;
  readonly json: boolean;
};

/** Throws `inspect.differs` after everything was shown, if something does. */
export async function inspectCommand(options: InspectOptions, environment: Environment): Promise<void> {
  const { root, signal, closers, out } = environment;
  if (options.feedSet === undefined && options.job === undefined) {
    throw new AssayError("usage.feedSet", "got neither --feed-set nor --job, want one of them");
  }
  const job = options.job === undefined ? undefined : await Job.load(options.job);
  const circuits = await Circuit.all(root);
  const endpoint = await connect(options.rpcUrl);
  closers.add(() => endpoint.provider.destroy());
  const { provider, chainId } = endpoint;
  const record = job === undefined ? undefined : await recordOf(job, options, endpoint);
  const address = addressOf(options, record);
  const latest = await provider.getBlock("latest");
  if (latest === null) throw new AssayError("chain.endpoint", `got no latest block of chain ${chainId}, want one`);
  // What a record says of another address is nothing about this one.
  const own = record?.contracts.feedSet?.address === address ? record : undefined;
  const since = Math.min(...Object.values(own?.contracts ?? {}).map(({ sinceBlock }) => sinceBlock));
  const fromBlock = options.fromBlock ?? (Number.isFinite(since) ? since : 0);
  const inspection = await inspect({
    address,
    moment: { provider, block: latest.number, fromBlock },
    nowSeconds: BigInt(latest.timestamp),
    contracts: await compile({ root, names: ["FeedSet", "Feed", "TimelockController"] }, signal),
    circuits,
    localOf: (candidates, key) =>
      localOf(
        circuits.filter(({ name }) => candidates.some((one) => one.name === name)),
        key,
        { root, signal },
      ),
    ...(job === undefined
      ? {}
      : { job: { job, record: own, circuit: await Circuit.describe(root, job.spec.circuit) } }),
  });
  const head = { chainId, block: latest.number, atSeconds: latest.timestamp, feedSet: address };
  out(options.json ? asJson(head, inspection) : asText(head, inspection));
  requireAgreement(inspection);
}

async function recordOf(job: Job.Job, { deployments }: InspectOptions, endpoint: Endpoint) {
  const record = await read(pathOf(deployments, endpoint.chainId), endpoint);
  return record?.sets[idText(Configuration.feedSetId(identityOf(job.spec)))];
}

function addressOf({ feedSet, deployments, job }: InspectOptions, record: DeployedSet | undefined): string {
  const text = feedSet ?? record?.contracts.feedSet?.address;
  if (text === undefined) {
    throw new AssayError(
      "usage.feedSet",
      `got no record of the set of ${job} in ${deployments}, want one or --feed-set`,
    );
  }
  try {
    return getAddress(text);
  } catch {
    throw new AssayError("usage.feedSet", `got ${text}, want an address`); // ethers' only answer to what is none
  }
}

/** Of these circuits, whose artifacts are here, the one with this key, else the first. Nothing is built for an inspection. */
async function localOf(
  circuits: readonly Circuit.Circuit[],
  key: string | undefined,
  { root, signal }: Pick<Environment, "root" | "signal">,
): Promise<Local> {
  const here = [];
  for (const circuit of circuits) {
    try {
      const { verificationKey } = await Artifacts.load(circuit.name, { root, signal });
      here.push({ circuit, verificationKey });
    } catch (error) {
      if (!(error instanceof AssayError) || error.code !== "prove.artifact") throw error;
    }
  }
  const found = here.find(({ verificationKey }) => keyHash(verificationKey) === key) ?? here[0];
  if (found === undefined) return { contracts: {} };
  const { verificationKey } = found;
  return { ...found, contracts: await compile({ root, names: ["RoundVerifier"], verificationKey }, signal) };
}

function requireAgreement({ findings }: Inspection): void {
  const checked = findings.filter(({ verdict }) => verdict === "ok" || verdict === "differs");
  const wrong = checked.filter(({ verdict }) => verdict === "differs");
  if (wrong.length === 0) return;
  const message = `got ${wrong.length} of ${checked.length} checks that differ, want none`;
  throw new AssayError("inspect.differs", message, { data: { checks: wrong.map(({ check }) => check) } });
}
