// Hand-written fakes: a clock that a test turns, a log that remembers, and a loopback server that misbehaves on request.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../../src/lib/clock.ts";

export type FakeClock = Clock & {
  /** Ends every sleep of exactly this length. */
  readonly elapse: (ms: number) => void;
  readonly slept: readonly number[];
};

/** Sleeps shorter than `patienceMs` end at once; longer ones end by `elapse` or by their signal. */
export function createFakeClock(nowMs: number, patienceMs = 0): FakeClock {
  const sleepers = new Set<{ ms: number; wake: () => void }>();
  const slept: number[] = [];
  return {
    slept,
    nowMs: () => nowMs,
    sleep: (ms, signal) => {
      slept.push(ms);
      return new Promise((resolve, reject) => {
        if (ms < patienceMs) {
          resolve();
        }
        sleepers.add({ ms, wake: resolve });
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
    elapse: (ms) => {
      for (const sleeper of sleepers) {
        if (sleeper.ms === ms) {
          sleepers.delete(sleeper);
          sleeper.wake();
        }
      }
    },
  };
}

export type LogLine = {
  readonly level: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
};

export function createFakeLog() {
  const lines: LogLine[] = [];
  const at =
    (level: string) =>
    (message: string, context: Readonly<Record<string, unknown>> = {}) => {
      lines.push({ level, message, context });
    };
  return { lines, info: at("info"), warn: at("warn"), debug: at("debug") };
}

/** Answers the n-th request (from 1) to one path. */
export type Route = (response: ServerResponse, count: number, request: IncomingMessage) => void;

export async function startServer(routes: Readonly<Record<string, Route>>) {
  const counts = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const route = routes[path];
    if (route === undefined) {
      response.writeHead(404).end();
    } else {
      route(response, count, request);
    }
    waiting.get(path)?.();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // `as`: a TCP server that listens has an address and port.
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    requests: (path: string) => counts.get(path) ?? 0,
    /** Resolves at the next request to the path, after its route has run. */
    asked: (path: string) => new Promise<void>((resolve) => waiting.set(path, resolve)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const json =
  (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}, status = 200): Route =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  };
