import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accuracyOf } from "../../src/inference/accuracy.ts";
import { graphOf } from "../../src/inference/compiledModel.ts";
import { modelOf } from "../../src/inference/inference.ts";
import { quantise } from "../../src/inference/quantise.ts";
import { references } from "../../src/inference/reference.ts";
import type { Row } from "../../src/inference/rows.ts";
import { at } from "../../src/lib/element.ts";
import { outputs } from "../../src/program/evaluate.ts";
import { seeded } from "../../test/support/graph/random.ts";
import { type Answered, cardFigure, type Keyed, refusal, sent } from "../../test/support/inference/uses.ts";
import { type Clinic, isAlarm, openClinic, type Sample, saltsWith, sampleOf, WEIGHTS_SALT } from "./setting.ts";

/** Screening.Result. */
const [NONE, CLEAR, ALARM] = [0n, 1n, 2n];

let clinic: Clinic;
let [benign, malignant]: Row[] = [];
beforeAll(async () => {
  clinic = await openClinic();
  const { compiled, rows } = clinic.use;
  [benign, malignant] = [false, true].map((wanted) =>
    at(
      rows.filter((row) => isAlarm(compiled, row) === wanted),
      0,
    ),
  );
});
afterAll(() => clinic.station.close());

let samples = 0;
async function attested(row: Row | undefined): Promise<Sample> {
  if (row === undefined) throw new TypeError("got no row");
  const sample = sampleOf(clinic.use, row, `sample of the test ${samples++}`);
  await clinic.attest(sample);
  return sample;
}

const screen = ({ call }: Pick<Answered, "call">, by = clinic.laboratory): Promise<string> =>
  refusal(clinic.consumer.connect(by), "screen", call);
const resultOf = (sample: Sample, id = clinic.registered.id): Promise<bigint> =>
  clinic.consumer.getFunction("resultOf")(sample.digest, id);

/** The same keys and salt, one weight more or less. */
function tweaked({ compiled, ...keys }: Keyed): Keyed {
  const [first = 0, ...rest] = compiled.parameters.weights;
  return { ...keys, compiled: { ...compiled, parameters: { ...compiled.parameters, weights: [first + 1, ...rest] } } };
}

describe("Screening", () => {
  it("records what the committed weights say of samples, and sees neither grades nor weights nor logit", async () => {
    for (const [row, result, word] of [
      [benign, CLEAR, 0b10n],
      [malignant, ALARM, 0b11n],
    ] as const) {
      const sample = await attested(row);
      const { call } = await clinic.prove(sample);
      expect(await resultOf(sample)).toBe(NONE);
      await sent(clinic.consumer.connect(clinic.laboratory), "screen", call);
      expect(await resultOf(sample)).toBe(result);
      expect(call.inputs).toEqual([sample.digest]);
      expect(call.outputs).toEqual([word]);
    }
  });

  it("refuses the other result", async () => {
    const { call } = await clinic.prove(await attested(malignant));
    expect(await screen({ call: { ...call, outputs: [0b10n] } })).toBe("InferenceGate_ProofRefused");
  });

  it("refuses grades that the clinic has not attested, whatever digest is said", async () => {
    const sample = await attested(malignant);
    const invented = await clinic.prove(sampleOf(clinic.use, benign as Row, "the laboratory's own"));
    expect(await screen(invented)).toBe("Screening_NotAttested");
    const call = { ...invented.call, inputs: [sample.digest] };
    expect(await screen({ call })).toBe("InferenceGate_ProofRefused");
  });

  it("refuses a weight that differs by one from the commitment, and another salt", async () => {
    const sample = await attested(malignant);
    const other = tweaked(clinic.model);
    expect(modelOf(other.compiled, saltsWith(WEIGHTS_SALT))).not.toBe(
      modelOf(clinic.use.compiled, saltsWith(WEIGHTS_SALT)),
    );
    expect(await screen(await clinic.prove(sample, { model: other }))).toBe("InferenceGate_ProofRefused");
    const salted = await clinic.prove(sample, { weightsSalt: sample.salt });
    expect(await screen(salted)).toBe("InferenceGate_ProofRefused");
  });

  it("refuses the proof in another account's hands, with another nonce and for another consumer", async () => {
    const sample = await attested(malignant);
    const { call } = await clinic.prove(sample);
    expect(await screen({ call }, clinic.clinic)).toBe("InferenceGate_ProofRefused");
    expect(await screen({ call: { ...call, nonce: call.nonce + 1n } })).toBe("InferenceGate_ProofRefused");
    const elsewhere = await clinic.prove(sample, { consumer: clinic.clinic.address });
    expect(await screen(elsewhere)).toBe("InferenceGate_ProofRefused");
  });

  it("refuses the same inference again, and a second one of the same sample", async () => {
    const sample = await attested(benign);
    const { call } = await clinic.prove(sample);
    await sent(clinic.consumer.connect(clinic.laboratory), "screen", call);
    expect(await screen({ call })).toBe("Screening_IsScreened");
    expect(await screen(await clinic.prove(sample, { nonce: 1n }))).toBe("Screening_IsScreened");
    // Another sample's digest with it: the context is used, whatever the rest.
    const other = await attested(benign);
    expect(await screen({ call: { ...call, inputs: [other.digest] } })).toBe("InferenceGate_ContextUsed");
  });

  it("leaves attesting to the clinic, once a sample, and versions to the supervisor", async () => {
    const sample = await attested(benign);
    expect(await refusal(clinic.consumer.connect(clinic.clinic), "attest", sample.digest)).toBe("Screening_IsAttested");
    const laboratory = clinic.consumer.connect(clinic.laboratory);
    expect(await refusal(laboratory, "attest", 1n)).toBe("Screening_NotTheClinic");
    expect(await refusal(laboratory, "adopt", clinic.registered.id)).toBe("Screening_NotTheSupervisor");
  });

  it("refuses versions that are no child of the one in force, another's, under another verifier, or said to be of another shape", async () => {
    const { station, registered, laboratory, supervisor, next } = clinic;
    const adopt = (id: string): Promise<string> => refusal(clinic.consumer.connect(supervisor), "adopt", id);
    const { verifier } = registered;
    const shared = { verifier, registrar: laboratory };
    const orphan = await station.register(next, { ...shared, salts: saltsWith(sampleSalt(1)) });
    expect(await adopt(orphan.id)).toBe("Screening_NotTheNextVersion");
    const parent = registered.id;
    const anothers = { ...shared, parent, registrar: supervisor, salts: saltsWith(sampleSalt(2)) };
    expect(await adopt((await station.register(next, anothers)).id)).toBe("Screening_NotTheNextVersion");
    const unshared = { registrar: laboratory, parent, salts: saltsWith(sampleSalt(4)) };
    expect(await adopt((await station.register(next, unshared)).id)).toBe("Screening_NotTheNextVersion");
    const narrow = { ...next.compiled, layout: { ...next.compiled.layout, outputStride: 1 } };
    const misread = await station.register(
      { ...next, compiled: narrow },
      { ...shared, parent, salts: saltsWith(sampleSalt(3)) },
    );
    expect(await adopt(misread.id)).toBe("Screening_NotTheNextVersion");
  });

  it("goes on with the next version under the same verifier: its proofs count once it is adopted, the old ones no more", async () => {
    const { station, registered, laboratory, supervisor, next, consumer } = clinic;
    expect(next.compiled.circuit).toBe(clinic.use.compiled.circuit);
    const second = await station.register(next, {
      ...{ parent: registered.id, verifier: registered.verifier, registrar: laboratory },
      salts: saltsWith(WEIGHTS_SALT),
    });
    expect(await station.registry.getFunction("lineage")(second.id, 10n)).toEqual([second.id, registered.id]);

    const sample = await attested(malignant);
    const [byFirst, bySecond] = [await clinic.prove(sample), await clinic.prove(sample, { model: next })];
    expect(await screen(bySecond)).toBe("InferenceGate_ProofRefused");
    await sent(consumer.connect(supervisor), "adopt", second.id);
    expect(await screen(byFirst)).toBe("InferenceGate_ProofRefused");
    await sent(consumer.connect(laboratory), "screen", bySecond.call);
    expect([await resultOf(sample), await resultOf(sample, second.id)]).toEqual([NONE, ALARM]);
    expect(await refusal(consumer.connect(supervisor), "adopt", registered.id)).toBe("Screening_NotTheNextVersion");
  });
});

describe("the screening's circuit", () => {
  it("has the card's constraints, and decides no more rows otherwise than onnxruntime than the card says", async () => {
    const { use, model } = clinic;
    expect(model.artifacts.manifest.constraints).toBe(await cardFigure(use, "constraints"));
    const wanted = await references(use.onnx, graphOf(use.onnx, use.job.outputs), use.rows);
    const { changedClassShare = 1 } = accuracyOf(use.compiled, use.rows, wanted);
    const changed = Math.round(changedClassShare * use.rows.length);
    expect(changed).toBeLessThanOrEqual(await cardFigure(use, "rows decided otherwise"));
  });

  it("takes every grade from 1 to 10, and decides as onnxruntime unless the logit is next to nothing", async () => {
    const { use } = clinic;
    const { program, parameters } = use.compiled;
    const random = seeded(7);
    const rows = Array.from({ length: 200 }, (_, i): Row => {
      const grades = Float64Array.from({ length: 9 }, () => (i < 2 ? 1 + 9 * i : random.whole(1, 10)));
      return { inputs: new Map([["grades", grades]]) };
    });
    const wanted = await references(use.onnx, graphOf(use.onnx), rows);
    const limit = await cardFigure(use, "greatest error of a logit");
    for (const [i, row] of rows.entries()) {
      const logit = Number(at(wanted, i).get("logit")?.[0]);
      if (Math.abs(logit) < 2 * limit) continue;
      expect(outputs(program, quantise(program, row.inputs), parameters)[0]?.[0]).toBe(logit > 0 ? 1 : 0);
    }
  });
});

function sampleSalt(index: number) {
  return sampleOf(clinic.use, benign as Row, `weights ${index}`).salt;
}
