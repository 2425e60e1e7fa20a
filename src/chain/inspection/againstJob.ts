// A set against the job that it is meant to be of: what differs, by the job's own paths.

import { registered } from "../../job/configuration.ts";
import type { Job } from "../../job/job.ts";
import { AssayError } from "../../lib/errors.ts";
import { compare, differences, differs, type Finding, unchecked, unless } from "../../lib/finding.ts";
import * as Configuration from "../../round/configuration.ts";
import * as Preimage from "../../round/preimage.ts";
import * as Agreement from "../agreement.ts";
import { type ContractReader, createContractReader, type Moment } from "../contractReader.ts";
import { feedName } from "../deploy.ts";
import type { DeployedSet } from "../deployments.ts";
import { accounts, ROLES } from "../roles.ts";
import * as Solidity from "../solidity.ts";
import type { Subject } from "./subject.ts";

export type JobOptions = {
  readonly job: Job;
  readonly circuit: Configuration.Circuit;
  /** Where the feeds are. */
  readonly record: DeployedSet | undefined;
  readonly timelock: ContractReader | undefined;
  readonly contracts: Solidity.Contracts;
  readonly moment: Moment;
};

export async function jobFindings(subject: Subject, options: JobOptions): Promise<Finding[]> {
  const identity = identityDifferences(subject, options.job);
  const findings = [
    unless("identity", identity, "the job's"),
    configFinding(subject, options),
    ...(await governanceFindings(subject, options)),
    ...(await feedsFindings(subject, options)),
  ];
  return findings.map((finding) => ({ ...finding, check: `job.${finding.check}` }));
}

function identityDifferences({ created }: Subject, { spec }: Job): readonly string[] {
  const identity = created[0]?.identity;
  if (identity === undefined) return ["got no FeedSetCreated event"];
  return differences([
    compare("environment", identity.environment, spec.environment),
    compare("name", identity.name, spec.name),
    compare("salt", identity.salt, BigInt(spec.salt)),
    compare("periodSeconds", identity.periodSeconds, spec.periodSeconds),
    compare("feeds", identity.feeds.length, spec.feeds.length),
    ...spec.feeds.flatMap(({ pair, decimals }, i) => {
      const got = identity.feeds[i] ?? { pair: "none", decimals: 0 };
      return [compare(`feeds[${i}].pair`, got.pair, pair), compare(`feeds[${i}].decimals`, got.decimals, decimals)];
    }),
  ]);
}

function configFinding({ configs, config, maxAge }: Subject, { job, circuit }: JobOptions): Finding {
  const newest = configs.at(-1);
  if (newest === undefined) return differs("config", "got no ConfigChanged event");
  if (job.spec.reporters.every(({ registration }) => registration === undefined)) {
    return unchecked("config", "the job has no registrations, so its keys are not known");
  }
  try {
    const { configuration, possessions } = registered(job, circuit);
    return unless(
      "config",
      [
        ...Preimage.differencesOf(newest.preimage, Preimage.of(configuration, possessions)),
        ...differences([
          compare("digest", config, Configuration.digestOf(configuration)),
          compare("maxAgeEpochs", maxAge, BigInt(job.spec.maxAgeEpochs)),
        ]),
      ],
      "the job's",
    );
  } catch (error) {
    if (!(error instanceof AssayError) || !/^(job|configuration)\./.test(error.code)) throw error;
    return differs("config", `the job's own is refused: ${error.message}`);
  }
}

async function governanceFindings(subject: Subject, { job, timelock }: JobOptions): Promise<Finding[]> {
  const { governance } = job.spec;
  if (governance === undefined) return [unchecked("governance", "the job has no such section")];
  const { guardian, adminDelaySeconds } = governance;
  const lock = timelock === undefined ? [] : await Agreement.timelockFindings(timelock, governance);
  const problems = differences([
    compare("guardian", accounts(subject.holders(ROLES.guardian)), accounts(guardian === undefined ? [] : [guardian])),
    compare("adminDelaySeconds", subject.defaultAdminDelay, BigInt(adminDelaySeconds)),
    compare("history", subject.nextHistory, BigInt(governance.history)),
    ...(timelock === undefined ? [differs("timelock", "the admin is none")] : lock),
  ]);
  return [unless("governance", problems, "the job's")];
}

async function feedsFindings(subject: Subject, options: JobOptions): Promise<Finding[]> {
  const { job, record, contracts, moment } = options;
  const { governance, feeds } = job.spec;
  if (record === undefined || governance === undefined) {
    return [unchecked("feeds", "where they are is not recorded")];
  }
  const findings: Finding[] = [];
  for (const [index, { pair }] of feeds.entries()) {
    const name = feedName(pair);
    const address = record.contracts[name]?.address;
    if (address === undefined) {
      findings.push(unchecked(name, "where it is is not recorded"));
      continue;
    }
    const feed = createContractReader(address, Solidity.get(contracts, "Feed").abi, moment);
    const want = { feedSet: subject.set.address, index, bounds: governance.feed, owner: subject.admin };
    findings.push(unless(name, await problemsOf(feed, want), `${address}, owned by the set's admin`));
  }
  return findings;
}

async function problemsOf(feed: ContractReader, want: Parameters<typeof Agreement.feedFindings>[1]) {
  try {
    return differences(await Agreement.feedFindings(feed, want));
  } catch (error) {
    if (error instanceof AssayError && error.code === "chain.answer") return [error.message];
    throw error;
  }
}
