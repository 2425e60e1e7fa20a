// Run by snarkjsProver.test.ts as a process of its own: proves once and closes; that it then exits is what is tested.

import { PRIME } from "../../../src/lib/field.ts";
import * as Artifacts from "../../../src/prove/artifacts.ts";
import { createSnarkjsProver } from "../../../src/prove/snarkjsProver.ts";
import { chain } from "./support.ts";

const artifacts = await Artifacts.ensure("chain", { root: process.argv[2] ?? "" });
const prover = createSnarkjsProver(artifacts);
const { publicSignals } = await prover.prove({ x: 3n, k: 5n });
await prover.close();
process.stdout.write(publicSignals[0] === chain(3n, 5n, PRIME) ? "proven" : "wrong");
