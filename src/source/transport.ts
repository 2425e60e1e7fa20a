// One bounded GET: the body of a JSON response, or why there is none. Reads no environment and follows no redirect.

import { addAbortSignal, type Readable } from "node:stream";
import axios, { AxiosError, type AxiosResponse } from "axios";
import type { Clock } from "../lib/clock.ts";
import { AssayError } from "../lib/errors.ts";
import { type RetryDeps, withRetry } from "./retry.ts";
import { type Options, refusal, show } from "./source.ts";

export type GetRequest = {
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly retries: number;
};
export type GetResult = { readonly body: Uint8Array; readonly attempts: number };
export type Get = (request: GetRequest, options: Options) => Promise<GetResult>;

/** Throws source.timeout, .network, .status, .type, .size, or the signal's reason. */
export function createGet(deps: RetryDeps): Get {
  return (request, { signal }) =>
    withRetry(
      async (attempts) => ({ body: await getOnce(request, deps.clock, signal), attempts }),
      request.retries,
      deps,
      signal,
    );
}

async function getOnce(request: GetRequest, clock: Clock, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  // One limit from the first packet to the last byte: a slow connection, a stalled body and a trickle all end here.
  const limit = new AbortController();
  const done = new AbortController();
  clock.sleep(request.timeoutMs, done.signal).then(
    () => limit.abort(),
    () => {}, // The request ended first.
  );
  const either = AbortSignal.any([signal, limit.signal]);
  let stage = "before the headers";
  try {
    const response = await send(request, either);
    stage = "in the body";
    return await read(response, request, clock, either);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) {
      throw refusal("source.timeout", `got no answer ${stage}, want one within ${request.timeoutMs} ms`, {
        disposition: "retry",
        data: { url: request.url, timeoutMs: request.timeoutMs },
      });
    }
    throw error instanceof AssayError ? error : networkError(error, request.url);
  } finally {
    done.abort();
  }
}

function send(request: GetRequest, signal: AbortSignal): Promise<AxiosResponse<Readable>> {
  return axios.get<Readable>(request.url, {
    adapter: "http",
    responseType: "stream",
    headers: { accept: "application/json", "user-agent": "assay" },
    maxContentLength: request.maxBodyBytes,
    maxRedirects: 0,
    proxy: false, // axios would take one from the environment.
    validateStatus: null,
    signal,
  });
}

async function read(
  { status, headers, data: stream }: AxiosResponse<Readable>,
  { url, maxBodyBytes }: GetRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<Uint8Array> {
  stream.on("error", () => {}); // Every error is thrown by the loop below or follows one that was.
  addAbortSignal(signal, stream);
  try {
    if (status !== 200) {
      throw statusError(status, headers["retry-after"], url, clock);
    }
    const type = String(headers["content-type"] ?? "");
    if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
      throw refusal("source.type", `got content type ${show(type)}, want application/json`, { data: { url } });
    }
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    // axios counts the bytes after decompression and cuts the stream; it has no code of its own for that.
    if (error instanceof AxiosError && error.message.startsWith("maxContentLength")) {
      throw refusal("source.size", `got a larger body, want at most ${maxBodyBytes} bytes`, {
        cause: error,
        data: { url, maxBodyBytes },
      });
    }
    throw error;
  } finally {
    stream.destroy();
  }
}

function statusError(status: number, retryAfter: unknown, url: string, clock: Clock): AssayError {
  const retryAfterMs = status >= 500 ? parseRetryAfter(retryAfter, clock) : undefined;
  return refusal("source.status", `got status ${status}, want 200`, {
    disposition: status >= 500 ? "retry" : "reject",
    data: { url, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}

/** Seconds or an HTTP date; anything else is as if it were absent. */
function parseRetryAfter(header: unknown, clock: Clock): number | undefined {
  if (typeof header !== "string") {
    return undefined;
  }
  const waitMs = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - clock.nowMs();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

function networkError(cause: unknown, url: string): AssayError {
  const what = cause instanceof AxiosError && cause.code !== undefined ? cause.code : String(cause);
  return refusal("source.network", `got ${show(what)} from ${new URL(url).host}, want a response`, {
    cause,
    disposition: "retry",
    data: { url },
  });
}
