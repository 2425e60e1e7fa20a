// Whether the accepted rounds, replayed from genesis under the configurations of their times, give the state that is held.

import { AssayError } from "../../lib/errors.ts";
import { compare, differs, type Finding, ok, unchecked } from "../../lib/finding.ts";
import * as Preimage from "../../round/preimage.ts";
import { genesis, type Restored, type Rules, restore } from "../../round/restore.ts";
import * as State from "../../round/state.ts";
import type { Accepted } from "../feedSetEvents.ts";
import type { Subject } from "./subject.ts";

/** A set of more words than this is none: 32 feeds. */
const MAX_WORDS = 16n;

export function roundFindings(subject: Subject): Finding[] {
  const { rounds, latestRound, wordCount } = subject;
  if (wordCount < 1n || wordCount > MAX_WORDS) {
    return [differs("rounds.words", `got ${wordCount} words a round, want 1 to ${MAX_WORDS}`)];
  }
  const gap = rounds.findIndex(({ roundId }, i) => roundId !== BigInt(i + 1));
  const ids =
    gap >= 0
      ? differs("rounds.ids", `got round ${rounds[gap]?.roundId} where ${gap + 1} is due: one is missing`)
      : compare("rounds.ids", BigInt(rounds.length), latestRound);
  // A round has words for an even number of feeds; whether the circuit has the last of them only its states tell.
  const attempts = [Number(wordCount) * 2, Number(wordCount) * 2 - 1].map((feeds) => stateFinding(subject, feeds));
  const found = attempts.find(({ verdict }) => verdict !== "differs") ?? attempts[0];
  return found === undefined ? [ids] : [ids, found];
}

function stateFinding(subject: Subject, feeds: number): Finding {
  const { rounds, state } = subject;
  let restored = genesis(feeds);
  for (const { preimage, accepted } of byConfig(subject)) {
    if (accepted.length === 0) continue;
    const parameters = Preimage.parametersOf(preimage);
    if (parameters === undefined) return unchecked("rounds.state", "a configuration is of another model");
    const capacity = { reporters: preimage.keys.length, feeds };
    const next = replay({ capacity, feedCount: Number(preimage.feedCount), parameters }, accepted, restored);
    if (typeof next === "string") return differs("rounds.state", next);
    restored = next;
  }
  const digest = State.digestOf(restored.state);
  return digest === state
    ? ok("rounds.state", `${digest}, after ${rounds.length} rounds from genesis`)
    : differs("rounds.state", `got ${state}, want ${digest} after ${rounds.length} rounds from genesis`);
}

/** Rounds with the configuration that was in force; a round comes after the event that brought it. */
function byConfig({ configs, rounds }: Subject) {
  const isAfter = (round: Accepted, at: { block: number; index: number } | undefined): boolean =>
    at !== undefined && (round.block > at.block || (round.block === at.block && round.index > at.index));
  return configs.map((config, i) => ({
    preimage: config.preimage,
    accepted: rounds.filter((round) => isAfter(round, config) && !isAfter(round, configs[i + 1])),
  }));
}

/** The state after the rounds, or why they do not lead to it. */
function replay(rules: Rules, accepted: readonly Accepted[], from: Restored): Restored | string {
  try {
    return restore(rules, accepted, from);
  } catch (error) {
    if (error instanceof AssayError) return error.message; // a gap, or words that no round has
    throw error;
  }
}
