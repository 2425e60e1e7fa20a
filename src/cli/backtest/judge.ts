// What the model says of a row: in TypeScript alone, or with every row proven and verified besides.

import { randomBytes } from "node:crypto";
import { AssayError } from "../../lib/errors.ts";
import type * as Model from "../../model/hampelChart.ts";
import { modelOf } from "../../model/models.ts";
import * as Key from "../../observation/key.ts";
import * as Observation from "../../observation/observation.ts";
import type { Circuit } from "../../prove/circuit.ts";
import * as Configuration from "../../round/configuration.ts";
import * as Round from "../../round/round.ts";
import * as State from "../../round/state.ts";
import * as Statement from "../../statement/statement.ts";
import { type ReadyOptions, readyToProve } from "../prover.ts";

export type Setting = {
  readonly circuit: Circuit;
  readonly parameters: Model.Parameters;
  readonly quorum: number;
  readonly venues: number;
  readonly pair: string;
  readonly decimals: number;
};

export type Judged = { readonly report: Model.Report; readonly detail: Model.Detail };

/** Judges the next row; remembers what the model remembers. One price a venue, 0n = none. */
export type Judge = (prices: readonly bigint[]) => Promise<Judged>;

export function modelJudge({ circuit, parameters, quorum }: Setting): Judge {
  const model = modelOf(circuit.model);
  let state: Model.FeedState = { level: 0n, scale: 0n };
  return async (prices) => {
    const { report, detail, next } = model.evaluate({ prices, quorum, live: true, reset: false, state }, parameters);
    state = next;
    return { report, detail };
  };
}

/** Each row is a round of one feed, signed by one key a venue. Throws `backtest.differs` if circuit and model do. */
export async function provingJudge(
  { circuit, parameters, quorum, venues, pair, decimals }: Setting,
  environment: ReadyOptions,
): Promise<Judge> {
  const { prover } = await readyToProve(circuit.name, environment);
  const keys = Array.from({ length: venues }, () => Key.fromSecret(randomBytes(32)));
  const identity = {
    environment: "backtest",
    name: "backtest",
    feeds: [{ pair, decimals }],
    periodSeconds: 1,
    salt: 0n,
  };
  const configuration = Configuration.check({
    feedSetId: Configuration.feedSetId(identity),
    capacity: circuit.capacity,
    model: circuit.model,
    feedCount: 1,
    keys: keys.map(({ publicKey }) => publicKey),
    minSigners: quorum,
    quorum,
    parameters,
  });
  const { feedSetId } = configuration;
  const noPrices = Array.from({ length: circuit.capacity.feeds - 1 }, () => 0n);
  let state = State.genesis(circuit.capacity.feeds);
  return async (prices) => {
    const epoch = state.epoch + 1;
    const observations = keys.map((key, slot) =>
      Observation.sign(key, slot, { feedSetId, epoch, prices: [prices[slot] ?? 0n, ...noPrices] }),
    );
    const input = { configuration, state, epoch, resetMask: 0, observations };
    const round = Round.compute(input);
    const { publicSignals } = await prover.prove(
      Round.circuitInput(input, round.statement.challenge),
      environment.signal,
    );
    if (!Statement.isProvenBy(round.statement, publicSignals)) {
      const want = Statement.publicSignals(round.statement);
      throw new AssayError("backtest.differs", `epoch ${epoch}: got a proof of ${publicSignals}, want one of ${want}`);
    }
    state = round.next;
    const [report, detail] = [round.reports[0], round.details[0]];
    if (report === undefined || detail === undefined) throw new AssayError("backtest.feed", "got no report");
    return { report, detail };
  };
}
