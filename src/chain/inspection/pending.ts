// What a timelock has scheduled and not yet done: looked at while there is still time to stop it.

import { getAddress, type Interface, type ParamType, type Result } from "ethers";
import { type Finding, note } from "../../lib/finding.ts";
import * as Preimage from "../../round/preimage.ts";
import type { ContractReader, Moment } from "../contractReader.ts";
import { toPreimage } from "../feedSetEvents.ts";
import { timeText } from "./governance.ts";
import type { Subject } from "./subject.ts";
import { type Local, verifierFindings } from "./verifier.ts";

export type PendingCall = {
  readonly operation: string;
  /** Unix seconds. */
  readonly executableAt: bigint;
  readonly target: string;
  /** "FeedSet.setConfig"; the first four bytes of what is not known here. */
  readonly function: string;
  readonly args: Readonly<Record<string, unknown>>;
};

export type Pending = { readonly calls: readonly PendingCall[]; readonly findings: readonly Finding[] };

type Known = { readonly name: string; readonly interface: Interface };
type Scheduled = { readonly id: string; readonly index: bigint; readonly target: string; readonly data: string };

export type PendingOptions = {
  readonly subject: Subject;
  readonly timelock: ContractReader;
  /** Of any Feed: its calls are named wherever they go. */
  readonly feed: Interface;
  readonly local: Local;
  readonly moment: Moment;
  /** Of the block. */
  readonly nowSeconds: bigint;
};

export async function inspectPending(options: PendingOptions): Promise<Pending> {
  const { timelock, nowSeconds } = options;
  const calls: PendingCall[] = [];
  const findings: Finding[] = [];
  for (const scheduled of await stillPending(timelock)) {
    const executableAt = (await timelock.call("getTimestamp", scheduled.id)) as bigint;
    const { name, args, decoded } = decode(scheduled, options);
    calls.push({ operation: scheduled.id, executableAt, target: scheduled.target, function: name, args });
    const check = `pending.${scheduled.id.slice(0, 10)}[${scheduled.index}]`;
    const when = executableAt <= nowSeconds ? "executable now" : `executable from ${timeText(executableAt)}`;
    findings.push(note(check, `${name}(${argsText(name, args)}) at ${scheduled.target}, ${when}`));
    for (const finding of await judge(scheduled.target, name, decoded, options)) {
      findings.push({ ...finding, check: `${check}.${finding.check}` });
    }
  }
  if (findings.length === 0) findings.push(note("pending", "nothing is scheduled"));
  return { calls, findings };
}

/** A cancelled operation can be scheduled again: the newest event of each call is the one that counts. */
async function stillPending(timelock: ContractReader): Promise<readonly Scheduled[]> {
  const calls = new Map<string, Scheduled>();
  for (const { args } of await timelock.events("CallScheduled")) {
    // `as`: the types of the contract's event.
    const { id, index, target, data } = args as Scheduled;
    calls.set(`${id} ${index}`, { id, index, target, data });
  }
  const pending: Scheduled[] = [];
  for (const call of calls.values()) {
    if (await timelock.call("isOperationPending", call.id)) pending.push(call);
  }
  return pending;
}

function decode({ target, data }: Scheduled, { subject, timelock, feed }: PendingOptions) {
  const isAt = (contract: ContractReader): boolean => getAddress(contract.address) === getAddress(target);
  const known: Known = isAt(subject.set)
    ? { name: "FeedSet", interface: subject.set.interface }
    : isAt(timelock)
      ? { name: "TimelockController", interface: timelock.interface }
      : { name: "Feed", interface: feed };
  const call = known.interface.parseTransaction({ data });
  if (call === null) return { name: data.slice(0, 10), args: { data }, decoded: undefined };
  return { name: `${known.name}.${call.name}`, args: plain(call.fragment.inputs, call.args), decoded: call.args };
}

/** What a proposal would put in force is looked at as if it were. */
async function judge(target: string, name: string, args: Result | undefined, options: PendingOptions) {
  const { subject, local, moment } = options;
  if (args === undefined || getAddress(target) !== getAddress(subject.set.address)) return [];
  if (name === "FeedSet.setConfig") {
    // `as`: the types of the contract's function.
    const [config, preimage] = args as unknown as [bigint, Result];
    return Preimage.scrutinize(toPreimage(preimage), { config, feedSetId: subject.feedSetId });
  }
  return name === "FeedSet.setVerifier" ? await verifierFindings(String(args[0]), local, moment) : [];
}

/** A configuration is told by what is found of it, not by its hundred numbers. */
function argsText(name: string, args: Readonly<Record<string, unknown>>): string {
  return Object.entries(args)
    .map(
      ([key, value]) => `${key} ${name === "FeedSet.setConfig" && key === "preimage" ? "..." : JSON.stringify(value)}`,
    )
    .join(", ");
}

/** Integers as text and structs as objects: what JSON can hold. */
function plain(types: readonly ParamType[], values: Result): Readonly<Record<string, unknown>> {
  return Object.fromEntries(types.map((type, i) => [type.name || String(i), plainOne(type, values[i])]));
}

function plainOne(type: ParamType, value: unknown): unknown {
  // `as`: ethers decodes arrays and structs to its results.
  if (type.isTuple()) return plain(type.components, value as Result);
  if (type.isArray()) return [...(value as Result)].map((one) => plainOne(type.arrayChildren, one));
  return typeof value === "bigint" ? value.toString() : value;
}
