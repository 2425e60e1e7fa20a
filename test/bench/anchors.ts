// What other oracles' updates cost, to be read beside ours: gas a feed, whole transactions in the steady state. All were
// measured by this project, on one EVM, from each system's own published contracts, with as many signatures as it says.

export type Anchor = {
  readonly system: string;
  readonly signatures: string;
  /** By the number of feeds in the update. Where only one is given the system has no batches. */
  readonly gasPerFeed: Readonly<Record<number, number>>;
};

export const ANCHORS: readonly Anchor[] = [
  { system: "Chainlink OCR2 transmit", signatures: "2", gasPerFeed: { 1: 94_787 } },
  { system: "Chainlink OCR2 transmit", signatures: "6", gasPerFeed: { 1: 131_468 } },
  { system: "Chainlink OCR2 transmit", signatures: "11", gasPerFeed: { 1: 170_329 } },
  {
    system: "Chainlink CRE to DataFeedsCache",
    signatures: "11",
    gasPerFeed: { 1: 198_125, 5: 73_411, 10: 57_823, 20: 50_030 },
  },
  { system: "Chronicle Scribe poke", signatures: "5", gasPerFeed: { 1: 83_617 } },
  { system: "Chronicle Scribe poke", signatures: "13", gasPerFeed: { 1: 122_933 } },
  { system: "Chronicle Scribe poke", signatures: "20", gasPerFeed: { 1: 160_612 } },
  { system: "Pyth Core", signatures: "13 of 19", gasPerFeed: { 1: 193_056, 5: 58_405, 10: 41_577, 20: 33_218 } },
  {
    system: "RedStone push",
    signatures: "3 a feed",
    gasPerFeed: { 1: 58_105, 5: 39_455, 10: 37_921, 20: 38_464 },
  },
  { system: "RedStone push", signatures: "2 a feed", gasPerFeed: { 1: 49_332, 10: 28_582 } },
  { system: "API3 dAPI", signatures: "7", gasPerFeed: { 1: 174_815 } },
  { system: "Stork", signatures: "1 a feed", gasPerFeed: { 1: 50_960, 5: 24_506, 10: 21_198, 20: 19_590 } },
];
