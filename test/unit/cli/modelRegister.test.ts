import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { id as hashOf, toBeHex, Wallet } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registerCommand } from "../../../src/cli/model/register.ts";
import { here } from "../../support/commandHere.ts";
import { FakeChain } from "../../support/fakeChain.ts";
import { IRIS } from "../../support/irisModel.ts";

const chain = new FakeChain();
let directory: string;
let server: Server;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-register-"));
  await copyFile(IRIS, join(directory, "iris.onnx"));
  const input = { visibility: "public", bits: [7], minimum: [0], unit: [0.1] };
  await writeFile(join(directory, "job.json"), JSON.stringify({ version: 1, model: "iris.onnx", inputs: { input } }));
  server = createServer(async (request, response) => {
    const [answer] = await chain._send(JSON.parse(await text(request)));
    response.end(JSON.stringify({ jsonrpc: "2.0", ...answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

it("register refuses a parent that is not registered before it makes keys or sends anything", async () => {
  const parent = `0x${"12".repeat(32)}`;
  const options = {
    rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ deployments: directory, registry: `0x${"34".repeat(20)}`, parent, unsafeDevelopmentKeys: false },
  };
  const register = () =>
    here((environment) =>
      // Without sources there are no keys to be made: it would end otherwise than below.
      registerCommand(join(directory, "job.json"), options, new Wallet(toBeHex(7, 32)), {
        ...environment,
        root: directory,
      }),
    );
  chain.answers.calls[hashOf("isRegistered(bytes32)").slice(0, 10)] = toBeHex(0, 32);
  expect(await register()).toEqual({
    ...{ code: 78, stdout: "" },
    stderr: `assay: got the parent ${parent}, want one that is registered [deploy.parent]\n`,
  });
  chain.answers.calls[hashOf("isRegistered(bytes32)").slice(0, 10)] = toBeHex(1, 32);
  const ended = await register().catch((error: unknown) => ({ stderr: String(error) }));
  expect(ended.stderr).not.toContain("deploy.parent");
  expect(chain.sent).toEqual([]);
});
