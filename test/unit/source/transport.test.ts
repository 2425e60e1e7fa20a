import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AssayError } from "../../../src/lib/errors.ts";
import { createGet } from "../../../src/source/transport.ts";
import { createFakeClock, json, type Route, startServer } from "./support.ts";

const NOW_MS = Date.parse("2024-03-13T11:10:45Z");
const REQUEST = { timeoutMs: 3_000, maxBodyBytes: 1_000, retries: 2 };
const text = (body: Uint8Array) => new TextDecoder().decode(body);
const failing = (headers: Readonly<Record<string, string>>, failures: number): Route => {
  return (response, count, request) =>
    count <= failures ? json("{}", headers, 503)(response, count, request) : json('"good"')(response, count, request);
};

describe("get", () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let headers: NodeJS.Dict<string | string[]> = {};
  beforeAll(async () => {
    server = await startServer({
      "/plain": (response, count, request) => {
        headers = request.headers;
        json('"good"', { "content-type": "application/vnd.api+json; charset=utf-8" })(response, count, request);
      },
      "/full": json("1".repeat(1_000)),
      "/over": json("1".repeat(1_001)),
      "/once": failing({}, 1),
      "/always": failing({}, 99),
      "/seconds": failing({ "retry-after": "2" }, 1),
      "/date": failing({ "retry-after": new Date(NOW_MS + 2_000).toUTCString() }, 1),
      "/odd": failing({ "retry-after": "soon" }, 1),
      "/long": failing({ "retry-after": "3600" }, 1),
      "/never": () => {},
    });
  });
  afterAll(() => server.close());

  const get = (
    path: string,
    { random = 0.5, signal = new AbortController().signal, patienceMs = REQUEST.timeoutMs } = {},
  ) => {
    // The waits between attempts end at once, the limit of an attempt does not.
    const clock = createFakeClock(NOW_MS, patienceMs);
    const result = createGet({ clock, random: () => random })({ ...REQUEST, url: server.base + path }, { signal });
    const waits = () => clock.slept.filter((ms) => ms !== REQUEST.timeoutMs);
    return { result, waits, clock };
  };
  const errorOf = async (result: Promise<unknown>): Promise<AssayError> => {
    const error = await result.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AssayError);
    return error as AssayError;
  };

  it("returns the body of a JSON response and says who asks", async () => {
    const { body, attempts } = await get("/plain").result;
    expect([text(body), attempts]).toEqual(['"good"', 1]);
    expect(headers).toMatchObject({ accept: "application/json", "user-agent": "assay" });
  });

  it("takes a body of exactly the limit and refuses one byte more", async () => {
    expect((await get("/full").result).body).toHaveLength(1_000);
    expect((await errorOf(get("/over").result)).code).toBe("source.size");
  });

  it("tries again after a 5xx and counts it", async () => {
    const { result, waits } = get("/once");
    const { body, attempts } = await result;
    expect([text(body), attempts]).toEqual(['"good"', 2]);
    expect(waits()).toEqual([200]);
  });

  it("gives up after the retries, with the count in the error", async () => {
    const { result, waits } = get("/always");
    const error = await errorOf(result);
    expect([error.code, error.disposition, error.data.attempts]).toEqual(["source.status", "retry", 3]);
    expect(waits()).toEqual([200, 400]);
  });

  it("jitters its waits from half to one and a half", async () => {
    const { result, waits } = get("/always", { random: 0 });
    await errorOf(result);
    expect(waits()).toEqual([100, 200]);
  });

  it.each([
    ["/seconds", 2_000],
    ["/date", 2_000],
    ["/odd", 200],
  ])("waits as long as Retry-After asks: %s", async (path, wait) => {
    const { result, waits } = get(path);
    expect((await result).attempts).toBe(2);
    expect(waits()).toEqual([wait]);
  });

  it("does not ask again a server that wants to be left alone for long", async () => {
    const { result, waits } = get("/long");
    expect((await errorOf(result)).data).toMatchObject({ attempts: 1, retryAfterMs: 3_600_000 });
    expect(waits()).toEqual([]);
  });

  it("throws the caller's reason when the caller aborts, before, during and between attempts", async () => {
    const reason = new AssayError("source.deadline", "too late");
    const before = get("/plain", { signal: AbortSignal.abort(reason) });
    await expect(before.result).rejects.toBe(reason);

    const caller = new AbortController();
    const during = get("/never", { signal: caller.signal });
    await server.asked("/never");
    caller.abort(reason);
    await expect(during.result).rejects.toBe(reason);

    const between = new AbortController();
    const waiting = get("/always", { signal: between.signal, patienceMs: 0 });
    await server.asked("/always");
    await until(() => waiting.waits().length === 1);
    between.abort(reason);
    await expect(waiting.result).rejects.toBe(reason);
  });

  it("calls a refused connection a network failure", async () => {
    const closed = await startServer({});
    await closed.close();
    const clock = createFakeClock(NOW_MS, 1_000);
    const error = await errorOf(
      createGet({ clock, random: () => 0 })({ ...REQUEST, url: closed.base }, { signal: new AbortController().signal }),
    );
    expect([error.code, error.data.attempts]).toEqual(["source.network", 3]);
    expect(error.message).toContain("ECONNREFUSED");
  });
});

/** Yields to the event loop until it holds; the test's own limit ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
