// Installs what package-lock.json names, if it is not installed yet. Plain JavaScript for Node 20: it runs before
// anything is there. Everything it says goes to stderr, so that stdout stays the caller's.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Written last: an interrupted install has no mark and is done again.
const mark = join(root, "node_modules", ".assay-installed");

/** True when node_modules is the complete result of the present package-lock.json. */
export function isInstalled() {
  return existsSync(mark) && readFileSync(mark, "utf8") === lockDigest();
}

/** Installs if needed; resolves to npm's exit code. A signal to this process ends npm too. */
export async function install() {
  if (isInstalled()) return 0;
  process.stderr.write("assay: installing packages (once, about a minute) ...\n");
  const started = process.hrtime.bigint();
  const code = await npmInstall();
  if (code !== 0) {
    process.stderr.write(`assay: npm install ended with ${code}\n`);
    return code;
  }
  writeFileSync(mark, lockDigest());
  const seconds = (process.hrtime.bigint() - started) / 1_000_000_000n;
  process.stderr.write(`assay: packages installed in ${seconds} s\n`);
  return 0;
}

// Not `npm ci`: it refuses a lock file without every platform's optional packages, and the lock file has only those that
// the registry it was made with holds. --no-save leaves package.json and the lock file as they are.
function npmInstall() {
  const child = spawn("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    // npm's report belongs to stderr.
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const forward = (signal) => child.kill(signal);
  process.once("SIGINT", forward);
  process.once("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", forward);
      process.off("SIGTERM", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

function lockDigest() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await install();
}
