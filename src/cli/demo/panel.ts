// Who reports in a demo: keys that live and die with it, the configuration that names them, and the reporters themselves.

import { randomBytes } from "node:crypto";
import type { Reporter } from "../../daemon/reporter.ts";
import { configurationOf, identityOf } from "../../job/configuration.ts";
import * as Key from "../../observation/key.ts";
import * as Circuit from "../../prove/circuit.ts";
import type * as Configuration from "../../round/configuration.ts";
import { createReporters, type ReportersOptions } from "./reporters.ts";

export type Panel = {
  readonly identity: Configuration.Identity;
  readonly configuration: Configuration.Configuration;
  /** By slot: that the reporters hold their keys. */
  readonly possessions: readonly Key.Signature[];
  /** By slot. */
  readonly reporters: readonly Reporter[];
};

export type PanelOptions = Omit<ReportersOptions, "configuration" | "keys"> & {
  /** Project root. */
  readonly root: string;
};

/** Needs neither circuit files nor a chain: a demo can ask its venues before it builds anything. */
export async function createPanel(options: PanelOptions): Promise<Panel> {
  const { spec } = options.job;
  const circuit = await Circuit.describe(options.root, spec.circuit);
  // The demo's reporters are born and die with it; a real one keeps its key.
  const keys = spec.reporters.map(() => Key.fromSecret(randomBytes(32)));
  const configuration = configurationOf(
    spec,
    circuit,
    keys.map(({ publicKey }) => publicKey),
  );
  const possessions = keys.map((key) => Key.provePossession(configuration.feedSetId, key));
  const reporters = await createReporters({ ...options, configuration, keys });
  return { identity: identityOf(spec), configuration, possessions, reporters };
}
