// All that anyone can recompute of a FeedSet, from the chain alone, in one pass over one block.

import { Interface, isError } from "ethers";
import { differs, type Finding, unchecked } from "../../lib/finding.ts";
import { createContractReader, type Moment } from "../contractReader.ts";
import type * as Creations from "../creations.ts";
import * as Solidity from "../solidity.ts";
import { type JobOptions, jobFindings } from "./againstJob.ts";
import { inspectGovernance } from "./governance.ts";
import { type CircuitShape, circuitsOf, configFindings, identityFindings } from "./identity.ts";
import { inspectPending, type PendingCall } from "./pending.ts";
import { roundFindings } from "./rounds.ts";
import { readSubject, type Subject } from "./subject.ts";
import { keyHashOf, type Local, setCodeFinding, verifierFindings } from "./verifier.ts";

export type InspectOptions = {
  readonly address: string;
  readonly moment: Moment;
  /** Time of the moment's block. */
  readonly nowSeconds: bigint;
  /** FeedSet, Feed and TimelockController. */
  readonly contracts: Solidity.Contracts;
  readonly circuits: readonly CircuitShape[];
  /**
   * What there is of the artifacts of one of these circuits, and the verifier compiled from them: of the one that has this
   * key, if any has.
   */
  readonly localOf: (circuits: readonly CircuitShape[], keyHash: string | undefined) => Promise<Local>;
  readonly job?: Pick<JobOptions, "job" | "circuit" | "record">;
};

export type Inspection = {
  readonly feedSetId: bigint;
  readonly findings: readonly Finding[];
  readonly pending: readonly PendingCall[];
};

export async function inspect(options: InspectOptions): Promise<Inspection> {
  const { address, moment, nowSeconds, contracts, circuits, job } = options;
  const set = createContractReader(address, Solidity.get(contracts, "FeedSet").abi, moment);
  const subject = await readSubject(set);
  const sized = circuitsOf(subject, circuits);
  // Circuits of one size differ by their model: the job says which one it means.
  const meant = sized.filter(({ name }) => name === job?.job.spec.circuit);
  const keyHash = await keyHashOf(subject.verifier, moment);
  const local = await options.localOf(meant.length > 0 ? meant : sized, keyHash);
  const { findings: governance, timelock } = await inspectGovernance(subject, contracts, moment);
  const findings = [
    await codeOf(subject, contracts, moment),
    ...identityFindings(subject),
    ...configFindings(subject, circuits),
    ...roundFindings(subject),
    ...(await verifierFindings(subject.verifier, local, moment)),
    ...governance,
  ];
  const feed = new Interface(Solidity.get(contracts, "Feed").abi);
  const pending =
    timelock === undefined
      ? { calls: [], findings: [] }
      : await inspectPending({ subject, timelock, feed, local, moment, nowSeconds });
  findings.push(...pending.findings);
  if (job !== undefined) findings.push(...(await jobFindings(subject, { ...job, timelock, contracts, moment })));
  return { feedSetId: subject.feedSetId, findings, pending: pending.calls };
}

/** Every view and event below is this code's word. */
async function codeOf(subject: Subject, contracts: Solidity.Contracts, moment: Moment): Promise<Finding> {
  const [created] = subject.created;
  const [first] = subject.configs;
  if (created === undefined || first === undefined)
    return unchecked("set.code", "not checked: no event of its creation");
  const settings: Creations.FeedSetSettings = {
    ...{ identity: created.identity, config: first.config, preimage: first.preimage },
    // Of the circuit's feeds the code has but the words.
    capacity: Number(subject.wordCount) * 2,
    maxAgeEpochs: Number(subject.maxAge),
    ...{ history: Number(subject.history), verifier: subject.verifier, admin: subject.admin },
    ...{ adminDelaySeconds: Number(subject.defaultAdminDelay), guardian: undefined },
  };
  try {
    return await setCodeFinding(settings, subject.set.address, contracts, moment);
  } catch (error) {
    if (!isError(error, "CALL_EXCEPTION")) throw error;
    return differs("set.code", "this package's FeedSet cannot be made with what it says of itself");
  }
}
