import { Network, toBeHex, Wallet } from "ethers";
import { expect, it } from "vitest";
import { deployLocally } from "../../../src/chain/deployLocally.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { FakeChain } from "../../support/fakeChain.ts";
import { createFeeds } from "../../support/rounds.ts";

it("refuses development keys on any chain but a local one, before anything is compiled or sent", async () => {
  // Why a fake: only a chain with another id is refused, and none can be had here.
  const chain = new FakeChain();
  chain.getNetwork = async () => Network.from(1n);
  const feeds = createFeeds("guard", { capacity: { reporters: 4, feeds: 4 }, feedCount: 1, minSigners: 3, quorum: 3 });
  const request = {
    root: "/nowhere",
    wallet: new Wallet(toBeHex(1, 32), chain),
    provider: chain,
    clock: systemClock,
    ...feeds,
    maxAgeEpochs: 2,
    history: 2,
    consumerMaxAgeSeconds: 1,
    // `as`: neither is looked at before the chain is.
    verificationKey: {} as never,
    manifest: { keys: "development" } as never,
  };
  await expect(deployLocally(request, new AbortController().signal)).rejects.toMatchObject({
    code: "chain.developmentKeys",
    message: expect.stringContaining("got development keys for chain 1"),
  });
  expect(chain.sent).toEqual([]);
  chain.destroy();
});
