// What a demo's panel works on: a circuit ready to prove, a chain with the contracts, and an attestor between them.

import type { Deployed } from "../../chain/deployLocally.ts";
import type { FeedReader } from "../../chain/feedReader.ts";
import type { FeedSetClient } from "../../chain/feedSetClient.ts";
import { type Attestor, createAttestor } from "../../daemon/attestor.ts";
import type { Job } from "../../job/job.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { type ReadyOptions, readyToProve } from "../prover.ts";
import { startLocalChain } from "./localChain.ts";
import type { Panel } from "./panel.ts";
import { collectFrom } from "./reporters.ts";

export type WorldOptions = ReadyOptions & {
  readonly job: Job;
  readonly clock: Clock;
  readonly log: Log;
  /** The chain's genesis time, unix seconds; the present without it. */
  readonly genesisSeconds?: number;
};

export type World = {
  readonly attestor: Attestor;
  readonly feedSet: FeedSetClient;
  readonly reader: FeedReader;
  readonly deployment: Deployed["deployment"];
  /** Mines a block at this time, so that the chain's clock follows the demo's. */
  readonly moveChainTo: (seconds: number) => Promise<void>;
};

export async function createWorld(panel: Panel, options: WorldOptions): Promise<World> {
  const { root, job, clock, log, progress, closers, signal, genesisSeconds } = options;
  const { identity, configuration, possessions, reporters } = panel;
  const { artifacts, prover } = await readyToProve(job.spec.circuit, options);
  progress.step("local chain and contracts");
  const { maxAgeEpochs, periodSeconds, due } = job.spec;
  const { verificationKey, manifest } = artifacts;
  const chain = await startLocalChain(
    {
      ...{ root, identity, configuration, possessions, maxAgeEpochs, verificationKey, manifest, clock, closers },
      ...(genesisSeconds === undefined ? {} : { genesisSeconds }),
    },
    signal,
  );
  const { deployment, feedSet, reader, moveTo: moveChainTo } = chain;
  const attestor = createAttestor(
    { clock, log, prover, feedSet, collect: collectFrom(reporters, log) },
    { configuration, periodSeconds, due },
  );
  return { attestor, feedSet, reader, deployment, moveChainTo };
}
