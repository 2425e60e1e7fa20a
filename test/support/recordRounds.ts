// `npm run record`: proves rounds of round-4x4 and writes them, with their verifier, for the contracts' tests. To be run
// again whenever the circuit changes: test/unit/fixtures says when.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { submissionOf } from "../../src/chain/submission.ts";
import { renderVerifier } from "../../src/chain/verifierTemplate.ts";
import { encodeParameters } from "../../src/model/hampelChart.ts";
import * as Artifacts from "../../src/prove/artifacts.ts";
import * as Circuit from "../../src/prove/circuit.ts";
import { createSnarkjsProver } from "../../src/prove/snarkjsProver.ts";
import * as Configuration from "../../src/round/configuration.ts";
import * as Round from "../../src/round/round.ts";
import * as State from "../../src/round/state.ts";
import { createFeeds, makeRound } from "./rounds.ts";

const root = join(import.meta.dirname, "../..");
const CIRCUIT = "round-4x4";
const FIRST_EPOCH = 29_000_000;
const LEVEL = 10_000_000_000n;

/** What each recorded round shows. Feed 3 is beyond feedCount. */
const ROUNDS = [
  { price: () => LEVEL },
  // Slot 2 lies about feed 0; feed 2 has two prices.
  {
    price: (slot: number, feed: number) =>
      feed === 0 && slot === 2 ? 2n * LEVEL : feed === 2 && slot > 1 ? 0n : LEVEL + BigInt(slot) * 1000n,
  },
  // Feed 1 jumps by 3 % and is held.
  { price: (_slot: number, feed: number) => (feed === 1 ? (LEVEL * 103n) / 100n : LEVEL) },
  // And is accepted.
  { price: (_slot: number, feed: number) => (feed === 1 ? (LEVEL * 103n) / 100n : LEVEL), signers: [0, 1, 3] },
  // Feed 0 is reset by governance and comes back at a tenth.
  { price: (_slot: number, feed: number) => (feed === 0 ? LEVEL / 10n : LEVEL), resetMask: 1 },
];

const artifacts = await Artifacts.ensure(CIRCUIT, { root });
const { capacity } = await Circuit.describe(root, CIRCUIT);
const feeds = createFeeds("recorded", { capacity, feedCount: 3, minSigners: 3, quorum: 3 });
const { configuration, identity } = feeds;
const prover = createSnarkjsProver(artifacts);
let state = State.genesis(capacity.feeds);
const genesisState = State.digestOf(state);
const rounds = [];
const hex = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;
try {
  for (const [index, asked] of ROUNDS.entries()) {
    const { input, round } = makeRound(feeds, { state, epoch: FIRST_EPOCH + index, ...asked });
    const submission = submissionOf(round, await prover.prove(Round.circuitInput(input, round.statement.challenge)));
    rounds.push({
      proof: submission.proof.map(hex),
      C: hex(round.statement.commitment),
      s: hex(round.statement.evaluation),
      rho: hex(round.statement.challenge),
      prevState: hex(round.previousState),
      nextState: hex(round.nextState),
      header: hex(submission.header),
      resetMask: input.resetMask,
      words: round.words.map(hex),
      // 0 where this feed has not been OK in this round.
      answers: round.reports
        .slice(0, configuration.feedCount)
        .map(({ status, answer }) => (status === "OK" ? answer.toString() : "0")),
    });
    state = round.next;
  }
} finally {
  await prover.close();
}

const fixture = {
  about: "Real proofs under development keys, written by npm run record. Never edited.",
  circuitSourceHash: artifacts.manifest.sourceHash,
  set: {
    config: hex(Configuration.digestOf(configuration)),
    environment: identity.environment,
    name: identity.name,
    salt: hex(identity.salt),
    pairs: identity.feeds.map(({ pair }) => pair),
    feedSetId: hex(configuration.feedSetId),
    reporterCount: configuration.keys.length,
    feedCount: configuration.feedCount,
    capacity: capacity.feeds,
    minSigners: configuration.minSigners,
    quorum: configuration.quorum,
    keys: Configuration.paddedKeys(configuration).flat().map(hex),
    possessions: feeds.possessions.flatMap(({ r8, s }) => [...r8, s]).map(hex),
    model: encodeParameters(configuration.parameters).map(hex),
    genesisState: hex(genesisState),
    period: identity.periodSeconds,
  },
  rounds,
};
await mkdir(join(root, "test/fixtures"), { recursive: true });
await writeFile(join(root, "test/fixtures/round-4x4.json"), `${JSON.stringify(fixture, undefined, 2)}\n`);
await writeFile(
  join(root, "test/contracts/generated/Round4x4Verifier.sol"),
  renderVerifier(artifacts.verificationKey, {
    contractName: "Round4x4Verifier",
    importPath: "../../../contracts/verifier/RoundBatchVerifier.sol",
  }),
);
