// A small feed set: four reporters in the slots of round-4x4, two feeds. Its keys are of fixed secrets, so that every run
// signs the same bytes.

import { COMMITTED_MODEL } from "../../src/job/schema.ts";
import { parse } from "../../src/lib/field.ts";
import type { Parameters } from "../../src/model/hampelChart.ts";
import * as Key from "../../src/observation/key.ts";
import type { SignedObservation } from "../../src/observation/observation.ts";
import * as Configuration from "../../src/round/configuration.ts";

export const SECRETS: readonly Key.SecretKey[] = [1, 2, 3, 4].map((n) => Key.fromSecret(new Uint8Array(32).fill(n)));

export const PARAMETERS: Parameters = Configuration.parametersFrom(COMMITTED_MODEL);

export const IDENTITY: Configuration.Identity = {
  environment: "test",
  name: "fixture",
  feeds: [
    { pair: "A/USD", decimals: 8 },
    { pair: "B/USD", decimals: 2 },
  ],
  periodSeconds: 60,
  salt: 5n,
};

export const CONFIGURATION: Configuration.Configuration = {
  feedSetId: Configuration.feedSetId(IDENTITY),
  capacity: { reporters: 4, feeds: 4 },
  model: "HampelChart",
  feedCount: 2,
  keys: SECRETS.map(({ publicKey }) => publicKey),
  minSigners: 3,
  quorum: 3,
  parameters: PARAMETERS,
};

/** An observation whose signature nobody looks at: `Round.compute` takes what was received and verified. */
export function unsigned(slot: number, epoch: number, prices: readonly bigint[]): SignedObservation {
  const signature = { r8: [parse(0n), parse(1n)] as const, s: parse(0n) };
  return { feedSetId: CONFIGURATION.feedSetId, epoch, slot, prices, signature };
}
