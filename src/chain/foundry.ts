// Foundry's programs, from npm.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * The program itself, and not npm's wrapper around it, which ends with 0 whatever the program ended with, and leaves it
 * running when it is killed. Throws Node's error where there is no package for this platform.
 */
export function program(root: string, tool: "anvil" | "forge"): string {
  const name = `@foundry-rs/${tool}-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const manifest = createRequire(join(root, "package.json")).resolve(`${name}/package.json`);
  return join(dirname(manifest), "bin", process.platform === "win32" ? `${tool}.exe` : tool);
}
