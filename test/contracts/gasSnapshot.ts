// `npm run gas-snapshot`: writes test/contracts/snapshots/gas.json from what Gas.t.sol and InferenceGas.t.sol
// measure.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { program } from "../../src/chain/foundry.ts";

const root = join(import.meta.dirname, "../..");
// The suites deploy verifiers by name: building everything first keeps it from an older one.
for (const args of [["build"], ["test", "--match-path", "test/contracts/{Gas,InferenceGas}.t.sol"]]) {
  const { status } = spawnSync(program(root, "forge"), args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FORGE_SNAPSHOT_EMIT: "true", GAS_SNAPSHOT_IS_WRITTEN: "true" },
  });
  process.exitCode = status ?? 1;
  if (status !== 0) break;
}
