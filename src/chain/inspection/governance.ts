// Who may change a set, how soon, and what is in force at present.

import { getAddress, ZeroAddress } from "ethers";
import { AssayError } from "../../lib/errors.ts";
import { compare, differs, type Finding, note, ok, unchecked, unless } from "../../lib/finding.ts";
import { codeFinding } from "../agreement.ts";
import { type ContractReader, createContractReader, type Moment } from "../contractReader.ts";
import * as Creations from "../creations.ts";
import { accounts, ROLES, readHolders } from "../roles.ts";
import * as Solidity from "../solidity.ts";
import type { Subject } from "./subject.ts";

export type Governance = {
  readonly findings: readonly Finding[];
  /** The admin, if it answers as a TimelockController does. */
  readonly timelock: ContractReader | undefined;
};

export async function inspectGovernance(
  subject: Subject,
  contracts: Solidity.Contracts,
  moment: Moment,
): Promise<Governance> {
  const { admin, defaultAdminDelay, pendingAdmin, holders } = subject;
  const lock = createContractReader(admin, Solidity.get(contracts, "TimelockController").abi, moment);
  const isContract = (await lock.code()) !== "0x";
  const delay = isContract ? await minDelay(lock) : undefined;
  const findings = [
    isContract
      ? ok("roles.admin", `${admin}, a contract`)
      : differs("roles.admin", `got ${admin}, an account that acts at once, want a contract`),
    compare("roles.adminEvents", accounts(holders(ROLES.admin)), accounts([admin])),
    note("roles.adminDelay", `${defaultAdminDelay} s between the two steps of passing it on`),
    ...(pendingAdmin.account === ZeroAddress
      ? []
      : [note("roles.pendingAdmin", `${pendingAdmin.account}, from ${timeText(pendingAdmin.fromSeconds)}`)]),
    note("roles.guardians", accounts(holders(ROLES.guardian))),
    ...(delay === undefined
      ? [unchecked("timelock", "the admin is no TimelockController: what it is about to do cannot be seen from here")]
      : await timelockFindings(lock, delay, contracts, moment)),
    ...inForce(subject),
  ];
  return { findings, timelock: delay === undefined ? undefined : lock };
}

/** "2026-01-31T12:00:00Z"; what no calendar has stays seconds. */
export function timeText(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : `${date.toISOString().slice(0, 19)}Z`;
}

async function timelockFindings(
  lock: ContractReader,
  delay: bigint,
  contracts: Solidity.Contracts,
  { provider, block }: Moment,
): Promise<Finding[]> {
  const holders = await readHolders(lock);
  const creation = Creations.timelock({ delaySeconds: 0, proposers: [], executors: [] });
  const initCode = Creations.initCode(contracts, creation);
  const code = await codeFinding(provider, lock.address, initCode, block);
  const others = holders(ROLES.admin).filter((account) => getAddress(account) !== getAddress(lock.address));
  return [
    code.verdict === "ok"
      ? { ...code, check: "timelock.code" }
      : note("timelock.code", "another version's: its answers are its own"),
    note("timelock.delay", `${delay} s`),
    unless(
      "timelock.administrators",
      others.map((account) => `got ${account}, which changes roles without delay`),
      "none but itself",
    ),
    note("timelock.proposers", accounts(holders(ROLES.proposer))),
    note("timelock.cancellers", accounts(holders(ROLES.canceller))),
    note("timelock.executors", accounts(holders(ROLES.executor)).replace(ZeroAddress, "anyone")),
  ];
}

function inForce({ paused, deniedMask, resetMask, history, nextHistory, maxAge }: Subject): Finding[] {
  const slots = (mask: bigint): string =>
    `${[...mask.toString(2)].reverse().flatMap((bit, i) => (bit === "1" ? [i] : []))}`;
  return [
    note("set.paused", paused ? "yes: no round is accepted" : "no"),
    note("set.denied", deniedMask === 0n ? "no reporter" : `reporters in slots ${slots(deniedMask)}`),
    note("set.reset", resetMask === 0n ? "no feed" : `feeds ${slots(resetMask)}: their next price is taken as it is`),
    note("set.maxAge", `${maxAge} epochs`),
    note("set.history", history === nextHistory ? `${history} rounds` : `${history} rounds, growing to ${nextHistory}`),
  ];
}

async function minDelay(lock: ContractReader): Promise<bigint | undefined> {
  try {
    return (await lock.call("getMinDelay")) as bigint;
  } catch (error) {
    if (error instanceof AssayError && error.code === "chain.answer") return undefined;
    throw error;
  }
}
