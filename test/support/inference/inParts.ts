// The same model, its circuit cut into templates that are as small as may be asked for.

import { renderEntry } from "../../../src/inference/circom/entry.ts";
import type { CompiledModel } from "../../../src/inference/compiledModel.ts";

export function inParts(compiled: CompiledModel, mostWires: number): CompiledModel {
  const { program, layout, identity, circuit } = compiled;
  const entry = renderEntry(program, { layout, identity, mostWires });
  return { ...compiled, entry, circuit: `${circuit}-parts-${mostWires}` };
}
