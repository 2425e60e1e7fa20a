// One circuit's figures as JSON on stdout. Run by circuits.ts in a process of its own, so that its memory is its own.

import { join } from "node:path";
import * as Artifacts from "../../src/prove/artifacts.ts";
import * as Circuit from "../../src/prove/circuit.ts";
import { createSnarkjsProver } from "../../src/prove/snarkjsProver.ts";
import * as Round from "../../src/round/round.ts";
import * as State from "../../src/round/state.ts";
import { createFeeds, makeRound } from "../support/rounds.ts";
import { median } from "./machine.ts";
import { endThreads, verifyingMs } from "./verifying.ts";

const root = join(import.meta.dirname, "../..");
const name = process.argv[2] ?? "";
const RUNS = 5;

const { manifest, ...artifacts } = await Artifacts.ensure(name, { root });
const { capacity, model } = await Circuit.describe(root, name);
const quorum = capacity.reporters === 4 ? 3 : 5;
const feeds = createFeeds("bench", { capacity, model, feedCount: capacity.feeds, minSigners: quorum, quorum });
const prover = createSnarkjsProver(artifacts);
let state = State.genesis(capacity.feeds);
const witnessMs: number[] = [];
const proveMs: number[] = [];
const verifyMs: number[] = [];
for (let run = 0; run <= RUNS; run++) {
  const { input, round } = makeRound(feeds, { state, epoch: 1000 + run });
  const proven = await prover.prove(Round.circuitInput(input, round.statement.challenge));
  const verified = await verifyingMs(artifacts.verificationKey, proven);
  if (run > 0) {
    // The first one warms up.
    witnessMs.push(proven.witnessMs);
    proveMs.push(proven.proveMs);
    verifyMs.push(verified);
  }
  state = round.next;
}
await prover.close();
await endThreads();

process.stdout.write(
  JSON.stringify({
    constraints: manifest.constraints,
    domainPower: manifest.domainPower,
    compileMs: Math.round(manifest.compileMs),
    keyMs: Math.round(manifest.keyMs),
    provingKeyBytes: manifest.files["proving.zkey"].bytes,
    witnessMs: median(witnessMs),
    proveMs: median(proveMs),
    verifyMs: median(verifyMs),
  }),
);
