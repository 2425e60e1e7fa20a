// Settings that only a deployment reads: who governs the contracts, and the keys that reporters have registered.

import { getAddress } from "ethers";
import * as z from "zod";
import { PRIME } from "../lib/field.ts";

const DAY = 24 * 3600;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const NUMBER = /^(0|[1-9][0-9]{0,76}|0x[0-9a-f]{1,64})$/;
/** Who has no account: anyone, as an executor. */
export const NOBODY = `0x${"0".repeat(40)}`;

/** As ethers writes it, so that one account has one spelling. */
const address = () =>
  z
    .string()
    .regex(ADDRESS)
    // The pattern's own failure does not keep this from being asked.
    .refine((text) => !ADDRESS.test(text) || checksummed(text) !== undefined, {
      error: "got a mixed-case address with another checksum",
    })
    .transform((text) => checksummed(text) ?? text);
const account = () =>
  address().refine((text) => text !== NOBODY, { error: "got the zero address, want an account's address" });
const seconds = (description: string, least: number, most: number, fallback: number) =>
  z.int().min(least).max(most).default(fallback).meta({ description, unit: "seconds" });

const Feed = z.strictObject({
  tolerancePpm: z.int().min(0).max(1_000_000).default(20_000).meta({
    description: "A new phase's answer may be this far from the old one's.",
    unit: "ppm",
  }),
  confirmDelaySeconds: seconds("From a proposal of a new phase until it may be confirmed.", 0, YEAR, DAY),
  overrideDelaySeconds: seconds(
    "From a proposal until the comparison with the old answer may be passed over; more than confirmDelaySeconds.",
    1,
    YEAR,
    7 * DAY,
  ),
});

/** Read by `assay deploy` alone: a demo governs itself. */
export const Governance = z.strictObject({
  delaySeconds: seconds("The timelock's delay: from scheduling a change until it may be executed.", 60, YEAR, 2 * DAY),
  proposers: z.array(account()).min(1).max(16).meta({
    description: "Accounts that may schedule and cancel changes. A multisig, as a rule.",
  }),
  executors: z.array(address()).min(1).max(16).meta({
    description: "Accounts that may execute a change once its delay is over; the zero address: anyone.",
  }),
  guardian: account().optional().meta({
    description:
      "The one account that may at once pause and deny reporters. The set's constructor takes one; further ones are granted through the timelock.",
  }),
  adminDelaySeconds: seconds("Between the two steps in which the set's admin passes its role on.", 0, MONTH, DAY),
  history: z.int().min(2).max(65_535).default(1_024).meta({
    description: "Rounds that the set keeps at first; governance can let it grow. Older ones are unknown to consumers.",
    unit: "rounds",
  }),
  feed: Feed.prefault({}).meta({ description: "Bounds on what a feed's owner can do; they never change." }),
});

const element = (description: string) =>
  z
    .string()
    .regex(NUMBER)
    .refine((text) => !NUMBER.test(text) || BigInt(text) < PRIME, {
      error: "got a number of p or more, want an element of BN254's field",
    })
    .meta({ description });

/** What `assay key register` prints. Read by `assay deploy` alone: a demo makes keys of its own. */
export const Registration = z.strictObject({
  x: element("The public key's x, decimal or 0x."),
  y: element("The public key's y."),
  possession: z
    .strictObject({
      r8x: element("The signature's R8, x."),
      r8y: element("The signature's R8, y."),
      s: element("The signature's S."),
    })
    .meta({ description: "That the reporter holds the key: its signature of the key and the feed set's id." }),
});

export type Governance = z.infer<typeof Governance>;
export type Registration = z.infer<typeof Registration>;

function checksummed(text: string): string | undefined {
  try {
    return getAddress(text);
  } catch {
    return undefined; // ethers' only answer to a wrong checksum
  }
}
