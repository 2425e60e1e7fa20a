// One install at a time, and none taken for complete that was cut off. The claim is a file with the ids of the processes
// at work; it is dropped when the install is complete, so one that nobody alive holds tells of an install that was not.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 250;

/**
 * Takes the claim at `path`, once no living process holds it. Resolves to `abandoned`: whether a dead one had left it;
 * `holdWith(pid)`: a child to be waited for too, should this process die before it; `drop`: to be called when complete.
 */
export async function takeClaim(path, say) {
  mkdirSync(dirname(path), { recursive: true });
  let abandoned = false;
  for (let told = false; !create(path); ) {
    const holders = readHolders(path);
    if (holders === undefined) continue; // Dropped between the two looks.
    const living = holders.find(isAlive);
    if (living === undefined) {
      abandoned = true;
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say(`another install is at work (process ${living}): waiting for it; if that is none, remove ${path}`);
    told = true;
    await sleep(POLL_MS);
  }
  return {
    abandoned,
    holdWith: (pid) => writeFileSync(path, `${process.pid} ${pid}`),
    drop: () => rmSync(path),
  };
}

function create(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
}

function readHolders(path) {
  try {
    return readFileSync(path, "utf8").split(" ").map(Number);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  }
}

function isAlive(pid) {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false; // Written half.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM"; // Alive, and another user's.
  }
}
