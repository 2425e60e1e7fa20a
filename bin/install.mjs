// Installs what package-lock.json names, if it is not installed yet. Plain JavaScript for Node 20: it runs before
// anything is there. Everything it says goes to stderr, so that stdout stays the caller's.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { takeClaim } from "./installClaim.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
// Written last, removed before anything else is.
const mark = join(modules, ".assay-installed");
const claimPath = join(root, ".assay", "installing");

/** True when node_modules is the complete result of the present package-lock.json. */
export function isInstalled() {
  return existsSync(mark) && readFileSync(mark, "utf8") === lockDigest() && existsSync(join(modules, ".bin", "node"));
}

/** Installs if needed; resolves to npm's exit code, or 128 + n when signal n ended it. */
export async function install() {
  if (isInstalled()) return 0;
  const claim = await takeClaim(claimPath, say);
  if (isInstalled()) {
    claim.drop();
    return 0;
  }
  if (claim.abandoned) {
    say("the last install was cut off: beginning anew");
    rmSync(modules, { recursive: true, force: true });
  }
  rmSync(mark, { force: true });
  say("installing packages (once, about a minute) ...");
  const started = process.hrtime.bigint();
  const code = await npmInstall(claim);
  if (code !== 0) {
    say(`npm install ended with ${code}: the next start begins anew`);
    return code;
  }
  writeFileSync(mark, lockDigest());
  claim.drop();
  say(`packages installed in ${(process.hrtime.bigint() - started) / 1_000_000_000n} s`);
  return 0;
}

// Not `npm ci`: it refuses a lock file without every platform's optional packages, and the lock file has only those that
// the registry it was made with holds. --no-save leaves package.json and the lock file as they are.
function npmInstall(claim) {
  const child = spawn("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    // A group of its own: npm runs packages' scripts, and a signal is to end those too.
    detached: true,
    // npm's report belongs to stderr.
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (child.pid !== undefined) claim.holdWith(child.pid);
  return new Promise((resolve, reject) => {
    let endedBy;
    const end = (signal) => {
      if (endedBy === undefined) process.kill(-child.pid, "SIGKILL");
      endedBy = signal;
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
    child.once("error", reject);
    child.once("exit", (code, killedBy) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, end);
      resolve(code ?? 128 + constants.signals[endedBy ?? killedBy]);
    });
  });
}

function lockDigest() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

function say(line) {
  process.stderr.write(`assay: ${line}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await install();
}
