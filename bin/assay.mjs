#!/usr/bin/env node
// The `assay` command. Plain JavaScript for Node 20: installs what is missing, then runs src/cli under the Node 24 that
// package.json pins, in this process where it already is that one.

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// The journal is node:sqlite, which Node 24 still calls experimental at each start; every other warning is shown.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith("SQLite is an experimental feature")) emitWarning.call(process, warning, ...rest);
};

const installed = await install();
if (installed !== 0) {
  process.exitCode = installed;
} else if (Number(process.versions.node.split(".")[0]) >= 24) {
  await import(new URL("../src/cli/main.ts", import.meta.url).href);
} else {
  const node = join(root, "node_modules", ".bin", "node");
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}
