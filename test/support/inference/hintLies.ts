// Lies about the hints of a model's circuit: every forging of every template, for each of its places.

import type { Forcings } from "../circuits/forge.ts";
import { FORGINGS } from "../circuits/forgings.ts";

/** `site`: a hint as a forger names it. None for one of the entry's own. `value`: the honest value of any signal. */
export function hintLies(
  site: string,
  wireOf: ReadonlyMap<string, number>,
  value: (name: string) => bigint,
): readonly Forcings[] {
  const [, component = "", template = "", signal = ""] = /^((?:.*\.)?(\w+)#\d+)\.(\w+)$/.exec(site) ?? [];
  if (component === "") return []; // one of the entry's own
  const forgings = FORGINGS[`${template}.${signal}`];
  if (forgings === undefined) throw new RangeError(`got no forgings of ${template}.${signal}`);
  const elements: bigint[] = [];
  while (wireOf.has(`${component}.in[${elements.length}]`)) elements.push(value(`${component}.in[${elements.length}]`));
  const context = { inputs: { in: elements }, value: (name: string) => value(`${component}.${name}`) };
  return forgings(context).map((forcings) =>
    Object.fromEntries(Object.entries(forcings).map(([name, lie]) => [`${component}.${name}`, lie])),
  );
}
