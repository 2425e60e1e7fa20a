// One model by chance, attacked: wires of honest witnesses changed alone, elements of steps and hints forged with all that
// follows from them.

import type { CompiledModel } from "../../../src/inference/compiledModel.ts";
import type { Inference } from "../../../src/inference/inference.ts";
import { PRIME } from "../../../src/lib/field.ts";
import { evaluate } from "../../../src/program/evaluate.ts";
import { entry } from "../../../src/program/program.ts";
import * as Constraints from "../circuits/constraints.ts";
import type { Random } from "../circuits/random.ts";
import { type Attacker, attacker, placeLie } from "./attacker.ts";
import { type Fitting, inferenceBy } from "./differential.ts";
import { type Integers, randomIntegers } from "./randomModel.ts";

export type Tried = { edits: number; forged: number; refused: number; unchanged: number };

const ROWS = 2;
const EDITS = 300;
const FORGED = 60;

/** What was accepted that should not have been, in words. */
export async function attacks(
  { compiled, lowered }: Fitting,
  random: Random,
  tried: Tried,
): Promise<readonly string[]> {
  const prover = await attacker(compiled);
  const found: string[] = [];
  for (let row = 0; row < ROWS; row++) {
    const integers = randomIntegers(compiled.program, random);
    const inference = inferenceBy(random, compiled, integers);
    const outputs = (changed: Integers): string => {
      const steps = evaluate(lowered.program, changed, lowered.values);
      return lowered.program.outputs.map(({ step }) => steps[step]?.join()).join(";");
    };
    found.push(...(await edits(prover, compiled, inference, { integers, outputs }, random, tried)));
    found.push(...(await forgeries(prover, inference, random, tried)));
  }
  return found.map((text) => `seed ${random.seed}: ${text}`);
}

type Row = { readonly integers: Integers; readonly outputs: (changed: Integers) => string };

async function edits(
  { circuit }: Attacker,
  { program }: CompiledModel,
  { circuitInput }: Inference,
  { integers, outputs }: Row,
  random: Random,
  tried: Tried,
): Promise<readonly string[]> {
  const [system, witness] = [circuit.system(), await circuit.witness(circuitInput)];
  const evaluated = Constraints.evaluate(system, witness);
  const found: string[] = [];
  for (let count = 0; count < EDITS; count++) {
    const wire = 1 + random.below(witness.length - 1);
    const value = witness[wire] ?? 0n;
    const lie = random.pick([value + 1n, value - 1n, 0n, 1n - value, PRIME - 1n, random.bits(253)]);
    if ((lie - value) % PRIME === 0n) continue;
    tried.edits++;
    if (Constraints.refusesEdit(system, evaluated, wire, lie - value)) continue;
    const name = circuit.names().nameOf[wire] ?? `wire ${wire}`;
    // Nothing reads it: another honest witness, of another hidden input.
    const [, input, element] = /^x(\d+)\[(\d+)\]$/.exec(name) ?? [];
    const { name: inputName = "", bits = [0] } = program.inputs[Number(input)] ?? {};
    const list = integers.get(inputName)?.slice() ?? new Float64Array(0);
    list[Number(element)] = Number(lie);
    const isInput = input !== undefined && lie >= 0n && lie < 2n ** BigInt(entry(bits, Number(element)));
    if (isInput && outputs(new Map([...integers, [inputName, list]])) === outputs(integers)) continue;
    found.push(`${name} changed alone from ${value} to ${lie}`);
  }
  return found;
}

async function forgeries(prover: Attacker, { circuitInput }: Inference, random: Random, tried: Tried) {
  const [honest, value] = [await prover.attempt(circuitInput, {}), await prover.values(circuitInput)];
  const hints = await prover.hintLies(circuitInput);
  const found: string[] = honest.refused ? ["the honest witness is refused"] : [];
  for (let count = 0; count < FORGED; count++) {
    const place = random.pick(prover.places);
    const lies = [placeLie(place, value(place), random), ...(hints.length === 0 ? [] : [random.pick(hints)])];
    for (const forcings of [...lies, Object.assign({}, ...lies)]) {
      if (Object.keys(forcings).length > 32) continue;
      tried.forged++;
      const { refused, publicSignals } = await prover.attempt(circuitInput, forcings);
      if (refused) tried.refused++;
      else if (publicSignals.join() === honest.publicSignals.join()) tried.unchanged++;
      else found.push(JSON.stringify(forcings, (_, one: unknown) => (typeof one === "bigint" ? `${one}` : one)));
    }
  }
  return found;
}
