// An enroller and accounts with their devices, with the contract that they enter, on a chain of one's own.

import type { HDNodeWallet } from "ethers";
import { inputHash } from "../../src/inference/inference.ts";
import { quantise } from "../../src/inference/quantise.ts";
import { at } from "../../src/lib/element.ts";
import type { Field } from "../../src/lib/field.ts";
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

export type Vector = Float64Array;

/** What a device keeps of its owner. */
export type Enrolment = { readonly vector: Vector; readonly salt: Field; readonly digest: Field };

export type Entry = Setting & {
  readonly enroller: HDNodeWallet;
  readonly account: (index: number) => HDNodeWallet;
  readonly enrol: (account: HDNodeWallet, enrolment: Enrolment) => Promise<void>;
  /** With the hash of that block for a nonce; the last but one without it. */
  readonly prove: (enrolment: Enrolment, probe: Vector, asked: Proof) => Promise<Made>;
};

export type Proof = {
  readonly caller: HDNodeWallet;
  readonly block?: number;
  readonly consumer?: string;
  readonly model?: Keyed;
};

export type Made = Answered & { readonly block: number };

export function vectorsOf({ rows }: Use, index: number): { readonly enrolled: Vector; readonly probe: Vector } {
  const { inputs } = at(rows, index);
  const of = (name: string): Vector => inputs.get(name) ?? new Float64Array();
  return { enrolled: of("enrolled"), probe: of("probe") };
}

export function enrolmentOf({ compiled: { program } }: Use, vector: Vector, salted: string): Enrolment {
  const integers = quantise(program, new Map(program.inputs.map(({ name }) => [name, vector])));
  const elements = Array.from(integers.get("enrolled") ?? [], BigInt);
  return { vector, salt: salt(salted), digest: inputHash(elements, 8, salt(salted)) };
}

/** The card's own words, in whole numbers. */
export function distance(enrolled: Vector, probe: Vector): number {
  const apart = enrolled.reduce((sum, one, j) => sum + (one - at(probe, j)) ** 2, 0);
  return apart + Math.max(0, 127 ** 2 - probe.reduce((sum, one) => sum + one ** 2, 0));
}

export const LIMIT = 14_376;

export async function openEntry(): Promise<Entry> {
  const use = await loadUse("identity");
  const station = await openStation();
  const enroller = station.account(1);
  const account = (index: number): HDNodeWallet => station.account(2 + index);
  const model = await station.key(use.compiled);
  const registered = await station.register(model, { modelFile: use.onnx });
  const consumer = await station.deploy(
    "examples/identity/IdentityGate.sol",
    ...[station.gate.target, registered.id, enroller.address],
  );

  const enrol: Entry["enrol"] = async ({ address }, { digest }) => {
    await sent(consumer.connect(enroller), "enrol", address, digest);
  };
  const { provider } = station.chain;
  const prove: Entry["prove"] = async (enrolment, probe, { caller, ...more }) => {
    // A node that is asked what a call would do may see no hash of its newest block yet.
    const block = more.block ?? (await provider.getBlockNumber()) - 1;
    const answered = await station.prove({
      model: more.model ?? model,
      inputs: quantise(
        use.compiled.program,
        new Map([
          ["enrolled", enrolment.vector],
          ["probe", probe],
        ]),
      ),
      salts: { inputs: new Map([["enrolled", enrolment.salt]]) },
      consumer: more.consumer ?? String(consumer.target),
      caller: caller.address,
      nonce: BigInt((await provider.getBlock(block))?.hash ?? 0),
    });
    return { ...answered, block };
  };
  const matches = [...use.rows.keys()].filter((index) => {
    const { enrolled, probe } = vectorsOf(use, index);
    return distance(enrolled, probe) < LIMIT;
  });

  return {
    ...{ station, use, model, registered, consumer, enroller, account, enrol, prove },
    honest: async (run) => {
      const { enrolled, probe } = vectorsOf(use, at(matches, run));
      const [caller, enrolment] = [account(run), enrolmentOf(use, enrolled, `account ${run}`)];
      await enrol(caller, enrolment);
      const { proven, call, block } = await prove(enrolment, probe, { caller });
      return { proven, gas: await sent(consumer.connect(caller), "enter", block, call) };
    },
  };
}
