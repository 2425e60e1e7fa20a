// A bureau, a lender and borrowers, with the lender's contract, on a chain of one's own.

import type { HDNodeWallet } from "ethers";
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
  type Registered,
  type Setting,
  salt,
  sent,
  type Use,
} from "../../test/support/inference/uses.ts";

/** Odds of 5 to 1: the data's cost matrix. */
export const THRESHOLD = 732;

/** What the bureau has of a borrower, and gives to nobody else. */
export type File = {
  /** Beside the attributes the row's threshold, which a proof may have another in the place of. */
  readonly integers: ReadonlyMap<string, Float64Array>;
  readonly salt: Field;
  readonly digest: Field;
};

export type Credit = Setting & {
  readonly bureau: HDNodeWallet;
  readonly lender: HDNodeWallet;
  readonly borrower: (index: number) => HDNodeWallet;
  readonly attest: (borrower: HDNodeWallet, file: File) => Promise<void>;
  readonly prove: (file: File, asked: Proof) => Promise<Answered>;
};

export type Proof = {
  readonly caller: HDNodeWallet;
  readonly nonce?: bigint;
  readonly threshold?: number;
  readonly consumer?: string;
  readonly model?: Keyed;
};

export function fileOf({ compiled: { program } }: Use, row: Row, salted: string): File {
  const integers = quantise(program, row.inputs);
  const input = at(program.inputs, 0);
  const elements = Array.from(integers.get(input.name) ?? [], BigInt);
  return { integers, salt: salt(salted), digest: inputHash(elements, strideOf(input), salt(salted)) };
}

export function isApproved({ compiled: { program } }: Use, row: Row): boolean {
  return outputs(program, quantise(program, row.inputs))[0]?.[0] === 1;
}

export async function openCredit(): Promise<Credit> {
  const use = await loadUse("credit-score");
  const station = await openStation();
  const [bureau, lender] = [station.account(1), station.account(2)];
  const borrower = (index: number): HDNodeWallet => station.account(3 + index);
  const model = await station.key(use.compiled);
  const registered: Registered = await station.register(model, { modelFile: use.onnx });
  const consumer = await station.deploy(
    "examples/credit-score/CreditLine.sol",
    ...[station.gate.target, registered.id, bureau.address, lender.address],
    THRESHOLD,
  );

  const attest: Credit["attest"] = async ({ address }, { digest }) => {
    await sent(consumer.connect(bureau), "attest", address, digest);
  };
  const prove: Credit["prove"] = (file, { caller, nonce = 1n, threshold = THRESHOLD, ...more }) =>
    station.prove({
      model: more.model ?? model,
      inputs: new Map(file.integers).set("threshold", Float64Array.of(threshold)),
      salts: { inputs: new Map([["attributes", file.salt]]) },
      consumer: more.consumer ?? String(consumer.target),
      caller: caller.address,
      nonce,
    });
  const approved = use.rows.filter((row) => isApproved(use, row));

  return {
    ...{ station, use, model, registered, consumer, bureau, lender, borrower, attest, prove },
    honest: async (run) => {
      const [caller, file] = [borrower(run), fileOf(use, at(approved, run), `borrower ${run}`)];
      await attest(caller, file);
      const { proven, call } = await prove(file, { caller });
      return { proven, gas: await sent(consumer.connect(caller), "open", call) };
    },
  };
}
