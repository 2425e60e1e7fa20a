// Who holds which role of an OpenZeppelin AccessControl contract, from its events.

import { id, ZeroHash } from "ethers";
import type { ContractReader } from "./contractReader.ts";

/** Holders by role, in the order in which they got it. */
export type Holders = (role: string) => readonly string[];

export const ROLES = {
  admin: ZeroHash,
  guardian: id("GUARDIAN_ROLE"),
  proposer: id("PROPOSER_ROLE"),
  executor: id("EXECUTOR_ROLE"),
  canceller: id("CANCELLER_ROLE"),
} as const;

export async function readHolders(contract: ContractReader): Promise<Holders> {
  const holders = new Map<string, Set<string>>();
  for (const { name, args } of await contract.events("RoleGranted", "RoleRevoked")) {
    const [role, account] = [String(args.role), String(args.account)];
    const of = holders.get(role) ?? new Set();
    if (name === "RoleGranted") of.add(account);
    else of.delete(account);
    holders.set(role, of);
  }
  return (role) => [...(holders.get(role) ?? [])];
}

/** One text for one set of accounts. */
export function accounts(list: readonly string[]): string {
  return list.length === 0 ? "nobody" : list.toSorted().join(", ");
}
