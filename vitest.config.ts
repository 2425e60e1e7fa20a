import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // A test must not fail because the machine is busy: this only ends one that hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
  },
});
