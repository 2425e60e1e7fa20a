import { readFile } from "node:fs/promises";
import { join } from "node:path";
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
import { type Answered, cardFigure, type Keyed, refusal, sent } from "../../test/support/inference/uses.ts";
import { type Credit, type File, fileOf, isApproved, openCredit, THRESHOLD } from "./setting.ts";

let credit: Credit;
let [good, bad]: Row[] = [];
beforeAll(async () => {
  credit = await openCredit();
  [good, bad] = [true, false].map((wanted) =>
    at(
      credit.use.rows.filter((row) => isApproved(credit.use, row) === wanted),
      0,
    ),
  );
});
afterAll(() => credit.station.close());

let borrowers = 0;
/** A borrower whom the bureau has attested this row of. */
async function attested(row: Row | undefined) {
  const index = borrowers++;
  const caller = credit.borrower(index);
  if (row === undefined) throw new TypeError("got no row");
  const file = fileOf(credit.use, row, `borrower ${index}`);
  await credit.attest(caller, file);
  return { caller, file };
}

type Borrower = Awaited<ReturnType<typeof attested>>;
const open = ({ caller }: Pick<Borrower, "caller">, { call }: Pick<Answered, "call">): Promise<string> =>
  refusal(credit.consumer.connect(caller), "open", call);

describe("CreditLine", () => {
  it("opens a line for who is above the threshold, and sees a digest, the threshold and a bit", async () => {
    const { caller, file } = await attested(good);
    const { call } = await credit.prove(file, { caller });
    await sent(credit.consumer.connect(caller), "open", call);
    expect(await credit.consumer.getFunction("isOpen")(caller.address)).toBe(true);
    expect(call.inputs).toEqual([file.digest, BigInt(THRESHOLD)]);
    expect(call.outputs).toEqual([0b11n]); // 1 in offset binary of 2 bits
  });

  it("refuses a proof that the score is not above, also with the bit turned", async () => {
    const borrower = await attested(bad);
    const { call } = await credit.prove(borrower.file, borrower);
    expect(call.outputs).toEqual([0b10n]);
    expect(await open(borrower, { call })).toBe("CreditLine_NotAboveThreshold");
    expect(await open(borrower, { call: { ...call, outputs: [0b11n] } })).toBe("InferenceGate_ProofRefused");
  });

  it("refuses attributes that the bureau has not attested, whatever digest is said", async () => {
    const borrower = await attested(bad);
    const invented: File = fileOf(credit.use, good as Row, "a salt of the borrower's own");
    const { call } = await credit.prove(invented, borrower);
    expect(await open(borrower, { call })).toBe("CreditLine_OtherAttributes");
    const inputs = [borrower.file.digest, BigInt(THRESHOLD)];
    expect(await open(borrower, { call: { ...call, inputs } })).toBe("InferenceGate_ProofRefused");
  });

  it("refuses a threshold that is not the lender's, and the one before when it has changed", async () => {
    const borrower = await attested(bad);
    const lower = await credit.prove(borrower.file, { ...borrower, threshold: 100 });
    expect(lower.call.outputs).toEqual([0b11n]);
    expect(await open(borrower, lower)).toBe("CreditLine_OtherThreshold");
    const inputs = [borrower.file.digest, BigInt(THRESHOLD)];
    expect(await open(borrower, { call: { ...lower.call, inputs } })).toBe("InferenceGate_ProofRefused");

    const other = await attested(good);
    const answered = await credit.prove(other.file, other);
    await sent(credit.consumer.connect(credit.lender), "setThreshold", THRESHOLD + 1);
    expect(await open(other, answered)).toBe("CreditLine_OtherThreshold");
    await sent(credit.consumer.connect(credit.lender), "setThreshold", THRESHOLD);
  });

  it("refuses who was not attested, who was until the bureau withdrew it, and whose attributes are newer", async () => {
    const borrower = await attested(good);
    const answered = await credit.prove(borrower.file, borrower);
    const nobody = { caller: credit.borrower(99) };
    expect(await open(nobody, answered)).toBe("CreditLine_OtherAttributes");
    const none = { call: { ...answered.call, inputs: [0n, BigInt(THRESHOLD)] } };
    expect(await open(nobody, none)).toBe("CreditLine_OtherAttributes");
    await credit.attest(borrower.caller, fileOf(credit.use, bad as Row, "a year later"));
    expect(await open(borrower, answered)).toBe("CreditLine_OtherAttributes");
    await sent(credit.consumer.connect(credit.bureau), "attest", borrower.caller.address, 0n);
    expect(await open(borrower, answered)).toBe("CreditLine_OtherAttributes");
  });

  it("refuses a proof in another account's hands, even with the same attestation", async () => {
    const borrower = await attested(good);
    const answered = await credit.prove(borrower.file, borrower);
    const thief = { caller: credit.borrower(98) };
    await credit.attest(thief.caller, borrower.file);
    expect(await open(thief, answered)).toBe("InferenceGate_ProofRefused");
  });

  it("refuses the same inference again when the line was closed", async () => {
    const borrower = await attested(good);
    const { call } = await credit.prove(borrower.file, borrower);
    await sent(credit.consumer.connect(borrower.caller), "open", call);
    expect(await open(borrower, { call })).toBe("CreditLine_IsOpen");
    await sent(credit.consumer.connect(credit.lender), "close", borrower.caller.address);
    expect(await open(borrower, { call })).toBe("InferenceGate_ContextUsed");
    expect(await open(borrower, { call: { ...call, nonce: 2n } })).toBe("InferenceGate_ProofRefused");
    const another = await credit.prove(borrower.file, { ...borrower, nonce: 2n });
    await sent(credit.consumer.connect(borrower.caller), "open", another.call);
  });

  it("refuses a proof that was made for another consumer", async () => {
    const borrower = await attested(good);
    const answered = await credit.prove(borrower.file, { ...borrower, consumer: credit.lender.address });
    expect(await open(borrower, answered)).toBe("InferenceGate_ProofRefused");
  });

  it("refuses the proof of a more generous model, whoever registers it", async () => {
    const generous = await generousModel();
    const borrower = await attested(bad);
    const answered = await credit.prove(borrower.file, { ...borrower, model: generous });
    expect(answered.call.outputs).toEqual([0b11n]);
    expect(await open(borrower, answered)).toBe("InferenceGate_ProofRefused");
    const { id } = await credit.station.register(generous, { registrar: borrower.caller });
    const gate = credit.station.gate.connect(borrower.caller);
    // As far as the gate is concerned it is proven: that is what pinning the model's id is against.
    expect(await refusal(gate, "recordAndCall", id, credit.consumer.target, answered.call)).toBe("no custom error");
    await sent(gate, "record", id, credit.consumer.target, answered.call);
    expect(await open(borrower, answered)).toBe("InferenceGate_ContextUsed");
    expect(await credit.consumer.getFunction("isOpen")(borrower.caller.address)).toBe(false);
  });

  it("leaves attesting to the bureau, thresholds and closing to the lender", async () => {
    const { caller } = await attested(good);
    const stranger = credit.consumer.connect(caller);
    expect(await refusal(stranger, "attest", caller.address, 1n)).toBe("CreditLine_NotTheBureau");
    expect(await refusal(stranger, "setThreshold", 0n)).toBe("CreditLine_NotTheLender");
    expect(await refusal(stranger, "close", caller.address)).toBe("CreditLine_NotTheLender");
    const lender = credit.consumer.connect(credit.lender);
    expect(await refusal(lender, "close", caller.address)).toBe("CreditLine_IsNotOpen");
  });
});

describe("the credit score's circuit", () => {
  it("has the card's constraints, and decides no more rows otherwise than onnxruntime than the card says", async () => {
    const { use, model } = credit;
    expect(model.artifacts.manifest.constraints).toBe(await cardFigure(use, "constraints"));
    const wanted = await references(use.onnx, graphOf(use.onnx), use.rows);
    const { changedClassShare = 1 } = accuracyOf(use.compiled, use.rows, wanted);
    const changed = Math.round(changedClassShare * use.rows.length);
    expect(changed).toBeLessThanOrEqual(await cardFigure(use, "rows decided otherwise"));
  });

  it("takes every attribute that there is, and decides as onnxruntime to the point", async () => {
    const { use } = credit;
    const { program } = use.compiled;
    const columns = JSON.parse(await readFile(join(use.folder, "columns.json"), "utf8"));
    const { attributes } = columns as { attributes: readonly { min: number; max: number }[] };
    const random = seeded(7);
    const lists = [
      ...[0, 1].map((end) => attributes.map(({ min, max }) => [min, max][end] ?? 0)),
      ...Array.from({ length: 100 }, () => attributes.map(({ min, max }) => random.whole(min, max))),
    ];
    const rowAt = (list: readonly number[], threshold: number): Row => ({
      inputs: new Map([
        ["attributes", Float64Array.from(list)],
        ["threshold", Float64Array.of(threshold)],
      ]),
    });
    const decide = (row: Row): number => outputs(program, quantise(program, row.inputs))[0]?.[0] ?? Number.NaN;
    const edges = lists.map((list) => {
      let [low, high] = [0, columns.threshold.max as number];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (decide(rowAt(list, middle)) === 1) low = middle + 1;
        else high = middle;
      }
      return { list, score: low };
    });
    const rows = edges.flatMap(({ list, score }) => [rowAt(list, score), rowAt(list, Math.max(0, score - 1))]);
    const wanted = await references(use.onnx, graphOf(use.onnx), rows);
    expect(rows.map(decide)).toEqual(wanted.map((one) => Number(one.get("approved")?.[0])));
  });
});

/** 2000 points more for everybody, under keys of its own. */
async function generousModel(): Promise<Keyed> {
  const graph = graphOf(credit.use.onnx);
  const nodes: Graph["nodes"] = graph.nodes.map((one) =>
    one.operation.kind === "trees"
      ? { ...one, operation: { ...one.operation, base: one.operation.base.map((points) => points + 2000) } }
      : one,
  );
  return await credit.station.key(compileGraph({ ...graph, nodes }, credit.use.job));
}
