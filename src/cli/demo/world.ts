// Everything that a demo runs on: circuit and keys, a chain with the contracts, the job's reporters and an attestor.

import { randomBytes } from "node:crypto";
import type { Deployment } from "../../chain/deploy.ts";
import type { FeedReader } from "../../chain/feedReader.ts";
import type { FeedSetClient } from "../../chain/feedSetClient.ts";
import { type Attestor, createAttestor } from "../../daemon/attestor.ts";
import type { Reporter } from "../../daemon/reporter.ts";
import type { Job } from "../../job/job.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import * as Key from "../../observation/key.ts";
import * as Circuit from "../../prove/circuit.ts";
import * as Configuration from "../../round/configuration.ts";
import type { Observe } from "../../source/observePrices.ts";
import { type ReadyOptions, readyToProve } from "../prover.ts";
import { startLocalChain } from "./localChain.ts";
import { collectFrom, createReporters } from "./reporters.ts";

export type WorldOptions = ReadyOptions & {
  readonly job: Job;
  readonly clock: Clock;
  readonly log: Log;
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

export async function createWorld(options: WorldOptions): Promise<World> {
  const { root, job, clock, log, progress, closers, signal, genesisSeconds, tap } = options;
  const { spec } = job;
  const { capacity } = await Circuit.describe(root, spec.circuit);
  // The demo's reporters are born and die with it; a real one keeps its key.
  const keys = spec.reporters.map(() => Key.fromSecret(randomBytes(32)));
  const identity: Configuration.Identity = { ...spec, salt: BigInt(spec.salt) };
  const configuration = Configuration.check({
    feedSetId: Configuration.feedSetId(identity),
    capacity,
    feedCount: spec.feeds.length,
    keys: keys.map(({ publicKey }) => publicKey),
    minSigners: spec.minSigners,
    quorum: spec.quorum,
    parameters: Configuration.parametersFrom(spec.model),
  });

  const { artifacts, prover } = await readyToProve(spec.circuit, options);
  progress.step("local chain and contracts");
  const { maxAgeEpochs } = spec;
  const { verificationKey, manifest } = artifacts;
  const chain = await startLocalChain(
    {
      ...{ root, identity, configuration, maxAgeEpochs, verificationKey, manifest, closers },
      ...(genesisSeconds === undefined ? {} : { genesisSeconds }),
    },
    signal,
  );
  const { deployment, feedSet, reader, moveTo: moveChainTo } = chain;
  const deps = { job, configuration, keys, clock, log, closers };
  const reporters = await createReporters(tap === undefined ? deps : { ...deps, tap });
  const attestor = createAttestor(
    { clock, log, prover, feedSet, collect: collectFrom(reporters, log) },
    { configuration, periodSeconds: spec.periodSeconds, due: spec.due },
  );
  return { configuration, reporters, attestor, feedSet, reader, deployment, moveChainTo };
}
