import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { connect } from "../../../src/chain/endpoint.ts";
import { AssayError } from "../../../src/lib/errors.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function withServer<T>(answer: Answer, use: (host: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function errorOf(promise: Promise<unknown>): Promise<AssayError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AssayError);
  return error as AssayError;
}

describe("connect", () => {
  it.each(["", "localhost:8545", "ws://127.0.0.1:1", "http://"])("refuses %j as no URL of an endpoint", async (url) => {
    expect((await errorOf(connect(url))).code).toBe("usage.rpc");
  });

  it.each<[string, number, string, string, string]>([
    ["an error of the server's", 503, "", "chain.unreachable", "retry"],
    ["a refusal of credentials", 401, "", "chain.unreachable", "retry"],
    ["a page", 200, "<html>", "chain.endpoint", "fatal"],
    ["something else's answer", 200, '{"ok":true}', "chain.endpoint", "fatal"],
  ])("says of %s no more than the host", async (_what, status, body, code, disposition) => {
    const error = await withServer(
      (_, response) => void response.writeHead(status, { "content-type": "application/json" }).end(body),
      (host) => errorOf(connect(`http://user:word@${host}/token?key=token`)),
    );
    expect([error.code, error.disposition]).toEqual([code, disposition]);
    expect(inspect(error, { depth: 9 }).replaceAll(/at .*$/gm, "")).not.toMatch(/user:|word|token/);
  });

  it("says that nobody answers, where nobody does", async () => {
    const closed = await withServer(
      () => undefined,
      async (host) => host,
    );
    const error = await errorOf(connect(`http://user:word@${closed}/token`));
    expect([error.code, error.disposition]).toEqual(["chain.unreachable", "retry"]);
    expect(error.message).toContain(`got ECONNREFUSED from the RPC endpoint ${closed}`);
  });

  it("gives a provider whose every failure is as quiet", async () => {
    const answers: Record<string, unknown> = {
      eth_chainId: { result: "0x5" },
      eth_getBlockByNumber: { result: BLOCK },
      eth_getLogs: { error: { code: -32005, message: "query returned more than 10000 results" } },
    };
    await withServer(
      (request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on("end", () => {
          const { id, method } = JSON.parse(body);
          const answer = answers[method];
          if (answer === undefined) response.writeHead(502).end("<html>");
          else response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
        });
      },
      async (host) => {
        const { provider, chainId, genesis } = await connect(`http://user:word@${host}/token`);
        try {
          expect([chainId, genesis]).toEqual([5, BLOCK.hash]);
          const limited = await errorOf(provider.getLogs({ fromBlock: 0, toBlock: 9 }));
          expect([limited.code, limited.disposition]).toEqual(["chain.endpoint", "fatal"]);
          expect(limited.message).toContain('"query returned more than 10000 results"');
          const gone = await errorOf(provider.send("eth_blockNumber", []));
          expect([gone.code, gone.disposition]).toEqual(["chain.unreachable", "retry"]);
          expect(inspect([limited, gone], { depth: 9 }).replaceAll(/at .*$/gm, "")).not.toMatch(/user:|word|token/);
        } finally {
          provider.destroy();
        }
      },
    );
  });
});

const BLOCK = {
  ...{ number: "0x0", hash: `0x${"01".repeat(32)}`, parentHash: `0x${"00".repeat(32)}`, timestamp: "0x0" },
  ...{ nonce: "0x0000000000000000", difficulty: "0x0", gasLimit: "0x0", gasUsed: "0x0", baseFeePerGas: "0x0" },
  ...{ miner: `0x${"00".repeat(20)}`, extraData: "0x", transactions: [] },
};
