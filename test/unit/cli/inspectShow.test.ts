import { expect, it } from "vitest";
import { asJson, asText } from "../../../src/cli/inspect/show.ts";
import { differs, note, ok } from "../../../src/lib/finding.ts";

const HEAD = { chainId: 5, block: 12, atSeconds: 1_700_000_000, feedSet: "0xAB" };
const INSPECTION = {
  feedSetId: 255n,
  findings: [ok("config.digest", "12"), differs("config.keys", "slot 0"), note("identity.name", "a\u001b[2Jb\nc")],
  pending: [
    { operation: "0x1", executableAt: 9n, target: "0xCD", function: "FeedSet.grow", args: { newHistory: "9" } },
  ],
};

it("shows one line a check, and moves no cursor for what a contract calls itself", () => {
  expect(asText(HEAD, INSPECTION).split("\n")).toEqual([
    "feed set 0xAB on chain 5, block 12, 2023-11-14 22:13:20 UTC",
    "ok        config.digest              12",
    "DIFFERS   config.keys                slot 0",
    "          identity.name              a?[2Jb | c",
    "",
  ]);
});

it("gives one JSON object on one line, integers as text", () => {
  const text = asJson(HEAD, INSPECTION);
  expect(text.trimEnd()).not.toContain("\n");
  expect(JSON.parse(text)).toMatchObject({
    ...{ type: "inspection", ...HEAD, feedSetId: "0xff", agrees: false },
    pending: [{ executableAt: "9", args: { newHistory: "9" } }],
  });
});
