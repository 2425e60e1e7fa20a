import { inspect } from "node:util";
import { expect, it } from "vitest";
import { walletFrom } from "../../../src/cli/wallet.ts";

const KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

it.each([KEY, `0x${KEY}`])("takes a key with and without 0x, and prints it nowhere", (value) => {
  const wallet = walletFrom("DEPLOYER", () => value);
  expect(wallet.address).toBe("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  expect(inspect(wallet, { depth: 9, showHidden: true }) + JSON.stringify(wallet) + String(wallet)).not.toContain(KEY);
});

it.each([
  ["nothing", undefined, "got no environment variable DEPLOYER"],
  ["nothing written", "", "got no environment variable DEPLOYER"],
  ["words", "test test test junk", "got something else in DEPLOYER"],
  ["zero", "00".repeat(32), "got something else in DEPLOYER"],
  ["more than the curve's order", "ff".repeat(32), "got something else in DEPLOYER"],
])("refuses %s without saying what it was", (_what, value, message) => {
  expect(() => walletFrom("DEPLOYER", () => value)).toThrowError(
    expect.objectContaining({ code: "usage.key", message: expect.stringContaining(message) }),
  );
});

it.each([KEY, `0x${KEY}`, "MY KEY", ""])(
  "refuses what is no variable's name, and does not show it: it may be the key",
  (name) => {
    let message = "";
    try {
      walletFrom(name, () => KEY);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("got no name of an environment variable");
    expect(message).not.toContain(KEY);
  },
);
