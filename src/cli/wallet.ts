// The account that pays, its key taken from the environment variable that the command line names. The key is held by
// ethers' wallet, out of which nothing here prints it.

import { Wallet } from "ethers";
import { AssayError } from "../lib/errors.ts";

/** Throws `usage.key`, without a word of what the variable holds. */
export function walletFrom(name: string, take: (name: string) => string | undefined): Wallet {
  // What is no variable's name may be the key itself, put in its place: not a word of it is shown.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^[0-9a-f]{64}$/i.test(name)) {
    throw new AssayError("usage.key", "got no name of an environment variable, want one like ASSAY_DEPLOYER_KEY");
  }
  const value = take(name);
  if (value === undefined || value === "") {
    throw new AssayError("usage.key", `got no environment variable ${name}, want one with the deployer's key`);
  }
  const digits = value.startsWith("0x") ? value.slice(2) : value;
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) throw unusable(name);
  try {
    return new Wallet(`0x${digits}`);
  } catch {
    throw unusable(name); // Zero, or the curve's order and more. Without the cause, which could name it.
  }
}

function unusable(name: string): AssayError {
  return new AssayError("usage.key", `got something else in ${name}, want a private key of 32 bytes in hexadecimal`);
}
