// A circuit ready to prove: its artifacts, made first if need be with progress on stderr, and a prover that is closed at the end.

import * as Artifacts from "../prove/artifacts.ts";
import type { Prover } from "../prove/prover.ts";
import { createSnarkjsProver } from "../prove/snarkjsProver.ts";
import type { Environment } from "./environment.ts";
import type { Progress } from "./progress.ts";

export type Ready = { readonly artifacts: Artifacts.Artifacts; readonly prover: Prover };

export type ReadyOptions = Pick<Environment, "root" | "signal" | "closers"> & { readonly progress: Progress };

export async function readyToProve(circuit: string, options: ReadyOptions): Promise<Ready> {
  const { root, signal, closers, progress } = options;
  const artifacts = await Artifacts.ensure(circuit, {
    root,
    signal,
    onProgress: (event) =>
      event.step === "discard"
        ? progress.say(`${circuit}: what was cached is not used: ${event.reason}`)
        : progress.step(`${circuit}: ${event.step}`, event.fraction),
  });
  const prover = createSnarkjsProver(artifacts);
  closers.add(() => prover.close());
  return { artifacts, prover };
}
