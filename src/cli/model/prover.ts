// A model's circuit ready to prove, as readyToProve has the rounds'.

import type { CompiledModel } from "../../inference/compiledModel.ts";
import { ensure } from "../../inference/modelArtifacts.ts";
import type { Artifacts } from "../../prove/artifacts.ts";
import type { Prover } from "../../prove/prover.ts";
import { createSnarkjsProver } from "../../prove/snarkjsProver.ts";
import type { Environment } from "../environment.ts";
import { createProgress } from "../progress.ts";
import { progressOf } from "../prover.ts";

/** Its artifacts, made first if need be with progress on stderr. */
export async function ensureModel(compiled: CompiledModel, environment: Environment): Promise<Artifacts> {
  const { root, signal, clock, err } = environment;
  const progress = createProgress(clock, err);
  return await progress.during(() =>
    ensure(compiled, { root, signal, onProgress: progressOf(compiled.circuit, progress) }),
  );
}

export async function modelProver(
  compiled: CompiledModel,
  environment: Environment,
): Promise<{ readonly artifacts: Artifacts; readonly prover: Prover }> {
  const artifacts = await ensureModel(compiled, environment);
  const prover = createSnarkjsProver(artifacts);
  environment.closers.add(() => prover.close());
  return { artifacts, prover };
}
