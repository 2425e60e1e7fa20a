// A reporter: observes its sources once an epoch, promises the vector to its journal, then signs it.

import type { Journal } from "../journal/journal.ts";
import { type Clock, nowSeconds } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import type { Field } from "../lib/field.ts";
import type { SecretKey } from "../observation/key.ts";
import * as Observation from "../observation/observation.ts";
import type { Observe, Outcome } from "../source/observePrices.ts";

export type Reporter = {
  readonly name: string;
  readonly slot: number;
  /**
   * The signed observation of an epoch as JSON; the same one however often it is asked for.
   * Throws `reporter.epoch` for an epoch that has not begun or is over and was not observed, `reporter.empty` when no
   * source gave a price.
   */
  readonly report: (epoch: number, signal: AbortSignal) => Promise<string>;
};

export type ReporterDeps = {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly key: SecretKey;
  readonly observe: Observe;
};

export type ReporterOptions = {
  readonly name: string;
  readonly slot: number;
  readonly feedSetId: Field;
  readonly periodSeconds: number;
  /** Feeds of the circuit: the vector is padded with zeros up to it. */
  readonly capacity: number;
  /** What is not there by then is left out; a slow source never delays the vector. */
  readonly deadlineMs: number;
};

export function createReporter({ clock, journal, key, observe }: ReporterDeps, options: ReporterOptions): Reporter {
  const { name, slot, feedSetId, periodSeconds, capacity, deadlineMs } = options;

  const observation = (epoch: number, body: string): Observation.Observation => ({
    feedSetId,
    epoch,
    prices: body.split(",").map(BigInt),
  });

  const report = async (epoch: number, signal: AbortSignal): Promise<string> => {
    const subject = `${feedSetId}/${slot}/${epoch}`;
    const held = journal.find(subject);
    if (held !== undefined) {
      return Observation.toJson(Observation.sign(key, slot, observation(epoch, held.body)));
    }
    const present = Math.floor(nowSeconds(clock) / periodSeconds);
    if (epoch !== present) {
      throw new AssayError("reporter.epoch", `got epoch ${epoch}, want the present one, ${present}`, {
        disposition: "reject",
      });
    }
    const { prices, outcomes } = await observe({ epoch, periodSeconds, deadlineMs }, { signal });
    if (prices.every((price) => price === 0n)) {
      throw new AssayError("reporter.empty", [`${name} has no price`, ...reasonsOf(outcomes)].join("\n  "), {
        disposition: "retry",
      });
    }
    const padded = [...prices, ...Array.from({ length: capacity - prices.length }, () => 0n)];
    const wanted = { feedSetId, epoch, prices: padded };
    // Whoever reserves first decides, if this epoch was asked for twice at once: what is held is what is signed.
    const reserved = journal.reserve(subject, { digest: Observation.message(wanted), body: padded.join(",") });
    const decided = reserved.ok ? wanted : observation(epoch, reserved.held.body);
    return Observation.toJson(Observation.sign(key, slot, decided));
  };

  return { name, slot, report };
}

/** Each reason once, with the pairs that it is of. */
function reasonsOf(outcomes: readonly Outcome[]): readonly string[] {
  const byReason = Map.groupBy(
    outcomes.filter((outcome) => !outcome.ok),
    ({ reason }) => reason,
  );
  return [...byReason].map(([reason, left]) => `${left.map(({ pair }) => pair).join(", ")}: ${reason}`);
}
