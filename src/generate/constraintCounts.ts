// circuits/constraints.json: the exact size of every entry circuit, as compiled.

import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { AssayError } from "../lib/errors.ts";
import { readIfThere, writeWhole } from "../lib/file.ts";
import * as Circuit from "../prove/circuit.ts";
import * as CircuitSource from "../prove/circuitSource.ts";
import * as Compile from "../prove/compile.ts";
import * as R1cs from "../prove/r1cs.ts";

type Counts = {
  readonly constraints: number;
  readonly wires: number;
  readonly publicSignals: number;
  /** Smallest k with 2^k >= constraints + public signals + 1. */
  readonly domainPower: number;
};

const CACHE = ".assay/constraints";

/** Throws `generate.domain` for a circuit that outgrew the domain that circuits.json allows it. */
export async function constraintCounts(root: string): Promise<string> {
  const all: Record<string, Counts> = {};
  for (const { name, maxDomainPower } of await Circuit.all(root)) {
    const counts = await countsOf(name, root);
    if (counts.domainPower > maxDomainPower) {
      throw new AssayError(
        "generate.domain",
        `${name}: got ${counts.constraints} constraints, want a domain of 2^${maxDomainPower}`,
      );
    }
    all[name] = counts;
  }
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

/** Compiled once for each source hash. */
async function countsOf(name: string, root: string): Promise<Counts> {
  const { hash } = await CircuitSource.digest(name, root);
  const cached = join(root, CACHE, `${name}-${hash}.json`);
  const known = await readIfThere(cached);
  // `as`: written whole by this function.
  if (known !== undefined) return JSON.parse(known) as Counts;
  await mkdir(join(root, CACHE), { recursive: true });
  const directory = await mkdtemp(join(root, CACHE, `${name}-`));
  try {
    await Compile.compile(name, { root, outDir: relative(root, directory), outputs: ["r1cs"] });
    const r1cs = R1cs.parse(await readFile(join(directory, `${name}.r1cs`)));
    const publicSignals = r1cs.publicOutputCount + r1cs.publicInputCount;
    const domainPower = Math.ceil(Math.log2(r1cs.constraintCount + publicSignals + 1));
    const counts = { constraints: r1cs.constraintCount, wires: r1cs.wireCount, publicSignals, domainPower };
    await writeWhole(cached, JSON.stringify(counts));
    return counts;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
