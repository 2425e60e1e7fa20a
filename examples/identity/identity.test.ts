import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { accuracyOf } from "../../src/inference/accuracy.ts";
import { compileGraph, graphOf } from "../../src/inference/compiledModel.ts";
import { quantise } from "../../src/inference/quantise.ts";
import { references } from "../../src/inference/reference.ts";
import type { Row } from "../../src/inference/rows.ts";
import { at } from "../../src/lib/element.ts";
import { outputs } from "../../src/program/evaluate.ts";
import { seeded } from "../../test/support/graph/random.ts";
import { cardFigure, type Keyed, refusal, sent } from "../../test/support/inference/uses.ts";
import { distance, type Entry, enrolmentOf, LIMIT, type Made, openEntry, type Vector, vectorsOf } from "./setting.ts";

let entry: Entry;
/** Of one identity, of two. */
let [same, other]: { enrolled: Vector; probe: Vector }[] = [];
beforeAll(async () => {
  entry = await openEntry();
  const all = entry.use.rows.map((_, index) => vectorsOf(entry.use, index));
  [same, other] = [true, false].map((wanted) =>
    at(
      all.filter(({ enrolled, probe }) => distance(enrolled, probe) < LIMIT === wanted),
      0,
    ),
  );
});
afterAll(() => entry.station.close());

let accounts = 0;
async function enrolled(vector: Vector | undefined) {
  if (vector === undefined) throw new TypeError("got no vector");
  const index = accounts++;
  const caller = entry.account(index);
  const enrolment = enrolmentOf(entry.use, vector, `account ${index}`);
  await entry.enrol(caller, enrolment);
  return { caller, enrolment };
}

type Owner = Awaited<ReturnType<typeof enrolled>>;
const enter = ({ caller }: Pick<Owner, "caller">, { call, block }: Pick<Made, "call" | "block">): Promise<string> =>
  refusal(entry.consumer.connect(caller), "enter", block, call);
const isInside = ({ caller }: Pick<Owner, "caller">): Promise<boolean> =>
  entry.consumer.getFunction("isInside")(caller.address);
const probeOf = (pair: typeof same): Vector => pair?.probe ?? new Float64Array();
const mine = async (blocks: number): Promise<void> => {
  await entry.station.chain.provider.send("anvil_mine", [`0x${blocks.toString(16)}`]);
};

describe("IdentityGate", () => {
  it("lets in whose capture is near the enrolment, for a while, and sees a digest and a bit", async () => {
    const owner = await enrolled(same?.enrolled);
    const { call, block } = await entry.prove(owner.enrolment, probeOf(same), owner);
    await sent(entry.consumer.connect(owner.caller), "enter", block, call);
    expect(await isInside(owner)).toBe(true);
    expect(call.inputs).toEqual([owner.enrolment.digest]);
    expect(call.outputs).toEqual([0b11n]);
    await entry.station.chain.provider.send("evm_increaseTime", [15 * 60]);
    await mine(1);
    expect(await isInside(owner)).toBe(false);
  });

  it("refuses whose capture is not near, also with the bit turned", async () => {
    const owner = await enrolled(other?.enrolled);
    const { call, block } = await entry.prove(owner.enrolment, probeOf(other), owner);
    expect(call.outputs).toEqual([0b10n]);
    expect(await enter(owner, { call, block })).toBe("IdentityGate_NoMatch");
    expect(await enter(owner, { call: { ...call, outputs: [0b11n] }, block })).toBe("InferenceGate_ProofRefused");
  });

  it("refuses a vector that was never enrolled, whatever digest is said, and an enrolment that was replaced", async () => {
    const owner = await enrolled(other?.enrolled);
    const own = enrolmentOf(entry.use, probeOf(other), "whoever holds the device");
    const made = await entry.prove(own, probeOf(other), owner);
    expect(await enter(owner, made)).toBe("IdentityGate_OtherEnrolment");
    const call = { ...made.call, inputs: [owner.enrolment.digest] };
    expect(await enter(owner, { ...made, call })).toBe("InferenceGate_ProofRefused");

    const before = await entry.prove(owner.enrolment, owner.enrolment.vector, owner);
    await entry.enrol(owner.caller, own);
    expect(await enter(owner, before)).toBe("IdentityGate_OtherEnrolment");
    const nobody = { caller: entry.account(90) };
    expect(await enter(nobody, before)).toBe("IdentityGate_OtherEnrolment");
    expect(await enter(nobody, { ...before, call: { ...before.call, inputs: [0n] } })).toBe(
      "IdentityGate_OtherEnrolment",
    );
  });

  it("takes the enrolled vector itself for a capture: where a probe comes from is the device's word", async () => {
    const owner = await enrolled(other?.enrolled);
    const { call, block } = await entry.prove(owner.enrolment, owner.enrolment.vector, owner);
    await sent(entry.consumer.connect(owner.caller), "enter", block, call);
    expect(await isInside(owner)).toBe(true);
  });

  it("refuses the proof in another account's hands, even with the same enrolment, and one for another consumer", async () => {
    const owner = await enrolled(same?.enrolled);
    const made = await entry.prove(owner.enrolment, probeOf(same), owner);
    const thief = { caller: entry.account(91) };
    await entry.enrol(thief.caller, owner.enrolment);
    expect(await enter(thief, made)).toBe("InferenceGate_ProofRefused");
    const elsewhere = await entry.prove(owner.enrolment, probeOf(same), { ...owner, consumer: thief.caller.address });
    expect(await enter(owner, elsewhere)).toBe("InferenceGate_ProofRefused");
  });

  it("refuses the same inference again, one that lay in store, and one for no block that there is", async () => {
    const owner = await enrolled(same?.enrolled);
    const first = await entry.prove(owner.enrolment, probeOf(same), owner);
    await sent(entry.consumer.connect(owner.caller), "enter", first.block, first.call);
    expect(await enter(owner, first)).toBe("InferenceGate_ContextUsed");
    // The nonce of the next block for the proof of this one, and a nonce of one's own choice.
    const block = first.block + 1;
    expect(await enter(owner, { ...first, block })).toBe("IdentityGate_NotTheBlock");
    const next = BigInt((await entry.station.chain.provider.getBlock(block))?.hash ?? 0);
    const renamed = { ...first.call, nonce: next };
    expect(await enter(owner, { call: renamed, block })).toBe("InferenceGate_ProofRefused");
    const unknown = { call: { ...first.call, nonce: 0n }, block: block + 1_000_000 };
    expect(await enter(owner, unknown)).toBe("IdentityGate_NotTheBlock");

    const stored = await entry.prove(owner.enrolment, probeOf(same), owner);
    await mine(30);
    expect(await enter(owner, stored)).toBe("IdentityGate_TooOld");
    await mine(300);
    expect(await enter(owner, stored)).toBe("IdentityGate_NotTheBlock");
  });

  it("refuses the proof of a model with another limit", async () => {
    const lax = await laxModel();
    const owner = await enrolled(other?.enrolled);
    const made = await entry.prove(owner.enrolment, probeOf(other), { ...owner, model: lax });
    expect(made.call.outputs).toEqual([0b11n]);
    expect(await enter(owner, made)).toBe("InferenceGate_ProofRefused");
  });

  it("leaves enrolling to the enroller, and ends the session of who is enrolled anew", async () => {
    const owner = await enrolled(same?.enrolled);
    expect(await refusal(entry.consumer.connect(owner.caller), "enrol", owner.caller.address, 1n)).toBe(
      "IdentityGate_NotTheEnroller",
    );
    const { call, block } = await entry.prove(owner.enrolment, probeOf(same), owner);
    await sent(entry.consumer.connect(owner.caller), "enter", block, call);
    await entry.enrol(owner.caller, owner.enrolment);
    expect(await isInside(owner)).toBe(false);
  });
});

describe("the identity's circuit", () => {
  it("has the card's constraints, and decides no more rows otherwise than onnxruntime than the card says", async () => {
    const { use, model } = entry;
    expect(model.artifacts.manifest.constraints).toBe(await cardFigure(use, "constraints"));
    const wanted = await references(use.onnx, graphOf(use.onnx), use.rows);
    const { changedClassShare = 1 } = accuracyOf(use.compiled, use.rows, wanted);
    const changed = Math.round(changedClassShare * use.rows.length);
    expect(changed).toBeLessThanOrEqual(await cardFigure(use, "rows decided otherwise"));
  });

  it("is exact for every vector of whole numbers from -127 to 127, short ones and the limit itself included", async () => {
    const { use } = entry;
    const random = seeded(7);
    const extreme = (sign: number): Vector => new Float64Array(32).fill(127 * sign);
    const pairs = [
      { enrolled: extreme(1), probe: extreme(-1) },
      { enrolled: extreme(-1), probe: extreme(-1) },
      ...Array.from({ length: 300 }, (_, i) => {
        const { enrolled, probe } = vectorsOf(use, i % use.rows.length);
        // Shortened, lengthened, mixed with one another: distances on both sides of the limit.
        const [part, share] = [random.between(0, 2), random.between(0, 1)];
        const mixed = probe.map((one, j) => part * (share * one + (1 - share) * at(enrolled, j)));
        return { enrolled, probe: mixed.map((one) => Math.max(-127, Math.min(127, Math.round(one)))) };
      }),
      ...[LIMIT - 1, LIMIT, LIMIT + 1].map((wanted) => pairAt(wanted)),
    ];
    const rows = pairs.map((pair): Row => ({ inputs: new Map(Object.entries(pair)) }));
    const got = rows.map(({ inputs }) => outputs(use.compiled.program, quantise(use.compiled.program, inputs))[0]?.[0]);
    const exact = pairs.map(({ enrolled, probe }) => (distance(enrolled, probe) < LIMIT ? 1 : 0));
    expect(got).toEqual(exact);
    expect(new Set(exact.slice(0, -3)).size).toBe(2);
    const wanted = await references(use.onnx, graphOf(use.onnx), rows);
    expect(wanted.map((one) => Number(one.get("match")?.[0]))).toEqual(exact);
  });
});

/** Two vectors at exactly this distance: the probe long enough, and the difference a sum of squares. */
function pairAt(wanted: number): { enrolled: Vector; probe: Vector } {
  const probe = new Float64Array(32).fill(40);
  const enrolled = Float64Array.from(probe);
  let rest = wanted;
  for (let j = 0; rest > 0; j++) {
    const step = Math.min(160, Math.floor(Math.sqrt(rest)));
    enrolled[j] = at(enrolled, j) - step;
    rest -= step ** 2;
  }
  return { enrolled, probe };
}

/** The same distance, a limit that nobody misses, keys of its own. */
async function laxModel(): Promise<Keyed> {
  const graph = graphOf(entry.use.onnx);
  const nodes: Graph["nodes"] = graph.nodes.map((one) =>
    one.operation.kind === "affine" && one.name === "both"
      ? { ...one, operation: { ...one.operation, bias: one.operation.bias.with(1, 1e6) } }
      : one,
  );
  return await entry.station.key(compileGraph({ ...graph, nodes }, entry.use.job));
}
