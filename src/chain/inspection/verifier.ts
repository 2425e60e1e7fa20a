// Whether a verifier is the one of the circuit's keys: by its key, and by its code, which could say one key and use another.

import type { Provider } from "ethers";
import { AssayError } from "../../lib/errors.ts";
import { compare, differs, type Finding, note, unchecked } from "../../lib/finding.ts";
import type { VerificationKey } from "../../prove/verificationKey.ts";
import { codeFinding } from "../agreement.ts";
import { createContractReader, type Moment } from "../contractReader.ts";
import * as Creations from "../creations.ts";
import type * as Solidity from "../solidity.ts";
import { keyHash } from "../verifierTemplate.ts";

/** What this machine has of the set's circuit. */
export type Local = {
  readonly contracts: Solidity.Contracts;
  readonly verificationKey?: VerificationKey;
  /** Whose key it is. */
  readonly circuit?: { readonly name: string; readonly model: string };
};

const ABI = ["function keyHash() view returns (bytes32)"];

export async function verifierFindings(
  address: string,
  { contracts, verificationKey, circuit }: Local,
  moment: Moment,
  prefix = "verifier",
): Promise<Finding[]> {
  const [hash, code] = [`${prefix}.keyHash`, `${prefix}.code`];
  const verifier = createContractReader(address, ABI, moment);
  if ((await verifier.code()) === "0x") return [differs(code, `got none at ${address}, want a verifier`)];
  const got = await keyHashOf(address, moment);
  if (got === undefined) return [differs(hash, `got no answer from ${address}, want a verifier`)];
  if (verificationKey === undefined) {
    const why = `${got} not checked: no local artifacts of its circuit`;
    return [unchecked(hash, why), unchecked(code, "not checked: no local artifacts of its circuit")];
  }
  const initCode = Creations.initCode(contracts, Creations.verifier());
  const key = compare(hash, got, keyHash(verificationKey));
  const isNamed = key.verdict === "ok" && circuit !== undefined;
  return [
    key,
    ...(isNamed ? [note(`${prefix}.circuit`, `${circuit.name}, model ${circuit.model}`)] : []),
    { ...(await codeFinding(moment.provider, address, initCode, moment.block)), check: code },
  ];
}

/** What it says of itself; undefined for what is no verifier. */
export async function keyHashOf(address: string, moment: Moment): Promise<string | undefined> {
  try {
    return String(await createContractReader(address, ABI, moment).call("keyHash"));
  } catch (error) {
    if (error instanceof AssayError && error.code === "chain.answer") return undefined;
    throw error;
  }
}

/** Whether the set's own code is this package's, immutables included: made again from what it says of itself. */
export async function setCodeFinding(
  settings: Creations.FeedSetSettings,
  address: string,
  contracts: Solidity.Contracts,
  { provider, block }: { readonly provider: Provider; readonly block: number },
): Promise<Finding> {
  const initCode = Creations.initCode(contracts, Creations.feedSet(settings));
  return { ...(await codeFinding(provider, address, initCode, block)), check: "set.code" };
}
