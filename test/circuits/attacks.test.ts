// What an attacker would try on the whole round: every attempt is laid out for the constraints that are proved.

import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { PRIME, parse, reduce } from "../../src/lib/field.ts";
import * as Key from "../../src/observation/key.ts";
import * as Observation from "../../src/observation/observation.ts";
import * as State from "../../src/round/state.ts";
import { digest } from "../../src/statement/digest.ts";
import * as Statement from "../../src/statement/statement.ts";
import { TAGS } from "../../src/statement/tags.ts";
import * as Circuit from "../support/circuits/circuit.ts";
import { ROOT } from "../support/circuits/compile.ts";
import { invert } from "../support/circuits/constraints.ts";
import * as Forge from "../support/circuits/forge.ts";
import * as Rounds from "../support/circuits/rounds.ts";

let circuit: Circuit.Circuit;
let forger: Forge.Forger;
beforeAll(async () => {
  circuit = await Circuit.entry("round-4x4", "O2");
  forger = await Forge.forger(join(ROOT, "circuits/round-4x4.circom"));
});

const EPOCH = 1000;
const MAX = (1n << 80n) - 1n;
const SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;

/** Everything downstream of the inputs and the forced hints is computed on; the constraints that are proved judge. */
async function attempt(inputs: Circuit.Inputs, forcings: Forge.Forcings = {}) {
  const witness = forger.layOut(await forger.witness(inputs, forcings), circuit);
  return { refused: Forge.refused(circuit, witness), publicSignals: witness.slice(1, 4) };
}

const accepted = (made: Rounds.Made) => ({
  refused: false,
  publicSignals: [made.round.statement.commitment, made.round.statement.evaluation, made.round.statement.challenge],
});
const refused = { refused: true };

/** A copy of the inputs with one place changed: edit(inputs, ["price", 0, 2], 5n). */
function edit(
  inputs: Circuit.Inputs,
  [name, ...path]: readonly [string, ...number[]],
  to: (old: bigint) => bigint,
): Circuit.Inputs {
  const place = (value: Circuit.Value, rest: readonly number[]): Circuit.Value => {
    const [index, ...deeper] = rest;
    if (typeof value === "bigint") return to(value);
    return value.map((inner, i) => (i === index ? place(inner, deeper) : inner));
  };
  return { ...inputs, [name]: place(inputs[name] ?? 0n, path) };
}

const set = (inputs: Circuit.Inputs, path: readonly [string, ...number[]], value: bigint): Circuit.Inputs =>
  edit(inputs, path, () => reduce(value));

/** A round of given columns of prices (feed by feed, slot by slot; undefined column entries are 0), signed by all. */
function round(columns: readonly (readonly bigint[])[], levels: readonly bigint[] = [], quorum = 3): Rounds.Made {
  const observations = [0, 1, 2, 3].map((slot) =>
    Rounds.sign(
      slot,
      [0, 1, 2, 3].map((feed) => columns[feed]?.[slot] ?? 0n),
    ),
  );
  const feeds = [0, 1, 2, 3].map((feed) => ({ level: levels[feed] ?? 0n, scale: 0n }));
  const configuration = Rounds.configuration({ quorum });
  return Rounds.make({ configuration, state: { epoch: EPOCH - 1, feeds }, epoch: EPOCH, resetMask: 0, observations });
}

/** Replaces a slot's prices by any field elements, signed by its own key over their packing mod p. */
function resign(made: Rounds.Made, slot: number, prices: readonly bigint[]): Circuit.Inputs {
  const packed = [0, 3].map((start) =>
    reduce(prices.slice(start, start + 3).reduce((sum, price, k) => sum + (price << BigInt(84 * k)), 0n)),
  );
  const message = digest(TAGS.observation, [Rounds.FEED_SET_ID, parse(BigInt(EPOCH)), ...packed]);
  const signature = Rounds.KEYS[slot]?.sign(message);
  if (signature === undefined) throw new RangeError(`got slot ${slot}, want below 4`);
  const inputs = prices.reduce((now, price, feed) => set(now, ["price", slot, feed], price), made.inputs);
  return [0, 1].reduce(
    (now, k) => set(now, ["r8", slot, k], signature.r8[k] ?? 0n),
    set(inputs, ["s", slot], signature.s),
  );
}

const flat = (price: bigint): readonly bigint[] => [price, price, price, price];

describe("the round", () => {
  it("accepts the honest witness", async () => {
    const made = Rounds.generic();
    expect(await attempt(made.inputs)).toEqual(accepted(made));
  });
});

describe("an observation", () => {
  const made = Rounds.generic();

  it("is refused with a forged price, in any slot and feed", async () => {
    for (let slot = 0; slot < 4; slot++) {
      const changed = edit(made.inputs, ["price", slot, slot], (price) => price + 1n);
      expect(await attempt(changed), `slot ${slot}`).toMatchObject(refused);
    }
  });

  it("is refused when it is signed by an unregistered key", async () => {
    const stranger = Key.fromSecret(new Uint8Array(32).fill(99));
    const observation = {
      feedSetId: Rounds.FEED_SET_ID,
      epoch: EPOCH,
      prices: made.input.observations[0]?.prices ?? [],
    };
    const { r8, s } = stranger.sign(Observation.message(observation));
    const signed = set(set(set(made.inputs, ["s", 0], s), ["r8", 0, 0], r8[0]), ["r8", 0, 1], r8[1]);
    expect(await attempt(signed)).toMatchObject(refused);
    // With the stranger's key in the slot the signature holds, but the configuration is another one.
    const [x, y] = stranger.publicKey;
    const replaced = await attempt(set(set(signed, ["key", 0, 0], x), ["key", 0, 1], y));
    expect(replaced.refused).toBe(false);
    expect(replaced.publicSignals[0]).not.toBe(made.round.statement.commitment);
  });

  it("is refused when it was signed for another epoch or for another feed set", async () => {
    const prices = made.input.observations[0]?.prices ?? [];
    const others = [
      { feedSetId: Rounds.FEED_SET_ID, epoch: EPOCH - 1, prices },
      { feedSetId: parse(Rounds.FEED_SET_ID + 1n), epoch: EPOCH, prices },
    ];
    for (const other of others) {
      const signature = Rounds.KEYS[0]?.sign(Observation.message(other));
      const { r8, s } = signature ?? { r8: [0n, 0n] as const, s: 0n };
      const swapped = set(set(set(made.inputs, ["s", 0], s), ["r8", 0, 0], r8[0]), ["r8", 0, 1], r8[1]);
      expect(await attempt(swapped)).toMatchObject(refused);
    }
  });

  it("is refused in a second slot", async () => {
    const repeated: Circuit.Inputs = Object.fromEntries(
      Object.entries(made.inputs).map(([name, value]) =>
        ["price", "r8", "s"].includes(name) && typeof value === "object"
          ? [name, [value[1] ?? 0n, ...value.slice(1)]]
          : [name, value],
      ),
    );
    expect(await attempt(repeated)).toMatchObject(refused);
  });

  it("is refused with a point of small order or off the curve as R8, and with S beyond the subgroup's order", async () => {
    const points = [
      [0n, 1n],
      [0n, PRIME - 1n],
      [0n, 0n],
      [1n, 1n],
      [PRIME - 1n, 2n],
    ] as const;
    for (const [x, y] of points) {
      for (const s of [0n, 1n, SUBGROUP_ORDER]) {
        const changed = set(set(set(made.inputs, ["r8", 0, 0], x), ["r8", 0, 1], y), ["s", 0], s);
        expect(await attempt(changed), `R8 = (${x}, ${y}), S = ${s}`).toMatchObject(refused);
      }
    }
    expect(await attempt(edit(made.inputs, ["s", 0], (s) => s + SUBGROUP_ORDER))).toMatchObject(refused);
    expect(await attempt(edit(made.inputs, ["s", 0], (s) => SUBGROUP_ORDER - s))).toMatchObject(refused);
  });

  it("is refused in an unused slot, and an unsigned slot has no price", async () => {
    const three = Rounds.make({
      ...made.input,
      configuration: Rounds.configuration({ keys: Rounds.KEYS.slice(0, 3).map((key) => key.publicKey) }),
      observations: made.input.observations.slice(0, 3),
    });
    expect(await attempt(three.inputs)).toEqual(accepted(three));
    const fourth = made.input.observations[3];
    let unused = set(three.inputs, ["signed", 3], 1n);
    unused = set(set(unused, ["r8", 3, 0], fourth?.signature.r8[0] ?? 0n), ["r8", 3, 1], fourth?.signature.r8[1] ?? 0n);
    unused = set(unused, ["s", 3], fourth?.signature.s ?? 0n);
    expect(await attempt(unused)).toMatchObject(refused);
    const [x = 0n, y = 0n] = Rounds.KEYS[3]?.publicKey ?? [];
    expect(await attempt(set(set(unused, ["key", 3, 0], x), ["key", 3, 1], y)), "with its key").toMatchObject(refused);
    expect(await attempt(set(three.inputs, ["price", 3, 0], 6_543_210_000_000n))).toMatchObject(refused);
    expect(await attempt(set(three.inputs, ["signed", 3], 2n))).toMatchObject(refused);
  });
});

describe("quorum", () => {
  const made = Rounds.generic();

  it("is refused with one signer too few, and an empty round is refused", async () => {
    const drop = (inputs: Circuit.Inputs, slot: number): Circuit.Inputs =>
      [0, 1, 2, 3].reduce((now, feed) => set(now, ["price", slot, feed], 0n), set(inputs, ["signed", slot], 0n));
    const three = drop(made.inputs, 3);
    expect((await attempt(three)).refused).toBe(false);
    expect(await attempt(drop(three, 2))).toMatchObject(refused);
    expect(await attempt(drop(drop(drop(three, 2), 1), 0))).toMatchObject(refused);
  });

  it("of one price too few gives NO_QUORUM and nothing else", async () => {
    const few = round([[100n, 101n, 0n, 0n], flat(500n)]);
    expect(few.round.reports[0]).toEqual({ answer: 0n, dispersion: 0n, score: 0n, inliers: 0n, status: "NO_QUORUM" });
    expect(await attempt(few.inputs)).toEqual(accepted(few));
    const lowered = await attempt({ ...few.inputs, quorum: 2n });
    expect(lowered.publicSignals[0], "a lower quorum is another configuration").not.toBe(
      few.round.statement.commitment,
    );
  });

  it("of 0, or above the signers' least number, has no witness", async () => {
    expect(await attempt({ ...made.inputs, quorum: 0n })).toMatchObject(refused);
    expect(await attempt({ ...made.inputs, quorum: 4n })).toMatchObject(refused);
    expect(await attempt({ ...made.inputs, minSigners: 5n })).toMatchObject(refused);
    expect(await attempt({ ...made.inputs, reporterCount: 5n })).toMatchObject(refused);
    expect(await attempt({ ...made.inputs, feedCount: 5n })).toMatchObject(refused);
  });

  it("does not count a feed beyond feedCount: it has no price", async () => {
    expect(await attempt({ ...made.inputs, feedCount: 3n })).toMatchObject(refused);
  });
});

describe("the statement", () => {
  const made = Rounds.generic();
  const { config, previousState, nextState, header, words, statement } = made.round;
  const vector = [config, previousState, nextState, header, ...words];

  it("does not hold for a report with one bit changed, in any field", async () => {
    const offsets = {
      answer: 0,
      dispersion: 80,
      score: 92,
      inliers: 106,
      status: 122,
      "answer, next feed": 124,
      epoch: 0,
    };
    for (const [field, offset] of Object.entries(offsets)) {
      const element = field === "epoch" ? 3 : 4;
      const changed = vector.map((one, k) => (k === element ? parse(one ^ (1n << BigInt(offset))) : one));
      const other = Statement.of(changed);
      const { publicSignals } = await attempt({ ...made.inputs, challenge: other.challenge });
      expect(publicSignals, field).not.toEqual([other.commitment, other.evaluation, other.challenge]);
      // With the circuit's own commitment the contract's challenge and evaluation are still of its own vector.
      const mixed = Statement.challengeOf(statement.commitment, changed);
      const second = await attempt({ ...made.inputs, challenge: mixed });
      expect(second.publicSignals[0]).toBe(statement.commitment);
      expect(second.publicSignals[1], field).not.toBe(Statement.evaluate(changed, mixed));
    }
  });

  it("does not hold for a state that is not the contract's", async () => {
    const changed = await attempt(edit(made.inputs, ["level", 0], (level) => level + 1n));
    expect(changed.refused).toBe(false);
    expect(changed.publicSignals[0]).not.toBe(statement.commitment);
    expect(changed.publicSignals[1]).not.toBe(statement.evaluation);
    expect((await attempt({ ...made.inputs, previousEpoch: 998n })).publicSignals[0]).not.toBe(statement.commitment);
  });

  it("refuses level and scale moved between their parts of one packed element", async () => {
    const up = edit(
      edit(made.inputs, ["level", 0], (level) => level + (1n << 80n)),
      ["scale", 0],
      (scale) => scale - 1n,
    );
    const down = edit(
      edit(made.inputs, ["level", 0], (level) => level + PRIME - (1n << 80n)),
      ["scale", 0],
      (scale) => scale + 1n,
    );
    expect(await attempt(up)).toMatchObject(refused);
    expect(await attempt(down)).toMatchObject(refused);
    const bare = round([[100n, 101n, 0n, 0n], flat(500n)], [5n]);
    expect(
      await attempt(set(set(bare.inputs, ["level", 0], 5n - (1n << 80n)), ["scale", 0], 1n)),
      "below quorum",
    ).toMatchObject(refused);
    expect(State.digestOf({ epoch: 1, feeds: [{ level: 5n, scale: 1n }] })).not.toBe(
      State.digestOf({ epoch: 1, feeds: [{ level: 5n, scale: 0n }] }),
    );
  });

  it("refuses another level whose scale makes up for it in the field", async () => {
    // level + scale * 2^80 mod p stays what it was: only the scale's own range shows the lie.
    for (const level of [1n, 6_050_505_050_504n, MAX]) {
      const owed = (6_050_505_050_505n - level) * invert(1n << 80n);
      const lied = edit(set(made.inputs, ["level", 0], level), ["scale", 0], (scale) => reduce(scale + owed));
      expect(await attempt(lied)).toMatchObject(refused);
    }
  });

  it("binds reset bits, which are bits", async () => {
    expect(await attempt(set(made.inputs, ["reset", 0], 2n))).toMatchObject(refused);
    const reset = await attempt(set(made.inputs, ["reset", 0], 1n));
    expect(reset.publicSignals[0]).not.toBe(statement.commitment);
  });

  it("has an epoch of 40 bits", async () => {
    const [key] = Rounds.KEYS;
    const one = Rounds.configuration({ keys: [key?.publicKey ?? [parse(0n), parse(1n)]], minSigners: 1, quorum: 1 });
    const observe = (epoch: number) => Rounds.sign(0, [1n, 0n, 0n, 0n], epoch);
    const epoch = 2 ** 40 - 1;
    const state = State.genesis(4);
    const last = Rounds.make({ configuration: one, state, epoch, resetMask: 0, observations: [observe(epoch)] });
    expect(await attempt(last.inputs)).toEqual(accepted(last));
    // Signed for the epoch after it, the observation itself holds.
    const { r8, s } = observe(epoch + 1).signature;
    const moved = { ...last.inputs, epoch: 1n << 40n };
    const beyond = set(set(set(moved, ["s", 0], s), ["r8", 0, 0], r8[0]), ["r8", 0, 1], r8[1]);
    expect(await attempt(beyond)).toMatchObject(refused);
  });
});

describe("packed prices", () => {
  it("cannot be shifted between feeds, below quorum or not", async () => {
    // The signature covers price_0 + price_1 * 2^84 + price_2 * 2^168 only.
    const columns = [[100n, 0n, 0n, 0n], [70n, 80n, 0n, 0n], flat(500n)];
    const made = round(columns);
    expect((await attempt(made.inputs)).refused).toBe(false);
    const shift = 1n << 84n;
    for (const [from, by] of [
      [0, 1n],
      [0, -1n],
      [1, 1n],
      [1, -1n],
    ] as const) {
      const lent = edit(made.inputs, ["price", 0, from], (price) => reduce(price + by * shift));
      const shifted = edit(lent, ["price", 0, from + 1], (price) => reduce(price - by));
      expect(await attempt(shifted), `from feed ${from}, ${by}`).toMatchObject(refused);
    }
    // The whole of feed 1 read as a part of feed 0, which leaves feed 1 without that price.
    const whole = set(set(made.inputs, ["price", 0, 0], 100n + 70n * shift), ["price", 0, 1], 0n);
    expect(await attempt(whole)).toMatchObject(refused);
  });
});

describe("a signed price beyond 80 bits", () => {
  const wide = [1n << 80n, (1n << 80n) + 1n, PRIME - 1n, PRIME - 2n, 1n << 81n];
  const medians = [1n, 1n << 79n, MAX];

  it("is never an inlier, whatever the median", async () => {
    for (const price of wide) {
      for (const median of medians) {
        const made = round([flat(median), flat(500n)]);
        const inputs = resign(made, 3, [price, 500n, 0n, 0n]);
        const honest = await attempt(inputs);
        const forced = await attempt(inputs, { "feed[0].filter.within[3]": 1n });
        expect(forced, `price ${price}, median ${median}`).toMatchObject(refused);
        // Where there is a witness at all it says that slot 3 did not count.
        const counted = { "feed[0].filter.within[3]": 0n };
        if (!honest.refused) expect(await attempt(inputs, counted)).toEqual(honest);
      }
    }
  });

  it("is refused by Observation.receive", () => {
    for (const price of wide) {
      const observation = { ...Rounds.sign(0, [1n, 2n, 3n, 4n]), prices: [price, 2n, 3n, 4n] };
      const keys = Rounds.KEYS.map((key) => key.publicKey);
      const expected = { feedSetId: Rounds.FEED_SET_ID, epoch: EPOCH, capacity: 4, feedCount: 4, keys };
      expect(Observation.receive(Observation.toJson(observation), expected)).toMatchObject({ ok: false });
    }
  });
});

describe("a threshold at exact equality", () => {
  it("of the filter's tolerance is decided one way only", async () => {
    // kQ8 1328, floor 2500 ppm: at median 4000 the tolerance is 10; 4010 is an inlier, 4011 is not.
    for (const [price, within] of [
      [4010n, 1n],
      [4011n, 0n],
    ] as const) {
      const made = round([[4000n, 4000n, 4000n, price]]);
      expect(made.round.reports[0]?.inliers).toBe(within === 1n ? 15n : 7n);
      expect(await attempt(made.inputs)).toEqual(accepted(made));
      expect(await attempt(made.inputs, { "feed[0].filter.within[3]": 1n - within })).toMatchObject(refused);
    }
  });

  it("of the chart is decided one way only", async () => {
    // jumpFloor 20000 ppm: at level 5000 the threshold is 100.
    for (const [answer, status] of [
      [5100n, "OK"],
      [5101n, "HELD"],
      [4900n, "OK"],
      [4899n, "HELD"],
    ] as const) {
      const made = round([flat(answer)], [5000n]);
      expect(made.round.reports[0]?.status, `${answer}`).toBe(status);
      expect(await attempt(made.inputs)).toEqual(accepted(made));
      const ratio = "feed[0].chart.SaturatingRatio#0";
      for (const quotient of [255n, 257n]) {
        expect(await attempt(made.inputs, { [`${ratio}.quotient`]: quotient })).toMatchObject(refused);
      }
      expect(await attempt(made.inputs, { "feed[0].chart.fell": answer > 5000n ? 1n : 0n })).toMatchObject(refused);
    }
  });

  it("of the hard bound is decided one way only", async () => {
    // hardPpm 500000: half of the level is still judged by the chart, one less is refused by the model.
    for (const [answer, status] of [
      [2500n, "HELD"],
      [2499n, "REFUSED"],
      [10_000n, "HELD"],
      [10_001n, "REFUSED"],
    ] as const) {
      const made = round([flat(answer)], [5000n]);
      expect(made.round.reports[0]?.status, `${answer}`).toBe(status);
      expect(await attempt(made.inputs)).toEqual(accepted(made));
    }
  });

  it("leaves ties free in ranks, with the same public signals", async () => {
    const made = round([[100n, 100n, 100n, 100n]]);
    // The lower median of four has one price before it: any of the four may be called that one.
    for (const first of [0, 1, 2, 3]) {
      const below = Object.fromEntries([0, 1, 2, 3].map((i) => [`feed[0].filter.below[${i}]`, i === first ? 1n : 0n]));
      expect(await attempt(made.inputs, below)).toEqual(accepted(made));
    }
    const two = Object.fromEntries([0, 1, 2, 3].map((i) => [`feed[0].filter.below[${i}]`, i < 2 ? 1n : 0n]));
    expect(await attempt(made.inputs, two)).toMatchObject(refused);
  });
});
