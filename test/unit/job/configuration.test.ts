import { describe, expect, it } from "vitest";
import { registered, registrationOf } from "../../../src/job/configuration.ts";
import type { Registration } from "../../../src/job/governance.ts";
import * as Job from "../../../src/job/job.ts";
import { PRIME } from "../../../src/lib/field.ts";
import * as Key from "../../../src/observation/key.ts";

const CIRCUIT = { capacity: { reporters: 4, feeds: 4 }, model: "HampelChart" } as const;
const keys = [1, 2, 3, 4].map((n) => Key.fromSecret(new Uint8Array(32).fill(n)));

async function jobWith(registrations: readonly (Registration | undefined)[]): Promise<Job.Job> {
  const { spec, directory } = await Job.load("jobs/demo-btc.json");
  const reporters = spec.reporters.map((reporter, slot) => {
    const registration = registrations[slot];
    return registration === undefined ? reporter : { ...reporter, registration };
  });
  return Job.parse({ ...spec, reporters }, directory);
}

async function good(): Promise<readonly Registration[]> {
  const { spec } = await Job.load("jobs/demo-btc.json");
  return keys.map((key) => registrationOf(key, spec));
}

describe("registered", () => {
  it("gives the keys and proofs that the reporters registered, by slot, hexadecimal or decimal", async () => {
    const [first, ...others] = await good();
    if (first === undefined) throw new RangeError("no reporter");
    const decimal = { ...first, x: BigInt(first.x).toString(), y: BigInt(first.y).toString() };
    const { configuration, possessions } = registered(await jobWith([decimal, ...others]), CIRCUIT);
    expect(configuration.keys).toEqual(keys.map(({ publicKey }) => publicKey));
    possessions.forEach((possession, slot) => {
      const key = configuration.keys[slot];
      expect(key && Key.provesPossession(configuration.feedSetId, key, possession)).toBe(true);
    });
  });

  it("names every registration that is missing, off the curve, another's, or for another set, at once", async () => {
    const [first, second, third] = await good();
    if (first === undefined || second === undefined || third === undefined) throw new RangeError("no reporter");
    const offCurve = { ...second, x: "1" };
    const negative = { ...first, x: `0x${(PRIME - BigInt(first.x)).toString(16)}` };
    const job = await jobWith([{ ...first, possession: second.possession }, offCurve, undefined, negative]);
    expect(() => registered(job, CIRCUIT)).toThrowError(
      expect.objectContaining({
        code: "job.registration",
        data: {
          issues: [
            { path: "reporters[0].registration.possession", message: expect.stringContaining("not the key's over") },
            { path: "reporters[1].registration", message: "coinbase: the point is not on Baby Jubjub" },
            { path: "reporters[2].registration", message: expect.stringContaining("got none for kraken") },
            { path: "reporters[3].registration.possession", message: expect.stringContaining("not the key's over") },
            { path: "reporters[3].registration", message: expect.stringContaining("the same key as reporters[0]") },
          ],
        },
      }),
    );
  });

  it("refuses a proof that was made for another feed set", async () => {
    const { spec } = await Job.load("jobs/demo-btc.json");
    const elsewhere = keys.map((key) => registrationOf(key, { ...spec, environment: "production" }));
    const moved = await jobWith(elsewhere);
    expect(() => registered(moved, CIRCUIT)).toThrowError(expect.objectContaining({ code: "job.registration" }));
  });
});
