// A circuit ready to prove: its artifacts, made first if need be with progress on stderr, and a prover that is closed at the end.

import * as Artifacts from "../prove/artifacts.ts";
import type { Prover } from "../prove/prover.ts";
import { createSnarkjsProver } from "../prove/snarkjsProver.ts";
import type { Environment } from "./environment.ts";
import type { Progress } from "./progress.ts";

export type Ready = { readonly artifacts: Artifacts.Artifacts; readonly prover: Prover };

export type ReadyOptions = Pick<Environment, "root" | "signal" | "closers"> & { readonly progress: Progress };

export async function readyToProve(circuit: string, options: ReadyOptions): Promise<Ready> {
  const artifacts = await ensureArtifacts(circuit, options);
  const prover = createSnarkjsProver(artifacts);
  options.closers.add(() => prover.close());
  return { artifacts, prover };
}

/** The artifacts alone, for a command that proves nothing. */
export async function ensureArtifacts(
  circuit: string,
  { root, signal, progress }: Omit<ReadyOptions, "closers">,
): Promise<Artifacts.Artifacts> {
  return await Artifacts.ensure(circuit, { root, signal, onProgress: progressOf(circuit, progress) });
}

/** Steps of making artifacts, as lines. */
export function progressOf(circuit: string, progress: Progress): (event: Artifacts.Progress) => void {
  return (event) =>
    event.step === "discard"
      ? progress.say(`${circuit}: what was cached is not used: ${event.reason}`)
      : progress.step(`${circuit}: ${event.step}`, event.fraction);
}
