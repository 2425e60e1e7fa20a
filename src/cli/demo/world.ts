// Everything that a demo runs on: circuit and keys, a chain with the contracts, the job's reporters and an attestor.

import { randomBytes, randomInt } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonRpcProvider, Wallet } from "ethers";
import { startAnvil } from "../../chain/anvil.ts";
import { type Deployment, deploy, record } from "../../chain/deploy.ts";
import { createFeedReader, type FeedReader } from "../../chain/feedReader.ts";
import { createFeedSetClient, type FeedSetClient } from "../../chain/feedSetClient.ts";
import * as Solidity from "../../chain/solidity.ts";
import { type Attestor, createAttestor } from "../../daemon/attestor.ts";
import { createReporter, type Reporter } from "../../daemon/reporter.ts";
import type { Job } from "../../job/job.ts";
import { openJournal } from "../../journal/journal.ts";
import type { Clock } from "../../lib/clock.ts";
import { AssayError } from "../../lib/errors.ts";
import type { Log } from "../../lib/log.ts";
import * as Key from "../../observation/key.ts";
import * as Artifacts from "../../prove/artifacts.ts";
import * as Circuit from "../../prove/circuit.ts";
import { createSnarkjsProver } from "../../prove/snarkjsProver.ts";
import * as Configuration from "../../round/configuration.ts";
import { createObserve, type Observe } from "../../source/observePrices.ts";
import { createFeedSources } from "../../source/registry.ts";
import { createGet } from "../../source/transport.ts";
import type { Progress } from "../progress.ts";
import type { Closers } from "../shutdown.ts";

export type WorldOptions = {
  readonly root: string;
  readonly job: Job;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly closers: Closers;
  readonly signal: AbortSignal;
  /** The chain's genesis time, unix seconds; the present without it. */
  readonly genesisSeconds?: number;
  /** What comes between a reporter and its sources: where a demo lets one lie. */
  readonly tap?: (observe: Observe, slot: number) => Observe;
};

export type World = {
  readonly configuration: Configuration.Configuration;
  readonly reporters: readonly Reporter[];
  readonly attestor: Attestor;
  readonly feedSet: FeedSetClient;
  readonly reader: FeedReader;
  readonly deployment: Deployment;
  /** Mines a block at this time, so that the chain's clock follows the demo's. */
  readonly moveChainTo: (seconds: number) => Promise<void>;
};

/** Rounds that the set keeps. Up to 64 no carried answer is ever lost. */
const HISTORY = 64;
const CONSUMER_MAX_AGE_SECONDS = 3 * 3600;

export async function createWorld(options: WorldOptions): Promise<World> {
  const { root, job, clock, log, progress, closers, signal } = options;
  const { spec } = job;

  const { capacity } = await Circuit.describe(root, spec.circuit);
  const artifacts = await Artifacts.ensure(spec.circuit, {
    root,
    signal,
    onProgress: (event) =>
      event.step === "discard"
        ? progress.say(`${spec.circuit}: what was cached is not used: ${event.reason}`)
        : progress.step(`${spec.circuit}: ${event.step}`, event.fraction),
  });
  const prover = createSnarkjsProver(artifacts);
  closers.add(() => prover.close());

  const identity: Configuration.Identity = {
    environment: spec.environment,
    name: spec.name,
    feeds: spec.feeds,
    periodSeconds: spec.periodSeconds,
    salt: BigInt(spec.salt),
  };
  // The demo's reporters are born and die with it; a real one keeps its key.
  const keys = spec.reporters.map(() => Key.fromSecret(randomBytes(32)));
  const configuration = Configuration.check({
    feedSetId: Configuration.feedSetId(identity),
    capacity,
    feedCount: spec.feeds.length,
    keys: keys.map(({ publicKey }) => publicKey),
    minSigners: spec.minSigners,
    quorum: spec.quorum,
    parameters: Configuration.parametersFrom(spec.model),
  });

  progress.step("local chain and contracts");
  const anvil = await startAnvil(
    { root, ...(options.genesisSeconds === undefined ? {} : { timestamp: options.genesisSeconds }) },
    signal,
  );
  closers.add(() => anvil.close());
  const provider = new JsonRpcProvider(anvil.url, undefined, {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
  provider.pollingInterval = 100;
  closers.add(() => provider.destroy());
  const wallet = new Wallet(anvil.funded.deployer, provider);
  if (options.genesisSeconds !== undefined) await provider.send("anvil_setBlockTimestampInterval", [1]);
  const { deployment, contracts } = await deploy(
    {
      root,
      wallet,
      identity,
      configuration,
      maxAgeEpochs: spec.maxAgeEpochs,
      verificationKey: artifacts.verificationKey,
      manifest: artifacts.manifest,
      history: HISTORY,
      consumerMaxAgeSeconds: CONSUMER_MAX_AGE_SECONDS,
    },
    signal,
  );
  await record(deployment, join(root, ".assay", "deployments", `${deployment.chainId}.json`));
  const feedSet = createFeedSetClient({
    address: deployment.feedSet,
    abi: Solidity.get(contracts, "FeedSet").abi,
    wallet,
  });
  const reader = createFeedReader({ deployment, contracts, provider });

  const directory = await mkdtemp(join(tmpdir(), "assay-demo-"));
  closers.add(() => rm(directory, { recursive: true, force: true }));
  const readers = { get: createGet({ clock, random }), clock, readFile: (path: string) => readFile(path, "utf8") };
  const reporters = spec.reporters.map(({ name }, slot) => {
    const key = keys[slot];
    if (key === undefined) throw new AssayError("reporter.key", `got no key for slot ${slot}`);
    const journal = openJournal(join(directory, `${name}.sqlite`));
    closers.add(() => journal.close());
    const observe = createObserve(createFeedSources(job, name, readers), { clock, log: log.child({ reporter: name }) });
    return createReporter(
      { clock, journal, key, observe: options.tap?.(observe, slot) ?? observe },
      {
        name,
        slot,
        feedSetId: configuration.feedSetId,
        periodSeconds: spec.periodSeconds,
        capacity: configuration.capacity.feeds,
        deadlineMs: spec.sourceDeadlineMs,
      },
    );
  });

  const attestor = createAttestor(
    { clock, log, prover, feedSet, collect: collectFrom(reporters, log) },
    { configuration, periodSeconds: spec.periodSeconds, due: spec.due },
  );
  const moveChainTo = async (seconds: number): Promise<void> => {
    await provider.send("evm_mine", [{ timestamp: seconds }]);
  };
  return { configuration, reporters, attestor, feedSet, reader, deployment, moveChainTo };
}

const RANDOM_STEPS = 2 ** 47;
/** In [0, 1): jitter of retries. */
const random = (): number => randomInt(RANDOM_STEPS) / RANDOM_STEPS;

/** Asks all reporters at once; one that has nothing is left out. */
function collectFrom(reporters: readonly Reporter[], log: Log) {
  return async (epoch: number, signal: AbortSignal): Promise<readonly string[]> => {
    const bodies = await Promise.all(
      reporters.map(async (reporter) => {
        try {
          return [await reporter.report(epoch, signal)];
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof AssayError)) throw error;
          log.warn("no observation", { reporter: reporter.name, epoch, code: error.code }, error);
          return [];
        }
      }),
    );
    return bodies.flat();
  };
}
