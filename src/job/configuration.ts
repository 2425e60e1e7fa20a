// What a job says of its feed set: the identity, the configuration once its reporters' keys are known, and the keys that
// its reporters have registered.

import { AssayError } from "../lib/errors.ts";
import { parse } from "../lib/field.ts";
import * as Key from "../observation/key.ts";
import * as Configuration from "../round/configuration.ts";
import type { Issue } from "./crossChecks.ts";
import type { Registration } from "./governance.ts";
import type { Job } from "./job.ts";
import type { Spec } from "./schema.ts";

export type Registered = {
  readonly configuration: Configuration.Configuration;
  /** By slot: that the reporters hold their keys. */
  readonly possessions: readonly Key.Signature[];
};

export function identityOf({ environment, name, feeds, periodSeconds, salt }: Spec): Configuration.Identity {
  return { environment, name, feeds, periodSeconds, salt: BigInt(salt) };
}

/** Throws `configuration.invalid`, every problem named. */
export function configurationOf(
  spec: Spec,
  { capacity, model }: Configuration.Circuit,
  keys: readonly Key.PublicKey[],
): Configuration.Configuration {
  return Configuration.check({
    feedSetId: Configuration.feedSetId(identityOf(spec)),
    capacity,
    model,
    feedCount: spec.feeds.length,
    keys,
    minSigners: spec.minSigners,
    quorum: spec.quorum,
    parameters: Configuration.parametersFrom(spec.model),
  });
}

/**
 * The configuration under the keys that the job's reporters have registered. Throws `job.registration` with data.issues:
 * reporters without a key, with a bad one, or without proof that they hold it; `configuration.invalid` as above.
 */
export function registered({ spec }: Job, circuit: Configuration.Circuit): Registered {
  const feedSetId = Configuration.feedSetId(identityOf(spec));
  const issues: Issue[] = [];
  const keys: Key.PublicKey[] = [];
  const possessions: Key.Signature[] = [];
  for (const [slot, { name, registration }] of spec.reporters.entries()) {
    const path = `reporters[${slot}].registration`;
    if (registration === undefined) {
      issues.push({ path, message: `got none for ${name}, want what assay key register prints` });
      continue;
    }
    const { key, possession } = read(registration);
    const refusal = Key.refusal(key);
    if (refusal !== undefined) {
      issues.push({ path, message: `${name}: ${refusal}` });
    } else if (!Key.provesPossession(feedSetId, key, possession)) {
      const message = `${name}: got a signature that is not the key's over feed set 0x${feedSetId.toString(16)}`;
      issues.push({ path: `${path}.possession`, message });
    }
    // Equal y: the same key or its negative, which has the same secret up to its sign.
    const earlier = spec.reporters.findIndex(({ registration: other }) => other !== undefined && same(other.y, key[1]));
    if (earlier < slot)
      issues.push({ path, message: `${name}: the same key as reporters[${earlier}], up to its sign` });
    keys.push(key);
    possessions.push(possession);
  }
  if (issues.length > 0) throw refused(issues);
  return { configuration: configurationOf(spec, circuit, keys), possessions };
}

/** For a job file: hexadecimal, as the chain's explorers show it. */
export function registrationOf(key: Key.SecretKey, spec: Spec): Registration {
  const { r8, s } = Key.provePossession(Configuration.feedSetId(identityOf(spec)), key);
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  const [x, y] = key.publicKey;
  return { x: hex(x), y: hex(y), possession: { r8x: hex(r8[0]), r8y: hex(r8[1]), s: hex(s) } };
}

function read({ x, y, possession }: Registration): { key: Key.PublicKey; possession: Key.Signature } {
  const element = (text: string) => parse(BigInt(text));
  const r8 = [element(possession.r8x), element(possession.r8y)] as const;
  return { key: [element(x), element(y)], possession: { r8, s: element(possession.s) } };
}

const same = (text: string, value: bigint): boolean => BigInt(text) === value;

function refused(issues: readonly Issue[]): AssayError {
  const lines = issues.map(({ path, message }) => `  ${path}: ${message}`);
  const message = `got ${issues.length} registrations that are refused, want none\n${lines.join("\n")}`;
  return new AssayError("job.registration", message, { data: { issues } });
}
