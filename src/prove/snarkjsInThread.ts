// snarkjs within a worker thread.

import { createRequire } from "node:module";

/**
 * Below snarkjs, web-worker takes any thread but the main one for a thread that it has started itself: it would take over
 * the message port and offer no workers. While it loads, this thread passes for the main one.
 */
export async function importSnarkjs(): Promise<typeof import("snarkjs")> {
  const threads = createRequire(import.meta.url)("node:worker_threads") as { isMainThread: boolean };
  threads.isMainThread = true;
  try {
    return await import("snarkjs");
  } finally {
    threads.isMainThread = false;
  }
}
