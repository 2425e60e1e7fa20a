// Whether a set is the one that its id names, and its configuration the one that its digest commits to.

import { compare, differs, type Finding, note, unchecked, unless } from "../../lib/finding.ts";
import * as Configuration from "../../round/configuration.ts";
import * as Preimage from "../../round/preimage.ts";
import type { Subject } from "./subject.ts";

const hex = (value: bigint): string => `0x${value.toString(16)}`;

export function identityFindings(subject: Subject): Finding[] {
  const { created, feedSetId, period, feeds } = subject;
  const [only, ...more] = created;
  if (only === undefined || more.length > 0) {
    return [differs("identity.created", `got ${created.length} FeedSetCreated events, want one${SEARCHED}`)];
  }
  const { identity } = only;
  const text = ({ pair, decimals }: Configuration.Feed): string => `${pair} (${decimals})`;
  return [
    note("identity.name", `${JSON.stringify(identity.name)}, environment ${JSON.stringify(identity.environment)}`),
    compare("identity.feedSetId", hex(feedSetId), hex(Configuration.feedSetId(identity))),
    compare("identity.event", hex(only.feedSetId), hex(feedSetId)),
    compare("identity.period", period, BigInt(identity.periodSeconds)),
    compare("identity.feeds", feeds.map(text).join(", "), identity.feeds.map(text).join(", ")),
  ];
}

export function configFindings(subject: Subject, circuits: readonly CircuitShape[]): Finding[] {
  const { configs, config, feedSetId, reporterCount, feedCount } = subject;
  const newest = configs.at(-1);
  if (newest === undefined) return [differs("config.event", `got no ConfigChanged event, want one${SEARCHED}`)];
  const { preimage } = newest;
  return [
    compare("config.event", newest.config, config),
    ...Preimage.scrutinize(preimage, { config, feedSetId }),
    compare("config.reporterCount", reporterCount, preimage.reporterCount),
    compare("config.feedCount", feedCount, preimage.feedCount),
    capacityFinding(subject, preimage, circuits),
  ];
}

export type CircuitShape = { readonly name: string; readonly capacity: Configuration.Capacity };

/** The circuits for whose size the set was made, as far as a chain tells it: slots and words. */
export function circuitsOf<T extends CircuitShape>(
  { configs, wordCount }: Subject,
  circuits: readonly T[],
): readonly T[] {
  const slots = configs.at(-1)?.preimage.keys.length;
  return circuits.filter(
    ({ capacity }) => capacity.reporters === slots && BigInt(Math.ceil(capacity.feeds / 2)) === wordCount,
  );
}

function capacityFinding(subject: Subject, preimage: Preimage.Preimage, circuits: readonly CircuitShape[]): Finding {
  const got = `${preimage.keys.length} slots and ${subject.wordCount} words`;
  const found = circuitsOf(subject, circuits).map(({ name }) => name);
  if (circuits.length === 0) return unchecked("config.capacity", "there is no list of circuits");
  const problems =
    found.length === 0 ? [`got ${got}, want those of ${circuits.map(({ name }) => name).join(" or ")}`] : [];
  return unless("config.capacity", problems, `${got}: ${found.join(" or ")}`);
}

const SEARCHED = " (from the first block that was searched: --from-block)";
