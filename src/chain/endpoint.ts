// A chain behind an RPC endpoint. Its URL may carry credentials, so nothing that is thrown here has more of it than the
// host.

import {
  FetchRequest,
  isError,
  type JsonRpcError,
  type JsonRpcPayload,
  JsonRpcProvider,
  type JsonRpcResult,
  Network,
} from "ethers";
import { AssayError } from "../lib/errors.ts";

export type Endpoint = {
  readonly provider: JsonRpcProvider;
  readonly chainId: number;
  /** Hash of block 0: two local chains have one chain id. */
  readonly genesis: string;
};

const TIMEOUT_MS = 30_000;
/** Of an answer 429, with growing pauses between them. */
const ATTEMPTS = 4;

/** Throws `usage.rpc` for what is no URL, `chain.unreachable` when nobody answers there. The caller destroys the provider. */
export async function connect(url: string): Promise<Endpoint> {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new AssayError("usage.rpc", "got an RPC URL that is none, want http:// or https:// and a host");
  }
  const request = new FetchRequest(url);
  request.timeout = TIMEOUT_MS;
  request.setThrottleParams({ maxAttempts: ATTEMPTS });
  const chainId = await ask(request, parsed.host);
  const network = Network.from(chainId);
  const provider = new QuietProvider(request, network, parsed.host);
  const block = await provider.getBlock(0);
  if (block?.hash == null) {
    provider.destroy();
    throw new AssayError("chain.endpoint", `got no block 0 from ${parsed.host}, want the chain from its beginning`);
  }
  return { provider, chainId, genesis: block.hash };
}

/** ethers' own way of finding out prints to the console and asks for ever. */
async function ask(request: FetchRequest, host: string): Promise<number> {
  const [answer] = await post(request, host, { method: "eth_chainId", params: [], id: 0, jsonrpc: "2.0" });
  const result = answer !== undefined && "result" in answer ? answer.result : undefined;
  if (typeof result !== "string" || !/^0x[0-9a-f]{1,13}$/.test(result)) {
    throw new AssayError("chain.endpoint", `got no chain id from ${host}, want a JSON-RPC endpoint of a chain`);
  }
  return Number(result);
}

// A class, because ethers' provider is made to be extended.
class QuietProvider extends JsonRpcProvider {
  readonly #host: string;

  constructor(request: FetchRequest, network: Network, host: string) {
    super(request, network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1 });
    this.#host = host;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    // `as`: an answer that is an error is told from a result by the caller, as in the base class.
    return (await post(this._getConnection(), this.#host, payload)) as JsonRpcResult[];
  }

  /** What ethers has no name for is the node's own word: a limit, a method that it has not. */
  override getRpcError(payload: JsonRpcPayload, answer: JsonRpcError): Error {
    const error = super.getRpcError(payload, answer);
    if (!isError(error, "UNKNOWN_ERROR")) return error;
    const message = `got "${answer.error.message}" from ${this.#host} for ${payload.method}, want an answer`;
    return new AssayError("chain.endpoint", message, { data: { code: answer.error.code } });
  }
}

/** Throws without a cause: ethers' errors name the whole URL. */
async function post(
  request: FetchRequest,
  host: string,
  payload: JsonRpcPayload | JsonRpcPayload[],
): Promise<(JsonRpcResult | JsonRpcError)[]> {
  const asked = request.clone();
  asked.body = JSON.stringify(payload);
  asked.setHeader("content-type", "application/json");
  const response = await asked.send().catch((error: unknown) => {
    throw unreachable(host, isError(error, "TIMEOUT") ? `none within ${TIMEOUT_MS} ms` : reasonOf(error));
  });
  if (response.statusCode === 429 || response.statusCode >= 500 || [401, 403].includes(response.statusCode)) {
    throw unreachable(host, `HTTP ${response.statusCode}`);
  }
  const body = bodyOf(response);
  if (body === undefined) {
    throw new AssayError("chain.endpoint", `got HTTP ${response.statusCode} without JSON from ${host}, want JSON-RPC`);
  }
  return [body].flat();
}

function bodyOf(response: { readonly bodyJson: unknown }): JsonRpcResult | JsonRpcError | undefined {
  try {
    // `as`: what it is is the caller's to look at.
    return response.bodyJson as JsonRpcResult | JsonRpcError;
  } catch {
    return undefined; // ethers' only answer to what is no JSON
  }
}

/** Node's code of a network failure ("ECONNREFUSED"), which names no URL. */
function reasonOf(error: unknown): string {
  // `as`: read for a code and nothing else.
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" && /^[A-Z_]+$/.test(code) ? code : "a failure";
}

function unreachable(host: string, got: string): AssayError {
  const message = `got ${got} from the RPC endpoint ${host}, want an answer`;
  return new AssayError("chain.unreachable", message, { disposition: "retry" });
}
