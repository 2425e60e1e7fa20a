// Writes test/contracts/generated: SyntheticVerifier.sol and synthetic-*.json, in the shape of the recorded
// real rounds, under a key whose secrets are known. Run from the repository: node test/contracts/synthetic/main.ts

import { mkdir, writeFile } from "node:fs/promises";
import { concat, id, keccak256 } from "ethers";
import { renderVerifier } from "../../../src/chain/verifierTemplate.ts";
import { PRIME, reduce } from "../../../src/lib/field.ts";
import { feedSetId } from "../../../src/round/configuration.ts";
import { createSynthetic, word } from "./groth16.ts";

type Sizes = { readonly reporters: number; readonly capacity: number; readonly feedCount: number };
type Report = { readonly answer: bigint; readonly score: bigint; readonly status: bigint };
type Status = (round: number, feed: number) => bigint;

const ROOT = new URL("../", import.meta.url);
const PERIOD = 60n;
const FIRST_EPOCH = 29_000_000n;
const ROUNDS = 5;

/** The third round holds one feed and lacks quorum for another. */
const mixed: Status = (round, feed) => (round === 2 ? ([1n, 3n][feed] ?? 0n) : 0n);
const allOk: Status = () => 0n;

const synthetic = await createSynthetic("assay.synthetic.v1");
await mkdir(new URL("generated/", ROOT), { recursive: true });
await writeFile(
  new URL("generated/SyntheticVerifier.sol", ROOT),
  renderVerifier(synthetic.verificationKey, {
    contractName: "SyntheticVerifier",
    importPath: "../../../contracts/verifier/RoundBatchVerifier.sol",
  }),
);
await writeFixture("synthetic-4x1", { reporters: 4, capacity: 1, feedCount: 1 }, allOk);
await writeFixture("synthetic-4x4", { reporters: 4, capacity: 4, feedCount: 3 }, mixed);
await writeFixture("synthetic-4x4-full", { reporters: 4, capacity: 4, feedCount: 4 }, allOk);
await writeFixture("synthetic-8x20", { reporters: 8, capacity: 20, feedCount: 20 }, allOk);
await synthetic.terminate();

async function writeFixture(name: string, sizes: Sizes, status: Status): Promise<void> {
  const random = (what: string, bits = 253n): bigint => reduce(BigInt(id(`${name}/${what}`)) & ((1n << bits) - 1n));
  const set = {
    config: word(random("config")),
    ...identityOf(name, sizes.feedCount),
    reporterCount: sizes.reporters,
    feedCount: sizes.feedCount,
    capacity: sizes.capacity,
    minSigners: 3,
    quorum: 3,
    keys: Array.from({ length: 2 * sizes.reporters }, (_, index) => word(random(`key${index}`))),
    possessions: Array.from({ length: 3 * sizes.reporters }, (_, index) => word(random(`possession${index}`))),
    model: [1328, 2500, 2048, 20000, 500000, 5000].map((value) => word(BigInt(value))),
    genesisState: word(random("state0")),
    period: Number(PERIOD),
  };
  const signers = (1n << BigInt(sizes.reporters)) - 1n;
  const answers = Array.from({ length: sizes.feedCount }, () => 0n);

  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const header = (FIRST_EPOCH + BigInt(round)) | (signers << 40n);
    const reports = Array.from({ length: sizes.capacity }, (_, feed): Report => {
      if (feed >= sizes.feedCount) return { answer: 0n, score: 0n, status: 0n };
      const answer = 100_000_000n * BigInt(feed + 1) + BigInt(round);
      const code = status(round, feed);
      if (code === 0n) answers[feed] = answer;
      return { answer: code === 3n ? 0n : answer, score: 100n + BigInt(feed), status: code };
    });
    const words = Array.from({ length: Math.ceil(sizes.capacity / 2) }, (_, index) => {
      const [low, high] = [reports[2 * index], reports[2 * index + 1]];
      return pack(low, signers) | (pack(high, signers) << 124n);
    });
    const prevState = random(`state${round}`);
    const nextState = random(`state${round + 1}`);
    const commitment = random(`C${round}`);
    const vector = [BigInt(set.config), prevState, nextState, header, ...words];
    const rho = BigInt(keccak256(concat([commitment, ...vector].map(word)))) & ((1n << 248n) - 1n);
    // Term by term, where the contract goes by Horner's rule.
    let [s, power] = [0n, 1n];
    for (const element of vector) {
      power = (power * rho) % PRIME;
      s = (s + element * power) % PRIME;
    }
    return {
      proof: synthetic.prove([commitment, s, rho], `${name}/${round}`).map(word),
      C: word(commitment),
      s: word(s),
      rho: word(rho),
      prevState: word(prevState),
      nextState: word(nextState),
      header: word(header),
      resetMask: word(0n),
      words: words.map(word),
      answers: answers.map(word),
    };
  });
  const fixture = { verificationKey: synthetic.verificationKey, set, rounds };
  await writeFile(new URL(`generated/${name}.json`, ROOT), `${JSON.stringify(fixture, undefined, 1)}\n`);
}

function identityOf(name: string, feedCount: number) {
  const feeds = Array.from({ length: feedCount }, (_, feed) => ({ pair: `FEED${feed}/USD`, decimals: 8 }));
  const identity = { environment: "test", name, feeds, periodSeconds: Number(PERIOD), salt: 1n };
  return {
    environment: identity.environment,
    name,
    salt: word(identity.salt),
    pairs: feeds.map(({ pair }) => pair),
    feedSetId: word(feedSetId(identity)),
  };
}

function pack(report: Report | undefined, inliers: bigint): bigint {
  if (report === undefined || report.answer === 0n) return (report?.status ?? 0n) << 122n;
  return report.answer | (25n << 80n) | (report.score << 92n) | (inliers << 106n) | (report.status << 122n);
}
