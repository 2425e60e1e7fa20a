// A clinic, a laboratory and a supervisor, with the contract between them, on a chain of one's own.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HDNodeWallet } from "ethers";
import { compile } from "../../src/inference/compiledModel.ts";
import { inputHash } from "../../src/inference/inference.ts";
import { quantise } from "../../src/inference/quantise.ts";
import type { Row } from "../../src/inference/rows.ts";
import { at } from "../../src/lib/element.ts";
import type { Field } from "../../src/lib/field.ts";
import { outputs } from "../../src/program/evaluate.ts";
import { strideOf } from "../../src/program/program.ts";
import {
  type Answered,
  type Keyed,
  loadUse,
  openStation,
  type Setting,
  salt,
  sent,
  type Use,
} from "../../test/support/inference/uses.ts";

/** The laboratory's, drawn once for a version of the weights and kept with them. */
export const WEIGHTS_SALT = salt("the laboratory's");

/** What clinic and laboratory have of a sample, and nobody else. */
export type Sample = {
  readonly integers: ReadonlyMap<string, Float64Array>;
  readonly salt: Field;
  readonly digest: Field;
};

export type Clinic = Setting & {
  readonly laboratory: HDNodeWallet;
  readonly clinic: HDNodeWallet;
  readonly supervisor: HDNodeWallet;
  /** The version after the first: other weights, the same circuit and keys. */
  readonly next: Keyed;
  readonly attest: (sample: Sample) => Promise<void>;
  readonly prove: (sample: Sample, asked?: Proof) => Promise<Answered>;
};

export type Proof = {
  readonly caller?: HDNodeWallet;
  readonly nonce?: bigint;
  readonly consumer?: string;
  readonly model?: Keyed;
  readonly weightsSalt?: Field;
};

export function sampleOf({ compiled: { program } }: Use, row: Row, salted: string): Sample {
  const integers = quantise(program, row.inputs);
  const input = at(program.inputs, 0);
  const elements = Array.from(integers.get(input.name) ?? [], BigInt);
  return { integers, salt: salt(salted), digest: inputHash(elements, strideOf(input), salt(salted)) };
}

export function isAlarm({ program, parameters }: Use["compiled"], row: Row): boolean {
  return outputs(program, quantise(program, row.inputs), parameters)[0]?.[0] === 1;
}

export async function openClinic(): Promise<Clinic> {
  const use = await loadUse("medical-screening");
  const station = await openStation();
  const [laboratory, clinic, supervisor] = [station.account(1), station.account(2), station.account(3)];
  const model = await station.key(use.compiled);
  const next = { ...model, compiled: compile(await readFile(join(use.folder, "next.onnx")), use.job) };
  // No digest of the file: the weights are the laboratory's secret, and a guess could be tried against it.
  const registered = await station.register(model, { registrar: laboratory, salts: saltsWith(WEIGHTS_SALT) });
  const consumer = await station.deploy(
    "examples/medical-screening/Screening.sol",
    ...[station.gate.target, registered.id, clinic.address, supervisor.address],
  );

  const attest: Clinic["attest"] = async ({ digest }) => {
    await sent(consumer.connect(clinic), "attest", digest);
  };
  const prove: Clinic["prove"] = (sample, { caller = laboratory, nonce = sample.digest, weightsSalt, ...more } = {}) =>
    station.prove({
      model: more.model ?? model,
      inputs: sample.integers,
      salts: { ...saltsWith(weightsSalt ?? WEIGHTS_SALT), inputs: new Map([["grades", sample.salt]]) },
      consumer: more.consumer ?? String(consumer.target),
      caller: caller.address,
      nonce,
    });

  return {
    ...{ station, use, model, registered, consumer, laboratory, clinic, supervisor, next, attest, prove },
    honest: async (run) => {
      const sample = sampleOf(use, at(use.rows, run), `sample ${run}`);
      await attest(sample);
      const { proven, call } = await prove(sample);
      return { proven, gas: await sent(consumer.connect(laboratory), "screen", call) };
    },
  };
}

export function saltsWith(parameters: Field) {
  return { inputs: new Map<string, Field>(), parameters };
}
